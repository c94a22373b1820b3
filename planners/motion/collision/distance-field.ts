import type { Vec3 } from '../../../engine/core/grid.ts';
import type { DistanceField } from '../../../engine/core/scene.ts';

/** Relative error of a sample that was rounded to float32 and came out of float32 arithmetic. */
const SAMPLE_ERROR = 1e-6;

/** Where a point lies in a field: the corners of its cell, weights along the axes, and how far outside it is. */
interface Place {
  base: number;
  /** Distance in samples to the next corner along each axis; 0 where the field is one sample thick. */
  readonly stride: Int32Array;
  readonly fraction: Float64Array;
  /** From the point to the nearest point of the volume of samples, per axis [m]. */
  readonly away: Float64Array;
  readonly corners: Float64Array;
}

const place: Place = {
  base: 0,
  stride: new Int32Array(3),
  fraction: new Float64Array(3),
  away: new Float64Array(3),
  corners: new Float64Array(8),
};

function locate({ size, spacingM, distance }: DistanceField, x: number, y: number, z: number): Place {
  const { stride, fraction, away, corners } = place;
  let base = 0;
  let step = 1;
  for (let axis = 0; axis < 3; axis++) {
    const p = axis === 0 ? x : axis === 1 ? y : z;
    const n = size[axis];
    const at = p / spacingM[axis];
    const clamped = Math.max(0, Math.min(n - 1, at));
    const cell = Math.min(Math.floor(clamped), Math.max(0, n - 2));
    fraction[axis] = clamped - cell;
    away[axis] = (at - clamped) * spacingM[axis];
    stride[axis] = n > 1 ? step : 0;
    base += cell * step;
    step *= n;
  }
  place.base = base;
  for (let corner = 0; corner < 8; corner++) {
    const at = base + (corner & 1) * stride[0] + ((corner >> 1) & 1) * stride[1] + (corner >> 2) * stride[2];
    corners[corner] = distance[at];
  }
  return place;
}

function trilinear({ fraction, corners }: Place): number {
  const u = fraction[0];
  const v = fraction[1];
  const w = fraction[2];
  const c00 = corners[0] + u * (corners[1] - corners[0]);
  const c10 = corners[2] + u * (corners[3] - corners[2]);
  const c01 = corners[4] + u * (corners[5] - corners[4]);
  const c11 = corners[6] + u * (corners[7] - corners[6]);
  const c0 = c00 + v * (c10 - c00);
  return c0 + w * (c01 + v * (c11 - c01) - c0);
}

/**
 * What the samples say of the distance from a point outside their volume, `away` from its nearest point c, to a region that
 * lies within the volume. The volume is convex and c is the projection onto it, so no point of the region is nearer than
 * sqrt(away^2 + d(c)^2). A region that the border cuts (d(c) < 0) may go on outside: d(c) - away.
 */
function beyond(distance: number, away: number): number {
  return distance < 0 ? distance - away : Math.sqrt(away * away + distance * distance);
}

/**
 * How much the interpolated value may lie above the exact distance [m], and how far off it may be at all.
 *
 * With weights w_i at distances r_i from the point, sum w_i r_i^2 = s^2 = sum over the axes of t (1 - t) h^2, so the
 * interpolated value is off by s at most: the distance changes by at most 1 m a metre. Where the cell stays rho away from the
 * region, it is too large by s^2 / (2 rho) at most: |x|^2 / (2 rho) minus the distance is convex there (the distance to a
 * set is semiconcave).
 */
function setErrors(field: DistanceField, at: Place, value: number): void {
  let spread = 0;
  let quarter = 0;
  for (let axis = 0; axis < 3; axis++) {
    const h2 = field.spacingM[axis] * field.spacingM[axis];
    spread += at.fraction[axis] * (1 - at.fraction[axis]) * h2;
    quarter += h2 / 4;
  }
  let least = at.corners[0];
  for (let corner = 1; corner < 8; corner++) least = Math.min(least, at.corners[corner]);
  const clear = least * (1 - SAMPLE_ERROR) - Math.sqrt(quarter);
  const loose = Math.sqrt(spread);
  const rounding = SAMPLE_ERROR * Math.abs(value);
  errors.above = rounding + (clear > 0 ? Math.min(loose, spread / (2 * clear)) : loose);
  errors.any = rounding + loose;
}

const errors = { above: 0, any: 0 };

/**
 * Signed distance [m] at a point of the field's frame [m]: trilinear within the samples. Of exact samples it differs from
 * the exact distance by at most half the diagonal of a voxel, everywhere. Outside the samples it is a proven lower bound of
 * the distance to a region that they enclose, never too large; at the border it is below the value within by what the
 * interpolation may be too large there (h^2 / (4 rho) for cubes of side h at a distance rho). NaN in gives NaN.
 */
export function fieldDistance(field: DistanceField, point: Vec3): number {
  const at = locate(field, point[0], point[1], point[2]);
  const value = trilinear(at);
  const far = Math.hypot(at.away[0], at.away[1], at.away[2]);
  if (far === 0) return value;
  setErrors(field, at, value);
  return beyond(value - errors.above, far);
}

/**
 * As {@link fieldDistance}, with its gradient [m per m] written to `out`. At the faces between voxels the gradient jumps: it
 * is that of the voxel above. Outside the samples it leaves out how the error of the interpolation changes.
 */
export function fieldDistanceGradient(field: DistanceField, point: Vec3, out: Float64Array): number {
  const at = locate(field, point[0], point[1], point[2]);
  const { fraction, corners, away } = at;
  const within = trilinear(at);
  for (let axis = 0; axis < 3; axis++) {
    const a = (axis + 1) % 3;
    const b = (axis + 2) % 3;
    let slope = 0;
    for (let corner = 0; corner < 8; corner++) {
      if ((corner >> axis) & 1) continue;
      const wa = (corner >> a) & 1 ? fraction[a] : 1 - fraction[a];
      const wb = (corner >> b) & 1 ? fraction[b] : 1 - fraction[b];
      slope += wa * wb * (corners[corner | (1 << axis)] - corners[corner]);
    }
    out[axis] = slope / field.spacingM[axis];
  }
  const far = Math.hypot(away[0], away[1], away[2]);
  if (far === 0) return within;
  setErrors(field, at, within);
  const d = within - errors.above;
  const value = beyond(d, far);
  for (let axis = 0; axis < 3; axis++) {
    // The projection onto the samples does not move along an axis on which the point is beyond them.
    if (d < 0) out[axis] = away[axis] === 0 ? out[axis] : -away[axis] / far;
    else out[axis] = away[axis] === 0 ? (out[axis] * d) / value : away[axis] / value;
  }
  return value;
}

/**
 * Proven bounds of the exact signed distance [m] at a point, written to `out` as [lower, upper], for samples that are exact
 * distances to a region which they enclose.
 */
export function fieldBounds(field: DistanceField, x: number, y: number, z: number, out: Float64Array): void {
  const at = locate(field, x, y, z);
  const value = trilinear(at);
  const [ax, ay, az] = at.away;
  const far = Math.sqrt(ax * ax + ay * ay + az * az);
  setErrors(field, at, value);
  const lower = value - errors.above;
  out[0] = far === 0 ? lower : beyond(Math.max(0, lower), far);
  out[1] = value + errors.any + far;
}
