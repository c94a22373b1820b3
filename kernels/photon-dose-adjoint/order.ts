import { type Device, type DeviceBuffer, upload } from '../../engine/compute/device.ts';
import { BEAM_TABLE_STRIDE, type PhotonDoseShape } from '../photon-dose-forward/index.ts';

/** Which voxels lie in which cell of the maps, for devices that gather; kernel.wgsl tells the layout. */
export interface VoxelOrder {
  readonly order: DeviceBuffer;
  readonly starts: DeviceBuffer;
}

/** Voxels that one thread of a gathering device sums up: enough to keep the sums few, few enough to keep threads busy. */
const SEGMENT = 32;

/** Cells of a beam's fine map that have four by four taps around them. */
function fineCells(s: PhotonDoseShape): number {
  return (s.fineStride - 3) * (s.fineRows - 3);
}

function cellCount(s: PhotonDoseShape): number {
  return s.beams * (fineCells(s) + s.coarseSize * s.coarseSize);
}

/** Segments there are at most. */
export function segmentLimit(s: PhotonDoseShape): number {
  const entries = 2 * s.beams * s.voxels;
  return Math.min(entries, cellCount(s)) + Math.ceil(entries / SEGMENT);
}

/**
 * Sorts the voxels of each beam by the cells of its fine and of its coarse map, once for all calls of the adjoint. A
 * wasm device scatters and gets two empty buffers.
 *
 * @param geometry f32[beams][voxels][4], as photon-dose-forward takes it
 * @param beamTable f32[beams][8], likewise
 */
export async function createVoxelOrder(
  device: Device,
  s: PhotonDoseShape,
  geometry: DeviceBuffer,
  beamTable: DeviceBuffer,
): Promise<VoxelOrder> {
  if (device.kind === 'wasm') {
    return { order: device.allocate(16, 'voxel order'), starts: device.allocate(16, 'voxel order starts') };
  }
  const table = new Float32Array(BEAM_TABLE_STRIDE * s.beams);
  await device.read(beamTable, table);
  const points = new Float32Array(4 * s.voxels);
  const cells = { fine: new Int32Array(s.voxels), coarse: new Int32Array(s.voxels) };
  const fine: CellLists[] = [];
  const coarse: CellLists[] = [];
  for (let beam = 0; beam < s.beams; beam++) {
    await device.read(geometry, points, 16 * s.voxels * beam);
    locate(s, points, table.subarray(BEAM_TABLE_STRIDE * beam), cells);
    fine.push(sortByCell(cells.fine, fineCells(s)));
    coarse.push(sortByCell(cells.coarse, s.coarseSize * s.coarseSize));
  }
  return uploadOrder(device, [...fine, ...coarse]);
}

/** Voxel numbers by ascending cell, and how many each cell has. */
interface CellLists {
  readonly counts: Uint32Array;
  readonly voxels: Uint32Array;
}

/** Cell of each voxel, -1 for none, rounded to float32 as the forward kernel rounds. */
function locate(
  s: PhotonDoseShape,
  points: Float32Array,
  nodes: Float32Array,
  cells: { readonly fine: Int32Array; readonly coarse: Int32Array },
): void {
  const { fround, floor } = Math;
  const perFine = fround(1 / s.finePitchMm);
  const perCoarse = fround(1 / s.coarsePitchMm);
  const columns = s.fineStride - 3;
  const rows = s.fineRows - 3;
  const mask = s.coarseSize - 1;
  for (let v = 0; v < s.voxels; v++) {
    const x = points[4 * v];
    const y = points[4 * v + 1];
    const jx = floor(fround(fround(x - nodes[0]) * perFine)) - 1;
    const jy = floor(fround(fround(y - nodes[1]) * perFine)) - 1;
    cells.fine[v] = jx >= 0 && jx < columns && jy >= 0 && jy < rows ? jy * columns + jx : -1;
    const ix = floor(fround(fround(x - nodes[2]) * perCoarse)) & mask;
    const iy = floor(fround(fround(y - nodes[3]) * perCoarse)) & mask;
    cells.coarse[v] = iy * s.coarseSize + ix;
  }
}

/** Counting sort of the voxels; within a cell they keep their order. */
function sortByCell(cellOf: Int32Array, cells: number): CellLists {
  const counts = new Uint32Array(cells);
  let total = 0;
  for (const cell of cellOf) {
    if (cell < 0) continue;
    counts[cell]++;
    total++;
  }
  const next = new Uint32Array(cells);
  for (let cell = 1; cell < cells; cell++) next[cell] = next[cell - 1] + counts[cell - 1];
  const voxels = new Uint32Array(total);
  for (let v = 0; v < cellOf.length; v++) {
    if (cellOf[v] >= 0) voxels[next[cellOf[v]]++] = v;
  }
  return { counts, voxels };
}

function uploadOrder(device: Device, groups: readonly CellLists[]): VoxelOrder {
  let segments = 0;
  let entries = 0;
  let cells = 0;
  for (const { counts, voxels } of groups) {
    for (const count of counts) segments += Math.ceil(count / SEGMENT);
    entries += voxels.length;
    cells += counts.length;
  }
  const order = new Uint32Array(2 + 2 * (segments + 1) + entries);
  const starts = new Uint32Array(4 * Math.ceil((cells + 1) / 4));
  order[0] = segments;
  let cell = 0;
  let segment = 0;
  let at = 2 + 2 * (segments + 1);
  for (const { counts, voxels } of groups) {
    order.set(voxels, at);
    for (const count of counts) {
      starts[cell] = segment;
      for (let taken = 0; taken < count; taken += SEGMENT, segment++) {
        order[2 + 2 * segment] = at + taken;
        order[3 + 2 * segment] = cell;
      }
      at += count;
      cell++;
    }
  }
  starts[cell] = segments;
  order[2 + 2 * segments] = at;
  const startsBuffer = device.allocate(starts.byteLength + 64 * Math.max(1, segments), 'voxel order sums');
  device.write(startsBuffer, starts);
  return { order: upload(device, order, 'voxel order'), starts: startsBuffer };
}
