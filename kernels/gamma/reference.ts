import type { Grid } from '../../engine/core/grid.ts';
import { type GammaShape, NOT_JUDGED, OUTSIDE } from './index.ts';

/** Lines a voxel along either axis, the most promising that are looked at more closely, and how finely [voxels]. */
const LINES = 5;
const KEPT = 6;
const FINEST = 1e-4;
const MOST_SQUARES = 200;

/**
 * The gamma index by brute force, in float64. Along a line parallel to an axis the trilinear dose is linear from voxel to
 * voxel, so that the least along the line is known exactly; lines lie {@link LINES} a voxel over everything in reach, and
 * around the best of them ever finer squares of 5 x 5 lines, for each of the three axes. The axis along which the dose is
 * steepest leaves a well-conditioned search over the other two. Its own error is below 2e-4: tests compare it with closed forms and
 * with more lines.
 */
export function gammaReference(shape: GammaShape, reference: Float32Array, evaluated: Float32Array): Float64Array {
  const [nx, ny] = shape.reference.size;
  const { originMm, spacingMm } = shape.reference;
  return Float64Array.from(reference, (dose, voxel) => {
    if (dose < shape.thresholdGy || (shape.local && dose <= 0)) return NOT_JUDGED;
    const index = [voxel % nx, Math.floor(voxel / nx) % ny, Math.floor(voxel / (nx * ny))];
    const pointMm = index.map((n, a) => originMm[a] + n * spacingMm[a]);
    return gammaAt(shape, pointMm, dose, evaluated);
  });
}

/** Gamma of one point [mm] of a reference dose [Gy]. */
export function gammaAt(
  shape: GammaShape,
  pointMm: readonly number[],
  dose: number,
  evaluated: Float32Array,
  lines = LINES,
): number {
  const { evaluated: grid, distanceMm, doseTolerance, local, maxGamma } = shape;
  const tolerance = local ? doseTolerance * dose : doseTolerance;
  const u = pointMm.map((mm, a) => (mm - grid.originMm[a]) / grid.spacingMm[a]);
  const outside = (x: number, n: number): boolean => (n > 1 ? x < -1e-3 || x > n - 1 + 1e-3 : Math.abs(x) > 0.501);
  if (u.some((x, a) => outside(x, grid.size[a]))) return OUTSIDE;
  const h = grid.spacingMm.map((mm) => mm / distanceMm);
  const square = (a: number, x: number): number => ((x - u[a]) * h[a]) ** 2;
  const reach = (a: number, margin: number) => [
    Math.max(0, Math.floor(u[a] - maxGamma / h[a] - margin)),
    Math.min(grid.size[a] - 1, Math.ceil(u[a] + maxGamma / h[a] + margin)),
  ];
  let least = maxGamma ** 2;
  for (const [a, b, c] of [
    [0, 1, 2],
    [1, 2, 0],
    [2, 0, 1],
  ]) {
    const [first, last] = reach(a, 0);
    const leastAlong = (y: number, z: number): number => {
      const aside = square(b, y) + square(c, z);
      let found = Number.POSITIVE_INFINITY;
      let before = (bilinear(grid, evaluated, a, first, y, z) - dose) / tolerance;
      if (first === last) found = aside + square(a, first) + before ** 2;
      for (let i = first; i < last; i++) {
        const after = (bilinear(grid, evaluated, a, i + 1, y, z) - dose) / tolerance;
        const slope = after - before;
        const best = (h[a] ** 2 * (u[a] - i) - slope * before) / (h[a] ** 2 + slope ** 2);
        const t = Math.min(Math.max(best, 0), 1);
        found = Math.min(found, aside + square(a, i + t) + (before + slope * t) ** 2);
        before = after;
      }
      return found;
    };
    least = Math.min(least, leastOverSquare(leastAlong, reach(b, 1), reach(c, 1), lines));
  }
  return Math.sqrt(least);
}

type Place = readonly [number, number];

function leastOverSquare(
  f: (y: number, z: number) => number,
  [y0, y1]: readonly number[],
  [z0, z1]: readonly number[],
  lines: number,
): number {
  let kept: { at: Place; value: number }[] = [];
  for (let m = 0; m <= (y1 - y0) * lines; m++) {
    for (let n = 0; n <= (z1 - z0) * lines; n++) {
      const at: Place = [y0 + m / lines, z0 + n / lines];
      const value = f(...at);
      if (kept.length < KEPT || value < kept[KEPT - 1].value) {
        kept = [...kept, { at, value }].sort((p, q) => p.value - q.value).slice(0, KEPT);
      }
    }
  }
  let least = Number.POSITIVE_INFINITY;
  for (const start of kept) {
    let { at, value } = start;
    for (let squares = 0, step = 0.5 / lines; step > FINEST && squares < MOST_SQUARES; squares++) {
      const [y, z] = at;
      let moved = false;
      for (let n = 0; n < 25; n++) {
        const to: Place = [
          Math.min(Math.max(y + ((n % 5) - 2) * step, y0), y1),
          Math.min(Math.max(z + (Math.floor(n / 5) - 2) * step, z0), z1),
        ];
        const found = f(...to);
        if (found >= value - 1e-9) continue;
        value = found;
        at = to;
        moved = true;
      }
      if (!moved) step /= 2;
    }
    least = Math.min(least, value);
  }
  return least;
}

/** The dose in the plane of the voxels `i` along axis `a`, at (y, z) along the two axes that follow it in turn. */
function bilinear({ size }: Grid, data: Float32Array, a: number, i: number, y: number, z: number): number {
  const [b, c] = [(a + 1) % 3, (a + 2) % 3];
  const strides = [1, size[0], size[0] * size[1]];
  const j = Math.min(Math.floor(y), Math.max(0, size[b] - 2));
  const k = Math.min(Math.floor(z), Math.max(0, size[c] - 2));
  const at = i * strides[a] + j * strides[b] + k * strides[c];
  const [right, up] = [size[b] > 1 ? strides[b] : 0, size[c] > 1 ? strides[c] : 0];
  const low = data[at] + (data[at + right] - data[at]) * (y - j);
  return low + (data[at + up] + (data[at + up + right] - data[at + up]) * (y - j) - low) * (z - k);
}
