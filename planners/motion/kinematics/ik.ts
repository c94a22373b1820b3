import type { Transform } from '../../../engine/core/frames.ts';
import { seededRandom } from '../../../engine/core/random.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import { createChain, type KinematicChain } from './chain.ts';
import { createSearch, metWithoutLimits, type Search, search } from './restarts.ts';
import { angleErrorRad, createTaskSpace, type IkTask, positionErrorM, type TaskSpace } from './task.ts';

/** Solved within both tolerances and all limits. */
export const IK_SOLVED = 0;
/** The target lies farther from the first joint than the arm is long. */
export const IK_OUT_OF_REACH = 1;
/** Solved only with a joint outside its limits. */
export const IK_LIMITS = 2;
/** No attempt converged: the pose is not reachable. */
export const IK_NOT_CONVERGED = 3;
/** The target or the start holds NaN, or the target is not a rotation. */
export const IK_BAD_INPUT = 4;

export interface IkConfig {
  /** What of the target counts; default `pose`. */
  readonly task?: IkTask;
  /** Unit vector in the tip frame whose direction counts for the task `axis`; default z. */
  readonly toolAxis?: readonly [number, number, number];
  /** Largest position error of a solution [m]; default 1e-7. */
  readonly positionToleranceM?: number;
  /** Largest angle error of a solution [rad]; default 1e-7. */
  readonly angleToleranceRad?: number;
  /** Starts tried: the given one, then random ones within the limits; more finds rarer solutions. Default 100. */
  readonly attempts?: number;
  /** Steps of one start; default 60. */
  readonly iterations?: number;
  /** Seed of the random starts; default 1. Every call begins the stream anew: equal calls give equal bits. */
  readonly seed?: number;
  /** Whether joints left over are moved towards the middle of their ranges; default true. */
  readonly centre?: boolean;
}

/** What a call of {@link solveIk} fills. */
export interface IkResult {
  /** [active joints of the model] the solution, or the closest configuration within the limits that was found. */
  readonly solution: Float64Array;
  /** What is missing at `solution` [m] and [rad]. */
  positionErrorM: number;
  angleErrorRad: number;
  /** Starts and steps used. */
  attempts: number;
  iterations: number;
  /** After IK_LIMITS: index in q of the joint that would have to leave its limits farthest, and where to; else -1. */
  joint: number;
  jointPosition: number;
}

/** An inverse kinematics problem, compiled and preallocated by {@link createIk}. */
export interface IkSolver {
  readonly chain: KinematicChain;
  readonly space: TaskSpace;
  readonly config: Required<IkConfig>;
  readonly result: IkResult;
  readonly search: Search;
}

/**
 * A solver for the pose of `tip`, a frame given in the frame of link `link` (the link's own where it is left out).
 *
 * @throws IsocenterError as {@link createChain}
 */
export function createIk(model: RobotModel, link: number, tip?: Transform, config: IkConfig = {}): IkSolver {
  const chain = createChain(model, link, tip);
  const full: Required<IkConfig> = {
    task: config.task ?? 'pose',
    toolAxis: config.toolAxis ?? [0, 0, 1],
    positionToleranceM: config.positionToleranceM ?? 1e-7,
    angleToleranceRad: config.angleToleranceRad ?? 1e-7,
    attempts: config.attempts ?? 100,
    iterations: config.iterations ?? 60,
    seed: config.seed ?? 1,
    centre: config.centre ?? true,
  };
  const space = createTaskSpace(chain, full.task, full.toolAxis, full);
  return {
    chain,
    space,
    config: full,
    result: {
      solution: new Float64Array(model.active.length),
      positionErrorM: 0,
      angleErrorRad: 0,
      attempts: 0,
      iterations: 0,
      joint: -1,
      jointPosition: 0,
    },
    search: createSearch(space, full.iterations),
  };
}

/**
 * Inverse kinematics by damped least squares with restarts; joints left over move towards the middle of their ranges.
 *
 * @param target column-major 4 x 4 of the tip in the base frame [m]. Task `position`: only the translation counts; task
 * `axis`: column 2 is the direction wanted of the tool axis.
 * @param start [active joints] where the first attempt begins; the middle of all ranges where it is left out. Joints that do
 * not move the tip keep its value (or stand at zero, or the limit nearest to it).
 * @returns IK_SOLVED or the reason; `solver.result` holds what was found. Never throws.
 */
export function solveIk(solver: IkSolver, target: Transform, start?: ArrayLike<number>): number {
  const { chain, space, config, result } = solver;
  const { best } = solver.search;
  result.attempts = 0;
  result.iterations = 0;
  result.joint = -1;
  result.jointPosition = 0;
  result.positionErrorM = Number.POSITIVE_INFINITY;
  result.angleErrorRad = Number.POSITIVE_INFINITY;
  if (!firstStart(solver, start) || !isTarget(target, config.task)) return IK_BAD_INPUT;
  space.target.set(target);
  const tooFar = distanceFromFirstJoint(chain, target) > chain.reachM + config.positionToleranceM;
  const random = seededRandom(config.seed);
  const solved = search(solver.search, tooFar ? 1 : config.attempts, random, config.centre);
  space.evaluate(best);
  result.positionErrorM = positionErrorM(space);
  result.angleErrorRad = angleErrorRad(space);
  result.attempts = solver.search.attempts;
  for (let i = 0; i < best.length; i++) result.solution[chain.columns[i]] = best[i];
  const limited = !solved && !tooFar && metWithoutLimits(solver.search, random);
  result.iterations = solver.search.iterations;
  if (solved) return IK_SOLVED;
  if (tooFar) return IK_OUT_OF_REACH;
  if (!limited) return IK_NOT_CONVERGED;
  result.joint = chain.columns[solver.search.outside];
  result.jointPosition = solver.search.outsidePosition;
  return IK_LIMITS;
}

/** Why there is no solution, in words, for the code that {@link solveIk} returned last. */
export function ikReason(solver: IkSolver, code: number): string {
  const { result, chain, config } = solver;
  const missing = `${(1000 * result.positionErrorM).toPrecision(3)} mm and ${((180 / Math.PI) * result.angleErrorRad).toPrecision(3)} degrees are missing`;
  switch (code) {
    case IK_SOLVED:
      return 'solved';
    case IK_OUT_OF_REACH:
      return `the target is out of reach: the arm is at most ${chain.reachM.toFixed(4)} m long from its first joint; ${missing}`;
    case IK_LIMITS: {
      const name = chain.model.joints[chain.model.active[result.joint]]?.name;
      return `the limits of joint ${name} refuse the target: it would have to stand at ${result.jointPosition.toFixed(4)}; ${missing}`;
    }
    case IK_BAD_INPUT:
      return 'the target or the start holds NaN, or the target is not a rotation';
    default:
      return `none of ${config.attempts} starts reached the target; ${missing}`;
  }
}

/** Fills the descent's start; false where a given one holds NaN. */
function firstStart({ chain, search: { descent, centring }, result }: IkSolver, start?: ArrayLike<number>): boolean {
  const { model } = chain;
  let finite = true;
  for (let i = 0; i < result.solution.length; i++) {
    const limits = model.joints[model.active[i]].limits;
    const still = limits === undefined ? 0 : Math.min(limits.upper, Math.max(limits.lower, 0));
    result.solution[i] = start === undefined ? still : start[i];
    finite &&= Number.isFinite(result.solution[i]);
  }
  for (let i = 0; i < descent.x.length; i++) {
    const wanted = start === undefined ? centring.wish[i] : start[chain.columns[i]];
    descent.x[i] = Math.min(chain.upper[i], Math.max(chain.lower[i], wanted));
  }
  return finite;
}

function distanceFromFirstJoint({ fixed }: KinematicChain, target: Transform): number {
  const x = target[12] - fixed[9];
  const y = target[13] - fixed[10];
  const z = target[14] - fixed[11];
  return Math.sqrt(x * x + y * y + z * z);
}

/** Finite where it counts, and a rotation (or a unit vector) within 1e-6 where directions count. */
function isTarget(t: Transform, task: IkTask): boolean {
  if (!Number.isFinite(t[12] + t[13] + t[14])) return false;
  if (task === 'position') return true;
  for (let a = task === 'axis' ? 2 : 0; a < 3; a++) {
    for (let b = a; b < 3; b++) {
      const dot = t[4 * a] * t[4 * b] + t[4 * a + 1] * t[4 * b + 1] + t[4 * a + 2] * t[4 * b + 2];
      if (!(Math.abs(dot - (a === b ? 1 : 0)) < 1e-6)) return false;
    }
  }
  if (task === 'axis') return true;
  const across = (t[1] * t[6] - t[2] * t[5]) * t[8] + (t[2] * t[4] - t[0] * t[6]) * t[9];
  return across + (t[0] * t[5] - t[1] * t[4]) * t[10] > 0;
}
