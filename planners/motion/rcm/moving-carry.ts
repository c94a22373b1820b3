import type { RobotModel } from '../../../engine/core/robot.ts';
import { constrainedStep } from '../kinematics/centring.ts';
import { createRcmConstraint, type RcmConstraint } from './constraint.ts';
import { createShaft, insertionM, type Shaft, setShaft } from './shaft.ts';
import type { ToolModel } from './tool.ts';
import { createWalk, projectOnto, type Walk } from './walk.ts';

/**
 * What the tip does while the trocar moves: `trocar`, it moves with it, as a target in the patient does; `base`, it does not, as
 * a target that the breath leaves where it is.
 */
export type MovingTarget = 'trocar' | 'base';

export interface CarrierConfig {
  readonly target: MovingTarget;
  /** Whether the tool is rolled about its shaft as planned; else as little of the joints' motion as possible goes into it. */
  readonly roll: boolean;
  /** Least length of shaft through the trocar [m]. */
  readonly insertionM: number;
}

/** Carries configurations along with a trocar: from where it is at time 0 to where it has moved. */
export interface Carrier {
  readonly config: CarrierConfig;
  /** Reads what is planned; its trocar is where it is at time 0. */
  readonly planned: Shaft;
  readonly constraint: RcmConstraint;
  /** Without limits: a step that one cuts short would be a kink in time. */
  readonly walk: Walk;
}

/** Far below what is asked of the motion, so that the joints are as smooth as their derivatives need. */
const TOLERANCE = { rcmToleranceM: 1e-11, tipToleranceM: 1e-10, rollToleranceRad: 1e-9, outsideM: 0 };
/** Largest change in one step, in units of the unknowns. */
const LARGEST = 0.5;
/** A joint that is planned this near to its limit takes half as large a part in following as one far from it [rad]. */
const NEAR_LIMIT = 0.03;
const LEAST_PART = 1e-6;

/** @param trocarM where the trocar is at time 0 [m, base frame] */
export function createCarrier(
  model: RobotModel,
  tool: ToolModel,
  trocarM: ArrayLike<number>,
  config: CarrierConfig,
): Carrier {
  const planned = createShaft(model, tool);
  planned.trocar.set(trocarM);
  const tolerance = { ...TOLERANCE, insertionM: config.insertionM };
  const constraint = createRcmConstraint(createShaft(model, tool), config.roll ? 'tip-roll' : 'tip', tolerance);
  const endless = (limit: number): Float64Array => new Float64Array(constraint.dofs).fill(limit);
  const walk = createWalk({ ...constraint, lower: endless(-Infinity), upper: endless(Infinity) });
  return { config, planned, constraint, walk };
}

/**
 * Writes to `out` the configuration nearest to `x`, one through the trocar at time 0, whose shaft passes the trocar where it
 * has moved to, tip (and roll) kept as the target says. What `x` misses the trocar by is kept too: to make it good at every corner of
 * a way would cost more jerk than following the trocar. A function of its arguments alone: what returns finds the joints where they were.
 * No allocation.
 *
 * @param offset [3] how far the trocar has moved [m]
 * @returns whether there is one of the right depth, within limits or not; {@link carryFault} says why not
 */
export function carry(carrier: Carrier, x: Float64Array, offset: Float64Array, out: Float64Array): boolean {
  const { planned, constraint, walk, config } = carrier;
  const { shaft, tip, roll } = constraint;
  setShaft(planned, x);
  const { tipBase, chain, trocar, local } = planned;
  const { pose } = chain;
  const follows = config.target === 'trocar' ? 1 : 0;
  for (let r = 0; r < 3; r++) {
    const missed = pose[r] * local[0] + pose[4 + r] * local[1];
    shaft.trocar[r] = trocar[r] + offset[r] - missed;
    tip[r] = tipBase[r] + follows * offset[r];
    roll[r] = pose[r];
  }
  shareOut(carrier, x);
  out.set(x);
  if (!projectOnto(walk, out)) return false;
  // Once more: the last step of Newton's method squares what is left, and the joints do not show how many were made.
  constraint.evaluate(out);
  return constrainedStep(walk.centring, out, 0, LARGEST);
}

/**
 * How much each joint takes part: the less the nearer it is planned to a limit, and next to nothing at one, so that it stays
 * inside it without being stopped there.
 */
function shareOut({ walk: { centring }, constraint: { lower, upper, unit } }: Carrier, x: Float64Array): void {
  for (let i = 0; i < x.length; i++) {
    const near = NEAR_LIMIT * unit[i];
    const below = Math.max(0, x[i] - lower[i]);
    const above = Math.max(0, upper[i] - x[i]);
    const part = (below < Infinity ? below / (below + near) : 1) * (above < Infinity ? above / (above + near) : 1);
    centring.range[i] = unit[i] * Math.max(LEAST_PART, part);
  }
}

/** Why the last {@link carry} into `out` has failed. */
export function carryFault({ constraint, config }: Carrier, out: Float64Array): string {
  const { shaft } = constraint;
  setShaft(shaft, out);
  const through = insertionM(shaft);
  const mm = (metres: number): string => `${(1000 * metres).toFixed(1)} mm`;
  if (through < config.insertionM) {
    return `only ${mm(through)} of the shaft would be through the trocar, ${mm(config.insertionM)} must be`;
  }
  if (shaft.local[2] < 0) return `the trocar would lie ${mm(-shaft.local[2])} before the shaft begins`;
  return 'no configuration nearby keeps tip and trocar';
}
