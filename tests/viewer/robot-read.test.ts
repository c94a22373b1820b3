import { describe, expect, it } from 'vitest';
import { identity } from '../../engine/core/frames.ts';
import { readUrdf } from '../../engine/formats/urdf/read.ts';
import type { Ask } from '../../viewer/files/read/ask.ts';
import { fileOfMesh } from '../../viewer/files/read/mesh-files.ts';
import { readRobotFiles } from '../../viewer/files/read/robot.ts';
import { seenRobot } from '../../viewer/files/read/seen-robot.ts';
import { failsWith } from '../support/errors.ts';
import { boxStl } from '../support/robot-folder.ts';

const picked = (path: string, content: BlobPart = '') => ({ path, file: new Blob([content]) });
const stl = boxStl([0.1, 0.1, 0.1]) as Uint8Array<ArrayBuffer>;
const refuse: Ask = () => Promise.reject(new Error('nobody is asked'));

const link = (name: string, uri?: string): string =>
  `<link name="${name}">${uri === undefined ? '' : `<collision><geometry>${uri === 'ball' ? '<sphere radius="0.1"/>' : `<mesh filename="${uri}"/>`}</geometry></collision>`}</link>`;
const urdf = (uri: string): string =>
  `<robot name="arm">${link('base')}${link('hand', uri)}<joint name="turn" type="revolute"><parent link="base"/><child link="hand"/><axis xyz="0 0 1"/><limit lower="-1" upper="1" velocity="1" effort="1"/></joint></robot>`;
// Where there is one, pairs of links are not looked for.
const srdf = picked('x/a.srdf', '<robot name="arm"/>');
const limits = (acceleration: number): string => `turn: {acceleration: ${acceleration}, jerk: 100}`;

describe('the mesh that a URDF means', () => {
  const uri = 'package://x/meshes/collision/link1.stl';
  const found = (uri: string, ...paths: string[]) => {
    const mesh = fileOfMesh(
      uri,
      paths.map((path) => picked(path)),
      'x/urdf/x.urdf',
    );
    return mesh && [mesh.file.path, mesh.isCertain];
  };
  it('is the one in the folder of that name', () => {
    expect(found(uri, 'x/meshes/visual/link1.stl', 'x/meshes/collision/link1.stl')).toEqual([
      'x/meshes/collision/link1.stl',
      true,
    ]);
    expect(found('../link1.stl', 'x/urdf/link1.stl')).toEqual(['x/urdf/link1.stl', true]);
    expect(found('package://x/link1.stl', 'y/x/link1.stl', 'x/link1.stl')).toEqual(['x/link1.stl', true]);
  });
  it('is one of another folder only where there is no second of its name, and not for certain', () => {
    expect(found(uri, 'x/meshes/visual/link1.stl')).toEqual(['x/meshes/visual/link1.stl', false]);
    expect(found(uri, 'x/meshes/visual/link1.stl', 'x/meshes/coarse/link1.stl')).toBeUndefined();
    expect(found(uri, 'x/meshes/collision/link2.stl')).toBeUndefined();
  });
});

describe('a robot of files', () => {
  const uri = 'package://x/meshes/collision/hand.stl';
  it('says what a mesh of another folder was taken for', async () => {
    const files = [picked('x/a.urdf', urdf(uri)), srdf, picked('x/meshes/visual/hand.stl', stl)];
    const { notes } = await readRobotFiles(files, refuse, () => {});
    expect(notes.join(' ')).toContain(`${uri} was taken from x/meshes/visual/hand.stl`);
    expect(notes).toContain('SRDF: x/a.srdf.');
    const two = readRobotFiles([...files, picked('x/meshes/fine/hand.stl', stl)], refuse, () => {});
    await expect(two).rejects.toMatchObject({ code: 'robot/mesh-missing' });
  });

  it('takes the limits that have its name, the plain ones, or those that the user means, and says which', async () => {
    const base = [picked('x/a.urdf', urdf('ball')), srdf];
    const read = async (paths: Readonly<Record<string, number>>, ask = refuse) => {
      const some = Object.entries(paths).map(([path, acceleration]) => picked(path, limits(acceleration)));
      const { model, notes } = await readRobotFiles([...some, ...base], ask, () => {});
      return [model.joints[0].limits?.acceleration, notes.find((note) => note.startsWith('Limits'))];
    };
    expect(await read({ 'x/b.limits.yaml': 1, 'x/limits.yaml': 2, 'x/a.limits.yaml': 3 })).toEqual([
      3,
      'Limits: x/a.limits.yaml.',
    ]);
    expect(await read({ 'x/b.limits.yaml': 1, 'x/limits.yaml': 2 })).toEqual([2, 'Limits: x/limits.yaml.']);
    expect(await read({ 'x/limits.yaml': 1, 'y/limits.yaml': 2 }, async ({ options }) => options[1].value)).toEqual([
      2,
      'Limits: y/limits.yaml.',
    ]);
    expect((await read({}))[1]).toBeUndefined();
  });
});

describe('what is seen of a robot', () => {
  const seenOf = (vertices: number[], triangles: ArrayLike<number>) => {
    const bare = readUrdf(urdf('hand.stl'), { path: 'a.urdf' });
    const mesh = { vertices: Float32Array.from(vertices), triangles: Uint32Array.from(triangles) };
    const visual = [
      { shape: { kind: 'mesh' as const, uri: 'hand.stl', scale: [1, 1, 1] as const, mesh }, pose: identity() },
    ];
    const model = seenRobot({ ...bare, links: bare.links.map((link) => ({ ...link, visual })) }, 'a.urdf');
    const { shape } = model.links[0].visual[0];
    if (shape.kind !== 'mesh' || shape.mesh?.normals === undefined) throw new Error('there is no mesh');
    return shape.mesh.normals;
  };

  it('is smooth where faces turn little, also where vertices are double or minus nothing, and sharp at edges', () => {
    // Two faces that meet at 20 degrees, written apart, and one upright at the same edge.
    const [c, s] = [Math.cos(Math.PI / 9), Math.sin(Math.PI / 9)];
    const points = [0, 0, 0, 0, 1, 0, -1, 0, 0, -0, -0, 0, c, 0, -s, 0, 1, -0, 0, 0, 0, 0, 1, 0, 0, 0, 1];
    const normals = seenOf(points, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const half = Math.PI / 18;
    expect(normals[0]).toBeCloseTo(Math.sin(half), 6);
    expect(normals[2]).toBeCloseTo(Math.cos(half), 6);
    expect(normals[8]).toBe(1);
    expect(Math.abs(normals[18])).toBe(1);
  });

  it('takes no longer where all faces meet at one point, and is limited in all', () => {
    const count = 200_000;
    const around = Array.from({ length: count + 1 }, (_, n) => {
      const angle = (2 * Math.PI * n) / count;
      return [Math.cos(angle), Math.sin(angle), 0];
    }).flat();
    const fan = Uint32Array.from({ length: 3 * count }, (_, n) => (n % 3 === 0 ? 0 : Math.floor(n / 3) + (n % 3)));
    // Every pair of these faces would be 4e10.
    expect(seenOf([0, 0, 1, ...around], fan)).toHaveLength(9 * count);
    const many = new Uint32Array(3 * 1_000_001);
    failsWith(() => seenOf([0, 0, 0], many), 'robot/too-large', 'a.urdf');
  });
});
