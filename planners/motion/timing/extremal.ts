/**
 * The extremal profile of one joint: of all motions from (v0, a0) to (vf, af) that take exactly T seconds and keep the
 * limits, the one that gets farthest. Its jerk is +j, 0, -j, 0, -j, 0, +j: it rises to the acceleration `PEAK1`, holds it,
 * falls to `PEAK2` (with a pause at zero acceleration when it cruises at the velocity limit), holds it, and rises to af.
 * These are the families of Berscheid and Kroeger, "Jerk-limited Real-time Trajectory Generation with Arbitrary Target
 * States" (RSS 2021), told by their duration: the principle of Pontryagin gives, for a given T, one of them.
 *
 * With w = (j T + a0 - af) / 2 and K = j (vf - v0) + (a0^2 - af^2) / 2 the peaks obey a1 - a2 = w and a1^2 - a2^2 = K,
 * and where a peak is cut off by its limit, a quadratic equation. The derivative of the distance by the duration is the
 * Hamiltonian, v + a1 (a1 - a2) / 2j with the velocity at the end of the first hold. It falls until `TURN` and rises
 * afterwards, to the time from which the profile cruises and the derivative is the velocity limit. The profile that lags
 * most is this one mirrored.
 *
 * A side is a Float64Array of `SIDE_SIZE`; the constants below are its slots.
 */
export const V0 = 0;
export const A0 = 1;
export const VF = 2;
export const AF = 3;
export const JERK = 4;
export const A_MAX = 5;
export const A_MIN = 6;
export const V_MAX = 7;
/** Distance to go, positive along the side's direction. */
export const GOAL = 8;
/** A distance below this counts as none [unit of the joint]. */
export const TOUCH = 9;
export const CROSS = 10;
/** Duration and distance of the motion that just touches the velocity limit. */
export const CRUISE_FROM = 11;
export const CRUISE_AT = 12;
const CRUISE_PEAK1 = 13;
const CRUISE_HOLD1 = 14;
const CRUISE_PEAK2 = 15;
const CRUISE_HOLD2 = 16;
export const PEAK1 = 17;
export const HOLD1 = 18;
export const PEAK2 = 19;
export const HOLD2 = 20;
export const CRUISE = 21;
/** What {@link evaluate} found: distance, its first and its second derivative by the duration. */
export const REACH = 22;
export const SLOPE = 23;
export const CURVATURE = 24;
/** Duration that throughPeak found. */
const SPAN = 25;
/** Duration at which the slope is least. */
export const TURN = 26;
export const SIDE_SIZE = 27;

const SQRT3 = Math.sqrt(3);
const SINGLE_RAMP = 1e-13;

/** Fills the slots that depend on the start, the end and the limits alone. */
export function prepareSide(x: Float64Array): void {
  x[CROSS] = x[JERK] * (x[VF] - x[V0]) + 0.5 * (x[A0] * x[A0] - x[AF] * x[AF]);
  throughPeak(x, x[V_MAX]);
  x[CRUISE_FROM] = x[SPAN];
  x[CRUISE_AT] = x[REACH];
  x[CRUISE_PEAK1] = x[PEAK1];
  x[CRUISE_HOLD1] = x[HOLD1];
  x[CRUISE_PEAK2] = x[PEAK2];
  x[CRUISE_HOLD2] = x[HOLD2];
}

/** Fills `TURN`, of a prepared side. */
export function prepareTurn(x: Float64Array): void {
  const cross = Math.abs(x[CROSS]);
  // The peak that is farther from zero; the other has the same sign.
  const limit = x[CROSS] >= 0 ? x[A_MAX] : -x[A_MIN];
  let w = Math.sqrt(cross / SQRT3);
  if (0.5 * (1 + SQRT3) * w > limit) {
    const square = limit * limit - cross;
    const other = Math.max(0.25 * limit, square > 0 ? Math.sqrt(square) : 0);
    w = (0.5 * ((limit - other) * (limit - other) + cross)) / limit;
  }
  x[TURN] = (2 * w + x[AF] - x[A0]) / x[JERK];
}

/**
 * The quickest motion that passes the velocity `peak` with no acceleration and bends downward there: duration to `SPAN`,
 * distance to `REACH`.
 */
function throughPeak(x: Float64Array, peak: number): void {
  const v0 = x[V0];
  const a0 = x[A0];
  const vf = x[VF];
  const af = x[AF];
  const jerk = x[JERK];
  let a1 = Math.sqrt(Math.max(0, jerk * (peak - v0) + 0.5 * a0 * a0));
  let h1 = 0;
  if (a1 > x[A_MAX]) {
    a1 = x[A_MAX];
    h1 = Math.max(0, (peak - v0 - (a1 * a1 - 0.5 * a0 * a0) / jerk) / a1);
  }
  let a2 = -Math.sqrt(Math.max(0, jerk * (peak - vf) + 0.5 * af * af));
  let h2 = 0;
  if (a2 < x[A_MIN]) {
    a2 = x[A_MIN];
    h2 = Math.max(0, (vf - peak + (a2 * a2 - 0.5 * af * af) / jerk) / a2);
  }
  if (a1 < a0) a1 = a0;
  if (a2 > af) a2 = af;
  x[PEAK1] = a1;
  x[HOLD1] = h1;
  x[PEAK2] = a2;
  x[HOLD2] = h2;
  x[CRUISE] = 0;
  x[SPAN] = (2 * (a1 - a2) + af - a0) / jerk + h1 + h2;
  x[REACH] = distance(x);
}

/** Finds the profile of duration `T` [s]: fills peaks, holds, `REACH`, `SLOPE` and `CURVATURE`; returns the distance. */
export function evaluate(x: Float64Array, T: number): number {
  const cruise = T - x[CRUISE_FROM];
  if (cruise >= 0) {
    x[PEAK1] = x[CRUISE_PEAK1];
    x[HOLD1] = x[CRUISE_HOLD1];
    x[PEAK2] = x[CRUISE_PEAK2];
    x[HOLD2] = x[CRUISE_HOLD2];
    x[CRUISE] = cruise;
    x[SLOPE] = x[V_MAX];
    x[CURVATURE] = 0;
    const far = x[CRUISE_AT] + x[V_MAX] * cruise;
    x[REACH] = far;
    return far;
  }
  findPeaks(x, T);
  const a0 = x[A0];
  const a1 = x[PEAK1];
  const a2 = x[PEAK2];
  x[CRUISE] = 0;
  const w = a1 - a2;
  x[SLOPE] = x[V0] + (0.5 * (a1 * a1 - a0 * a0 + a1 * w)) / x[JERK] + a1 * x[HOLD1];
  x[CURVATURE] = w > 0 ? curvatureOf(a1, a2, x[HOLD1] > 0, x[HOLD2] > 0) / w : 0;
  const far = distance(x);
  x[REACH] = far;
  return far;
}

/** Second derivative of the distance by the duration, times the difference of the peaks. */
function curvatureOf(a1: number, a2: number, held1: boolean, held2: boolean): number {
  if (held1) return held2 ? -a1 * a2 : 0.25 * a1 * (a1 - 4 * a2);
  if (held2) return 0.25 * a2 * (a2 - 4 * a1);
  return 0.25 * (a1 * a1 - 4 * a1 * a2 + a2 * a2);
}

function findPeaks(x: Float64Array, T: number): void {
  const a0 = x[A0];
  const af = x[AF];
  const jerk = x[JERK];
  const aMax = x[A_MAX];
  const aMin = x[A_MIN];
  const cross = x[CROSS];
  const w = Math.max(0, 0.5 * (jerk * T + a0 - af));
  // A single ramp from a0 to af: what is a little longer begins and ends its fall at zero.
  let a1 = w > SINGLE_RAMP * (Math.abs(a0) + Math.abs(af)) ? 0.5 * (w + cross / w) : 0;
  let a2 = a1 - w;
  // Outside by rounding only: T lies where the profile exists.
  if (a1 < a0) {
    a1 = a0;
    a2 = a0 - w;
  }
  if (a2 > af) {
    a2 = af;
    a1 = Math.max(a0, af + w);
  }
  if (a1 <= aMax && a2 >= aMin) {
    x[PEAK1] = a1;
    x[HOLD1] = 0;
    x[PEAK2] = a2;
    x[HOLD2] = 0;
  } else {
    holdPeaks(x, w, a1 > aMax);
  }
}

/** The peaks when at least one, the first or the second, would exceed its limit. */
function holdPeaks(x: Float64Array, w: number, firstExceeds: boolean): void {
  const jerk = x[JERK];
  const aMax = x[A_MAX];
  const aMin = x[A_MIN];
  const cross = x[CROSS];
  const a2 = Math.min(x[AF], aMax - Math.sqrt(Math.max(0, 2 * aMax * w - cross)));
  const a1 = Math.max(x[A0], aMin + Math.sqrt(Math.max(0, cross - 2 * aMin * w)));
  // Holding one peak can push the other over its limit; then both are held, unless that leaves no time for one of them.
  let first = firstExceeds;
  if (firstExceeds ? a2 < aMin : a1 > aMax) {
    const hold = 2 * (w - aMax + aMin);
    const gain = cross - aMax * aMax + aMin * aMin;
    const h1 = (gain - aMin * hold) / ((aMax - aMin) * jerk);
    const h2 = (aMax * hold - gain) / ((aMax - aMin) * jerk);
    first = h1 > 0;
    if (first === h2 > 0) {
      x[PEAK1] = aMax;
      x[HOLD1] = Math.max(0, h1);
      x[PEAK2] = aMin;
      x[HOLD2] = Math.max(0, h2);
      return;
    }
  }
  x[PEAK1] = first ? aMax : a1;
  x[HOLD1] = first ? Math.max(0, (2 * (w - aMax + a2)) / jerk) : 0;
  x[PEAK2] = first ? a2 : aMin;
  x[HOLD2] = first ? 0 : Math.max(0, (2 * (w - a1 + aMin)) / jerk);
}

/** Distance of the profile in the slots, without cruise, by the exact integral of each phase. */
function distance(x: Float64Array): number {
  const perJerk = 1 / x[JERK];
  const a0 = x[A0];
  const a1 = x[PEAK1];
  const a2 = x[PEAK2];
  const af = x[AF];
  const h1 = x[HOLD1];
  const h2 = x[HOLD2];
  let v = x[V0];
  const t1 = (a1 - a0) * perJerk;
  let p = t1 * (v + (t1 * (2 * a0 + a1)) / 6);
  v += 0.5 * (a0 + a1) * t1;
  p += h1 * (v + 0.5 * a1 * h1);
  v += a1 * h1;
  const t3 = (a1 - a2) * perJerk;
  p += t3 * (v + (t3 * (2 * a1 + a2)) / 6);
  v += 0.5 * (a1 + a2) * t3;
  p += h2 * (v + 0.5 * a2 * h2);
  v += a2 * h2;
  const t5 = (af - a2) * perJerk;
  return p + t5 * (v + (t5 * (2 * a2 + af)) / 6);
}

/**
 * Derivative of the distance by the jerk, at a given duration, of the profile found last: the integral of the magnitude of
 * its switching function. That is a parabola through zero at both ends of the fall, zero while a peak is held, and on the
 * rise steeper by the time that the peak was held.
 */
export function reachByJerk(x: Float64Array): number {
  const perJerk = 1 / x[JERK];
  const first = (x[PEAK1] - x[A0]) * perJerk;
  const last = (x[AF] - x[PEAK2]) * perJerk;
  const cruises = x[CRUISE] > 0;
  const fall = (x[PEAK1] - x[PEAK2]) * perJerk;
  // With a pause there are two falls, one before and one after.
  const half1 = 0.5 * (cruises ? x[PEAK1] * perJerk : fall);
  const half2 = 0.5 * (cruises ? -x[PEAK2] * perJerk : fall);
  const falls = cruises ? half1 * half1 * half1 + half2 * half2 * half2 : half1 * half1 * half1;
  return riseIntegral(first, half1 + x[HOLD1]) + riseIntegral(last, half2 + x[HOLD2]) + (2 * falls) / 3;
}

function riseIntegral(rise: number, slope: number): number {
  return rise * rise * (rise / 6 + 0.5 * slope);
}
