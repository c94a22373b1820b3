import type { Transform } from '../../../engine/core/frames.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import type { GoalTolerance } from '../../../engine/core/motion-request.ts';
import { type Random, seededRandom } from '../../../engine/core/random.ts';
import { createIk, IK_SOLVED, type IkSolver, ikReason, solveIk } from '../kinematics/ik.ts';
import { angleErrorRad, positionErrorM } from '../kinematics/task.ts';
import type { MotionSpace } from '../path/space.ts';
import { type GoalDeviation, poseWithin } from './tolerance.ts';

/** Where a motion shall end: a configuration, or a place (and orientation) of a link. */
export type MotionTarget =
  | { readonly kind: 'joints'; readonly q: ArrayLike<number> }
  | {
      readonly kind: 'pose';
      /** Index of the link. */
      readonly link: number;
      /** From the frame at the link's point, turned as the link, to the base frame [m]. */
      readonly pose: Transform;
      /** Whether the orientation counts. */
      readonly orientation: boolean;
      /** The point of the link that shall be there [m, link frame]; its origin where it is left out. */
      readonly pointM?: Vec3;
      /** What is near enough where the pose itself cannot be reached, or is in collision; nothing where it is left out. */
      readonly tolerance?: GoalTolerance;
    };

type PoseTarget = Extract<MotionTarget, { readonly kind: 'pose' }>;

/** Different configurations for a pose that are looked for, and starts of the solver for it. */
const WANTED = 6;
const STARTS = 24;
/** Poses within the tolerances that are tried, the nearest to the middle first. */
const POSES = 200;
/** Configurations nearer than this are one [rad or m]. */
const SAME = 1e-3;

export interface GoalConfiguration {
  readonly q: ArrayLike<number>;
  /** What it is off the pose that was asked for, where it is not that pose but one within the tolerances. */
  readonly deviation?: GoalDeviation;
}

export interface GoalConfigurations {
  /** Nearest to the start first; where the pose itself cannot be, nearest to it. */
  readonly goals: readonly GoalConfiguration[];
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
  if (target.kind === 'joints') return { goals: [{ q: target.q }], message: '' };
  const random = seededRandom(seed);
  const solver = createIk(space.model, target.link, tipFrame(target.pointM), {
    task: target.orientation ? 'pose' : 'position',
    seed: seed + 1,
    attempts: 4,
  });
  const found: Float64Array[] = [];
  let message = '';
  for (let i = 0; i < STARTS && found.length < WANTED; i++) {
    const code = solveIk(solver, target.pose, i === 0 ? start : randomStart(space, random));
    if (code !== IK_SOLVED) {
      message = message === '' ? ikReason(solver, code) : message;
      continue;
    }
    const q = solver.result.solution.slice();
    if (isNew(found, q)) found.push(q);
  }
  const nearest = (list: Float64Array[]): GoalConfiguration[] =>
    list.sort((a, b) => distance(a, start) - distance(b, start)).map((q) => ({ q }));
  const free = found.filter((q) => space.search.stateFree(q));
  if (free.length > 0) return { goals: nearest(free), message };
  const near = target.tolerance === undefined ? [] : freeWithin(space, solver, target, start, random);
  if (near.length > 0) return { goals: near, message };
  const tried = target.tolerance === undefined || message === '' ? '' : '; nor is any pose that its tolerances allow';
  return { goals: nearest(found).slice(0, 1), message: `${message}${tried}` };
}

/** Free configurations for poses within the tolerances, the tolerances widening up to what is allowed. */
function freeWithin(
  space: MotionSpace,
  solver: IkSolver,
  target: PoseTarget,
  start: ArrayLike<number>,
  random: Random,
): GoalConfiguration[] {
  const { tolerance = { regions: [] }, pose } = target;
  const found: (GoalConfiguration & { readonly q: Float64Array })[] = [];
  const x = new Float64Array(solver.chain.dofs);
  for (let i = 0; i < POSES && found.length < WANTED; i++) {
    const wanted = poseWithin(pose, tolerance, (i + 1) / POSES, random);
    if (solveIk(solver, wanted, i % 2 === 0 ? start : randomStart(space, random)) !== IK_SOLVED) continue;
    const q = solver.result.solution.slice();
    if (
      !isNew(
        found.map((goal) => goal.q),
        q,
      ) ||
      !space.search.stateFree(q)
    )
      continue;
    solver.space.target.set(pose);
    for (let k = 0; k < x.length; k++) x[k] = q[solver.chain.columns[k]];
    solver.space.evaluate(x);
    const deviation = { positionM: positionErrorM(solver.space), angleRad: angleErrorRad(solver.space) };
    found.push({ q, deviation });
  }
  return found;
}

function tipFrame(pointM: Vec3 | undefined): Transform | undefined {
  return pointM === undefined ? undefined : Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, ...pointM, 1);
}

function randomStart({ limits }: MotionSpace, random: Random): Float64Array {
  return Float64Array.from(limits, ({ lower, upper }) => {
    const [low, high] = [Math.max(lower, -Math.PI), Math.min(upper, Math.PI)];
    return low + random() * (high - low);
  });
}

function isNew(found: readonly Float64Array[], q: Float64Array): boolean {
  return !found.some((other) => distance(other, q) < SAME);
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let square = 0;
  for (let i = 0; i < a.length; i++) square += (a[i] - b[i]) ** 2;
  return Math.sqrt(square);
}
