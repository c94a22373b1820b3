/**
 * The brake before a motion that starts outside its limits (or will leave them whatever happens): at most three ramps
 * that lead into the set of states from which the limits can be kept, quickest first: the acceleration, then the
 * velocity. Berscheid and Kroeger, RSS 2021, section III.
 */
export const MAX_BRAKE = 3;

/** A state this far outside, relative to the limit, counts as inside: it is left over from rounding. */
export const LIMIT_SLACK = 1e-12;

/** State in and out, limits, and ramps of a brake: slots of a Float64Array of `BRAKE_SIZE`. */
export const B_V = 0;
export const B_A = 1;
export const B_V_MAX = 2;
export const B_V_MIN = 3;
export const B_A_MAX = 4;
export const B_A_MIN = 5;
export const B_JERK = 6;
export const B_COUNT = 7;
/** Durations [MAX_BRAKE], then jerks [MAX_BRAKE]. */
export const B_TIME = 8;
export const B_RATE = 11;
export const BRAKE_SIZE = 14;

/** Finds the ramps from the state in the slots and leaves there the state after them. */
export function brake(b: Float64Array): void {
  b[B_COUNT] = 0;
  const jerk = b[B_JERK];
  const aMax = b[B_A_MAX];
  const aMin = b[B_A_MIN];
  if (b[B_A] > aMax + LIMIT_SLACK * aMax) ramp(b, (b[B_A] - aMax) / jerk, -jerk, aMax);
  else if (b[B_A] < aMin + LIMIT_SLACK * aMin) ramp(b, (aMin - b[B_A]) / jerk, jerk, aMin);
  const v = b[B_V];
  const a = b[B_A];
  const stop = (0.5 * a * a) / jerk;
  const vMax = b[B_V_MAX] + LIMIT_SLACK * b[B_V_MAX];
  const vMin = b[B_V_MIN] + LIMIT_SLACK * b[B_V_MIN];
  if (a > 0 ? v + stop > vMax : v > vMax && v - stop >= vMin) slow(b, 1);
  else if (a < 0 ? v - stop < vMin : v < vMin) slow(b, -1);
}

/** Into the limits from beyond the greatest velocity (sign 1) or the least (sign -1). */
function slow(b: Float64Array, sign: number): void {
  const jerk = b[B_JERK];
  const v = sign * b[B_V];
  const a = sign * b[B_A];
  const vMax = sign > 0 ? b[B_V_MAX] : -b[B_V_MIN];
  const aMin = sign > 0 ? b[B_A_MIN] : -b[B_A_MAX];
  // Deeper, and the velocity would overshoot the limit on the other side.
  const low = Math.max(aMin, -Math.sqrt(2 * jerk * (b[B_V_MAX] - b[B_V_MIN])));
  const down = a >= low ? 1 : -1;
  const after = v + (down * 0.5 * (a * a - low * low)) / jerk;
  if (after >= vMax) {
    ramp(b, (down * (a - low)) / jerk, -sign * down * jerk, sign * low);
    ramp(b, (after - vMax) / -low, 0, sign * low);
  } else {
    const end = -Math.sqrt(Math.max(0, a * a + down * 2 * jerk * (v - vMax)));
    ramp(b, (down * (a - end)) / jerk, -sign * down * jerk, sign * end);
  }
}

function ramp(b: Float64Array, time: number, rate: number, after: number): void {
  const n = b[B_COUNT];
  b[B_TIME + n] = time;
  b[B_RATE + n] = rate;
  b[B_COUNT] = n + 1;
  b[B_V] += time * 0.5 * (b[B_A] + after);
  b[B_A] = after;
}
