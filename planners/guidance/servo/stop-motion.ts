import type { ServoArm } from './arm.ts';
import { positionAfter, velocityAfter } from './ramp.ts';

/** Segments that follow the manifold of the trocar, before the two of the ramp to rest. */
export const MOST_SEGMENTS = 40;

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
  /** Largest error of the trocar on the way, where it was looked at [m]. */
  trocarErrorM: number;
  /** How far the tip is from where it rests [m]. */
  wayM: number;
  /** [dofs] where it rests. */
  readonly restQ: Float64Array;
  /** Where it rests: [slots] distances to fixtures [m] and [slots][3] gradients. */
  readonly restDistanceM: Float64Array;
  readonly restGradients: Float64Array;
}

export function createStopMotion(dofs: number, slots: number): StopMotion {
  const states = (MOST_SEGMENTS + 3) * dofs;
  return {
    segments: 0,
    cycles: new Int32Array(MOST_SEGMENTS + 2),
    q: new Float64Array(states),
    v: new Float64Array(states),
    a: new Float64Array(states),
    length: 0,
    trocarErrorM: 0,
    wayM: 0,
    restQ: new Float64Array(dofs),
    restDistanceM: new Float64Array(slots),
    restGradients: new Float64Array(3 * slots),
  };
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
  if (left === m) {
    // The state as it was checked, and exact rest at the end.
    const next = at + n;
    for (let i = 0; i < n; i++) {
      q[i] = motion.q[next + i];
      v[i] = motion.v[next + i];
      a[i] = motion.a[next + i];
    }
    return;
  }
  for (let i = 0; i < n; i++) {
    const begin = motion.a[at + i];
    const delta = (motion.a[at + n + i] - begin) / m;
    q[i] = positionAfter(motion.q[at + i], motion.v[at + i], begin, delta, left, periodSec);
    v[i] = velocityAfter(motion.v[at + i], begin, delta, left, periodSec);
    a[i] = begin + delta * left;
  }
}

/** Positions after `cycle` cycles of a segment, to `x` [dofs]. */
export function placeInSegment(
  motion: StopMotion,
  segment: number,
  cycle: number,
  periodSec: number,
  x: Float64Array,
): void {
  const n = x.length;
  const at = segment * n;
  const m = motion.cycles[segment];
  for (let i = 0; i < n; i++) {
    const a = motion.a[at + i];
    x[i] = positionAfter(motion.q[at + i], motion.v[at + i], a, (motion.a[at + n + i] - a) / m, cycle, periodSec);
  }
}

/** Position and velocity of one joint over a segment; its acceleration is largest at the ends, which are within limits. */
export function jointFits(
  out: StopMotion,
  at: number,
  m: number,
  delta: number,
  period: number,
  arm: ServoArm,
  i: number,
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
