import { inputError } from '../core/errors.ts';
import { type Grid, voxelCount } from '../core/grid.ts';

/**
 * OpenKBP's sparse csv of a dose, on any grid: header `,data`, rows `index,value` [Gy] with the index in C order over [row
 * = anterior to posterior, column = patient right to left, slice = superior to inferior]. On OpenKBP's own 128^3 grid
 * this is the form of `engine/formats/openkbp`, which is faster.
 */
export const sparseDoseOrder = 'C order over [y ascending, x ascending, z descending]';

const mostGy = 10_000;
const row = /^(\d+),(\d+\.?\d*(?:[eE][+-]?\d+)?)$/;

function exchange(grid: Grid, index: number): number {
  const [nx, ny, nz] = grid.size;
  const x = index % nx;
  const y = Math.floor(index / nx) % ny;
  const z = Math.floor(index / (nx * ny));
  return (y * nx + x) * nz + (nz - 1 - z);
}

/** @param dose one value for each of `voxels` (flat indices on the grid) [Gy] */
export function writeSparseDose(grid: Grid, voxels: Uint32Array, dose: Float32Array): string {
  const order = Uint32Array.from(voxels, (_, n) => n);
  const index = Float64Array.from(voxels, (voxel) => exchange(grid, voxel));
  order.sort((a, b) => index[a] - index[b]);
  const lines = [',data'];
  for (const n of order) lines.push(`${index[n]},${Math.round(dose[n] * 1e4) / 1e4}`);
  lines.push('');
  return lines.join('\n');
}

/**
 * @returns dose [Gy] in the grid's own order, 0 where the file has no row
 * @throws IsocenterError `dose/...` naming file and line
 */
export function readSparseDose(grid: Grid, text: string, file: string): Float32Array {
  const count = voxelCount(grid);
  const [nx, , nz] = grid.size;
  const dose = new Float32Array(count);
  const seen = new Uint8Array(count);
  const lines = text.split('\n');
  if (lines[0].trim() !== ',data') throw badRow(file, 1, 'the header is not ",data"');
  for (let n = 1; n < lines.length; n++) {
    const content = lines[n].trim();
    if (content === '') continue;
    const match = row.exec(content);
    if (!match) throw badRow(file, n + 1, `${JSON.stringify(content.slice(0, 60))} is not "index,value"`);
    const at = Number(match[1]);
    const gy = Number(match[2]);
    if (!(at < count)) throw badRow(file, n + 1, `index ${at} is outside 0 to ${count - 1} (${grid.size.join(' x ')})`);
    if (!(gy <= mostGy)) throw badRow(file, n + 1, `dose ${gy} Gy is above ${mostGy} Gy`);
    if (seen[at] === 1) throw badRow(file, n + 1, `index ${at} stands here a second time`);
    seen[at] = 1;
    const z = nz - 1 - (at % nz);
    const column = Math.floor(at / nz);
    const x = column % nx;
    dose[x + nx * (Math.floor(column / nx) + grid.size[1] * z)] = gy;
  }
  return dose;
}

function badRow(file: string, line: number, message: string): Error {
  return inputError(
    'dose/malformed',
    `${file} line ${line}: ${message}`,
    'a dose file has the header ",data" and rows "index,value", on the grid of the plan it came from (see its plan.json)',
  );
}
