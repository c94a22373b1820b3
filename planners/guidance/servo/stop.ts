import { placeArm, type ServoArm } from './arm.ts';
import { positionAfter, rampToRest, velocityAfter } from './ramp.ts';
import { jointFits, MOST_SEGMENTS, placeInSegment, type StopMotion } from './stop-motion.ts';
import { createTrocarBrake, slowAlongTrocar, type TrocarBrake } from './trocar-brake.ts';

/** Longest half of the ramp to rest [s]. */
const LONGEST_RAMP_SEC = 1.5;
/** Longest motion to rest [s]. */
const LONGEST_SEC = 4;
/** Configurations that one plan may look at: bounds the time of a cycle. */
const MOST_LOOKS = 300;
/** Looks at each half of a ramp before fixtures near by are gone along. */
const COARSE_LOOKS = 4;
/**
 * Near a fixture's boundary it is looked at every so many seconds: at 5 m/s^2 across it and half a metre a second around a
 * sphere of 50 mm, the tip between is at most a t^2 / 8 = 5 um deeper.
 */
const NEAR_LOOK_SEC = 0.002;

export interface StopLimits {
  readonly periodSec: number;
  /** Largest error of the trocar on the way to rest [m]. */
  readonly trocarM: number;
  /** How far beyond the boundary of a fixture the tip may come on the way to rest [m]. */
  readonly beyondM: number;
}

/** What keeps a motion from coming to rest within limits. */
export const BLOCKED_BY = ['nothing', 'joint', 'trocar', 'insertion', 'fixture', 'length'] as const;
const BY_JOINT = 1;
const BY_TROCAR = 2;
const BY_INSERTION = 3;
const BY_FIXTURE = 4;
const BY_LENGTH = 5;

export interface StopPlanner {
  readonly arm: ServoArm;
  readonly limits: StopLimits;
  readonly brake: TrocarBrake;
  readonly nearCycles: number;
  readonly peak: Float64Array;
  readonly wanted: Float64Array;
  readonly x: Float64Array;
  readonly v: Float64Array;
  readonly a: Float64Array;
  /** [dofs] how far the tip moves with each joint at most [m per unit]. */
  readonly levers: Float64Array;
  /** Index in {@link BLOCKED_BY} of what the last attempt ended at. */
  blockedBy: number;
  /** Configurations that may still be looked at in this plan. */
  looks: number;
}

export function createStopPlanner(arm: ServoArm, limits: StopLimits): StopPlanner {
  const numbers = () => new Float64Array(arm.dofs);
  return {
    arm,
    limits,
    brake: createTrocarBrake(arm, limits.periodSec),
    nearCycles: Math.max(1, Math.floor(NEAR_LOOK_SEC / limits.periodSec + 1e-9)),
    peak: numbers(),
    wanted: numbers(),
    x: numbers(),
    v: numbers(),
    a: numbers(),
    levers: numbers(),
    blockedBy: 0,
    looks: 0,
  };
}

/**
 * Plans how to come to rest from a state within all limits: joints, trocar and fixtures. First a ramp of all joints at once;
 * where that would leave the trocar or a fixture, along the manifold of the trocar until the ramp fits. Joints are checked at
 * every set-point, the trocar at a few of each segment, fixtures as often as the distance to them asks. The arm must be
 * differentiated near the state. No allocation.
 *
 * @param beyondM how far beyond a fixture's boundary the state is already [m]
 * @returns whether there is one
 */
export function planStop(
  planner: StopPlanner,
  q: Float64Array,
  v: Float64Array,
  a: Float64Array,
  beyondM: number,
  out: StopMotion,
): boolean {
  const { arm, limits } = planner;
  out.segments = 0;
  out.length = 0;
  out.trocarErrorM = 0;
  out.q.set(q);
  out.v.set(v);
  out.a.set(a);
  planner.looks = MOST_LOOKS;
  setLevers(planner);
  for (;;) {
    if (rampFits(planner, out, beyondM)) {
      rest(planner, out);
      return true;
    }
    // A longer way along the trocar helps against its curvature, not against what lies ahead.
    if (!arm.hasTrocar || planner.looks <= 0) return false;
    if (out.segments >= MOST_SEGMENTS || limits.periodSec * out.length > LONGEST_SEC) {
      planner.blockedBy = BY_LENGTH;
      return false;
    }
    slowAlongTrocar(planner.brake, out, planner.wanted);
    if (!addSegment(planner, out, planner.brake.segmentCycles, planner.wanted)) return false;
    const { trocarErrorM } = out;
    if (!looksFine(planner, out, out.segments - 1, beyondM, 2)) return false;
    if (!keepsOffFixtures(planner, out, out.segments - 1, beyondM)) return false;
    out.trocarErrorM = Math.max(out.trocarErrorM, trocarErrorM);
  }
}

/** Adds the two segments to rest where they are within all limits; otherwise the motion is as before. */
function rampFits(planner: StopPlanner, out: StopMotion, beyondM: number): boolean {
  const { arm, limits, peak, v, a, wanted } = planner;
  const { dofs: n } = arm;
  const { segments, length, trocarErrorM } = out;
  const at = segments * n;
  for (let i = 0; i < n; i++) {
    v[i] = out.v[at + i];
    a[i] = out.a[at + i];
  }
  const longest = LONGEST_RAMP_SEC / limits.periodSec;
  const m = rampToRest(v, a, arm.acceleration, arm.jerk, limits.periodSec, longest, peak);
  wanted.fill(0);
  if (m === 0) planner.blockedBy = BY_LENGTH;
  else if (
    addSegment(planner, out, m, peak) &&
    addSegment(planner, out, m, wanted) &&
    looksFine(planner, out, segments, beyondM, COARSE_LOOKS) &&
    looksFine(planner, out, segments + 1, beyondM, COARSE_LOOKS) &&
    keepsOffFixtures(planner, out, segments, beyondM) &&
    keepsOffFixtures(planner, out, segments + 1, beyondM)
  ) {
    // Rest is rest: rounding is not carried on.
    const end = out.segments * n;
    for (let i = 0; i < n; i++) {
      out.v[end + i] = 0;
      out.a[end + i] = 0;
    }
    return true;
  }
  out.segments = segments;
  out.length = length;
  out.trocarErrorM = trocarErrorM;
  return false;
}

/** Remembers what is near where the motion rests. */
function rest(planner: StopPlanner, out: StopMotion): void {
  const { arm, x } = planner;
  const { dofs: n, fixtures, shaft } = arm;
  const { tipBase: tip } = shaft;
  const end = out.segments * n;
  for (let i = 0; i < n; i++) {
    x[i] = out.q[i];
    out.restQ[i] = out.q[end + i];
  }
  placeArm(arm, x);
  const tx = tip[0];
  const ty = tip[1];
  const tz = tip[2];
  look(planner, out, out.restQ);
  out.wayM = Math.sqrt((tip[0] - tx) ** 2 + (tip[1] - ty) ** 2 + (tip[2] - tz) ** 2);
  for (let f = 0; f < fixtures.slots; f++) out.restDistanceM[f] = fixtures.distanceM[f];
  for (let f = 0; f < 3 * fixtures.slots; f++) out.restGradients[f] = fixtures.gradients[f];
}

function look(planner: StopPlanner, out: StopMotion, x: Float64Array): void {
  const { arm } = planner;
  placeArm(arm, x);
  planner.looks--;
  if (!(arm.now.trocarErrorM <= out.trocarErrorM)) out.trocarErrorM = arm.now.trocarErrorM;
}

/** Adds a segment to the accelerations `end`; false, and nothing added, where a joint breaks a limit in it. */
function addSegment(planner: StopPlanner, out: StopMotion, m: number, end: Float64Array): boolean {
  const { arm, limits } = planner;
  const { periodSec: period } = limits;
  const { dofs: n } = arm;
  const at = out.segments * n;
  for (let i = 0; i < n; i++) {
    const a = out.a[at + i];
    const v = out.v[at + i];
    const delta = (end[i] - a) / m;
    out.a[at + n + i] = end[i];
    out.v[at + n + i] = velocityAfter(v, a, delta, m, period);
    out.q[at + n + i] = positionAfter(out.q[at + i], v, a, delta, m, period);
    if (!jointFits(out, at + i, m, delta, period, arm, i)) {
      planner.blockedBy = BY_JOINT;
      return false;
    }
  }
  out.cycles[out.segments] = m;
  out.segments++;
  out.length += m;
  return true;
}

/** Looks at so many set-points of a segment, its last among them. */
function looksFine(planner: StopPlanner, out: StopMotion, segment: number, beyondM: number, count: number): boolean {
  const { arm, limits, x } = planner;
  const { now } = arm;
  const m = out.cycles[segment];
  let cycle = 0;
  for (let k = 1; k <= count; k++) {
    const next = Math.ceil((m * k) / count);
    if (next === cycle) continue;
    cycle = next;
    placeInSegment(out, segment, cycle, limits.periodSec, x);
    look(planner, out, x);
    if (!(now.trocarErrorM <= limits.trocarM)) planner.blockedBy = BY_TROCAR;
    else if (arm.hasTrocar && !(now.roomM >= 0)) planner.blockedBy = BY_INSERTION;
    else if (!(now.fixtureM >= -limits.beyondM - beyondM)) planner.blockedBy = BY_FIXTURE;
    else continue;
    return false;
  }
  return true;
}

/** Goes along a segment as far as each distance to the fixtures allows, near them set-point by set-point. */
function keepsOffFixtures(planner: StopPlanner, out: StopMotion, segment: number, beyondM: number): boolean {
  const { arm, limits, x, nearCycles } = planner;
  if (arm.fixtures.count === 0) return true;
  const m = out.cycles[segment];
  const step = limits.periodSec * greatestSpeed(planner, out, segment) + 1e-15;
  for (let cycle = 0; cycle < m; ) {
    placeInSegment(out, segment, cycle, limits.periodSec, x);
    look(planner, out, x);
    if (!(arm.now.fixtureM >= -limits.beyondM - beyondM) || planner.looks <= 0) {
      planner.blockedBy = BY_FIXTURE;
      return false;
    }
    cycle += Math.max(nearCycles, Math.floor(arm.now.fixtureM / step));
  }
  return true;
}

/** A bound on how fast the tip moves in a segment [m/s]. */
function greatestSpeed({ arm, limits, levers }: StopPlanner, out: StopMotion, segment: number): number {
  const { dofs: n } = arm;
  const at = segment * n;
  let speed = 0;
  for (let i = 0; i < n; i++) {
    const a0 = out.a[at + i];
    const a1 = out.a[at + n + i];
    // Where the acceleration changes sign the velocity is largest between the ends.
    const between = a0 * a1 < 0 ? 0.5 * Math.max(Math.abs(a0), Math.abs(a1)) * out.cycles[segment] : 0;
    const most = Math.max(Math.abs(out.v[at + i]), Math.abs(out.v[at + n + i])) + between * limits.periodSec;
    speed += levers[i] * most;
  }
  return speed;
}

/** The tip's distances from the joints' axes change little on the way to rest: a quarter more, and 20 mm. */
function setLevers({ arm, levers }: StopPlanner): void {
  const { dofs: n, jacobian } = arm;
  for (let i = 0; i < n; i++) {
    const x = jacobian[i];
    const y = jacobian[n + i];
    const z = jacobian[2 * n + i];
    levers[i] = 1.25 * Math.sqrt(x * x + y * y + z * z) + 0.02;
  }
}
