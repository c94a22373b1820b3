/** Three numbers, in the order x, y, z of the frame that the context names. */
export type Vec3 = readonly [number, number, number];

/**
 * A regular axis-aligned voxel grid in the patient frame (DICOM LPS: +x to the patient's left, +y posterior, +z
 * superior). Voxel (i, j, k) has its centre at `originMm + (i, j, k) * spacingMm` and the flat index
 * `i + size[0] * (j + size[1] * k)`, so x runs fastest.
 */
export interface Grid {
  readonly size: Vec3;
  /** [mm] */
  readonly spacingMm: Vec3;
  /** Centre of voxel (0, 0, 0) [mm, LPS]. */
  readonly originMm: Vec3;
}

/** A scalar on every voxel of a grid. */
export interface Volume {
  readonly grid: Grid;
  /** nx * ny * nz values in the grid's flat order. */
  readonly data: Float32Array;
  /** Unit of the values, for example `HU`, `Gy` or `1` (relative electron density). */
  readonly unit: string;
}

export function voxelCount(grid: Grid): number {
  return grid.size[0] * grid.size[1] * grid.size[2];
}

/** Volume of one voxel [mm^3]. */
export function voxelVolumeMm3(grid: Grid): number {
  return grid.spacingMm[0] * grid.spacingMm[1] * grid.spacingMm[2];
}

export function voxelIndex(grid: Grid, i: number, j: number, k: number): number {
  return i + grid.size[0] * (j + grid.size[1] * k);
}

/** Centre of the voxel with the given flat index [mm, LPS]; written to `out`. */
export function voxelCentreMm(grid: Grid, index: number, out: Float64Array | number[]): void {
  const [nx, ny] = grid.size;
  const i = index % nx;
  const j = Math.floor(index / nx) % ny;
  const k = Math.floor(index / (nx * ny));
  out[0] = grid.originMm[0] + i * grid.spacingMm[0];
  out[1] = grid.originMm[1] + j * grid.spacingMm[1];
  out[2] = grid.originMm[2] + k * grid.spacingMm[2];
}
