import { describe, expect, it } from 'vitest';
import { compose, identity, transformFromRpy, transformPoint } from '../../../../engine/core/frames.ts';
import type { Vec3 } from '../../../../engine/core/grid.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import { readMesh } from '../../../../engine/formats/mesh/read.ts';
import { failsWith } from '../../../support/errors.ts';
import { collada } from './collada.ts';

const read = (text: string) => readMesh(new TextEncoder().encode(text), 'arm.dae');
const SQUARE = [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0];

describe('COLLADA', () => {
  it('faces of every kind become the same two triangles', () => {
    const faces: readonly [string, string][] = [
      ['triangles', '<p>0 9 1 9 2 9 0 9 2 9 3 9</p>'],
      ['polylist', '<vcount>4</vcount><p>0 9 1 9 2 9 3 9</p>'],
      ['polygons', '<p>0 9 1 9 2 9 3 9</p>'],
      ['trifans', '<p>0 9 1 9 2 9 3 9</p>'],
    ];
    for (const [kind, inner] of faces) {
      const { vertices, triangles } = read(collada({ positions: SQUARE, faces: [{ kind, inner }] }));
      expect([...vertices], kind).toEqual(SQUARE);
      expect([...triangles], kind).toEqual([0, 1, 2, 0, 2, 3]);
    }
    const strip = read(collada({ positions: SQUARE, faces: [{ kind: 'tristrips', inner: '<p>0 9 1 9 3 9 2 9</p>' }] }));
    const corner = (n: number): readonly number[] => [...strip.vertices.subarray(3 * n, 3 * n + 3)];
    expect([...strip.triangles].map(corner)).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 1, 0],
      [1, 0, 0],
      [1, 1, 0],
    ]);
  });

  it('nodes place meshes as roll, pitch and yaw do, in metres by the unit, whatever the up axis (seeds 1 to 20)', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed);
      const some = (): number => 4 * random() - 2;
      const rpy: Vec3 = [some(), some(), some()];
      const [x, y, z] = [some(), some(), some()];
      const factors = [0.5 + random(), 0.5 + random(), 0.5 + random()];
      const deg = rpy.map((angle) => (angle * 180) / Math.PI);
      // Rows in the file; the outer node moves by a matrix, the inner one turns and scales.
      const outer = `<matrix>1 0 0 ${x} 0 1 0 ${y} 0 0 1 ${z} 0 0 0 1</matrix>`;
      const inner = `<rotate>0 0 3 ${deg[2]}</rotate><rotate>0 1 0 ${deg[1]}</rotate><rotate>1 0 0 ${deg[0]}</rotate><scale>${factors.join(' ')}</scale>`;
      const mesh = read(
        collada({ positions: SQUARE, nodes: [outer, inner], unit: 0.01, up: ['X_UP', 'Y_UP', 'Z_UP'][seed % 3] }),
      );
      const scale = identity();
      for (const [axis, factor] of factors.entries()) scale[5 * axis] = factor;
      const pose = compose(transformFromRpy([x, y, z], rpy), scale);
      const wanted = [0, 1, 2].flatMap((n) => transformPoint(pose, SQUARE.slice(3 * n, 3 * n + 3) as unknown as Vec3));
      for (const [n, value] of mesh.vertices.entries()) {
        expect(Math.abs(value - 0.01 * wanted[n]), `seed ${seed}`).toBeLessThan(1e-7);
      }
    }
  });

  it('a mirrored mesh faces outwards, and materials colour their faces', () => {
    const triangle = (material: string) => ({ kind: 'triangles', inner: '<p>0 0 1 0 2 0</p>', material });
    const mesh = read(
      collada({
        positions: SQUARE,
        faces: [triangle('red'), triangle('nobody')],
        nodes: ['<scale>-1 1 1</scale>'],
        materials: { red: '1 0 0.5 1' },
      }),
    );
    expect([...mesh.vertices.subarray(0, 9)]).toEqual([0, 0, 0, -1, 1, 0, -1, 0, 0]);
    expect([...(mesh.colors ?? [])].slice(0, 3)).toEqual([1, 0, 0.5]);
    expect(mesh.colors?.length).toBe(mesh.vertices.length);
    expect(read(collada({ positions: SQUARE })).colors).toBeUndefined();
  });

  it('is refused where it is broken, by name and line', () => {
    const good = collada({ positions: SQUARE });
    const broken = (from: string | RegExp, to: string) => () => read(good.replace(from, to));
    failsWith(() => read('<a/>'), 'mesh/malformed', '<a>, not <COLLADA>');
    failsWith(() => read('<COLLADA>'), 'xml/malformed', 'arm.dae');
    failsWith(() => read('<COLLADA/>'), 'mesh/empty', 'arm.dae');
    failsWith(broken('<p>0 9 1 9 2 9</p>', '<p>0 9 1 9 7 9</p>'), 'mesh/malformed', 'no vertex 7 of 4');
    failsWith(broken('<p>0 9 1 9 2 9</p>', '<p>0 9 1 9</p>'), 'mesh/malformed', '2 corners');
    failsWith(broken('<p>0 9', '<p>0.5 9'), 'mesh/malformed', 'no vertex 0.5');
    failsWith(broken('0 0 0 1', '0 0 x 1'), 'mesh/malformed', '"x" is not a finite number');
    failsWith(broken('count="4"', 'count="5"'), 'mesh/malformed', 'asks for 5 vertices');
    failsWith(broken('url="#mesh"', 'url="#none"'), 'mesh/malformed', '"#none", which is not in the file');
    failsWith(broken('meter="1"', 'meter="-1"'), 'mesh/malformed', 'unit is -1 m');
    const loop = '<instance_node url="#node"/>';
    failsWith(() => read(collada({ positions: SQUARE, nodes: [loop] })), 'mesh/malformed', 'more than 32 deep');
  });

  it('a small file does not become a huge mesh', () => {
    const twice = Array.from({ length: 30 }, (_, n) => {
      const next = n === 29 ? '<instance_geometry url="#mesh"/>' : `<instance_node url="#n${n + 1}"/>`.repeat(2);
      return `<node id="n${n}">${next}</node>`;
    });
    const text = collada({ positions: SQUARE, library: twice.join(''), nodes: ['<instance_node url="#n0"/>'] });
    failsWith(() => read(text), 'mesh/too-large', '20000 nodes');
  });
});

describe('COLLADA of many places', () => {
  it('is too large where a mesh stands in more than 20,000', () => {
    const nodes = ['<instance_geometry url="#mesh"/>'.repeat(30_000)];
    failsWith(() => read(collada({ positions: SQUARE, nodes })), 'mesh/too-large', '20000');
  });

  it('reads the faces of each mesh once', () => {
    const rows = 300;
    const inner = `<p>${'0 0 1 0 2 0 '.repeat(rows)}</p>`;
    const nodes = ['<instance_geometry url="#mesh"/>'.repeat(5000)];
    const { triangles } = read(collada({ positions: SQUARE, faces: [{ kind: 'triangles', inner }], nodes }));
    expect(triangles).toHaveLength(5001 * 3 * rows);
  });

  it('reads a primitive of very many inputs, and nodes with names that objects have by themselves', () => {
    const inner = `${'<input semantic="TEXCOORD" source="#positions" offset="1"/>'.repeat(150_000)}<p>0 9 1 9 2 9</p>`;
    const nodes = ['<constructor>1</constructor><__proto__>1</__proto__>'];
    const mesh = read(collada({ positions: SQUARE, faces: [{ kind: 'triangles', inner }], nodes }));
    expect([...mesh.triangles]).toEqual([0, 1, 2]);
  });
});
