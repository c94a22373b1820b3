import { type Centring, constrainedStep, createCentring } from '../kinematics/centring.ts';
import type { RcmConstraint } from './constraint.ts';

/** Steps on the manifold of configurations whose shaft passes through the trocar, preallocated. */
export interface Walk {
  readonly constraint: RcmConstraint;
  /** Its wish is set before every step; all joints weigh alike. */
  readonly centring: Centring;
}

export function createWalk(constraint: RcmConstraint): Walk {
  const centring = createCentring(constraint);
  centring.range.set(constraint.unit);
  return { constraint, centring };
}

/** Newton steps that bring `x` back onto the manifold by the least change of the joints; false where they do not. */
export function projectOnto({ constraint, centring }: Walk, x: Float64Array): boolean {
  for (let i = 0; i < 12; i++) {
    constraint.evaluate(x);
    if (constraint.isMet()) return true;
    if (!constrainedStep(centring, x, 0, 0.5)) return false;
  }
  return false;
}

/**
 * Moves `x`, a configuration on the manifold, by at most `largest` [rad, or units of sliding joints] towards `goal` within what
 * the equations (whose targets may have moved a little) leave free, and back onto the manifold.
 */
export function stepTowards(walk: Walk, x: Float64Array, goal: Float64Array, largest: number): boolean {
  const { constraint, centring } = walk;
  const { wish } = centring;
  const { unit } = constraint;
  let longest = 0;
  for (let i = 0; i < x.length; i++) longest = Math.max(longest, Math.abs(goal[i] - x[i]) / unit[i]);
  const share = longest > largest ? largest / longest : 1;
  for (let i = 0; i < x.length; i++) wish[i] = x[i] + share * (goal[i] - x[i]);
  constraint.evaluate(x);
  constrainedStep(centring, x, 1, 2 * largest);
  return projectOnto(walk, x);
}

/** Distance between two configurations, in units of the unknowns. */
export function between({ constraint: { unit } }: Walk, a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < unit.length; i++) sum += ((a[i] - b[i]) / unit[i]) ** 2;
  return Math.sqrt(sum);
}
