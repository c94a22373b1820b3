import { type IsocenterError, inputError } from '../../core/errors.ts';
import type { TriangleMesh } from '../../core/robot.ts';

const HEADER = 80;
const RECORD = 50;

/** Reads STL, binary or text. Vertices are not shared between triangles, as in the file. */
export function readStl(bytes: Uint8Array, name: string): TriangleMesh {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= HEADER + 4) {
    const count = view.getUint32(HEADER, true);
    if (bytes.length === HEADER + 4 + RECORD * count) return readBinary(view, count, name);
  }
  const text = new TextDecoder().decode(bytes.subarray(0, Math.min(bytes.length, 512)));
  if (/^\s*solid\b/.test(text) && /facet/.test(text)) return readText(new TextDecoder().decode(bytes), name);
  const claimed = bytes.length >= HEADER + 4 ? `${view.getUint32(HEADER, true)} triangles` : 'a header of 84 bytes';
  throw malformed(name, `${bytes.length} bytes do not hold ${claimed}`);
}

function readBinary(view: DataView, count: number, name: string): TriangleMesh {
  const vertices = new Float32Array(9 * count);
  for (let t = 0; t < count; t++) {
    const at = HEADER + 4 + RECORD * t + 12;
    for (let i = 0; i < 9; i++) {
      const value = view.getFloat32(at + 4 * i, true);
      if (!Number.isFinite(value)) throw malformed(name, `the number at byte ${at + 4 * i} is ${value}`);
      vertices[9 * t + i] = value;
    }
  }
  return { vertices, triangles: Uint32Array.from({ length: 3 * count }, (_, i) => i) };
}

function readText(text: string, name: string): TriangleMesh {
  const vertices: number[] = [];
  text.split('\n').forEach((line, n) => {
    const words = line.trim().split(/\s+/);
    if (words[0] !== 'vertex') return;
    const point = words.slice(1).map(Number);
    if (point.length !== 3 || !point.every(Number.isFinite)) throw malformed(name, `line ${n + 1} is no vertex`);
    vertices.push(...point);
  });
  if (vertices.length % 9 !== 0) throw malformed(name, `${vertices.length / 3} vertices are not three a triangle`);
  return {
    vertices: Float32Array.from(vertices),
    triangles: Uint32Array.from({ length: vertices.length / 3 }, (_, i) => i),
  };
}

function malformed(name: string, reason: string): IsocenterError {
  return inputError('mesh/malformed', `${name}: ${reason}`, 'export the mesh again as binary STL');
}
