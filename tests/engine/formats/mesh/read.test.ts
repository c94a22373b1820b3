import { describe, expect, it } from 'vitest';
import { readObj } from '../../../../engine/formats/mesh/obj.ts';
import { readMesh } from '../../../../engine/formats/mesh/read.ts';
import { readStl } from '../../../../engine/formats/mesh/stl.ts';
import { failsWith } from '../../../support/errors.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('meshes', () => {
  function binaryStl(triangles: readonly (readonly number[])[]): Uint8Array {
    const view = new DataView(new ArrayBuffer(84 + 50 * triangles.length));
    view.setUint32(80, triangles.length, true);
    triangles.forEach((corners, t) => {
      corners.forEach((x, i) => {
        view.setFloat32(84 + 50 * t + 12 + 4 * i, x, true);
      });
    });
    return new Uint8Array(view.buffer);
  }
  const corners = [0, 0, 0, 1, 0, 0, 0, 1, 0];

  it('STL, binary and text', () => {
    const text = `solid x\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid x`;
    for (const mesh of [readStl(binaryStl([corners]), 'a.stl'), readStl(new TextEncoder().encode(text), 'a.stl')]) {
      expect([...mesh.vertices]).toEqual(corners);
      expect([...mesh.triangles]).toEqual([0, 1, 2]);
    }
  });

  it('OBJ with polygons, texture coordinates and indices from the end', () => {
    const mesh = readObj('v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1/1 2/1 3/1 4/1\nf -4 -3 -2\n', 'a.obj');
    expect([...mesh.triangles]).toEqual([0, 1, 2, 0, 2, 3, 0, 1, 2]);
  });

  it('text STL may hold several solids, in any case of letters', () => {
    const solid = (name: string) =>
      `SOLID ${name}\nFACET normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid ${name}\n`;
    expect(readStl(encode(solid('a') + solid('b')), 'a.stl').triangles.length).toBe(6);
    failsWith(() => readStl(encode(solid('a').replace('endfacet', '')), 'a.stl'), 'mesh/malformed', 'line 9');
    failsWith(
      () => readStl(encode(solid('a').replace(/endsolid.*/, '')), 'a.stl'),
      'mesh/malformed',
      'before endsolid',
    );
    failsWith(
      () => readStl(encode(solid('a').replace('vertex 1', 'vertex 1e99')), 'a.stl'),
      'mesh/malformed',
      'line 5',
    );
  });

  it('a binary STL may begin with the word solid', () => {
    const bytes = binaryStl([corners]);
    bytes.set(encode('solid facet '));
    expect(readStl(bytes, 'a.stl').triangles.length).toBe(3);
  });

  it('are refused where they are broken', () => {
    failsWith(() => readMesh(new Uint8Array(9), 'package://x/arm.PLY'), 'mesh/format', '.ply');
    failsWith(() => readMesh(Uint8Array.of(255, 254, 253), 'a.obj'), 'mesh/encoding', 'UTF-8');
    failsWith(() => readStl(binaryStl([]), 'a.stl'), 'mesh/empty', 'a.stl');
    failsWith(() => readObj('v 0 0 0', 'a.obj'), 'mesh/empty', 'a.obj');
    failsWith(() => readStl(new Uint8Array(10), 'a.stl'), 'mesh/malformed', 'byte 10');
    failsWith(() => readObj('v 0 0 0\nf 1 0 1', 'a.obj'), 'mesh/malformed', 'vertex 0');
    failsWith(() => readObj('v 1e39 0 0', 'a.obj'), 'mesh/malformed', 'line 1');
    failsWith(() => readStl(binaryStl([corners]).subarray(0, 100), 'a.stl'), 'mesh/malformed', 'byte 100');
    failsWith(() => readStl(binaryStl([[Number.NaN, ...corners.slice(1)]]), 'a.stl'), 'mesh/malformed', 'byte 96');
    failsWith(() => readObj('v 0 0 0\nf 1 2 3', 'a.obj'), 'mesh/malformed', 'line 2');
    failsWith(() => readObj('v 0 x 0', 'a.obj'), 'mesh/malformed', 'line 1');
  });
});
