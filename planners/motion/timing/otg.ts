import {
  A_START,
  A_TARGET,
  type Axis,
  createAxis,
  LIMIT_A_MAX,
  LIMIT_A_MIN,
  LIMIT_JERK,
  LIMIT_V_MAX,
  LIMIT_V_MIN,
  P_START,
  P_TARGET,
  V_START,
  V_TARGET,
} from './axis.ts';
import { checkTask } from './check.ts';
import { NO_SOLUTION, OK, type TimingCode } from './codes.ts';
import { composeMotion, findDurations, possibleFrom } from './motion.ts';
import { straightMotion } from './phase.ts';
import { pieceStateAt } from './segments.ts';

/**
 * Whether all joints arrive at the same time; or move along a straight line where start and target states lie on one ('phase',
 * elsewhere as 'time'); or each arrives as early as it can.
 */
export type Synchronization = 'time' | 'phase' | 'none';

/**
 * Jerk-limited motion of several joints from any state to any state: preallocated, filled by {@link setState},
 * {@link setTarget} and {@link setLimits}, solved by {@link calculate}. Positions in rad or m, and per s, s^2, s^3.
 */
export interface Otg {
  readonly joints: number;
  readonly axes: readonly Axis[];
  synchronization: Synchronization;
  /** Duration of each joint's motion [s]; all alike but with 'none'. */
  readonly durations: Float64Array;
  /** The shortest duration of each joint alone [s]. */
  readonly shortest: Float64Array;
  /** The joint that a refusal is about, or that decides the duration. */
  decidingJoint: number;
  readonly state: Float64Array;
  readonly line: Axis;
}

/** Greatest, and optionally least, velocity and acceleration of each joint [joints]; the least are the greatest negated. */
export interface OtgLimits {
  readonly velocity: ArrayLike<number>;
  readonly acceleration: ArrayLike<number>;
  readonly jerk: ArrayLike<number>;
  readonly minVelocity?: ArrayLike<number>;
  readonly minAcceleration?: ArrayLike<number>;
}

export function createOtg(joints: number): Otg {
  return {
    joints,
    axes: Array.from({ length: joints }, createAxis),
    synchronization: 'time',
    durations: new Float64Array(joints),
    shortest: new Float64Array(joints),
    decidingJoint: 0,
    state: new Float64Array(4),
    line: createAxis(),
  };
}

/** Where the motion starts: [joints] each. It may be outside the limits; then it brakes first. */
export function setState(
  otg: Otg,
  position: ArrayLike<number>,
  velocity: ArrayLike<number>,
  acceleration: ArrayLike<number>,
): void {
  for (let i = 0; i < otg.joints; i++) {
    const { task } = otg.axes[i];
    task[P_START] = position[i];
    task[V_START] = velocity[i];
    task[A_START] = acceleration[i];
  }
}

/** Where the motion ends: [joints] each. */
export function setTarget(
  otg: Otg,
  position: ArrayLike<number>,
  velocity: ArrayLike<number>,
  acceleration: ArrayLike<number>,
): void {
  for (let i = 0; i < otg.joints; i++) {
    const { task } = otg.axes[i];
    task[P_TARGET] = position[i];
    task[V_TARGET] = velocity[i];
    task[A_TARGET] = acceleration[i];
  }
}

export function setLimits(otg: Otg, limits: OtgLimits): void {
  const { velocity, acceleration, jerk, minVelocity, minAcceleration } = limits;
  for (let i = 0; i < otg.joints; i++) {
    const { task } = otg.axes[i];
    task[LIMIT_V_MAX] = velocity[i];
    task[LIMIT_V_MIN] = minVelocity === undefined ? -velocity[i] : minVelocity[i];
    task[LIMIT_A_MAX] = acceleration[i];
    task[LIMIT_A_MIN] = minAcceleration === undefined ? -acceleration[i] : minAcceleration[i];
    task[LIMIT_JERK] = jerk[i];
  }
}

/**
 * Finds the motion of least duration. Method: Berscheid and Kroeger, "Jerk-limited Real-time Trajectory Generation with
 * Arbitrary Target States", RSS 2021: brake; the durations that each joint can take; the earliest that all can; and for it
 * the motion of each joint. That last step lowers the jerk of a joint that has time to spare until an extremal motion
 * (extremal.ts) lasts just as long, instead of solving a polynomial for each family of profiles: there is always one, it is
 * the gentlest, and planned anew in every cycle of a control loop the motion stays the same.
 *
 * Time-optimal for each joint from the state after its brake. Never throws or allocates. After a refusal the motion of
 * the call before is lost.
 */
export function calculate(otg: Otg): TimingCode {
  const { axes, joints, shortest, durations } = otg;
  for (let i = 0; i < joints; i++) {
    const code = checkTask(axes[i].task);
    if (code !== OK) {
      otg.decidingJoint = i;
      return code;
    }
  }
  for (let i = 0; i < joints; i++) {
    findDurations(axes[i]);
    shortest[i] = axes[i].stretches[0];
  }
  if (otg.synchronization === 'none') durations.set(shortest);
  else {
    if (otg.synchronization === 'phase') {
      durations.fill(straightMotion(axes, otg.line));
      if (durations[0] >= 0) return OK;
    }
    durations.fill(earliestForAll(otg));
  }
  for (let i = 0; i < joints; i++) {
    if (!(durations[i] < Number.POSITIVE_INFINITY)) return NO_SOLUTION;
    composeMotion(axes[i], durations[i]);
  }
  return OK;
}

function earliestForAll(otg: Otg): number {
  const { axes, joints } = otg;
  let time = 0;
  let agreed = 0;
  // Each round passes the end of a blocked interval, of which there are few.
  for (let i = 0; agreed < joints; i = i + 1 < joints ? i + 1 : 0) {
    const possible = possibleFrom(axes[i], time);
    if (possible === time) agreed++;
    else if (possible > time) {
      time = possible;
      otg.decidingJoint = i;
      agreed = 1;
    } else return Number.NaN;
  }
  return time;
}

/** When the last joint arrives [s]. */
export function durationSec(otg: Otg): number {
  let last = 0;
  for (let i = 0; i < otg.joints; i++) last = Math.max(last, otg.durations[i]);
  return last;
}

/** State at `timeSec` into [joints] each. After its end a joint goes on with the target's acceleration. */
export function stateAt(
  otg: Otg,
  timeSec: number,
  position: Float64Array,
  velocity: Float64Array,
  acceleration: Float64Array,
): void {
  const { state } = otg;
  for (let i = 0; i < otg.joints; i++) {
    const axis = otg.axes[i];
    pieceStateAt(axis.pieces, axis.pieceCount, timeSec, state);
    position[i] = state[0];
    velocity[i] = state[1];
    acceleration[i] = state[2];
  }
}

/** Least and greatest position of each joint from start to target, into [joints] each: exact, from the zeros of the velocity. */
export function positionExtrema(otg: Otg, least: Float64Array, greatest: Float64Array): void {
  for (let i = 0; i < otg.joints; i++) extremaOf(otg.axes[i], otg.durations[i], i, least, greatest, otg.state);
}

function extremaOf(
  axis: Axis,
  duration: number,
  at: number,
  least: Float64Array,
  greatest: Float64Array,
  state: Float64Array,
): void {
  const { pieces, pieceCount } = axis;
  least[at] = Number.POSITIVE_INFINITY;
  greatest[at] = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < pieceCount; n++) {
    const start = pieces[5 * n];
    const end = n + 1 < pieceCount ? pieces[5 * (n + 1)] : duration;
    const v = pieces[5 * n + 2];
    const a = pieces[5 * n + 3];
    const j = pieces[5 * n + 4];
    const root = Math.sqrt(Math.max(0, a * a - 2 * j * v));
    // Both zeros of v + a t + j t^2 / 2 in the form that does not cancel.
    const q = a < 0 ? root - a : -(a + root);
    for (let k = 0; k < 3; k++) {
      const t = k === 0 ? 0 : k === 1 ? q / j : (2 * v) / q;
      if (!(t >= 0 && start + t <= end)) continue;
      pieceStateAt(pieces, pieceCount, start + t, state);
      least[at] = Math.min(least[at], state[0]);
      greatest[at] = Math.max(greatest[at], state[0]);
    }
  }
}
