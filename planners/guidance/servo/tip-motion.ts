import type { ServoArm } from './arm.ts';

/** How the tip moves and turns. */
export interface TipMotion {
  /** [6] m/s and rad/s, base frame. */
  readonly twist: Float64Array;
  /**
   * [6] m/s^2 and rad/s^2: the acceleration that the last cycle asked for. What the arm's curvature added to it is left out,
   * or loops that build on it would add it again in every cycle.
   */
  readonly change: Float64Array;
  /** [6] of the cycle that is being worked out. */
  readonly nextChange: Float64Array;
}

export function createTipMotion(): TipMotion {
  return {
    twist: new Float64Array(6),
    change: new Float64Array(6),
    nextChange: new Float64Array(6),
  };
}

export function restTipMotion({ twist, change }: TipMotion): void {
  twist.fill(0);
  change.fill(0);
}

/** The acceleration that joint velocities `v` after a cycle mean, the arm differentiated where it is now. */
export function proposeTipMotion(motion: TipMotion, arm: ServoArm, v: Float64Array, periodSec: number): void {
  for (let r = 0; r < 6; r++) motion.nextChange[r] = (rateOf(arm, v, r) - motion.twist[r]) / periodSec;
}

/** The arm has gone on to joint velocities `v`, and is differentiated there. */
export function updateTipMotion(motion: TipMotion, arm: ServoArm, v: Float64Array): void {
  for (let r = 0; r < 6; r++) {
    motion.twist[r] = rateOf(arm, v, r);
    motion.change[r] = motion.nextChange[r];
  }
}

function rateOf({ dofs: n, jacobian }: ServoArm, v: Float64Array, r: number): number {
  let rate = 0;
  for (let c = 0; c < n; c++) rate += jacobian[r * n + c] * v[c];
  return rate;
}

export interface TrackingLimits {
  /** Speed per error [1/s]. */
  readonly gainPerSec: number;
  speed: number;
  acceleration: number;
  jerk: number;
}

/**
 * The velocity after a cycle of something that tracks a moving goal: three nested loops, error to velocity, velocity to
 * acceleration, acceleration to jerk, each no faster than the limit of the next lets it brake in time.
 *
 * @param error [dims] from here to the goal; `goalVelocity`, `velocity` and `change` (the acceleration) from `at` on
 * @param out [dims] from `at` on
 */
export function trackingVelocity(
  error: Float64Array,
  goalVelocity: Float64Array,
  velocity: Float64Array,
  change: Float64Array,
  at: number,
  dims: number,
  { gainPerSec: gain, speed, acceleration, jerk }: TrackingLimits,
  periodSec: number,
  share: number,
  out: Float64Array,
): void {
  const far = norm(error, 0, dims);
  const close = far > 0 ? Math.min(gain, Math.sqrt(acceleration / far), speed / far) : 0;
  let square = 0;
  for (let i = 0; i < dims; i++) {
    out[at + i] = goalVelocity[i] + close * error[i];
    square += out[at + i] * out[at + i];
  }
  const slow = share * Math.min(1, speed / Math.sqrt(Math.max(square, 1e-30)));
  let miss = 0;
  for (let i = 0; i < dims; i++) {
    out[at + i] = slow * out[at + i] - velocity[at + i];
    miss += out[at + i] * out[at + i];
  }
  miss = Math.sqrt(miss);
  const push = miss > 0 ? Math.min(3 * gain, Math.sqrt(jerk / miss), acceleration / miss) : 0;
  let bend = 0;
  for (let i = 0; i < dims; i++) {
    out[at + i] = push * out[at + i] - change[at + i];
    bend += out[at + i] * out[at + i];
  }
  bend = Math.sqrt(bend);
  const turn = bend > 0 ? Math.min(1, 9 * gain * periodSec, (jerk * periodSec) / bend) : 0;
  for (let i = 0; i < dims; i++) {
    out[at + i] = velocity[at + i] + periodSec * (change[at + i] + turn * out[at + i]);
  }
}

function norm(values: Float64Array, at: number, dims: number): number {
  let square = 0;
  for (let i = 0; i < dims; i++) square += values[at + i] * values[at + i];
  return Math.sqrt(square);
}
