import { inputError } from '../../../engine/core/errors.ts';
import { activeLimits, type RobotModel } from '../../../engine/core/robot.ts';
import { type EdgeCheck, isMotionFree, pathLimits } from '../planning/timed-path.ts';
import type { RcmPlan } from './finish.ts';
import { carry, createCarrier, type MovingTarget } from './moving-carry.ts';
import type { TrocarCourse } from './moving-course.ts';
import { createFollower, type Followed, type Follower, follow } from './moving-follow.ts';
import { type JointPieces, type LimitUse, limitUse, piecesDurationSec } from './moving-pieces.ts';
import { movingBound } from './moving-proof.ts';
import { extremeOffsets } from './moving-reach.ts';
import type { RcmProblem } from './problem.ts';
import { createShaft } from './shaft.ts';
import { planRcmMotion, type RcmMotionConfig } from './timed.ts';
import type { ToolModel } from './tool.ts';

export interface MovingRcmConfig extends RcmMotionConfig {
  /** Whether the target moves with the trocar (default) or stays in the base frame. */
  readonly target?: MovingTarget;
  /** How long the tool stays at its goal, following the trocar [s]; default 0. */
  readonly holdSec?: number;
  /** Whether the joints may move straight from one configuration [active joints] to another; else `isFree` every sixty-fourth of a radian. */
  readonly isEdgeFree?: EdgeCheck;
}

export interface MovingRcmMotion {
  readonly solved: boolean;
  /** `solved`, or what stands against it. */
  readonly reason: string;
  /** Through the trocar where it is at time 0. */
  readonly plan: RcmPlan;
  /** The motion of the active joints. It begins and ends moving with the trocar, at rest only where the trocar is. */
  readonly motion?: JointPieces;
  readonly durationSec: number;
  /** When the tool is at its goal [s]. */
  readonly arrivalSec: number;
  /** How many times slower than through a trocar at rest. */
  readonly slowdown: number;
  /** Greatest velocity, acceleration and jerk as shares of the limits asked for. */
  readonly ratios: readonly [number, number, number];
  /** Proved for every time: largest distance of the trocar from the shaft, and least length of shaft through it [m]. */
  readonly errorBoundM: number;
  readonly insertionM: number;
}

/** Knots of the joints' spline [s]; halved where the trocar is not kept well enough. */
const KNOTS_SEC = [0.01, 0.005, 0.0025];
/** How many times as slow a motion is made before it is the trocar that is too fast. */
const SLOWEST = 16;
const HALVINGS = 5;
/** Of a cautious plan: distance that joints keep from their limits, and how far they may be carried [rad or m]. */
const ROOM = 0.05;
const FARTHEST = 0.3;

/**
 * A timed motion of a tool through a trocar that moves along a course known beforehand. Planned and timed through the trocar
 * where it is at time 0 ({@link planRcmMotion}), then carried along: at every time the configuration nearest to the planned one
 * whose shaft passes the trocar where it is then. Position, velocity, acceleration and jerk of the sum keep the limits, for
 * which the planned part is slowed down where it must be; the trocar is kept, and the way free, along the whole length.
 *
 * Start and goal are those of time 0: the shaft passes `problem.trocarM` there. With `target` 'trocar' the tip's goal moves on
 * with the trocar, with 'base' it stays. Obstacles stand still.
 *
 * @throws IsocenterError as {@link planRcmMotion}; `rcm/input` for a hold that is no time
 */
export function planMovingRcm(
  model: RobotModel,
  tool: ToolModel,
  problem: RcmProblem,
  course: TrocarCourse,
  config: MovingRcmConfig = {},
): MovingRcmMotion {
  const { holdSec = 0 } = config;
  if (!(holdSec >= 0 && Number.isFinite(holdSec))) {
    throw inputError('rcm/input', `the tool is to stay ${holdSec} s at its goal`, 'give a time of 0 s or more');
  }
  const first = attempt(model, tool, problem, course, config, config);
  if (first.solved || !first.plan.solved) return first;
  const isFree = freeAtExtremes(model, tool, problem, course, config);
  const cautious = attempt(model, tool, problem, course, config, { ...config, isFree });
  return cautious.solved ? cautious : first;
}

function attempt(
  model: RobotModel,
  tool: ToolModel,
  problem: RcmProblem,
  course: TrocarCourse,
  config: MovingRcmConfig,
  planConfig: RcmMotionConfig,
): MovingRcmMotion {
  const tolerance = config.motionToleranceM ?? 1e-4;
  const planned = planRcmMotion(model, tool, problem, { ...planConfig, motionToleranceM: tolerance / 2 });
  const { plan, timing } = planned;
  const none = {
    plan,
    durationSec: 0,
    arrivalSec: 0,
    slowdown: 0,
    ratios: [0, 0, 0] as const,
    errorBoundM: 0,
    insertionM: 0,
  };
  const refused = (reason: string): MovingRcmMotion => ({ ...none, solved: false, reason });
  if (!planned.solved || timing === undefined) return refused(planned.reason);
  const carrier = carrierOf(model, tool, problem, config);
  const shaft = createShaft(model, tool);
  const holdSec = config.holdSec ?? 0;
  let reason = '';
  for (const knotSec of KNOTS_SEC) {
    const follower = createFollower(carrier, timing, course, { knotSec, holdSec });
    const found = fastest(follower, model, config);
    if ('fault' in found) {
      reason ||= found.fault;
      if (found.finer) continue;
      break;
    }
    const { motion, slowdown, arrivalSec } = found;
    const bound = movingBound(shaft, motion, problem.trocarM, course);
    // Written so that a NaN proves nothing.
    if (!(bound.errorM <= tolerance)) {
      reason ||= `the shaft misses the moving trocar by up to ${(1000 * bound.errorM).toFixed(3)} mm, ${1000 * tolerance} mm are allowed`;
      continue;
    }
    if (!isMotionFree(motion, edgeCheck(config))) return refused('in collision while it follows the trocar');
    return {
      solved: true,
      reason: 'solved',
      plan,
      motion,
      durationSec: piecesDurationSec(motion),
      arrivalSec,
      slowdown,
      ratios: found.ratios,
      errorBoundM: bound.errorM,
      insertionM: bound.insertionM,
    };
  }
  return refused(reason);
}

function carrierOf(model: RobotModel, tool: ToolModel, problem: RcmProblem, config: MovingRcmConfig) {
  return createCarrier(model, tool, problem.trocarM, {
    target: config.target ?? 'trocar',
    roll: 'tipM' in problem.goal && problem.goal.roll !== undefined,
    insertionM: config.insertionM ?? 0.005,
  });
}

/** Why a motion cannot follow, and whether finer knots may help. */
interface Fault {
  readonly fault: string;
  readonly finer: boolean;
}

interface Timed extends Followed {
  readonly ratios: LimitUse['ratios'];
  readonly use: LimitUse;
  /** How many times as slow again it must be, by its greatest shares of the limits. */
  readonly needed: number;
}

type Tried = Timed | Fault;

/** The least slowdown of a growing series at which all limits are kept. */
function fastest(follower: Follower, model: RobotModel, config: MovingRcmConfig): Tried {
  const positions = activeLimits(model);
  const limits = pathLimits(positions, config.velocityScale ?? 1, config.accelerationScale ?? 1);
  const nameOf = (joint: number): string => model.joints[model.active[joint]].name;
  const tried = (slowdown: number): Tried => {
    const followed = follow(follower, slowdown);
    if (typeof followed === 'string') return { fault: followed, finer: false };
    const use = limitUse(followed.motion, limits, positions);
    if (use.outside > 1e-9) {
      const by = use.outside.toExponential(1);
      const fault = `joint ${nameOf(use.outsideJoint)} would leave its limits by ${by} while it follows the trocar`;
      return { fault, finer: true };
    }
    const needed = Math.max(...use.ratios.map((ratio, i) => ratio ** (1 / (i + 1))));
    return { ...followed, use, ratios: use.ratios, needed };
  };
  let slowdown = 1;
  let tooFast = 1;
  for (;;) {
    let found = tried(slowdown);
    if ('fault' in found) return found;
    if (found.needed <= 1) {
      // A long last step may have gone farther than it must.
      for (let i = 0; i < HALVINGS && slowdown > 1.05 * tooFast; i++) {
        const between = Math.sqrt(tooFast * slowdown);
        const better = tried(between);
        if ('fault' in better || better.needed > 1) tooFast = between;
        else {
          found = better;
          slowdown = between;
        }
      }
      return found;
    }
    if (slowdown >= SLOWEST) {
      const { ratios, joints } = found.use;
      const worst = ratios.indexOf(Math.max(...ratios)) as 0 | 1 | 2;
      const what = ['velocity', 'acceleration', 'jerk'][worst];
      const share = (100 * ratios[worst]).toFixed(0);
      const fault = `the trocar moves too fast: to follow it joint ${nameOf(joints[worst])} needs ${share} % of its ${what}, however slowly the tool is led`;
      return { fault, finer: false };
    }
    tooFast = slowdown;
    slowdown *= Math.min(2, Math.max(1.02, 1.005 * found.needed));
  }
}

/**
 * Whether a configuration is free and clear of the limits of its joints, and stays so when it is carried to the places where the
 * trocar is farthest from each other, which must not take the joints far.
 */
function freeAtExtremes(
  model: RobotModel,
  tool: ToolModel,
  problem: RcmProblem,
  course: TrocarCourse,
  config: MovingRcmConfig,
): (q: Float64Array) => boolean {
  const carrier = carrierOf(model, tool, problem, config);
  const { columns, lower, upper } = carrier.planned.chain;
  const offsets = extremeOffsets(course);
  const x = new Float64Array(columns.length);
  const carried = new Float64Array(columns.length);
  // No more room is asked for than the ends of the motion have.
  const ends = 'q' in problem.goal ? [problem.start, problem.goal.q] : [problem.start];
  const room = Float64Array.from(columns, (c, i) =>
    Math.min(ROOM, ...ends.flatMap((q) => [q[c] - lower[i] - 1e-9, upper[i] - q[c] - 1e-9])),
  );
  const there = Float64Array.from(problem.start);
  return (q) => {
    if (config.isFree !== undefined && !config.isFree(q)) return false;
    for (let i = 0; i < x.length; i++) {
      x[i] = q[columns[i]];
      if (x[i] < lower[i] + room[i] || x[i] > upper[i] - room[i]) return false;
    }
    there.set(q);
    for (const offset of offsets) {
      if (!carry(carrier, x, offset, carried)) return false;
      for (let i = 0; i < x.length; i++) {
        if (carried[i] <= lower[i] || carried[i] >= upper[i] || Math.abs(carried[i] - x[i]) > FARTHEST) return false;
        there[columns[i]] = carried[i];
      }
      if (config.isFree !== undefined && !config.isFree(there)) return false;
    }
    return true;
  };
}

function edgeCheck({ isEdgeFree, isFree }: MovingRcmConfig): EdgeCheck {
  if (isEdgeFree !== undefined) return isEdgeFree;
  if (isFree === undefined) return () => true;
  return (from, to) => {
    let longest = 0;
    for (let i = 0; i < from.length; i++) longest = Math.max(longest, Math.abs(to[i] - from[i]));
    const steps = Math.max(1, Math.ceil(64 * longest));
    const q = new Float64Array(from.length);
    for (let k = 1; k <= steps; k++) {
      for (let i = 0; i < q.length; i++) q[i] = from[i] + ((to[i] - from[i]) * k) / steps;
      if (!isFree(q)) return false;
    }
    return true;
  };
}
