import type { ServoArm } from './arm.ts';

/**
 * How the tip moves (entries 0 to 2) and turns (3 to 5), base frame, and how the trocar's place across the shaft falls (6 and 7,
 * 0 without a trocar).
 */
export interface TipMotion {
  /** [9] m/s and rad/s. */
  readonly twist: Float64Array;
  /** [9] m/s^2 and rad/s^2, over the last cycle. */
  readonly change: Float64Array;
  /** [9] m/s^2 and rad/s^2: what the turning of the arm adds to it (Jdot qdot), as seen in the last cycle. */
  readonly curvature: Float64Array;
  /** [9] of the cycle that is being worked out. */
  readonly nextChange: Float64Array;
}

const ENTRIES = 9;

export function createTipMotion(): TipMotion {
  return {
    twist: new Float64Array(ENTRIES),
    change: new Float64Array(ENTRIES),
    curvature: new Float64Array(ENTRIES),
    nextChange: new Float64Array(ENTRIES),
  };
}

export function restTipMotion({ twist, change, curvature }: TipMotion): void {
  curvature.fill(0);
  twist.fill(0);
  change.fill(0);
}

/** The acceleration that joint velocities `v` after a cycle mean, the arm differentiated where it is now. */
export function proposeTipMotion(motion: TipMotion, arm: ServoArm, v: Float64Array, periodSec: number): void {
  for (let r = 0; r < ENTRIES; r++) motion.nextChange[r] = (rateOf(arm, v, r) - motion.twist[r]) / periodSec;
}

/** The arm has gone on to joint velocities `v` as proposed, and is differentiated there. */
export function updateTipMotion(motion: TipMotion, arm: ServoArm, v: Float64Array, periodSec: number): void {
  const { twist, change, curvature, nextChange } = motion;
  for (let r = 0; r < ENTRIES; r++) {
    const rate = rateOf(arm, v, r);
    curvature[r] = (rate - twist[r]) / periodSec - nextChange[r];
    change[r] = nextChange[r] + curvature[r];
    twist[r] = rate;
  }
}

function rateOf({ dofs: n, jacobian, hasTrocar, trocarRows, shaft }: ServoArm, v: Float64Array, r: number): number {
  let rate = 0;
  if (r < 6) for (let c = 0; c < n; c++) rate += jacobian[r * n + c] * v[c];
  else if (hasTrocar && r < 8) for (let c = 0; c < n; c++) rate += (trocarRows[(r - 6) * n + c] * v[c]) / shaft.unit[c];
  return rate;
}

/** What joints can do for a part of the task where the arm is. */
export interface TrackingLimits {
  /** Speed per error [1/s]. */
  readonly gainPerSec: number;
  /** Never faster [m/s or rad/s]. */
  readonly mostSpeed: number;
  /** [dofs][3] how joints move for a unit of it in each direction. */
  readonly response: Float64Array;
  /** [dofs] velocities, accelerations and jerks that it may ask of the joints. */
  readonly velocity: Float64Array;
  readonly acceleration: Float64Array;
  readonly jerk: Float64Array;
}

/** How much of a vector the joints can do: the factor that brings the first of them to its limit. */
export function factorToLimit(
  { response }: TrackingLimits,
  most: Float64Array,
  vector: Float64Array,
  at: number,
): number {
  let used = 1e-12;
  for (let i = 0; i < most.length; i++) {
    const k = 3 * i;
    const each = response[k] * vector[at] + response[k + 1] * vector[at + 1] + response[k + 2] * vector[at + 2];
    used = Math.max(used, Math.abs(each) / most[i]);
  }
  return 1 / used;
}

/**
 * The velocity that leads to a moving goal: its own, and the error taken back no faster than it can be braked.
 *
 * @param error [dims] from here to the goal
 * @param share of the velocity, 0 to 1
 * @param out [dims] from `at` on
 */
export function approachVelocity(
  error: Float64Array,
  goalVelocity: Float64Array,
  limits: TrackingLimits,
  share: number,
  out: Float64Array,
  at: number,
): void {
  const { gainPerSec, mostSpeed } = limits;
  const far = length(error, 0);
  // sqrt(acceleration / far), where far * factor is the acceleration.
  const braked = Math.sqrt(factorToLimit(limits, limits.acceleration, error, 0));
  const close = far > 0 ? Math.min(gainPerSec, braked, mostSpeed / far) : 0;
  for (let i = 0; i < 3; i++) out[at + i] = goalVelocity[i] + close * error[i];
  const most = factorToLimit(limits, limits.velocity, out, at);
  const slow = share * Math.min(1, mostSpeed / Math.max(length(out, at), 1e-15), most);
  for (let i = 0; i < 3; i++) out[at + i] *= slow;
}

/**
 * The velocity to ask of the joints after a cycle so that the wanted one, which it replaces, is followed: two nested loops,
 * velocity to acceleration and acceleration to jerk, the first no faster than the limit of the second lets it brake in time.
 * What the arm's curvature will add is taken off.
 *
 * @param wanted [3] from `at` on, as `twist` and `change` of the motion
 */
export function followVelocity(
  { twist, change, curvature }: TipMotion,
  limits: TrackingLimits,
  periodSec: number,
  wanted: Float64Array,
  at: number,
): void {
  const { gainPerSec } = limits;
  for (let i = at; i < at + 3; i++) wanted[i] -= twist[i];
  const eased = Math.sqrt(0.5 * factorToLimit(limits, limits.jerk, wanted, at));
  const push = Math.min(3 * gainPerSec, eased, factorToLimit(limits, limits.acceleration, wanted, at));
  for (let i = at; i < at + 3; i++) wanted[i] = push * wanted[i] - change[i];
  const able = periodSec * factorToLimit(limits, limits.jerk, wanted, at);
  const turn = Math.min(1, 9 * gainPerSec * periodSec, able);
  for (let i = at; i < at + 3; i++) wanted[i] = twist[i] + periodSec * (change[i] + turn * wanted[i] - curvature[i]);
}

/** Share of what joints can do that the arm's curvature may ask of them. */
const CURVATURE_SHARE = 0.25;

/**
 * Slows a wanted velocity down to where the arm's curvature, which grows with the square of the speed, asks little enough of
 * the joints: towards a singularity ever slower, away from it free.
 */
export function easeCurvature(
  { twist, curvature }: TipMotion,
  limits: TrackingLimits,
  wanted: Float64Array,
  at: number,
): void {
  const factor = CURVATURE_SHARE * factorToLimit(limits, limits.acceleration, curvature, at);
  if (!(factor < 1)) return;
  const most = Math.sqrt(factor) * length(twist, at);
  const fast = length(wanted, at);
  if (!(fast > most)) return;
  for (let i = at; i < at + 3; i++) wanted[i] *= most / fast;
}

function length(values: Float64Array, at: number): number {
  return Math.sqrt(values[at] * values[at] + values[at + 1] * values[at + 1] + values[at + 2] * values[at + 2]);
}
