import type { Grid } from '../../../core/grid.ts';
import { shapeBetween, signedDistance } from './between.ts';
import type { Contour } from './contour.ts';
import { addCoverage, type PixelPlane } from './coverage.ts';

/** What a structure covers of a grid. */
export interface Coverage {
  /** Voxels of which at least half is covered, ascending. */
  readonly voxels: Uint32Array;
  /** All voxels that are touched, ascending, and how much of each is covered, above 0 to 1; empty unless asked for. */
  readonly touched: Uint32Array;
  readonly fraction: Float32Array;
  readonly warnings: readonly string[];
}

/** Planes nearer to a slice than this lie on it [mm], or than this share of a slice: some systems write 0.1 mm at best. */
const ON_SLICE_MM = 0.1;
const ON_SLICE_SHARE = 0.1;
/** Half a pixel, less what rounding leaves of it: shapes made of whole pixels keep them. */
const HALF = 0.5 - 1e-5;
/** Planes up to so many usual steps apart belong together; farther apart the structure ends in between. */
const CONNECTED = 1.5;

/**
 * Contours as voxels. On a slice of the grid that has contours, coverage is theirs (even-odd). Between two planes that
 * belong together the shape is interpolated; at its ends, and where planes are more than 1.5 of their usual steps apart, a
 * structure reaches half a step beyond its last plane.
 */
export function rasterise(
  name: string,
  contours: readonly Contour[],
  grid: Grid,
  options: { readonly fractions?: boolean } = {},
): Coverage {
  const { fractions = true } = options;
  const warnings: string[] = [];
  const [columns, rows, slices] = grid.size;
  const box = boxOf(contours, grid);
  if (box === undefined) {
    if (contours.length > 0) warnings.push(`${name} lies outside the image: none of it is used.`);
    return { voxels: new Uint32Array(), touched: new Uint32Array(), fraction: new Float32Array(), warnings };
  }
  if (box.isClipped) warnings.push(`${name} reaches beyond the image: what lies outside is not used.`);
  const { plane, firstColumn, firstRow } = box;
  const onSliceMm = Math.min(ON_SLICE_MM, ON_SLICE_SHARE * grid.spacingMm[2]);
  const planes = planesOf(contours, onSliceMm);
  if (reachesPast(planes, grid, onSliceMm)) {
    warnings.push(`${name} has contours above or below the image: they are not used.`);
  }
  const pixels = plane.columns * plane.rows;
  const coverOf = remembered((p) => {
    const cover = new Float32Array(pixels);
    addCoverage(planes[p].contours, plane, cover);
    return cover;
  });
  const distanceOf = remembered((p) => signedDistance(coverOf(p), plane.columns, plane.rows));
  const mixed = new Float32Array(pixels);
  const between = (below: number, above: number, share: number): Float32Array => {
    shapeBetween(distanceOf(below), distanceOf(above), share, mixed);
    return mixed;
  };
  const rule = { step: usualStep(planes, grid.spacingMm[2]), onSliceMm };
  const voxels = new Growing(Uint32Array);
  const touched = new Growing(Uint32Array);
  const fraction = new Growing(Float32Array);
  for (let k = 0, p = 0; k < slices; k++) {
    const z = grid.originMm[2] + k * grid.spacingMm[2];
    while (p + 1 < planes.length && planes[p + 1].zMm <= z + onSliceMm) p++;
    const cover = coverAt(planes, p, z, rule, coverOf, between);
    if (cover === undefined) continue;
    voxels.reserve(pixels);
    if (fractions) {
      touched.reserve(pixels);
      fraction.reserve(pixels);
    }
    for (let j = 0, n = 0; j < plane.rows; j++) {
      const start = firstColumn + columns * (firstRow + j + rows * k);
      for (let i = 0; i < plane.columns; i++, n++) {
        const part = cover[n];
        if (part >= HALF) voxels.values[voxels.length++] = start + i;
        if (fractions && part > 1e-6) {
          touched.values[touched.length++] = start + i;
          fraction.values[fraction.length++] = Math.min(1, part);
        }
      }
    }
  }
  return { voxels: voxels.taken(), touched: touched.taken(), fraction: fraction.taken(), warnings };
}

/** A list that grows; `values` has room for what was reserved. */
class Growing<T extends Uint32Array | Float32Array> {
  values: T;
  length = 0;
  private readonly kind: new (
    size: number,
  ) => T;

  constructor(kind: new (size: number) => T) {
    this.kind = kind;
    this.values = new kind(0);
  }

  reserve(more: number): void {
    if (this.length + more <= this.values.length) return;
    const wider = new this.kind(Math.max(this.length + more, 2 * this.values.length));
    wider.set(this.values.subarray(0, this.length));
    this.values = wider;
  }

  taken(): T {
    return this.values.slice(0, this.length) as T;
  }
}

/** Results for the last two planes: slices ask in ascending order. */
function remembered(make: (plane: number) => Float32Array): (plane: number) => Float32Array {
  const known = new Map<number, Float32Array>();
  return (plane) => {
    const found = known.get(plane);
    if (found !== undefined) return found;
    const made = make(plane);
    for (const other of known.keys()) if (Math.abs(other - plane) > 1) known.delete(other);
    known.set(plane, made);
    return made;
  };
}

function reachesPast(planes: readonly Plane[], { size, spacingMm, originMm }: Grid, onSliceMm: number): boolean {
  const half = spacingMm[2] / 2 + onSliceMm;
  const lowest = originMm[2] - half;
  const highest = originMm[2] + (size[2] - 1) * spacingMm[2] + half;
  return planes[0].zMm < lowest || planes[planes.length - 1].zMm > highest;
}

interface Plane {
  readonly zMm: number;
  readonly contours: Contour[];
}

function planesOf(contours: readonly Contour[], onSliceMm: number): Plane[] {
  const planes: Plane[] = [];
  for (const contour of [...contours].sort((a, b) => a.zMm - b.zMm)) {
    const last = planes[planes.length - 1];
    if (last !== undefined && contour.zMm - last.zMm <= onSliceMm) last.contours.push(contour);
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
  { step, onSliceMm }: { readonly step: number; readonly onSliceMm: number },
  on: (plane: number) => Float32Array,
  between: (below: number, above: number, share: number) => Float32Array,
): Float32Array | undefined {
  const below = planes[p].zMm;
  if (Math.abs(z - below) <= onSliceMm) return on(p);
  const half = step / 2 + onSliceMm;
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
