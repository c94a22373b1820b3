import { choleskySolve } from './cholesky.ts';
import type { Constraint } from './constraint.ts';

/**
 * Moves along what the equations leave free, towards a wish, which is the middle of the joints' ranges unless it is changed:
 * lowers the sum of ((x - wish) / range)^2.
 */
export interface Centring {
  readonly constraint: Constraint;
  /** [dofs] where each joint would rather be, and its range [rad or m]; 0 and one turn for a joint without limits. */
  readonly wish: Float64Array;
  readonly range: Float64Array;
  readonly trial: Float64Array;
  readonly step: Float64Array;
  readonly held: Uint8Array;
  /** [rows][rows] and [rows] */
  readonly gram: Float64Array;
  readonly multiplier: Float64Array;
}

const STEPS = 40;
/** Largest change of a joint in one step, as a share of its range. */
const LARGEST_SHARE = 0.1;

export function createCentring(constraint: Constraint): Centring {
  const { dofs: n, lower, upper } = constraint;
  const finite = (i: number): boolean => Number.isFinite(lower[i]) && Number.isFinite(upper[i]);
  return {
    constraint,
    wish: Float64Array.from({ length: n }, (_, i) => (finite(i) ? (lower[i] + upper[i]) / 2 : 0)),
    range: Float64Array.from({ length: n }, (_, i) => (finite(i) ? upper[i] - lower[i] : 2 * Math.PI)),
    trial: new Float64Array(n),
    step: new Float64Array(n),
    held: new Uint8Array(n),
    gram: new Float64Array(36),
    multiplier: new Float64Array(6),
  };
}

/** Sum of ((x - wish) / range)^2. */
export function centringCost({ wish, range }: Centring, x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const share = (x[i] - wish[i]) / range[i];
    sum += share * share;
  }
  return sum;
}

/**
 * Lowers {@link centringCost} at `x` [dofs], which meets the equations, while it goes on to meet them within their tolerances and
 * all limits. No allocation.
 */
export function resolveRedundancy(c: Centring, x: Float64Array): void {
  const { constraint, trial } = c;
  let cost = centringCost(c, x);
  let share = LARGEST_SHARE;
  for (let i = 0; i < STEPS; i++) {
    constraint.evaluate(x);
    trial.set(x);
    if (!constrainedStep(c, trial, 1, share)) return;
    // Back to the manifold, which the step has left in second order.
    let on = false;
    for (let k = 0; k < 6; k++) {
      constraint.evaluate(trial);
      on = constraint.isMet();
      if (on && k > 0) break;
      if (!constrainedStep(c, trial, 0, 1)) break;
    }
    const next = centringCost(c, trial);
    if (on && next < cost) {
      const gain = cost - next;
      x.set(trial);
      cost = next;
      if (gain < 1e-12) return;
      share = Math.min(LARGEST_SHARE, 2 * share);
    } else {
      share /= 4;
      if (share < 1e-6) return;
    }
  }
}

/**
 * x += the step that meets the linearised equations at the configuration evaluated last, which must be x, and among those
 * comes closest to -pull * (x - wish) in shares of the ranges; the step ends at the first limit; joints that stand at one and want to
 * leave it are held. No allocation.
 *
 * @returns false where nothing moves any more, or the equations cannot be met with the joints that are left
 */
export function constrainedStep(c: Centring, x: Float64Array, pull: number, largestShare: number): boolean {
  const { constraint, wish, range, step, held, gram, multiplier } = c;
  const { rows, jacobian: j, unit, error, lower, upper } = constraint;
  const n = x.length;
  constraint.differentiate();
  held.fill(0);
  for (let round = 0; round <= n; round++) {
    // y = (J W J')^-1 (e + J wish), step = -wish + W J' y with W = range^2, in units of the unknowns.
    let trace = 0;
    for (let a = 0; a < rows; a++) {
      let wanted = error[a];
      for (let i = 0; i < n; i++) if (!held[i]) wanted += (j[a * n + i] * pull * (x[i] - wish[i])) / unit[i];
      multiplier[a] = wanted;
      for (let b = 0; b <= a; b++) {
        let sum = 0;
        for (let i = 0; i < n; i++) {
          const weight = range[i] / unit[i];
          if (!held[i]) sum += j[a * n + i] * j[b * n + i] * weight * weight;
        }
        gram[a * rows + b] = sum;
      }
      trace += gram[a * rows + a];
    }
    for (let a = 0; a < rows; a++) gram[a * rows + a] += 1e-13 * trace;
    if (!choleskySolve(gram, rows, multiplier)) return false;
    let longest = 0;
    for (let i = 0; i < n; i++) {
      const weight = range[i] / unit[i];
      let sum = 0;
      for (let a = 0; a < rows; a++) sum += j[a * n + i] * multiplier[a];
      step[i] = held[i] ? 0 : unit[i] * (weight * weight * sum) - pull * (x[i] - wish[i]);
      longest = Math.max(longest, Math.abs(step[i]) / range[i]);
    }
    let shorten = longest > largestShare ? largestShare / longest : 1;
    let blocked = -1;
    for (let i = 0; i < n; i++) {
      const room = step[i] > 0 ? upper[i] - x[i] : x[i] - lower[i];
      const way = Math.abs(step[i]);
      if (shorten * way <= room) continue;
      // Up to the limit; a joint that already stands there is held.
      if (room > 1e-9 * range[i]) shorten = room / way;
      else {
        blocked = i;
        break;
      }
    }
    if (blocked >= 0) {
      held[blocked] = 1;
      continue;
    }
    if (pull > 0 && longest < 1e-9) return false;
    for (let i = 0; i < n; i++) x[i] = Math.min(upper[i], Math.max(lower[i], x[i] + shorten * step[i]));
    return true;
  }
  return false;
}
