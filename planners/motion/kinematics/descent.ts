import { choleskySolve } from './cholesky.ts';
import type { Constraint } from './constraint.ts';

/** What {@link descend} works with, preallocated. */
export interface Descent {
  readonly constraint: Constraint;
  /** Largest number of steps of one descent. */
  readonly iterations: number;
  /** [dofs] where it stands. */
  readonly x: Float64Array;
  /** [dofs] joints that are held at a limit in this step. */
  readonly held: Uint8Array;
  readonly trial: Float64Array;
  readonly step: Float64Array;
  readonly gradient: Float64Array;
  /** [dofs][dofs] */
  readonly normal: Float64Array;
  readonly factor: Float64Array;
  /** Steps of the last descent. */
  taken: number;
}

export function createDescent(constraint: Constraint, iterations: number): Descent {
  const n = constraint.dofs;
  return {
    constraint,
    iterations,
    x: new Float64Array(n),
    held: new Uint8Array(n),
    trial: new Float64Array(n),
    step: new Float64Array(n),
    gradient: new Float64Array(n),
    normal: new Float64Array(n * n),
    factor: new Float64Array(n * n),
    taken: 0,
  };
}

/** Largest change of a joint in one step, in units of the task space. */
const LARGEST_STEP = 1;
/** A descent is given up when this many steps in a row took less than 2 % off the cost. */
const SLOW_STEPS = 4;

/**
 * Damped least squares from `d.x` within the limits: the damping is half the squared error (Sugihara, "Solvability-unconcerned
 * inverse kinematics by the Levenberg-Marquardt method", IEEE Trans. Robotics 27, 2011), raised where a step would not
 * lower the cost; joints at a limit that want to leave it are held. Ends when the equations are met, the steps are used up or the
 * cost falls no more. No allocation.
 *
 * @returns half the squared error at `d.x`, which is also the configuration evaluated last
 */
export function descend(d: Descent, lower: Float64Array, upper: Float64Array): number {
  const { constraint, x, trial } = d;
  let cost = constraint.evaluate(x);
  let damping = 1;
  let slow = 0;
  d.taken = 0;
  while (d.taken < d.iterations && !constraint.isMet()) {
    constraint.differentiate();
    normalEquations(d, lower, upper);
    let next = Number.POSITIVE_INFINITY;
    while (damping < 1e8) {
      d.taken++;
      if (dampedStep(d, damping * cost + 1e-14, lower, upper)) next = constraint.evaluate(trial);
      if (next < cost) break;
      damping *= 6;
    }
    if (!(next < cost)) {
      constraint.evaluate(x);
      break;
    }
    slow = next > 0.98 * cost ? slow + 1 : 0;
    x.set(trial);
    cost = next;
    damping = Math.max(1e-3, damping / 4);
    if (slow >= SLOW_STEPS) break;
  }
  return cost;
}

/** J'J and J'e at x; joints at a limit that want to leave it are held and left out. */
function normalEquations(d: Descent, lower: Float64Array, upper: Float64Array): void {
  const { constraint, x, gradient, normal, held } = d;
  const { rows, jacobian: j, error, unit } = constraint;
  const n = x.length;
  for (let a = 0; a < n; a++) {
    let g = 0;
    for (let r = 0; r < rows; r++) g += j[r * n + a] * error[r];
    gradient[a] = g;
    held[a] = (g < 0 && x[a] <= lower[a] + 1e-12 * unit[a]) || (g > 0 && x[a] >= upper[a] - 1e-12 * unit[a]) ? 1 : 0;
  }
  for (let a = 0; a < n; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      if (held[a] === 0 && held[b] === 0) for (let r = 0; r < rows; r++) sum += j[r * n + a] * j[r * n + b];
      normal[a * n + b] = sum;
    }
  }
}

/** trial = x + (J'J + damping I)^-1 J'e, shortened to the largest step and clamped to the limits. */
function dampedStep(d: Descent, damping: number, lower: Float64Array, upper: Float64Array): boolean {
  const { constraint, x, trial, step, gradient, normal, factor, held } = d;
  const n = x.length;
  factor.set(normal);
  for (let a = 0; a < n; a++) {
    factor[a * n + a] += damping;
    step[a] = held[a] ? 0 : gradient[a];
  }
  if (!choleskySolve(factor, n, step)) return false;
  let largest = 0;
  for (let a = 0; a < n; a++) largest = Math.max(largest, Math.abs(step[a]));
  const shorten = largest > LARGEST_STEP ? LARGEST_STEP / largest : 1;
  for (let a = 0; a < n; a++) {
    trial[a] = Math.min(upper[a], Math.max(lower[a], x[a] + shorten * step[a] * constraint.unit[a]));
  }
  return true;
}
