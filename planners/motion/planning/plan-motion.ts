import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import { closestContact } from '../collision/reference.ts';
import { planPath } from '../path/plan.ts';
import type { PathReason, PathResult } from '../path/result.ts';
import type { MotionSpace } from '../path/space.ts';
import { describeTimingCode, OK } from '../timing/codes.ts';
import { createPathTiming, type PathTiming } from '../timing/path.ts';
import { greatestRatios, pathDurationSec, pathStateAt } from '../timing/path-timing.ts';
import { sampleMotion } from '../timing/sampling.ts';
import { goalConfigurations, type MotionTarget } from './goals.ts';
import { type FreeTiming, pathLimits, timeFreePath } from './timed-path.ts';
import type { GoalDeviation } from './tolerance.ts';

export interface MotionTask {
  /** [joints of the space] where the robot stands [rad or m]. */
  readonly start: ArrayLike<number>;
  readonly goal: MotionTarget;
  /** Chooses all random numbers: same seed, same motion, bit by bit. Default 0. */
  readonly seed?: number;
  /** Samples drawn before the search gives up. */
  readonly maxIterations?: number;
  /** Shares of the limits to use: of velocity, and of acceleration and jerk. Default 1. */
  readonly velocityScale?: number;
  readonly accelerationScale?: number;
  /** What the distance of the shaft from a trocar must not exceed at the start and on the path [m]; default 5e-5. */
  readonly rcmToleranceM?: number;
  /** Time between two points of the trajectory [s]; default 0.01. */
  readonly periodSec?: number;
}

export type MotionReason =
  | PathReason
  | 'goal-unreachable'
  | 'timing-failed'
  | 'rcm-refused'
  | 'rcm-in-collision'
  | 'rcm-cannot-follow';

/** How a timed motion uses its limits, and what it keeps. */
export interface MotionFigures {
  readonly durationSec: number;
  /** Corners are rounded by at most this [rad or m, over all joints]. */
  readonly deviation: number;
  /** Greatest velocity, acceleration and jerk of all joints as shares of their limits. */
  readonly maxVelocityRatio: number;
  readonly maxAccelerationRatio: number;
  readonly maxJerkRatio: number;
  /** Least distance to obstacles and between links at sampled states [m]; infinite where there is nothing to meet. */
  readonly minClearanceM: number;
  /** Proved bound of the distance of the shaft from the trocar [m]; only where there is one. */
  readonly maxRcmErrorM?: number;
}

export interface MotionPlan {
  readonly solved: boolean;
  readonly reason: MotionReason;
  readonly message: string;
  readonly valid: { readonly start: boolean; readonly goal: boolean };
  /** The geometric path, where one was looked for: [waypoints][joints], and its Euclidean length before and after shortening. */
  readonly path?: Pick<PathResult, 'solved' | 'waypoints' | 'length' | 'rawLength'>;
  readonly trajectory?: JointTrajectory;
  /** The same motion as pieces of constant jerk, exact at any time. */
  readonly timing?: PathTiming;
  readonly figures?: MotionFigures;
  /** What the goal is off the pose that was asked for, where that cannot be reached and its tolerances allow another. */
  readonly goalDeviation?: GoalDeviation;
  readonly timesMs: {
    readonly path: number;
    readonly simplify: number;
    readonly timing: number;
    readonly total: number;
  };
}

/**
 * From a question to a motion: inverse kinematics for a goal that is a pose, a collision-free path, shortened, and timed
 * under the limits of velocity, acceleration and jerk. The motion is proven free along its whole length. Where there is
 * none, the result says why.
 *
 * @throws IsocenterError for configurations of the wrong length or with NaN
 */
export function planMotion(space: MotionSpace, task: MotionTask): MotionPlan {
  const began = performance.now();
  const { path, message, goalDeviation } = findPath(space, task);
  const pathTimes = { path: (path?.timesUs.plan ?? 0) / 1000, simplify: (path?.timesUs.simplify ?? 0) / 1000 };
  const times = (timing: number) => ({ ...pathTimes, timing, total: performance.now() - began });
  if (path === undefined) {
    const valid = { start: true, goal: false };
    return { solved: false, reason: 'goal-unreachable', message, valid, timesMs: times(0) };
  }
  if (!path.solved) {
    return { solved: false, reason: path.reason, message: path.message, valid: path.valid, path, timesMs: times(0) };
  }
  const timingBegan = performance.now();
  const { code, deviation, timing, durationSec } = timeMotion(space, path.waypoints, task);
  const timesMs = times(performance.now() - timingBegan);
  if (code !== OK) {
    const reason = 'timing-failed';
    return {
      solved: false,
      reason,
      message: describeTimingCode(code),
      valid: path.valid,
      path,
      timesMs,
    };
  }
  const jerk = new Float64Array(space.names.length);
  const trajectory = sampleMotion(space.names, durationSec, task.periodSec ?? 0.01, (t, p, v, a) =>
    pathStateAt(timing, t, p, v, a, jerk),
  );
  const figures = motionFigures(space, timing, deviation);
  const { solved, reason, valid } = path;
  const off = goalDeviation === undefined ? {} : { goalDeviation };
  return { solved, reason, message: path.message, valid, path, trajectory, timing, figures, timesMs, ...off };
}

/** Times a free path of the space [waypoints][joints]; the whole motion is proven free. */
export function timeMotion(
  space: MotionSpace,
  waypoints: Float64Array,
  { velocityScale = 1, accelerationScale = 1 }: Pick<MotionTask, 'velocityScale' | 'accelerationScale'>,
): FreeTiming & { readonly timing: PathTiming; readonly durationSec: number } {
  const dim = space.names.length;
  const count = waypoints.length / dim;
  const timing = createPathTiming(dim, Math.max(2, count));
  const limits = pathLimits(space.limits, velocityScale, accelerationScale);
  const isFree = (a: Float64Array, b: Float64Array): boolean => space.search.edgeFree(a, b);
  const found = timeFreePath(timing, waypoints, count, limits, isFree);
  return { ...found, timing, durationSec: pathDurationSec(timing) };
}

/** The first path that is found to one of the goal's configurations; the reason of the first failure where there is none. */
function findPath(
  space: MotionSpace,
  task: MotionTask,
): { path?: PathResult; message: string; goalDeviation?: GoalDeviation } {
  const { start, seed = 0 } = task;
  const { goals, message } = goalConfigurations(space, task.goal, start, seed);
  let first: PathResult | undefined;
  for (const { q: goal, deviation } of goals) {
    const more = task.maxIterations === undefined ? {} : { maxIterations: task.maxIterations };
    const path = planPath(space, { start, goal, seed, ...more });
    const off = deviation === undefined ? {} : { goalDeviation: deviation };
    if (path.solved) return { path, message: path.message, ...off };
    first ??= path;
    if (path.reason.startsWith('start')) break;
  }
  return first === undefined ? { message } : { path: first, message: first.message };
}

/** States at which the clearance is measured, at most. */
export const CLEARANCE_SAMPLES = 200;

export function motionFigures(space: MotionSpace, timing: PathTiming, deviation: number): MotionFigures {
  const ratios = new Float64Array(3);
  greatestRatios(timing, ratios);
  const durationSec = pathDurationSec(timing);
  const dim = space.names.length;
  const [p, v, a, j] = [0, 1, 2, 3].map(() => new Float64Array(dim));
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n <= CLEARANCE_SAMPLES; n++) {
    pathStateAt(timing, (durationSec * n) / CLEARANCE_SAMPLES, p, v, a, j);
    least = Math.min(least, closestContact(space.check, p)?.clearanceM ?? Number.POSITIVE_INFINITY);
  }
  return {
    durationSec,
    deviation,
    maxVelocityRatio: ratios[0],
    maxAccelerationRatio: ratios[1],
    maxJerkRatio: ratios[2],
    minClearanceM: least,
  };
}
