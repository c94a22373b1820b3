import type { PathTiming } from '../timing/path.ts';
import { pathDurationSec, pathStateAt } from '../timing/path-timing.ts';
import { type Carrier, carry, carryFault } from './moving-carry.ts';
import { courseAt, type TrocarCourse } from './moving-course.ts';
import { addSpline, type JointPieces } from './moving-pieces.ts';
import { fitSpline } from './moving-spline.ts';

/** A timed motion through a trocar at rest, to be carried along a course. */
export interface Follower {
  readonly carrier: Carrier;
  readonly timing: PathTiming;
  readonly course: TrocarCourse;
  /** Time between knots, at most, and time that the tool stays at its goal [s]. */
  readonly knotSec: number;
  readonly holdSec: number;
  /** [active joints] of the motion, and [joints of the chain] of it, and carried. */
  readonly q: Float64Array;
  readonly rest: readonly Float64Array[];
  readonly x: Float64Array;
  readonly carried: Float64Array;
  readonly offset: Float64Array;
}

export interface Followed {
  readonly motion: JointPieces;
  readonly slowdown: number;
  readonly arrivalSec: number;
}

export function createFollower(
  carrier: Carrier,
  timing: PathTiming,
  course: TrocarCourse,
  options: { readonly knotSec: number; readonly holdSec: number },
): Follower {
  const dofs = carrier.planned.chain.dofs;
  const each = (): Float64Array => new Float64Array(timing.joints);
  return {
    carrier,
    timing,
    course,
    ...options,
    q: each(),
    rest: [each(), each(), each()],
    x: new Float64Array(dofs),
    carried: new Float64Array(dofs),
    offset: new Float64Array(3),
  };
}

/** Step of the slopes at both ends [s]. */
const SLOPE_SEC = 1e-3;

/**
 * The motion `slowdown` times as slow, carried along with the trocar: what the trocar adds to the joints is a spline through knots
 * at which it is exact, so that the sum is of pieces of constant jerk.
 *
 * @returns the motion, or why the trocar cannot be followed
 */
export function follow(follower: Follower, slowdown: number): Followed | string {
  const { carrier, timing, course, knotSec, holdSec, x, carried } = follower;
  const arrivalSec = slowdown * pathDurationSec(timing);
  const end = Math.max(arrivalSec + holdSec, 4 * SLOPE_SEC);
  if (end > course.endSec) {
    return `the trocar's course ends after ${course.endSec.toFixed(2)} s, the motion takes ${end.toFixed(2)} s`;
  }
  const n = x.length;
  const count = Math.max(4, Math.ceil(end / knotSec)) + 1;
  const time = Float64Array.from({ length: count }, (_, k) => (end * k) / (count - 1));
  const added = new Float64Array(count * n);
  for (let k = 0; k < count; k++) {
    if (!carriedAt(follower, time[k], time[k] / slowdown)) {
      return `at ${time[k].toFixed(2)} s ${carryFault(carrier, carried)}`;
    }
    for (let i = 0; i < n; i++) added[k * n + i] = carried[i] - x[i];
  }
  const first = slopeAt(follower, 0, 0);
  const last = slopeAt(follower, end, end / slowdown);
  if (first === undefined || last === undefined) return `the trocar cannot be followed at ${end.toFixed(2)} s`;
  const spline = fitSpline(time, added, n, { kind: 'clamped', first, last });
  return { motion: addSpline(timing, slowdown, spline, carrier.planned.chain.columns), slowdown, arrivalSec };
}

function plannedAt({ timing, carrier, q, rest, x }: Follower, planSec: number): void {
  pathStateAt(timing, planSec, q, rest[0], rest[1], rest[2]);
  const { columns } = carrier.planned.chain;
  for (let i = 0; i < x.length; i++) x[i] = q[columns[i]];
}

/** The plan's configuration at `planSec`, carried to where the trocar is at `timeSec`. */
function carriedAt(follower: Follower, timeSec: number, planSec: number): boolean {
  const { carrier, course, offset, x, carried } = follower;
  plannedAt(follower, planSec);
  courseAt(course, timeSec, offset);
  return carry(carrier, x, offset, carried);
}

/** Slopes of the joints in time where the plan is at rest: differences of fourth order. */
function slopeAt(follower: Follower, timeSec: number, planSec: number): Float64Array | undefined {
  const { carried } = follower;
  const slope = new Float64Array(carried.length);
  for (const [step, weight] of [
    [-2, 1],
    [-1, -8],
    [1, 8],
    [2, -1],
  ]) {
    if (!carriedAt(follower, timeSec + step * SLOPE_SEC, planSec)) return undefined;
    for (let i = 0; i < slope.length; i++) slope[i] += (weight * carried[i]) / (12 * SLOPE_SEC);
  }
  return slope;
}
