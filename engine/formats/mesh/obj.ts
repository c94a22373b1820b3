import { inputError } from '../../core/errors.ts';
import type { TriangleMesh } from '../../core/robot.ts';

/** Reads the vertices and faces of Wavefront OBJ; faces of more than three corners are split as fans. */
export function readObj(text: string, name: string): TriangleMesh {
  const vertices: number[] = [];
  const triangles: number[] = [];
  text.split('\n').forEach((line, n) => {
    const words = line.trim().split(/\s+/);
    const fail = (reason: string): Error =>
      inputError('mesh/malformed', `${name}, line ${n + 1}: ${reason}`, 'export the mesh again as OBJ or STL');
    if (words[0] === 'v') {
      const point = words.slice(1, 4).map(Number);
      if (point.length !== 3 || !point.every(Number.isFinite))
        throw fail(`${JSON.stringify(line.trim())} is no vertex`);
      vertices.push(...point);
    } else if (words[0] === 'f') {
      const count = vertices.length / 3;
      const corners = words.slice(1).map((word) => {
        const index = Number(word.split('/')[0]);
        const corner = index < 0 ? count + index : index - 1;
        if (!Number.isInteger(index) || corner < 0 || corner >= count) throw fail(`there is no vertex ${word}`);
        return corner;
      });
      if (corners.length < 3) throw fail('a face has fewer than three corners');
      for (let c = 2; c < corners.length; c++) triangles.push(corners[0], corners[c - 1], corners[c]);
    }
  });
  return { vertices: Float32Array.from(vertices), triangles: Uint32Array.from(triangles) };
}
