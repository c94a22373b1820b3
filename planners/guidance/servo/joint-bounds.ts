import type { ServoArm } from './arm.ts';
import type { StopMotion } from './stop-motion.ts';

/** Share of acceleration and jerk that keeping off a limit of a joint takes; the rest is for the trocar. */
const LIMIT_SHARE = 0.7;
/** Kept free at each end of a range, as a share of it: room for motions to rest. */
const RANGE_MARGIN = 0.004;

/** Velocities that joints can have at the end of a cycle. */
export interface JointBounds {
  readonly arm: ServoArm;
  readonly periodSec: number;
  /** [dofs] how fast a joint gives up what is too much of its velocity, as its jerk lets it [1/s]. */
  readonly rate: Float64Array;
  /** [dofs] rad/s or m/s */
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
}

export function createJointBounds(arm: ServoArm, periodSec: number): JointBounds {
  return {
    arm,
    periodSec,
    rate: Float64Array.from(arm.jerk, (jerk, i) => Math.min(40, (LIMIT_SHARE * jerk) / arm.acceleration[i])),
    lowest: new Float64Array(arm.dofs),
    highest: new Float64Array(arm.dofs),
  };
}

/**
 * Sets them for a state (q, v, a). Of the velocity `top` that a joint may have,
 *
 *   top = min(limit, rate / 2 * room where it is, rate * room where it would come to rest)
 *   acceleration <= rate * (top - v),   jerk <= 4 rate * (rate * (top - v) - a)
 *
 * three first-order laws one in the other, each no faster than the limit of the next lets it act in time, so that limits are
 * approached smoothly. What jerk and acceleration cannot do is not asked for.
 */
export function setJointBounds(
  { arm, periodSec: t, rate, lowest, highest }: JointBounds,
  q: Float64Array,
  v: Float64Array,
  a: Float64Array,
  stop: StopMotion,
): void {
  for (let i = 0; i < arm.dofs; i++) {
    const jerk = arm.jerk[i];
    const limit = arm.acceleration[i];
    const k = rate[i];
    const least = Math.max(-limit, a[i] - jerk * t);
    const most = Math.min(limit, a[i] + jerk * t);
    const range = arm.upper[i] - arm.lower[i];
    const margin = range < Number.POSITIVE_INFINITY ? RANGE_MARGIN * range : 0;
    const upper = arm.upper[i] - margin;
    const lower = arm.lower[i] + margin;
    const top = speedTo(upper - q[i], upper - stop.restQ[i], k, limit, arm.velocity[i]);
    const bottom = speedTo(q[i] - lower, stop.restQ[i] - lower, k, limit, arm.velocity[i]);
    let high = Math.min(most, a[i] + t * easing(top - v[i], a[i], k, limit, jerk));
    let low = Math.max(least, a[i] - t * easing(bottom + v[i], -a[i], k, limit, jerk));
    if (low > high) {
      high = Math.max(least, Math.min(most, (low + high) / 2));
      low = high;
    }
    highest[i] = v[i] + t * high;
    lowest[i] = v[i] + t * low;
  }
}

function speedTo(room: number, restRoom: number, rate: number, acceleration: number, velocity: number): number {
  const now = room > 0 ? Math.min(0.5 * rate * room, Math.sqrt(acceleration * room)) : 0;
  return Math.min(velocity, now, rate * Math.max(0, restRoom));
}

/** Largest jerk towards a limit of the velocity that is `room` away. */
function easing(room: number, a: number, rate: number, acceleration: number, jerk: number): number {
  const wanted = Math.max(-LIMIT_SHARE * acceleration, rate * room);
  return Math.max(-LIMIT_SHARE * jerk, 4 * rate * (wanted - a));
}
