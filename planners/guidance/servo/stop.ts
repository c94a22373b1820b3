import { differentiateArm, placeArm, type ServoArm } from './arm.ts';
import { positionAfter, rampToRest, velocityAfter } from './ramp.ts';

/** Segments that follow the manifold of the trocar, and the two of the ramp to rest. */
const MOST_SEGMENTS = 40;
/** Nearer than this to a fixture, set-points between those that are looked at could be beyond it [m]. */
const NEAR_M = 2e-3;
/** Longest half of the ramp to rest [cycles]. */
const LONGEST_RAMP = 600;

export interface StopLimits {
  readonly periodSec: number;
  /** Largest error of the trocar on the way to rest [m]. */
  readonly trocarM: number;
  /** How far beyond the boundary of a fixture the tip may come on the way to rest [m]. */
  readonly beyondM: number;
}

/** A motion to rest from a state, cycle by cycle: segments over which each joint's acceleration changes evenly. */
export interface StopMotion {
  segments: number;
  /** [segments] */
  readonly cycles: Int32Array;
  /** [segments + 1][dofs] states where segments begin. */
  readonly q: Float64Array;
  readonly v: Float64Array;
  readonly a: Float64Array;
  /** All cycles until rest. */
  length: number;
}

export interface StopPlanner {
  readonly arm: ServoArm;
  readonly limits: StopLimits;
  /** Cycles of a segment that follows the trocar: a share of the time in which accelerations build up. */
  readonly segmentCycles: number;
  readonly least: Float64Array;
  readonly most: Float64Array;
  readonly need: Float64Array;
  readonly peak: Float64Array;
  readonly wanted: Float64Array;
  readonly x: Float64Array;
  readonly v: Float64Array;
  readonly a: Float64Array;
}

export function createStopMotion(dofs: number): StopMotion {
  const states = (MOST_SEGMENTS + 3) * dofs;
  return {
    segments: 0,
    cycles: new Int32Array(MOST_SEGMENTS + 2),
    q: new Float64Array(states),
    v: new Float64Array(states),
    a: new Float64Array(states),
    length: 0,
  };
}

export function createStopPlanner(arm: ServoArm, limits: StopLimits): StopPlanner {
  const numbers = () => new Float64Array(arm.dofs);
  const slowest = Math.max(...Array.from(arm.jerk, (jerk, i) => arm.acceleration[i] / jerk));
  return {
    arm,
    limits,
    segmentCycles: Math.max(2, Math.min(16, Math.round((0.12 * slowest) / limits.periodSec))),
    least: numbers(),
    most: numbers(),
    need: new Float64Array(2),
    peak: numbers(),
    wanted: numbers(),
    x: numbers(),
    v: numbers(),
    a: numbers(),
  };
}

/**
 * Plans how to come to rest from a state within all limits: joints, trocar and fixtures. First a ramp of all joints at once;
 * where that would leave the trocar or a fixture, along the manifold of the trocar until the ramp fits. Every set-point on
 * the way is checked (some by bounds), so a motion that is found can be carried out as it is. No allocation.
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
  const { dofs: n } = arm;
  out.segments = 0;
  out.length = 0;
  out.q.set(q);
  out.v.set(v);
  out.a.set(a);
  for (;;) {
    if (rampFits(planner, out, beyondM)) return true;
    if (out.segments >= MOST_SEGMENTS || !arm.hasTrocar) return false;
    slowAlongTrocar(planner, out);
    if (!addSegment(planner, out, planner.segmentCycles, planner.wanted, beyondM)) return false;
    const at = out.segments * n;
    for (let i = 0; i < n; i++) if (!Number.isFinite(out.q[at + i])) return false;
    if (limits.periodSec * out.length > 3) return false;
  }
}

/** State of the motion after `cycle` cycles, at rest beyond its end. */
export function stopStateAt(
  motion: StopMotion,
  periodSec: number,
  cycle: number,
  q: Float64Array,
  v: Float64Array,
  a: Float64Array,
): void {
  const n = q.length;
  let segment = 0;
  let left = Math.min(cycle, motion.length);
  while (segment < motion.segments && left > motion.cycles[segment]) left -= motion.cycles[segment++];
  const at = segment * n;
  if (left === 0 || segment === motion.segments) {
    for (let i = 0; i < n; i++) {
      q[i] = motion.q[at + i];
      v[i] = motion.v[at + i];
      a[i] = motion.a[at + i];
    }
    return;
  }
  const m = motion.cycles[segment];
  for (let i = 0; i < n; i++) {
    const begin = motion.a[at + i];
    const delta = (motion.a[at + n + i] - begin) / m;
    q[i] = positionAfter(motion.q[at + i], motion.v[at + i], begin, delta, left, periodSec);
    v[i] = velocityAfter(motion.v[at + i], begin, delta, left, periodSec);
    a[i] = begin + delta * left;
  }
}

/** Adds the two segments to rest where they are within all limits; otherwise the motion is as before. */
function rampFits(planner: StopPlanner, out: StopMotion, beyondM: number): boolean {
  const { arm, limits, peak, v, a, wanted } = planner;
  const { dofs: n } = arm;
  const at = out.segments * n;
  for (let i = 0; i < n; i++) {
    v[i] = out.v[at + i];
    a[i] = out.a[at + i];
  }
  const { segments, length } = out;
  const m = rampToRest(v, a, arm.acceleration, arm.jerk, limits.periodSec, LONGEST_RAMP, peak);
  if (m > 0 && addSegment(planner, out, m, peak, beyondM)) {
    wanted.fill(0);
    if (addSegment(planner, out, m, wanted, beyondM)) {
      // Rest is rest: rounding is not carried on.
      const end = out.segments * n;
      for (let i = 0; i < n; i++) {
        out.v[end + i] = 0;
        out.a[end + i] = 0;
      }
      return true;
    }
  }
  out.segments = segments;
  out.length = length;
  return false;
}

/** Adds a segment to the accelerations `end`; false, and nothing added, where a set-point in it breaks a limit. */
function addSegment(planner: StopPlanner, out: StopMotion, m: number, end: Float64Array, beyondM: number): boolean {
  const { arm, limits, x } = planner;
  const { periodSec: period } = limits;
  const { dofs: n, now } = arm;
  const at = out.segments * n;
  for (let i = 0; i < n; i++) {
    const a = out.a[at + i];
    const v = out.v[at + i];
    const delta = (end[i] - a) / m;
    out.a[at + n + i] = end[i];
    out.v[at + n + i] = velocityAfter(v, a, delta, m, period);
    out.q[at + n + i] = positionAfter(out.q[at + i], v, a, delta, m, period);
    if (!jointFits(arm, out, at + i, i, m, delta, period)) return false;
  }
  let stride = Math.max(1, m >> 2);
  for (let cycle = 0; cycle < m; ) {
    const next = Math.min(cycle + stride, m);
    for (let i = 0; i < n; i++) {
      const a = out.a[at + i];
      x[i] = positionAfter(out.q[at + i], out.v[at + i], a, (end[i] - a) / m, next, period);
    }
    placeArm(arm, x);
    if (!(now.trocarErrorM <= limits.trocarM)) return false;
    if (arm.hasTrocar && !(now.insertedM >= arm.insertionM)) return false;
    if (!(now.fixtureM >= -limits.beyondM - beyondM)) return false;
    // Near a boundary each set-point is looked at.
    if (stride > 1 && now.fixtureM < NEAR_M) stride = 1;
    else cycle = next;
  }
  out.cycles[out.segments] = m;
  out.segments++;
  out.length += m;
  return true;
}

/** Position and velocity of one joint over a segment; its acceleration is largest at the ends, which are within limits. */
function jointFits(
  arm: ServoArm,
  out: StopMotion,
  at: number,
  i: number,
  m: number,
  delta: number,
  period: number,
): boolean {
  const n = arm.dofs;
  const begin = out.a[at];
  const end = out.a[at + n];
  const v0 = out.v[at];
  const v1 = out.v[at + n];
  const q1 = out.q[at + n];
  if (!(Math.abs(end) <= arm.acceleration[i])) return false;
  if (!(q1 >= arm.lower[i] && q1 <= arm.upper[i] && Math.abs(v1) <= arm.velocity[i])) return false;
  // One set-point lies past the turn of the continuous curve at most.
  const turns = begin * end < 0 || v0 * v1 < 0;
  if (!turns) return true;
  for (let k = 1; k < m; k++) {
    const v = velocityAfter(v0, begin, delta, k, period);
    const q = positionAfter(out.q[at], v0, begin, delta, k, period);
    if (!(Math.abs(v) <= arm.velocity[i] && q >= arm.lower[i] && q <= arm.upper[i])) return false;
  }
  return true;
}

/**
 * The accelerations at the end of the next segment, in `wanted`: as near braking of all joints alike as jerk and acceleration
 * of each let them come, such that at its end the trocar is on its way back to the shaft.
 *
 * With the trocar's place across the shaft `local` and rows R = -d local / dq at the end that the present accelerations lead
 * to, a change d of the accelerations must meet
 *
 *   R d = (gain local - R v) / (h / 2 + share of h + gain h^2 / 6)
 *
 * where the share keeps the accelerations from swinging from segment to segment (h / 2 alone would never damp them).
 */
function slowAlongTrocar(planner: StopPlanner, out: StopMotion): void {
  const { arm, limits, wanted, x, v, a, least, most, need } = planner;
  const { dofs: n, shaft, trocarRows, acceleration, jerk } = arm;
  const { unit, local } = shaft;
  const at = out.segments * n;
  const m = planner.segmentCycles;
  const h = m * limits.periodSec;
  let brake = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    a[i] = out.a[at + i];
    v[i] = velocityAfter(out.v[at + i], a[i], 0, m, limits.periodSec);
    x[i] = positionAfter(out.q[at + i], out.v[at + i], a[i], 0, m, limits.periodSec);
    const speed = Math.abs(v[i]);
    if (speed > 0) brake = Math.min(brake, (0.7 * acceleration[i]) / speed, Math.sqrt((0.8 * jerk[i]) / speed));
  }
  placeArm(arm, x);
  differentiateArm(arm);
  const gain = 1 / (3 * h);
  for (let r = 0; r < 2; r++) {
    let rate = 0;
    for (let i = 0; i < n; i++) rate += (trocarRows[r * n + i] * v[i]) / unit[i];
    need[r] = (gain * local[r] - rate) / (0.75 * h + (gain * h * h) / 6);
  }
  for (let i = 0; i < n; i++) {
    least[i] = Math.max(-acceleration[i] - a[i], -jerk[i] * h);
    most[i] = Math.min(acceleration[i] - a[i], jerk[i] * h);
    wanted[i] = Math.max(least[i], Math.min(most[i], -brake * v[i] - a[i]));
  }
  meetRows(planner);
  for (let i = 0; i < n; i++) wanted[i] += a[i];
}

/** Changes `wanted` least, each joint against what it can change, so that the two rows are met within the joints' bounds. */
function meetRows({ arm, wanted, least, most, need }: StopPlanner): void {
  const { dofs: n, trocarRows, shaft, jerk } = arm;
  const { unit } = shaft;
  for (let round = 0; round < 4; round++) {
    let g00 = 0;
    let g01 = 0;
    let g11 = 0;
    let miss0 = need[0];
    let miss1 = need[1];
    for (let i = 0; i < n; i++) {
      const r0 = trocarRows[i] / unit[i];
      const r1 = trocarRows[n + i] / unit[i];
      miss0 -= r0 * wanted[i];
      miss1 -= r1 * wanted[i];
      // In the first round joints at their bounds may come off them.
      if (round > 0 && (wanted[i] <= least[i] || wanted[i] >= most[i])) continue;
      const weight = jerk[i] * jerk[i];
      g00 += weight * r0 * r0;
      g01 += weight * r0 * r1;
      g11 += weight * r1 * r1;
    }
    const det = g00 * g11 - g01 * g01;
    if (!(det > 1e-12 * g00 * g11) || Math.abs(miss0) + Math.abs(miss1) < 1e-9) return;
    const l0 = (g11 * miss0 - g01 * miss1) / det;
    const l1 = (g00 * miss1 - g01 * miss0) / det;
    for (let i = 0; i < n; i++) {
      if (round > 0 && (wanted[i] <= least[i] || wanted[i] >= most[i])) continue;
      const step = (jerk[i] * jerk[i] * (trocarRows[i] * l0 + trocarRows[n + i] * l1)) / unit[i];
      wanted[i] = Math.max(least[i], Math.min(most[i], wanted[i] + step));
    }
  }
}
