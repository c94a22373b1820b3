import { inputError } from '../../../engine/core/errors.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import { type EdgeCheck, isMotionFree } from '../planning/timed-path.ts';
import type { RcmPlan } from './finish.ts';
import { type Carrier, createCarrier, type MovingTarget } from './moving-carry.ts';
import type { TrocarCourse } from './moving-course.ts';
import { createFollower } from './moving-follow.ts';
import { type JointPieces, piecesDurationSec } from './moving-pieces.ts';
import { movingBound } from './moving-proof.ts';
import { freeAtExtremes } from './moving-reach.ts';
import { fastest } from './moving-speed.ts';
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
/** How many times as long as planned a motion may take, as far as a cautious plan looks ahead. */
const HORIZON = 2;

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
  const carrier = carrierOf(model, tool, problem, config);
  const first = attempt(carrier, problem, course, config, config);
  if (first.found.solved || !first.found.plan.solved) return first.found;
  const horizonSec = HORIZON * first.plannedSec + holdSec;
  const isFree = freeAtExtremes(carrier, problem, course, horizonSec, config.isFree);
  const cautious = attempt(carrier, problem, course, config, { ...config, isFree });
  return cautious.found.solved ? cautious.found : first.found;
}

function attempt(
  carrier: Carrier,
  problem: RcmProblem,
  course: TrocarCourse,
  config: MovingRcmConfig,
  planConfig: RcmMotionConfig,
): { readonly found: MovingRcmMotion; readonly plannedSec: number } {
  const { model, tool } = carrier.planned;
  const tolerance = config.motionToleranceM ?? 1e-4;
  const planned = planRcmMotion(model, tool, problem, { ...planConfig, motionToleranceM: tolerance / 2 });
  const { plan, timing, durationSec: plannedSec } = planned;
  const none = {
    plan,
    durationSec: 0,
    arrivalSec: 0,
    slowdown: 0,
    ratios: [0, 0, 0] as const,
    errorBoundM: 0,
    insertionM: 0,
  };
  const refused = (reason: string) => ({ found: { ...none, solved: false, reason }, plannedSec });
  if (!planned.solved || timing === undefined) return refused(planned.reason);
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
    const kept = { ratios: found.ratios, errorBoundM: bound.errorM, insertionM: bound.insertionM };
    const durationSec = piecesDurationSec(motion);
    const times = { durationSec, arrivalSec, slowdown };
    return { found: { solved: true, reason: 'solved', plan, motion, ...times, ...kept }, plannedSec };
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
