import { type IsocenterError, inputError } from '../../core/errors.ts';
import type { TriangleMesh } from '../../core/robot.ts';
import { decodeText } from '../text.ts';
import { floatPoint, refuseEmpty } from './vertices.ts';

const HEADER = 80;
const RECORD = 50;

/**
 * Reads STL, binary or text. Vertices are not shared between triangles, as in the file.
 *
 * @throws IsocenterError `mesh/malformed` with the byte or the line, `mesh/empty`
 */
export function readStl(bytes: Uint8Array, name: string): TriangleMesh {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length >= HEADER + 4 ? view.getUint32(HEADER, true) : undefined;
  // A binary file may begin with `solid` as well: its length tells.
  if (count !== undefined && bytes.length === HEADER + 4 + RECORD * count) return readBinary(view, count, name);
  const start = new TextDecoder().decode(bytes.subarray(0, 1024));
  if (/^\s*solid\b/i.test(start) && /\b(facet|endsolid)\b/i.test(start)) {
    return readText(decodeText(bytes, name, 'mesh'), name);
  }
  if (count === undefined) throw malformed(name, `it ends at byte ${bytes.length}, inside the header of 84 bytes`);
  const end = HEADER + 4 + RECORD * count;
  throw malformed(name, `it ends at byte ${bytes.length}, where its ${count} triangles end at byte ${end}`);
}

function readBinary(view: DataView, count: number, name: string): TriangleMesh {
  refuseEmpty(count, name);
  const vertices = new Float32Array(9 * count);
  for (let t = 0; t < count; t++) {
    const at = HEADER + 4 + RECORD * t + 12;
    for (let i = 0; i < 9; i++) {
      const value = view.getFloat32(at + 4 * i, true);
      if (!Number.isFinite(value)) throw malformed(name, `the number at byte ${at + 4 * i} is ${value}`);
      vertices[9 * t + i] = value;
    }
  }
  return { vertices, triangles: counting(3 * count) };
}

/** Words that open and close what stands in a text file, in their order. */
const ORDER = ['facet', 'outer', 'vertex', 'vertex', 'vertex', 'endloop', 'endfacet'];

function readText(text: string, name: string): TriangleMesh {
  const vertices: number[] = [];
  let step = -1;
  text.split('\n').forEach((line, n) => {
    const words = line.trim().split(/\s+/);
    const word = words[0].toLowerCase();
    if (word === '') return;
    const at = `line ${n + 1}: ${JSON.stringify(line.trim().slice(0, 60))}`;
    if (step <= 0 && (word === 'solid' || word === 'endsolid')) {
      // One file may hold several solids.
      if (step < 0 !== (word === 'solid')) throw malformed(name, `${at} is out of place`);
      step = word === 'solid' ? 0 : -1;
      return;
    }
    if (word !== ORDER[step]) throw malformed(name, `${at} stands where ${ORDER[step] ?? 'solid'} must`);
    step = (step + 1) % ORDER.length;
    if (word !== 'vertex') return;
    const point = floatPoint(words.slice(1));
    if (point === undefined) throw malformed(name, `${at} is no vertex`);
    vertices.push(...point);
  });
  if (step >= 0) throw malformed(name, `it ends at line ${text.split('\n').length}, before endsolid`);
  refuseEmpty(vertices.length / 9, name);
  return { vertices: Float32Array.from(vertices), triangles: counting(vertices.length / 3) };
}

function counting(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}

function malformed(name: string, reason: string): IsocenterError {
  return inputError('mesh/malformed', `${name}: ${reason}`, 'export the mesh again as binary STL');
}
