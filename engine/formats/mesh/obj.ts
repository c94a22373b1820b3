import { inputError } from '../../core/errors.ts';
import type { TriangleMesh } from '../../core/robot.ts';
import { floatPoint, refuseEmpty } from './vertices.ts';

/**
 * Reads the vertices and faces of Wavefront OBJ; a face of more than three corners is taken as convex and split into a fan.
 *
 * @throws IsocenterError `mesh/malformed` with the line, `mesh/empty`
 */
export function readObj(text: string, name: string): TriangleMesh {
  const vertices: number[] = [];
  const triangles: number[] = [];
  text.split('\n').forEach((line, n) => {
    const words = line.trim().split(/\s+/);
    const fail = (reason: string): Error =>
      inputError('mesh/malformed', `${name}, line ${n + 1}: ${reason}`, 'export the mesh again as OBJ or STL');
    if (words[0] === 'v') {
      const point = floatPoint(words.slice(1, 4));
      if (point === undefined) throw fail(`${JSON.stringify(line.trim().slice(0, 60))} is no vertex`);
      vertices.push(...point);
    } else if (words[0] === 'f') {
      const count = vertices.length / 3;
      const corners = words.slice(1).map((word) => {
        const [first] = word.split('/');
        const index = /^-?\d+$/.test(first) ? Number(first) : Number.NaN;
        const corner = index < 0 ? count + index : index - 1;
        if (!(corner >= 0 && corner < count)) throw fail(`there is no vertex ${word.slice(0, 60)}`);
        return corner;
      });
      if (corners.length < 3) throw fail('a face has fewer than three corners');
      for (let c = 2; c < corners.length; c++) triangles.push(corners[0], corners[c - 1], corners[c]);
    }
  });
  refuseEmpty(triangles.length, name);
  return { vertices: Float32Array.from(vertices), triangles: Uint32Array.from(triangles) };
}
