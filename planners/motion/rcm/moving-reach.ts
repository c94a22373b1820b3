import { type Carrier, carry } from './moving-carry.ts';
import { courseAt, type TrocarCourse } from './moving-course.ts';
import type { RcmProblem } from './problem.ts';

/** Of a cautious plan: distance that joints keep from their limits, and how far they may be carried [rad or m]. */
const ROOM = 0.05;
const FARTHEST = 0.3;
/** Places of a course that are looked at. */
const LOOKS = 200;

/** Where a trocar is farthest within a time: from its place at time 0, from that, and from both [m]. */
function extremeOffsets(course: TrocarCourse, horizonSec: number): Float64Array[] {
  const span = Math.min(course.periodSec, horizonSec);
  const offsets = Array.from({ length: LOOKS + 1 }, (_, k) => {
    const offset = new Float64Array(3);
    courseAt(course, (span * k) / LOOKS, offset);
    return offset;
  });
  const chosen: Float64Array[] = [offsets[0]];
  while (chosen.length < 4) {
    let best = offsets[0];
    let far = 0;
    for (const offset of offsets) {
      const d = Math.min(...chosen.map((c) => Math.hypot(c[0] - offset[0], c[1] - offset[1], c[2] - offset[2])));
      if (d <= far) continue;
      far = d;
      best = offset;
    }
    if (far < 1e-6) break;
    chosen.push(best);
  }
  return chosen.slice(1);
}

/**
 * Whether a configuration is free and clear of the limits of its joints, and stays so when it is carried to the places where the
 * trocar is farthest from each other within `horizonSec`, which must not take the joints far.
 */
export function freeAtExtremes(
  carrier: Carrier,
  problem: RcmProblem,
  course: TrocarCourse,
  horizonSec: number,
  isFree: (q: Float64Array) => boolean = () => true,
): (q: Float64Array) => boolean {
  const { columns, lower, upper } = carrier.planned.chain;
  const offsets = extremeOffsets(course, horizonSec);
  const x = new Float64Array(columns.length);
  const carried = new Float64Array(columns.length);
  // No more room is asked for than the ends of the motion have.
  const ends = 'q' in problem.goal ? [problem.start, problem.goal.q] : [problem.start];
  const room = Float64Array.from(columns, (c, i) =>
    Math.min(ROOM, ...ends.flatMap((q) => [q[c] - lower[i] - 1e-9, upper[i] - q[c] - 1e-9])),
  );
  const there = Float64Array.from(problem.start);
  return (q) => {
    if (!isFree(q)) return false;
    for (let i = 0; i < x.length; i++) {
      x[i] = q[columns[i]];
      if (x[i] < lower[i] + room[i] || x[i] > upper[i] - room[i]) return false;
    }
    there.set(q);
    for (const offset of offsets) {
      if (!carry(carrier, x, offset, carried)) return false;
      for (let i = 0; i < x.length; i++) {
        if (carried[i] <= lower[i] || carried[i] >= upper[i] || Math.abs(carried[i] - x[i]) > FARTHEST) return false;
        there[columns[i]] = carried[i];
      }
      if (!isFree(there)) return false;
    }
    return true;
  };
}
