import { activeLimits, type RobotModel } from '../../../engine/core/robot.ts';
import { pathLimits, timeFreePath } from '../planning/timed-path.ts';
import { describeTimingCode, OK } from '../timing/codes.ts';
import { createPathTiming, type PathTiming } from '../timing/path.ts';
import { pathDurationSec } from '../timing/path-timing.ts';
import type { RcmPlan } from './finish.ts';
import { flowingMotion } from './flowing.ts';
import { RCM_TOLERANCE } from './ik.ts';
import { planRcm } from './plan.ts';
import type { RcmPlanConfig, RcmProblem } from './problem.ts';
import { createShaft, insertionM, type Shaft, setShaft } from './shaft.ts';
import { straightErrorBoundM } from './straight.ts';
import type { ToolModel } from './tool.ts';

/** What the remote-centre error of a timed motion stays within where nobody asks for less [m]. */
export const RCM_MOTION_TOLERANCE_M = 1e-4;

export interface RcmMotionConfig extends RcmPlanConfig {
  /** What the remote-centre error must not exceed anywhere along the timed motion [m]; default 1e-4. */
  readonly motionToleranceM?: number;
  /** Shares of the limits to use: of velocity, and of acceleration and jerk. Default 1. */
  readonly velocityScale?: number;
  readonly accelerationScale?: number;
}

export interface RcmMotion {
  readonly solved: boolean;
  /** `solved`, or what stands against it. */
  readonly reason: string;
  readonly plan: RcmPlan;
  /** The motion as pieces of constant jerk of the active joints. */
  readonly timing?: PathTiming;
  readonly durationSec: number;
  /** Proved bound of the remote-centre error along the whole motion [m]. */
  readonly errorBoundM: number;
}

/**
 * Deviations from the polyline that are tried, largest first [rad, over all joints]; the motion stops at every waypoint with
 * the last.
 */
const DEVIATIONS = [0.01, 0.003, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 0];
/** How far a piece of motion may stay from the chords that stand for it in the proof [rad or m] (planning/timed-path.ts). */
const CHORD_DEVIATION = 1e-6;

/**
 * A timed motion of a tool through its trocar: {@link planRcm}, then timing under the limits of velocity, acceleration and jerk
 * by a motion that flows along the way ({@link flowingMotion}), or where that cannot be, along the polyline with its corners rounded.
 * Either way the remote-centre error is proven to stay within the tolerance along the whole motion, and `isFree` holds every
 * sixty-fourth of a radian.
 *
 * @throws IsocenterError as {@link planRcm}
 */
export function planRcmMotion(
  model: RobotModel,
  tool: ToolModel,
  problem: RcmProblem,
  config: RcmMotionConfig = {},
): RcmMotion {
  const plan = planRcm(model, tool, problem, config);
  const none = { plan, durationSec: 0, errorBoundM: 0 };
  if (!plan.solved) return { ...none, solved: false, reason: plan.reason };
  const joints = model.active.length;
  const shaft = createShaft(model, tool);
  shaft.trocar.set(problem.trocarM);
  const limits = pathLimits(activeLimits(model), config.velocityScale ?? 1, config.accelerationScale ?? 1);
  const proof = createProof(shaft, problem, config);
  const solved = { solved: true, reason: 'solved', plan };
  const flowing = flowingMotion(model, shaft, plan, limits, (from, to) => proof.isDeep(to) && proof.isFree(from, to));
  if (flowing !== undefined) {
    return { ...solved, timing: flowing, durationSec: pathDurationSec(flowing), errorBoundM: proof.boundM };
  }
  const timing = createPathTiming(joints, Math.max(2, plan.count));
  for (const wanted of DEVIATIONS) {
    proof.boundM = 0;
    const { code, deviation } = timeFreePath(timing, plan.waypoints, plan.count, limits, proof.isFree, [wanted]);
    if (code !== OK) return { ...none, solved: false, reason: describeTimingCode(code) };
    if (deviation === wanted) break;
  }
  const stops = proof.boundM === 0;
  const errorBoundM = stops ? plan.errorBoundM : proof.boundM;
  return { ...solved, timing, durationSec: pathDurationSec(timing), errorBoundM };
}

/** What a chord of a timed motion must keep, and the largest bound of the remote-centre error among those that did [m]. */
interface Proof {
  boundM: number;
  /** Remote-centre error within the tolerance all along, and `isFree` every sixty-fourth of a radian. */
  isFree(from: Float64Array, to: Float64Array): boolean;
  /** Whether so much of the shaft is through the trocar as must be. */
  isDeep(q: Float64Array): boolean;
}

function createProof(shaft: Shaft, problem: RcmProblem, config: RcmMotionConfig): Proof {
  const { columns, reachM } = shaft.chain;
  const joints = problem.start.length;
  const tolerance = config.motionToleranceM ?? RCM_MOTION_TOLERANCE_M;
  const leastM = (config.insertionM ?? RCM_TOLERANCE.insertionM) - tolerance;
  // Off its chord a configuration moves the trocar, seen from the tool, by at most the arm's reach for each radian.
  const slack = CHORD_DEVIATION * Math.sqrt(joints) * Math.max(1, reachM + Math.hypot(...problem.trocarM));
  const a = new Float64Array(columns.length);
  const b = new Float64Array(columns.length);
  const between = new Float64Array(joints);
  const proof: Proof = {
    boundM: 0,
    isDeep(q) {
      for (let i = 0; i < a.length; i++) a[i] = q[columns[i]];
      setShaft(shaft, a);
      return insertionM(shaft) >= leastM;
    },
    isFree(from, to) {
      for (let i = 0; i < a.length; i++) {
        a[i] = from[columns[i]];
        b[i] = to[columns[i]];
      }
      const error = straightErrorBoundM(shaft, a, b, tolerance - slack) + slack;
      if (!(error <= tolerance)) return false;
      proof.boundM = Math.max(proof.boundM, error);
      if (config.isFree === undefined) return true;
      let longest = 0;
      for (let i = 0; i < joints; i++) longest = Math.max(longest, Math.abs(to[i] - from[i]));
      const steps = Math.max(1, Math.ceil(64 * longest));
      for (let k = 1; k <= steps; k++) {
        for (let i = 0; i < joints; i++) between[i] = from[i] + ((to[i] - from[i]) * k) / steps;
        if (!config.isFree(between)) return false;
      }
      return true;
    },
  };
  return proof;
}
