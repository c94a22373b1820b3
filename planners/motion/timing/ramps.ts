/**
 * Changes of speed by an S-curve that starts and ends without acceleration: the acceleration rises, is held where it
 * reaches its limit, and falls.
 */
export function rampTime(change: number, acceleration: number, jerk: number): number {
  return change * jerk <= acceleration * acceleration
    ? 2 * Math.sqrt(change / jerk)
    : change / acceleration + acceleration / jerk;
}

export function rampDistance(from: number, to: number, acceleration: number, jerk: number): number {
  return 0.5 * (from + to) * rampTime(Math.abs(to - from), acceleration, jerk);
}

const STEPS = 60;

/**
 * Quickest way along `length` from the speed `from` to `to` under limits of speed, acceleration and jerk: up to a peak, along,
 * and down. Returns the duration [s], Infinity when the length does not suffice; the peak goes to out[0], the length at the
 * peak to out[1].
 */
export function straightTime(
  length: number,
  from: number,
  to: number,
  speed: number,
  acceleration: number,
  jerk: number,
  out: Float64Array,
): number {
  if (!(rampDistance(from, to, acceleration, jerk) <= length)) return Number.POSITIVE_INFINITY;
  let peak = speed;
  let cruise = length - rampDistance(from, speed, acceleration, jerk) - rampDistance(to, speed, acceleration, jerk);
  if (cruise < 0) {
    peak = peakSpeed(length, from, to, speed, acceleration, jerk);
    // What is left is rounding, but its root may not be: close to one of the speeds a ramp grows infinitely fast.
    cruise = length - rampDistance(from, peak, acceleration, jerk) - rampDistance(to, peak, acceleration, jerk);
  }
  out[0] = peak;
  out[1] = Math.max(0, cruise);
  const ramps = rampTime(peak - from, acceleration, jerk) + rampTime(peak - to, acceleration, jerk);
  return peak > 0 ? ramps + out[1] / peak : ramps;
}

/** The greatest peak for which both ramps fit into the length, to rounding; never more. */
function peakSpeed(
  length: number,
  from: number,
  to: number,
  speed: number,
  acceleration: number,
  jerk: number,
): number {
  const least = Math.max(from, to);
  const full = acceleration * acceleration;
  let lo = least;
  let hi = speed;
  // Without a limit of jerk: never less than the root, and near it.
  let peak = Math.sqrt(acceleration * length + 0.5 * (from * from + to * to));
  if (!(peak < hi && peak > lo)) peak = 0.5 * (lo + hi);
  for (let n = 0; n < STEPS; n++) {
    const up = peak - from;
    const down = peak - to;
    const upJerk = up * jerk <= full;
    const downJerk = down * jerk <= full;
    const upTime = upJerk ? 2 * Math.sqrt(up / jerk) : up / acceleration + acceleration / jerk;
    const downTime = downJerk ? 2 * Math.sqrt(down / jerk) : down / acceleration + acceleration / jerk;
    const excess = 0.5 * ((from + peak) * upTime + (to + peak) * downTime) - length;
    if (excess > 0) hi = peak;
    else lo = peak;
    const upRate = upJerk ? (0.5 * upTime) / up : 1 / acceleration;
    const downRate = downJerk ? (0.5 * downTime) / down : 1 / acceleration;
    const slope = 0.5 * (upTime + downTime + (from + peak) * upRate + (to + peak) * downRate);
    const step = excess / slope;
    const next = peak - step;
    // Newton's next step would be below rounding.
    const last = Math.abs(step) <= 1e-8 * peak;
    if (last || (next > lo && next < hi)) peak = next;
    else peak = 0.5 * (lo + hi);
    if (last) break;
  }
  const root = Math.max(least, Math.min(speed, peak));
  peak = root;
  for (let back = 1e-15; back < 1; back *= 4) {
    if (rampDistance(from, peak, acceleration, jerk) + rampDistance(to, peak, acceleration, jerk) <= length)
      return peak;
    peak = Math.max(least, root - back * root);
  }
  return least;
}
