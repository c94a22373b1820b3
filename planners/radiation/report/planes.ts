import type { Grid, Volume } from '../../../engine/core/grid.ts';

export type PlaneKind = 'axial' | 'sagittal' | 'coronal';
type Axis = 0 | 1 | 2;

/** How a plane of the patient (LPS) lies on paper: `u` runs to the right; `v` runs down, or up where it is turned. */
export interface PlaneView {
  readonly normal: Axis;
  readonly u: Axis;
  readonly v: Axis;
  /** Whether the larger coordinate of `v` is at the top. */
  readonly vUp: boolean;
  /** What lies at the edges of the picture. */
  readonly letters: {
    readonly left: string;
    readonly right: string;
    readonly top: string;
    readonly bottom: string;
  };
}

/** The radiological convention: the patient's right is on the left, axial planes are seen from the feet. */
export const planeViews: Readonly<Record<PlaneKind, PlaneView>> = {
  axial: { normal: 2, u: 0, v: 1, vUp: false, letters: { left: 'R', right: 'L', top: 'A', bottom: 'P' } },
  sagittal: { normal: 0, u: 1, v: 2, vUp: true, letters: { left: 'A', right: 'P', top: 'S', bottom: 'I' } },
  coronal: { normal: 1, u: 0, v: 2, vUp: true, letters: { left: 'R', right: 'L', top: 'S', bottom: 'I' } },
};

/** Values on a plane, u fastest, at the centres of its pixels. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
  /** Centre of pixel (0, 0) [mm]. */
  readonly originMm: readonly [u: number, v: number];
  readonly stepMm: readonly [u: number, v: number];
}

/** The voxel layer whose centres lie nearest to a position; within the grid. */
export function nearestLayer(grid: Grid, kind: PlaneKind, mm: number): number {
  const { normal } = planeViews[kind];
  const at = Math.round((mm - grid.originMm[normal]) / grid.spacingMm[normal]);
  return Math.min(grid.size[normal] - 1, Math.max(0, at));
}

export function layerMm(grid: Grid, kind: PlaneKind, layer: number): number {
  const { normal } = planeViews[kind];
  return grid.originMm[normal] + layer * grid.spacingMm[normal];
}

/** A plane through a volume at a position [mm], linear between its voxel layers; beyond them the outermost layer. */
export function planeOf({ grid, data }: Pick<Volume, 'grid' | 'data'>, kind: PlaneKind, mm: number): Raster {
  const { normal, u, v } = planeViews[kind];
  const stride = [1, grid.size[0], grid.size[0] * grid.size[1]];
  const last = grid.size[normal] - 1;
  const place = Math.min(last, Math.max(0, (mm - grid.originMm[normal]) / grid.spacingMm[normal]));
  const below = Math.floor(place);
  const share = place - below;
  const raster = emptyRaster(grid, kind);
  const { width, height, values } = raster;
  const step = share === 0 ? 0 : stride[normal];
  for (let j = 0; j < height; j++) {
    let from = below * stride[normal] + j * stride[v];
    for (let i = 0; i < width; i++, from += stride[u]) {
      values[i + width * j] = data[from] + (step === 0 ? 0 : share * (data[from + step] - data[from]));
    }
  }
  return raster;
}

/** 1 where a voxel of the layer belongs to the list of voxels, else 0; undefined where none does. */
export function maskOf(grid: Grid, voxels: Uint32Array, kind: PlaneKind, layer: number): Raster | undefined {
  const { normal, u, v } = planeViews[kind];
  const raster = emptyRaster(grid, kind);
  const [nx, ny] = grid.size;
  const perLayer = nx * ny;
  // Ascending voxels: an axial layer is one stretch of them.
  const begin = normal === 2 ? firstFrom(voxels, layer * perLayer) : 0;
  const end = normal === 2 ? firstFrom(voxels, (layer + 1) * perLayer) : voxels.length;
  const at: [number, number, number] = [0, 0, 0];
  let found = false;
  for (let n = begin; n < end; n++) {
    const row = Math.floor(voxels[n] / nx);
    at[0] = voxels[n] - row * nx;
    at[2] = Math.floor(row / ny);
    at[1] = row - at[2] * ny;
    if (at[normal] !== layer) continue;
    raster.values[at[u] + raster.width * at[v]] = 1;
    found = true;
  }
  return found ? raster : undefined;
}

function emptyRaster({ size, originMm, spacingMm }: Grid, kind: PlaneKind): Raster {
  const { u, v } = planeViews[kind];
  return {
    width: size[u],
    height: size[v],
    values: new Float32Array(size[u] * size[v]),
    originMm: [originMm[u], originMm[v]],
    stepMm: [spacingMm[u], spacingMm[v]],
  };
}

function firstFrom(ascending: Uint32Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
