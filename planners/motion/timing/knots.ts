import { BAD_LIMIT, BAD_PATH, NOT_FINITE, OK, type TimingCode } from './codes.ts';
import type { PathTiming } from './path.ts';
import { greatestRatios, type PathLimits } from './path-timing.ts';

/**
 * Lays a motion from rest to rest through `rows` [count][joints] at the times that follow from `seconds` [count - 1]: pieces of constant
 * jerk, one for each step, whose position, velocity and acceleration have no jump (a cubic spline in time). Velocity and acceleration are
 * zero at both ends; for that the motion passes beside the second and the last but one row. The whole is then stretched in
 * time until it keeps the limits exactly. At least six rows.
 */
export function layKnots(path: PathTiming, rows: Float64Array, seconds: Float64Array, limits: PathLimits): TimingCode {
  const { joints } = path;
  const count = rows.length / joints;
  path.pieceCount = 0;
  path.pieceStart[0] = 0;
  if (!(count >= 6 && count <= path.maxWaypoints && seconds.length === count - 1)) return BAD_PATH;
  for (let at = 0; at < rows.length; at++) if (!Number.isFinite(rows[at])) return NOT_FINITE;
  for (let k = 0; k < count - 1; k++) if (!(seconds[k] > 0 && seconds[k] < Infinity)) return NOT_FINITE;
  for (let i = 0; i < joints; i++) {
    const v = limits.velocity[i];
    const a = limits.acceleration[i];
    const j = limits.jerk[i];
    if (!(v > 0 && v < Infinity && a > 0 && a < Infinity && j > 0 && j < Infinity)) return BAD_LIMIT;
    path.maxVelocity[i] = v;
    path.perAcceleration[i] = 1 / a;
    path.perJerk[i] = 1 / j;
  }
  const h = seconds.slice();
  lay(path, rows, h);
  const ratios = new Float64Array(3);
  // Twice: rounding may be left after the first.
  for (let round = 0; round < 2; round++) {
    greatestRatios(path, ratios);
    const stretch = Math.max(ratios[0], Math.sqrt(ratios[1]), Math.cbrt(ratios[2]));
    if (!(stretch > 0)) break;
    for (let k = 0; k < h.length; k++) h[k] *= stretch;
    lay(path, rows, h);
  }
  return OK;
}

function lay(path: PathTiming, rows: Float64Array, h: Float64Array): void {
  const { joints, pieceStart, pieceStates, piecePlaces, origins, points } = path;
  const last = h.length;
  const accelerations = new Float64Array(last + 1);
  const q = new Float64Array(last + 1);
  const scratch = new Float64Array(last + 1);
  for (let k = 0; k < last; k++) {
    pieceStart[k + 1] = pieceStart[k] + h[k];
    piecePlaces[k] = -1 - k;
  }
  for (let i = 0; i < joints; i++) {
    for (let k = 0; k <= last; k++) q[k] = rows[k * joints + i];
    solve(q, h, accelerations, scratch);
    q[1] = q[0] + (h[0] * h[0] * accelerations[1]) / 6;
    q[last - 1] = q[last] + (h[last - 1] * h[last - 1] * accelerations[last - 1]) / 6;
    for (let k = 0; k <= last; k++) points[k * joints + i] = q[k];
    for (let k = 0; k < last; k++) {
      const o = 4 * joints * k + i;
      const a = accelerations[k];
      const b = accelerations[k + 1];
      pieceStates[o] = q[k];
      pieceStates[o + joints] = k === 0 ? 0 : (q[k + 1] - q[k]) / h[k] - (h[k] * (2 * a + b)) / 6;
      pieceStates[o + 2 * joints] = a;
      pieceStates[o + 3 * joints] = (b - a) / h[k];
    }
  }
  for (let k = 0; k <= last; k++) origins[k] = k;
  path.count = last + 1;
  path.pieceCount = last;
}

/**
 * Accelerations at the knots. In each inner one the velocities of both pieces are alike; with the rows beside the ends given
 * by rest, q_1 = q_0 + h_0^2 a_1 / 6, they drop out of the equations.
 */
function solve(q: Float64Array, h: Float64Array, a: Float64Array, upper: Float64Array): void {
  const last = h.length;
  a[0] = 0;
  a[last] = 0;
  for (let k = 1; k < last; k++) {
    const left = h[k - 1];
    const right = h[k];
    let below = k === 1 ? 0 : left;
    let pivot = 2 * (left + right);
    let above = k === last - 1 ? 0 : right;
    const before = k === 2 ? q[0] : q[k - 1];
    const here = k === 1 ? q[0] : k === last - 1 ? q[last] : q[k];
    const after = k === last - 2 ? q[last] : q[k + 1];
    let value = 6 * ((k === last - 1 ? 0 : (after - here) / right) - (k === 1 ? 0 : (here - before) / left));
    if (k === 1) pivot += (left * left) / right + left;
    if (k === 2) below -= (h[0] * h[0]) / left;
    if (k === last - 1) pivot += (right * right) / left + right;
    if (k === last - 2) above -= (h[last - 1] * h[last - 1]) / right;
    pivot -= below * (k === 1 ? 0 : upper[k - 1]);
    value -= below * (k === 1 ? 0 : a[k - 1]);
    upper[k] = above / pivot;
    a[k] = value / pivot;
  }
  for (let k = last - 2; k > 0; k--) a[k] -= upper[k] * a[k + 1];
}

/** By what the duration of each piece would have to be stretched for it to keep the limits, into `out` [pieces]: below one where there is room. */
export function stretchOfPieces(path: PathTiming, out: Float64Array): void {
  const { joints, pieceCount, pieceStart, pieceStates, maxVelocity, perAcceleration, perJerk } = path;
  for (let n = 0; n < pieceCount; n++) {
    const time = pieceStart[n + 1] - pieceStart[n];
    const o = 4 * joints * n;
    let most = 0;
    for (let i = 0; i < joints; i++) {
      const v = pieceStates[o + joints + i];
      const a = pieceStates[o + 2 * joints + i];
      const j = pieceStates[o + 3 * joints + i];
      const end = Math.abs(a + time * j);
      const speed = Math.max(Math.abs(v), Math.abs(v + time * (a + 0.5 * time * j)));
      const acceleration = Math.max(Math.abs(a), end) * perAcceleration[i];
      most = Math.max(most, speed / maxVelocity[i], Math.sqrt(acceleration), Math.cbrt(Math.abs(j) * perJerk[i]));
    }
    out[n] = most;
  }
}

/** Whether every joint stays between `lower` and `upper` [joints] along the whole motion: exact, by the extrema of each piece. */
export function staysWithin(path: PathTiming, lower: ArrayLike<number>, upper: ArrayLike<number>): boolean {
  const { joints, pieceCount, pieceStart, pieceStates } = path;
  for (let n = 0; n < pieceCount; n++) {
    const time = pieceStart[n + 1] - pieceStart[n];
    const o = 4 * joints * n;
    for (let i = 0; i < joints; i++) {
      const v = pieceStates[o + joints + i];
      const a = pieceStates[o + 2 * joints + i];
      const j = pieceStates[o + 3 * joints + i];
      // v + a t + j t^2 / 2 = 0, by the form that does not cancel.
      const root = Math.sqrt(Math.max(0, a * a - 2 * j * v));
      const sum = -(a + (a < 0 ? -root : root));
      for (const t of [0, time, sum / j, (2 * v) / sum]) {
        if (!(t >= 0 && t <= time)) continue;
        const q = pieceStates[o + i] + t * (v + t * (0.5 * a + (t * j) / 6));
        if (!(q >= lower[i] && q <= upper[i])) return false;
      }
    }
  }
  return true;
}
