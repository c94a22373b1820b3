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
