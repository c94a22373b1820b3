import type { Grid } from '../../../core/grid.ts';
import { shapeBetween } from './between.ts';
import type { Contour } from './contour.ts';
import { addCoverage, type PixelPlane } from './coverage.ts';

/** What a structure covers of a grid. */
export interface Coverage {
  /** Voxels of which at least half is covered, ascending. */
  readonly voxels: Uint32Array;
  /** All voxels that are touched, ascending, and how much of each is covered, above 0 to 1. */
  readonly touched: Uint32Array;
  readonly fraction: Float32Array;
  readonly warnings: readonly string[];
}

/** Planes nearer to a slice than this lie on it [mm]. */
const ON_SLICE_MM = 0.01;
/** Half a pixel, less what rounding leaves of it: shapes made of whole pixels keep them. */
const HALF = 0.5 - 1e-5;
/** Planes up to so many usual steps apart belong together; farther apart the structure ends in between. */
const CONNECTED = 1.5;

/**
 * Contours as voxels. On a slice of the grid that has contours, coverage is theirs (even-odd). Between two planes that
 * belong together the shape is interpolated; at its ends, and where planes are more than 1.5 of their usual steps apart, a
 * structure reaches half a step beyond its last plane.
 */
export function rasterise(name: string, contours: readonly Contour[], grid: Grid): Coverage {
  const planes = planesOf(contours);
  const warnings: string[] = [];
  const [columns, rows, slices] = grid.size;
  const box = boxOf(contours, grid);
  if (box === undefined) {
    if (contours.length > 0) warnings.push(`${name} lies outside the image: none of it is used.`);
    return { voxels: new Uint32Array(), touched: new Uint32Array(), fraction: new Float32Array(), warnings };
  }
  if (box.isClipped) warnings.push(`${name} reaches beyond the image: what lies outside is not used.`);
  const step = usualStep(planes, grid.spacingMm[2]);
  const covers = new Map<number, Float32Array>();
  const coverOf = (p: number): Float32Array => {
    let cover = covers.get(p);
    if (cover === undefined) {
      cover = new Float32Array(box.plane.columns * box.plane.rows);
      addCoverage(planes[p].contours, box.plane, cover);
      covers.set(p, cover);
    }
    return cover;
  };
  const mixed = new Float32Array(box.plane.columns * box.plane.rows);
  const touched: number[] = [];
  const fraction: number[] = [];
  const voxels: number[] = [];
  let isOutside = planes[0].zMm < grid.originMm[2] - grid.spacingMm[2] / 2 - ON_SLICE_MM;
  isOutside ||= planes[planes.length - 1].zMm > grid.originMm[2] + (slices - 0.5) * grid.spacingMm[2] + ON_SLICE_MM;
  if (isOutside) warnings.push(`${name} has contours above or below the image: they are not used.`);
  for (let k = 0, p = 0; k < slices; k++) {
    const z = grid.originMm[2] + k * grid.spacingMm[2];
    while (p + 1 < planes.length && planes[p + 1].zMm <= z + ON_SLICE_MM) {
      covers.delete(p - 1);
      p++;
    }
    const cover = coverAt(planes, p, z, step, coverOf, (below, above, share) => {
      shapeBetween(coverOf(below), coverOf(above), share, box.plane.columns, box.plane.rows, mixed);
      return mixed;
    });
    if (cover === undefined) continue;
    for (let j = 0, n = 0; j < box.plane.rows; j++) {
      let at = box.firstColumn + columns * (box.firstRow + j + rows * k);
      for (let i = 0; i < box.plane.columns; i++, n++, at++) {
        if (cover[n] <= 1e-6) continue;
        touched.push(at);
        fraction.push(Math.min(1, cover[n]));
        if (cover[n] >= HALF) voxels.push(at);
      }
    }
  }
  return {
    voxels: Uint32Array.from(voxels),
    touched: Uint32Array.from(touched),
    fraction: Float32Array.from(fraction),
    warnings,
  };
}

interface Plane {
  readonly zMm: number;
  readonly contours: Contour[];
}

function planesOf(contours: readonly Contour[]): Plane[] {
  const planes: Plane[] = [];
  for (const contour of [...contours].sort((a, b) => a.zMm - b.zMm)) {
    const last = planes[planes.length - 1];
    if (last !== undefined && contour.zMm - last.zMm <= ON_SLICE_MM) last.contours.push(contour);
    else planes.push({ zMm: contour.zMm, contours: [contour] });
  }
  return planes;
}

/** Median distance of planes; that of the grid's slices where there is but one plane. */
function usualStep(planes: readonly Plane[], sliceMm: number): number {
  const steps = planes.slice(1).map(({ zMm }, n) => zMm - planes[n].zMm);
  return steps.length === 0 ? sliceMm : steps.sort((a, b) => a - b)[steps.length >> 1];
}

/** Coverage at z, plane p being the last at or below it (or the first of all). */
function coverAt(
  planes: readonly Plane[],
  p: number,
  z: number,
  step: number,
  on: (plane: number) => Float32Array,
  between: (below: number, above: number, share: number) => Float32Array,
): Float32Array | undefined {
  const below = planes[p].zMm;
  if (Math.abs(z - below) <= ON_SLICE_MM) return on(p);
  const half = step / 2 + ON_SLICE_MM;
  if (z < below) return below - z <= half ? on(p) : undefined;
  const next = planes[p + 1];
  if (next !== undefined && next.zMm - below <= CONNECTED * step)
    return between(p, p + 1, (z - below) / (next.zMm - below));
  if (z - below <= half) return on(p);
  return next !== undefined && next.zMm - z <= half ? on(p + 1) : undefined;
}

/** The part of the grid's slices that the contours can touch. */
function boxOf(contours: readonly Contour[], { size, spacingMm, originMm }: Grid) {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { points } of contours) {
    for (let n = 0; n < points.length; n++) {
      low[n & 1] = Math.min(low[n & 1], points[n]);
      high[n & 1] = Math.max(high[n & 1], points[n]);
    }
  }
  const first = low.map((mm, a) => Math.floor((mm - originMm[a]) / spacingMm[a] + 0.5) - 1);
  const last = high.map((mm, a) => Math.ceil((mm - originMm[a]) / spacingMm[a] - 0.5) + 1);
  const from = first.map((n) => Math.max(0, n));
  const to = last.map((n, a) => Math.min(size[a] - 1, n));
  if (!(to[0] >= from[0] && to[1] >= from[1])) return undefined;
  const edge = (a: number): boolean =>
    low[a] < originMm[a] - 0.51 * spacingMm[a] || high[a] > originMm[a] + (size[a] - 0.49) * spacingMm[a];
  const plane: PixelPlane = {
    columns: to[0] - from[0] + 1,
    rows: to[1] - from[1] + 1,
    x0Mm: originMm[0] + from[0] * spacingMm[0],
    y0Mm: originMm[1] + from[1] * spacingMm[1],
    dxMm: spacingMm[0],
    dyMm: spacingMm[1],
  };
  return { plane, firstColumn: from[0], firstRow: from[1], isClipped: edge(0) || edge(1) };
}
