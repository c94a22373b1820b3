import { seededRandom } from '../../../engine/core/random.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import { createSearch, metWithoutLimits, type Search, search } from '../kinematics/restarts.ts';
import { createRcmConstraint, type RcmConstraint, type RcmTask, type RcmTolerance } from './constraint.ts';
import { createShaft, insertionM, type Shaft, shaftErrorM } from './shaft.ts';
import type { ToolModel } from './tool.ts';

/** Solved within all tolerances and limits. */
export const RCM_SOLVED = 0;
/** The tip lies farther beyond the trocar than the shaft is long. */
export const RCM_TOO_DEEP = 1;
/** The tip lies so near the trocar that too little of the shaft would be through it. */
export const RCM_TOO_SHALLOW = 2;
/** Solved only with a joint outside its limits. */
export const RCM_LIMITS = 3;
/** No attempt converged. */
export const RCM_NOT_CONVERGED = 4;
/** The target, the trocar or the start holds NaN. */
export const RCM_BAD_INPUT = 5;

export interface RcmIkConfig extends Partial<RcmTolerance> {
  /** `tip` (default) leaves the roll about the shaft free, `tip-roll` does not. */
  readonly task?: Exclude<RcmTask, 'trocar' | 'depth'>;
  /** Starts tried: the given one, then random ones within the limits. Default 200. */
  readonly attempts?: number;
  /** Steps of one start; default 60. */
  readonly iterations?: number;
  /** Seed of the random starts; default 1. */
  readonly seed?: number;
  /** Whether joints left over are moved towards the middle of their ranges; default true. */
  readonly centre?: boolean;
}

export const RCM_TOLERANCE: RcmTolerance = {
  rcmToleranceM: 1e-9,
  tipToleranceM: 1e-7,
  rollToleranceRad: 1e-7,
  insertionM: 0.005,
  outsideM: 0,
};

/** Inverse kinematics of a tool that passes through a trocar. */
export interface RcmIk {
  readonly shaft: Shaft;
  readonly constraint: RcmConstraint;
  readonly search: Search;
  readonly config: RcmTolerance & Required<Omit<RcmIkConfig, keyof RcmTolerance>>;
  /** [active joints] the solution, or the closest configuration within the limits that was found. */
  readonly solution: Float64Array;
  readonly result: {
    /** Of `solution`: distance of the trocar from the shaft, of the tip from its target, and shaft through the trocar [m]. */
    rcmErrorM: number;
    tipErrorM: number;
    insertionM: number;
    attempts: number;
    iterations: number;
    /** After RCM_LIMITS: index in q of the joint that would have to leave its limits farthest, and where to; else -1. */
    joint: number;
    jointPosition: number;
  };
}

/** @throws IsocenterError as {@link createShaft} */
export function createRcmIk(model: RobotModel, tool: ToolModel, config: RcmIkConfig = {}): RcmIk {
  const full = {
    ...RCM_TOLERANCE,
    task: 'tip' as const,
    attempts: 200,
    iterations: 60,
    seed: 1,
    centre: true,
    ...config,
  };
  const shaft = createShaft(model, tool);
  const constraint = createRcmConstraint(shaft, full.task, full);
  return {
    shaft,
    constraint,
    search: createSearch(constraint, full.iterations),
    config: full,
    solution: new Float64Array(model.active.length),
    result: { rcmErrorM: 0, tipErrorM: 0, insertionM: 0, attempts: 0, iterations: 0, joint: -1, jointPosition: 0 },
  };
}

/**
 * A configuration with the tip at `tip` and the shaft through `trocar` [m, base frame]; where the task asks for it, with the
 * tool frame's x turned towards `roll`. Joints left over move towards the middle of their ranges.
 *
 * @param start [active joints] where the first attempt begins; the middle of all ranges where it is left out
 * @returns RCM_SOLVED or the reason; `ik.solution` and `ik.result` hold what was found. Never throws.
 */
export function solveRcmIk(
  ik: RcmIk,
  trocar: ArrayLike<number>,
  tip: ArrayLike<number>,
  start?: ArrayLike<number>,
  roll?: ArrayLike<number>,
): number {
  const { shaft, constraint, config, result, solution } = ik;
  const { descent, centring, best } = ik.search;
  const { chain } = shaft;
  let sum = 0;
  for (let r = 0; r < 3; r++) {
    shaft.trocar[r] = trocar[r];
    constraint.tip[r] = tip[r];
    if (roll !== undefined) constraint.roll[r] = roll[r];
    sum += trocar[r] + tip[r] + constraint.roll[r];
  }
  if (start !== undefined) {
    for (let i = 0; i < solution.length; i++) {
      solution[i] = start[i];
      sum += start[i];
    }
  }
  result.joint = -1;
  result.jointPosition = 0;
  result.attempts = 0;
  result.iterations = 0;
  if (!Number.isFinite(sum)) return RCM_BAD_INPUT;
  for (let i = 0; i < descent.x.length; i++) {
    const wanted = start === undefined ? centring.wish[i] : start[chain.columns[i]];
    descent.x[i] = Math.min(chain.upper[i], Math.max(chain.lower[i], wanted));
  }
  const depth = depthCode(ik);
  const random = seededRandom(config.seed);
  const solved = search(ik.search, depth === RCM_SOLVED ? config.attempts : 1, random, config.centre);
  constraint.evaluate(best);
  result.rcmErrorM = shaftErrorM(shaft);
  result.tipErrorM = Math.hypot(
    constraint.tip[0] - shaft.tipBase[0],
    constraint.tip[1] - shaft.tipBase[1],
    constraint.tip[2] - shaft.tipBase[2],
  );
  result.insertionM = insertionM(shaft);
  result.attempts = ik.search.attempts;
  for (let i = 0; i < best.length; i++) solution[chain.columns[i]] = best[i];
  if (solved) {
    result.iterations = ik.search.iterations;
    return RCM_SOLVED;
  }
  if (depth !== RCM_SOLVED) return depth;
  const limited = metWithoutLimits(ik.search, random);
  result.iterations = ik.search.iterations;
  if (!limited) return RCM_NOT_CONVERGED;
  result.joint = chain.columns[ik.search.outside];
  result.jointPosition = ik.search.outsidePosition;
  return RCM_LIMITS;
}

/** Why there is no solution, in words, for the code that {@link solveRcmIk} returned last. */
export function rcmReason(ik: RcmIk, code: number): string {
  const { shaft, constraint, result, config } = ik;
  const distance = Math.hypot(
    constraint.tip[0] - shaft.trocar[0],
    constraint.tip[1] - shaft.trocar[1],
    constraint.tip[2] - shaft.trocar[2],
  );
  const mm = (metres: number): string => `${(1000 * metres).toFixed(1)} mm`;
  switch (code) {
    case RCM_SOLVED:
      return 'solved';
    case RCM_TOO_DEEP:
      return `the tip lies ${mm(distance)} from the trocar, the shaft is ${mm(shaft.tool.lengthM)} long`;
    case RCM_TOO_SHALLOW:
      return `the tip lies ${mm(distance)} from the trocar, at least ${mm(config.insertionM)} of shaft must stay through it`;
    case RCM_LIMITS: {
      const name = shaft.model.joints[shaft.model.active[result.joint]]?.name;
      return `the limits of joint ${name} refuse it: it would have to stand at ${result.jointPosition.toFixed(4)}`;
    }
    case RCM_BAD_INPUT:
      return 'the tip, the trocar or the start holds NaN';
    default:
      return `none of ${config.attempts} starts brought the tip there with the shaft through the trocar; ${mm(result.tipErrorM)} are missing at the tip`;
  }
}

/** Whether the shaft is of a length to reach the tip's target through the trocar at all. */
function depthCode({ shaft, constraint, config }: RcmIk): number {
  const [x, y, z] = shaft.tip;
  let distance2 = -(x * x + y * y);
  for (let r = 0; r < 3; r++) distance2 += (constraint.tip[r] - shaft.trocar[r]) ** 2;
  const along = Math.sqrt(Math.max(0, distance2));
  if (along > z) return RCM_TOO_DEEP;
  return shaft.tool.lengthM - (z - along) < config.insertionM ? RCM_TOO_SHALLOW : RCM_SOLVED;
}
