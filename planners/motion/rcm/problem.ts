import { inputError } from '../../../engine/core/errors.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import { createRcmConstraint } from './constraint.ts';
import { RCM_TOLERANCE } from './ik.ts';
import type { Separator } from './separation.ts';
import { createShaft, insertionM, type Shaft, setShaft, shaftErrorM } from './shaft.ts';
import type { ToolModel } from './tool.ts';
import { createWalk, type Walk } from './walk.ts';

export interface RcmPlanConfig {
  /** What the remote-centre error must not exceed anywhere on the path, joints moving straight between waypoints [m]; default 5e-5. */
  readonly rcmToleranceM?: number;
  /** Least length of shaft that stays through the trocar [m]; default 0.005. */
  readonly insertionM?: number;
  /** Whether a configuration [active joints] is free of collisions; all are where it is left out. */
  readonly isFree?: (q: Float64Array) => boolean;
  /** Seed of the search; default 1. */
  readonly seed?: number;
  /** Most configurations of a search; default 6000. */
  readonly maxNodes?: number;
  /** Goal configurations tried for a goal of the tip alone; default 6. */
  readonly goals?: number;
  /** Shortcuts tried on a way that the search has found; default 60. */
  readonly shortcuts?: number;
}

export interface RcmProblem {
  /** [m, base frame] */
  readonly trocarM: Vec3;
  /** [active joints], the shaft through the trocar. */
  readonly start: ArrayLike<number>;
  /** A configuration with the shaft through the trocar, or where the tip must come to and, maybe, what the tool frame's x must turn to. */
  readonly goal: { readonly q: ArrayLike<number> } | { readonly tipM: Vec3; readonly roll?: Vec3 };
}

/** Tolerances of the trocar alone, wherever it is on the shaft. */
export const ANY_DEPTH = {
  ...RCM_TOLERANCE,
  insertionM: Number.NEGATIVE_INFINITY,
  outsideM: Number.NEGATIVE_INFINITY,
};
/** [m] */
const END_MARGIN_M = 5e-4;
/** Between their ends ways keep off the limits of the joints by this, since splines through them overshoot [rad, or units of sliding joints]. */
const LIMIT_MARGIN = 2e-3;

/** A problem being solved. */
export interface Planner {
  readonly problem: RcmProblem;
  readonly tool: ToolModel;
  readonly model: RobotModel;
  readonly shaft: Shaft;
  /** On the trocar alone; the same a hair inside the limits and the ends of the shaft, at any depth, or at a given one; with the tip led. */
  readonly free: Walk;
  readonly inner: Walk;
  readonly loose: Walk;
  readonly placed: Walk;
  readonly led: Walk;
  /** Least and greatest place of the trocar on the shaft between the ends of a way, from the shaft's beginning [m]. */
  readonly placesM: readonly [number, number];
  readonly config: Required<RcmPlanConfig>;
  readonly q: Float64Array;
  /** Whether there is anything to collide with. */
  readonly checks: boolean;
  /** Made when it is asked for. */
  separator?: Separator;
}

/** @throws IsocenterError `rcm/input` */
export function createPlanner(model: RobotModel, tool: ToolModel, problem: RcmProblem, config: RcmPlanConfig): Planner {
  const joints = model.active.length;
  const goal = 'q' in problem.goal ? problem.goal.q : problem.goal.tipM;
  const wanted = 'q' in problem.goal ? joints : 3;
  if (problem.start.length !== joints || goal.length !== wanted) {
    throw inputError(
      'rcm/input',
      `start and goal have ${problem.start.length} and ${goal.length} numbers; ${model.name} has ${joints} joints`,
      'give a position for each active joint, or three coordinates of the tip',
    );
  }
  if (![...Array.from(problem.start), ...Array.from(goal), ...problem.trocarM].every(Number.isFinite)) {
    throw inputError('rcm/input', 'start, goal or trocar hold a value that is not finite', 'give finite numbers');
  }
  const full: Required<RcmPlanConfig> = {
    rcmToleranceM: config.rcmToleranceM ?? 5e-5,
    insertionM: config.insertionM ?? 0.005,
    isFree: config.isFree ?? (() => true),
    seed: config.seed ?? 1,
    maxNodes: config.maxNodes ?? 6000,
    goals: config.goals ?? 6,
    shortcuts: config.shortcuts ?? 60,
  };
  const shaft = createShaft(model, tool);
  shaft.trocar.set(problem.trocarM);
  const tolerance = { ...RCM_TOLERANCE, insertionM: full.insertionM };
  // Ways keep off the ends of the shaft by more than their steps can be refined by.
  const inner = { ...tolerance, insertionM: full.insertionM + END_MARGIN_M, outsideM: END_MARGIN_M };
  const narrow = narrowLimits(shaft, 'q' in problem.goal ? [problem.start, problem.goal.q] : [problem.start]);
  return {
    problem,
    tool,
    model,
    shaft,
    free: createWalk(createRcmConstraint(shaft, 'trocar', tolerance)),
    inner: createWalk(createRcmConstraint(shaft, 'trocar', inner, narrow)),
    loose: createWalk(createRcmConstraint(shaft, 'trocar', ANY_DEPTH, narrow)),
    placed: createWalk(createRcmConstraint(shaft, 'depth', inner, narrow)),
    placesM: [inner.outsideM + inner.tipToleranceM, tool.lengthM - inner.insertionM - inner.tipToleranceM],
    led: createWalk(createRcmConstraint(shaft, 'tip', inner, narrow)),
    config: full,
    q: Float64Array.from(problem.start),
    checks: config.isFree !== undefined,
  };
}

/** The limits of the joints a hair narrower, but no narrower than what lies between `ends` [active joints]. */
export function narrowLimits(
  { chain, unit }: Shaft,
  ends: readonly ArrayLike<number>[],
): { readonly lower: Float64Array; readonly upper: Float64Array } {
  const { lower, upper, columns } = chain;
  const at = (i: number): number[] => ends.map((q) => q[columns[i]]);
  return {
    lower: lower.map((limit, i) => Math.max(limit, Math.min(limit + LIMIT_MARGIN * unit[i], ...at(i)))),
    upper: upper.map((limit, i) => Math.min(limit, Math.max(limit - LIMIT_MARGIN * unit[i], ...at(i)))),
  };
}

/** Why a start or goal cannot be one. */
export function refusal(
  { shaft, config, model, q, problem }: Planner,
  x: Float64Array,
  name: string,
): string | undefined {
  const { chain } = shaft;
  for (let i = 0; i < x.length; i++) {
    if (x[i] >= chain.lower[i] && x[i] <= chain.upper[i]) continue;
    const joint = model.joints[model.active[chain.columns[i]]].name;
    return `the ${name} is outside the limits of joint ${joint}: ${x[i].toFixed(4)} is not in ${chain.lower[i].toFixed(4)} to ${chain.upper[i].toFixed(4)}`;
  }
  setShaft(shaft, x);
  const error = shaftErrorM(shaft);
  if (error > config.rcmToleranceM) {
    return `the ${name} misses the trocar by ${(1000 * error).toFixed(3)} mm, ${(1000 * config.rcmToleranceM).toFixed(3)} mm are allowed`;
  }
  if (insertionM(shaft) < config.insertionM) {
    return `in the ${name} only ${(1000 * insertionM(shaft)).toFixed(1)} mm of the shaft are through the trocar`;
  }
  for (let i = 0; i < q.length; i++) q[i] = problem.start[i];
  for (let i = 0; i < x.length; i++) q[chain.columns[i]] = x[i];
  return config.isFree(q) ? undefined : `the ${name} is in collision`;
}

/** Whether the joints may move straight from a to b: at both ends, and between them every sixty-fourth of a radian. */
export function isEdgeFree({ config, shaft, q }: Planner, a: Float64Array, b: Float64Array): boolean {
  let longest = 0;
  for (let i = 0; i < a.length; i++) longest = Math.max(longest, Math.abs(b[i] - a[i]));
  const steps = Math.max(1, Math.ceil(64 * longest));
  for (let s = 1; s <= steps; s++) {
    for (let i = 0; i < a.length; i++) q[shaft.chain.columns[i]] = a[i] + ((b[i] - a[i]) * s) / steps;
    if (!config.isFree(q)) return false;
  }
  return true;
}
