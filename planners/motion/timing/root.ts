import { CURVATURE, evaluate, SLOPE } from './extremal.ts';

const MAX_STEPS = 100;

/**
 * The duration between `lo` and `hi` at which the side's profile has gone `goal`, given that it has gone less at one end
 * and more at the other: by parabolas with the exact derivatives (third order), kept inside a shrinking bracket.
 */
export function durationOf(
  x: Float64Array,
  goal: number,
  lo: number,
  hi: number,
  rising: boolean,
  guess: number,
): number {
  let left = lo;
  let right = hi;
  let T = guess > lo && guess < hi ? guess : 0.5 * (lo + hi);
  let previous = right - left;
  for (let n = 0; n < MAX_STEPS; n++) {
    const f = evaluate(x, T) - goal;
    if (f === 0) return T;
    if (f > 0 === rising) right = T;
    else left = T;
    const slope = x[SLOPE];
    // The parabola through distance, slope and curvature; NaN where it does not reach the goal.
    const root = Math.sqrt(slope * slope - 2 * f * x[CURVATURE]);
    const step = (-2 * f) / (rising ? slope + root : slope - root);
    const next = T + step;
    const size = Math.abs(step);
    if (next > left && next < right && size < previous) {
      if (size <= 2e-16 * T) return next;
      previous = size;
      T = next;
    } else {
      if (size <= 4e-16 * T) return T;
      previous = right - left;
      const middle = 0.5 * (left + right);
      if (middle <= left || middle >= right) return rising ? right : left;
      T = middle;
    }
  }
  return T;
}

/** The duration between `lo` and `hi` at which the slope is zero, given that its sign differs at the two. */
export function durationOfExtremum(x: Float64Array, lo: number, hi: number, rising: boolean): number {
  let left = lo;
  let right = hi;
  let T = 0.5 * (lo + hi);
  for (let n = 0; n < MAX_STEPS; n++) {
    evaluate(x, T);
    const slope = x[SLOPE];
    if (slope > 0 === rising) right = T;
    else left = T;
    const next = T - slope / x[CURVATURE];
    const moved = next > left && next < right ? next : 0.5 * (left + right);
    // The distance there is wrong by the square of this only.
    if (Math.abs(moved - T) <= 1e-12 * T) return moved;
    T = moved;
  }
  return T;
}
