import { inputError } from '../../../engine/core/errors.ts';
import { type Grid, type Vec3, voxelIndex } from '../../../engine/core/grid.ts';
import type { Patient, Structure } from '../../../engine/core/patient.ts';
import { bitMaskLength, wordsPerRow } from '../../../kernels/distance-transform/index.ts';

/** Voxels of a box of the patient: a bit each, row by row as the distance transform takes them. */
export interface VoxelRegion {
  /** Of the box alone, in the patient frame; it may reach beyond the patient's own grid. */
  readonly grid: Grid;
  readonly bits: Uint32Array;
}

const MOST_VOXELS = 2 ** 25;

/** @throws IsocenterError `structures/unknown` or `structures/empty` */
export function structureOf(patient: Patient, name: string): Structure {
  const { structures } = patient.structureSet;
  const structure = structures.find((s) => s.name === name);
  if (structure === undefined) {
    throw inputError(
      'structures/unknown',
      `patient ${patient.id} has no structure ${JSON.stringify(name)}`,
      `it has ${structures.map((s) => s.name).join(', ') || 'none'}`,
    );
  }
  if (structure.voxels.length === 0) {
    throw inputError(
      'structures/empty',
      `structure ${name} of patient ${patient.id} has no voxels`,
      'contour it, or leave it out',
    );
  }
  return structure;
}

/** First and last voxel along each axis that the lists hold. */
export function extentOf(grid: Grid, lists: readonly Uint32Array[]): { first: number[]; last: number[] } {
  const [nx, ny] = grid.size;
  const first = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const last = [-1, -1, -1];
  for (const list of lists) {
    for (const voxel of list) {
      const at = [voxel % nx, Math.floor(voxel / nx) % ny, Math.floor(voxel / (nx * ny))];
      for (let axis = 0; axis < 3; axis++) {
        if (at[axis] < first[axis]) first[axis] = at[axis];
        if (at[axis] > last[axis]) last[axis] = at[axis];
      }
    }
  }
  return { first, last };
}

function checkCount(size: readonly number[], spacingMm: readonly number[]): void {
  if (size[0] * size[1] * size[2] <= MOST_VOXELS) return;
  throw inputError(
    'structure-field/too-large',
    `a field of ${size.join(' x ')} samples at ${spacingMm.map((h) => h.toFixed(2)).join(' x ')} mm is above the limit of ${MOST_VOXELS}`,
    'give a coarser resolution or less padding',
  );
}

/** The union of the lists' voxels with at least `paddingMm` (and one voxel) of room on every side, on the grid they lie on. */
export function cropRegion(grid: Grid, lists: readonly Uint32Array[], paddingMm: number): VoxelRegion {
  const { first, last } = extentOf(grid, lists);
  const pad = grid.spacingMm.map((h) => Math.max(1, Math.ceil(paddingMm / h)));
  const from = first.map((n, axis) => n - pad[axis]);
  const size = from.map((n, axis) => last[axis] + pad[axis] - n + 1) as unknown as Vec3;
  checkCount(size, grid.spacingMm);
  const originMm = from.map((n, axis) => grid.originMm[axis] + n * grid.spacingMm[axis]) as unknown as Vec3;
  const bits = new Uint32Array(bitMaskLength(size));
  const words = wordsPerRow(size);
  const [nx, ny] = grid.size;
  for (const list of lists) {
    for (const voxel of list) {
      const i = (voxel % nx) - from[0];
      const j = (Math.floor(voxel / nx) % ny) - from[1];
      const k = Math.floor(voxel / (nx * ny)) - from[2];
      bits[(j + size[1] * k) * words + (i >> 5)] |= 1 << (i & 31);
    }
  }
  return { grid: { size, spacingMm: grid.spacingMm, originMm }, bits };
}

/**
 * As {@link cropRegion}, on a grid of cubes of `resolutionMm`. A cube belongs to the region when any part of it does: the
 * region never shrinks, so distances to it never grow.
 */
export function resampledRegion(
  grid: Grid,
  lists: readonly Uint32Array[],
  paddingMm: number,
  resolutionMm: number,
): VoxelRegion {
  const { first, last } = extentOf(grid, lists);
  const padding = Math.max(paddingMm, resolutionMm);
  const lowMm = first.map((n, axis) => grid.originMm[axis] + (n - 0.5) * grid.spacingMm[axis] - padding);
  const highMm = last.map((n, axis) => grid.originMm[axis] + (n + 0.5) * grid.spacingMm[axis] + padding);
  const size = lowMm.map((low, axis) => Math.ceil((highMm[axis] - low) / resolutionMm)) as unknown as Vec3;
  const spacingMm: Vec3 = [resolutionMm, resolutionMm, resolutionMm];
  checkCount(size, spacingMm);
  const spans = [0, 1, 2].map((axis) => cubesOfVoxels(grid, axis, lowMm[axis], resolutionMm));
  const bits = new Uint32Array(bitMaskLength(size));
  const words = wordsPerRow(size);
  const [nx, ny] = grid.size;
  for (const list of lists) {
    for (const voxel of list) {
      const [i0, i1] = spans[0](voxel % nx);
      const [j0, j1] = spans[1](Math.floor(voxel / nx) % ny);
      const [k0, k1] = spans[2](Math.floor(voxel / (nx * ny)));
      for (let k = k0; k <= k1; k++) {
        for (let j = j0; j <= j1; j++) {
          const row = (j + size[1] * k) * words;
          for (let i = i0; i <= i1; i++) bits[row + (i >> 5)] |= 1 << (i & 31);
        }
      }
    }
  }
  const originMm = lowMm.map((low) => low + resolutionMm / 2) as unknown as Vec3;
  return { grid: { size, spacingMm, originMm }, bits };
}

/** Along one axis: the first and last cube that voxel n shares more than a face with. */
function cubesOfVoxels(grid: Grid, axis: number, lowMm: number, side: number): (n: number) => [number, number] {
  // A millionth of a cube: faces that coincide do so up to rounding.
  const tolerance = 1e-6;
  return (n) => {
    const from = grid.originMm[axis] + (n - 0.5) * grid.spacingMm[axis] - lowMm;
    const to = from + grid.spacingMm[axis];
    return [Math.floor(from / side + tolerance), Math.ceil(to / side - tolerance) - 1];
  };
}

/** One byte a voxel of `grid`: 1 in the list. */
export function maskOfVoxels(grid: Grid, voxels: Uint32Array): Uint8Array {
  const mask = new Uint8Array(grid.size[0] * grid.size[1] * grid.size[2]);
  for (const voxel of voxels) mask[voxel] = 1;
  return mask;
}

/** Voxels of a list that have a neighbour (of six) outside it, or lie at the grid's border. */
export function surfaceVoxels(grid: Grid, voxels: Uint32Array): Uint32Array {
  const mask = maskOfVoxels(grid, voxels);
  const [nx, ny, nz] = grid.size;
  return voxels.filter((voxel) => {
    const i = voxel % nx;
    const j = Math.floor(voxel / nx) % ny;
    const k = Math.floor(voxel / (nx * ny));
    if (i === 0 || j === 0 || k === 0 || i === nx - 1 || j === ny - 1 || k === nz - 1) return true;
    const at = voxelIndex(grid, i, j, k);
    return !(
      mask[at - 1] &&
      mask[at + 1] &&
      mask[at - nx] &&
      mask[at + nx] &&
      mask[at - nx * ny] &&
      mask[at + nx * ny]
    );
  });
}
