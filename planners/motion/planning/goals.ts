import type { Transform } from '../../../engine/core/frames.ts';
import { seededRandom } from '../../../engine/core/random.ts';
import { createIk, IK_SOLVED, ikReason, solveIk } from '../kinematics/ik.ts';
import type { MotionSpace } from '../path/space.ts';

/** Where a motion shall end: a configuration, or a place (and orientation) of a link. */
export type MotionTarget =
  | { readonly kind: 'joints'; readonly q: ArrayLike<number> }
  | {
      readonly kind: 'pose';
      /** Index of the link. */
      readonly link: number;
      /** From the link's frame to the base frame [m]. */
      readonly pose: Transform;
      /** Whether the orientation counts. */
      readonly orientation: boolean;
    };

/** Different configurations for a pose that are looked for, and starts of the solver for it. */
const WANTED = 6;
const STARTS = 24;
/** Configurations nearer than this are one [rad or m]. */
const SAME = 1e-3;

export interface GoalConfigurations {
  /** Nearest to the start first. */
  readonly goals: readonly ArrayLike<number>[];
  /** Why there is none, or none that is free. */
  readonly message: string;
}

/** Configurations that reach the target, those that are free before those that are not. */
export function goalConfigurations(
  space: MotionSpace,
  target: MotionTarget,
  start: ArrayLike<number>,
  seed: number,
): GoalConfigurations {
  if (target.kind === 'joints') return { goals: [target.q], message: '' };
  const random = seededRandom(seed);
  const solver = createIk(space.model, target.link, undefined, {
    task: target.orientation ? 'pose' : 'position',
    seed: seed + 1,
    attempts: 4,
  });
  const found: Float64Array[] = [];
  let message = '';
  for (let i = 0; i < STARTS && found.length < WANTED; i++) {
    const from = Float64Array.from(space.limits, ({ lower, upper }, k) => {
      if (i === 0) return start[k];
      const [low, high] = [Math.max(lower, -Math.PI), Math.min(upper, Math.PI)];
      return low + random() * (high - low);
    });
    const code = solveIk(solver, target.pose, from);
    if (code !== IK_SOLVED) {
      message = message === '' ? ikReason(solver, code) : message;
      continue;
    }
    const q = solver.result.solution.slice();
    if (!found.some((other) => distance(other, q) < SAME)) found.push(q);
  }
  const free = found.filter((q) => space.search.stateFree(q));
  const nearest = (list: Float64Array[]): Float64Array[] =>
    list.sort((a, b) => distance(a, start) - distance(b, start));
  return { goals: free.length > 0 ? nearest(free) : nearest(found).slice(0, 1), message };
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let square = 0;
  for (let i = 0; i < a.length; i++) square += (a[i] - b[i]) ** 2;
  return Math.sqrt(square);
}
