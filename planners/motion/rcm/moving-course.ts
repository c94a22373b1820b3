import { inputError } from '../../../engine/core/errors.ts';
import { type CubicSpline, fitSpline, pieceOf } from './moving-spline.ts';

/** Samples of how a trocar moves: all that counts is how far it is from where it was at the first. */
export interface CourseSamples {
  /** [samples] ascending [s]; the first is time 0 of the motion. */
  readonly timeSec: ArrayLike<number>;
  /** [samples][3] [m], along the axes of the base frame, from any origin. */
  readonly positionsM: ArrayLike<number>;
  /** Whether the course begins again at its last sample, which must be where the first is. */
  readonly periodic?: boolean;
}

/** How a trocar moves from time 0 on, known beforehand: smooth to the second derivative. */
export interface TrocarCourse {
  readonly spline: CubicSpline;
  /** Where it ends [s]; infinite where it repeats itself. */
  readonly endSec: number;
  /** Length of the samples [s]. */
  readonly periodSec: number;
  /** No greater anywhere [m/s, m/s^2]. */
  readonly maxSpeedMps: number;
  readonly maxAccelerationMps2: number;
}

/** A periodic course may miss its beginning by this much at its end, which is then moved onto it [m]. */
const SEAM_M = 1e-4;

/**
 * The course through samples: a cubic spline, over the seam too where it is periodic.
 *
 * @throws IsocenterError `course/...` for fewer than four samples, times that do not ascend, values that are not finite and a
 * periodic course whose ends are more than 0.1 mm apart
 */
export function createTrocarCourse({ timeSec, positionsM, periodic = false }: CourseSamples): TrocarCourse {
  const count = timeSec.length;
  if (count < 4 || positionsM.length !== 3 * count) {
    throw inputError(
      'course/samples',
      `the course has ${count} times and ${positionsM.length / 3} places`,
      'give at least four times, and a place for each',
    );
  }
  const time = new Float64Array(count);
  const offset = new Float64Array(3 * count);
  for (let k = 0; k < count; k++) {
    time[k] = timeSec[k] - timeSec[0];
    for (let r = 0; r < 3; r++) offset[3 * k + r] = positionsM[3 * k + r] - positionsM[r];
    if (!Number.isFinite(time[k] + offset[3 * k] + offset[3 * k + 1] + offset[3 * k + 2])) {
      throw inputError('course/not-finite', `sample ${k + 1} of the course is not finite`, 'give finite numbers');
    }
    if (k > 0 && !(time[k] > time[k - 1])) {
      throw inputError(
        'course/times',
        `sample ${k + 1} of the course is at ${timeSec[k]} s, the one before at ${timeSec[k - 1]} s`,
        'give the samples in ascending order of time',
      );
    }
  }
  if (periodic) closeSeam(offset, count);
  const spline = fitSpline(time, offset, 3, { kind: periodic ? 'periodic' : 'not-a-knot' });
  const periodSec = time[count - 1];
  return { spline, endSec: periodic ? Number.POSITIVE_INFINITY : periodSec, periodSec, ...greatest(spline) };
}

function closeSeam(offset: Float64Array, count: number): void {
  const last = offset.subarray(3 * count - 3);
  const gap = Math.hypot(last[0], last[1], last[2]);
  if (gap > SEAM_M) {
    throw inputError(
      'course/seam',
      `the course ends ${(1000 * gap).toFixed(2)} mm from where it begins; ${1000 * SEAM_M} mm are allowed where it repeats itself`,
      'end it with its first place, one period later',
    );
  }
  last.fill(0);
}

/** Within a piece the acceleration is straight, and the velocity leaves its chord by at most an eighth of h^2 |jerk|. */
function greatest({ time, pieces }: CubicSpline): { maxSpeedMps: number; maxAccelerationMps2: number } {
  let speed = 0;
  let acceleration = 0;
  for (let k = 0; k + 1 < time.length; k++) {
    const h = time[k + 1] - time[k];
    const [v, a, j] = [1, 2, 3].map((part) => pieces.subarray(12 * k + 3 * part, 12 * k + 3 * part + 3));
    const late = (r: number): number => v[r] + h * (a[r] + 0.5 * h * j[r]);
    const bulge = (h * h * Math.hypot(j[0], j[1], j[2])) / 8;
    speed = Math.max(speed, Math.max(Math.hypot(v[0], v[1], v[2]), Math.hypot(late(0), late(1), late(2))) + bulge);
    const end = (r: number): number => a[r] + h * j[r];
    acceleration = Math.max(acceleration, Math.hypot(a[0], a[1], a[2]), Math.hypot(end(0), end(1), end(2)));
  }
  return { maxSpeedMps: speed, maxAccelerationMps2: acceleration };
}

/**
 * How far the trocar is from where it was at time 0, and its velocity [m, m/s, base frame], into [3] each. Outside a course that
 * does not repeat itself the first and the last piece go on. No allocation.
 */
export function courseAt(course: TrocarCourse, timeSec: number, offset: Float64Array, velocity?: Float64Array): void {
  const { spline, endSec, periodSec } = course;
  const repeats = endSec === Number.POSITIVE_INFINITY;
  const time = repeats ? timeSec - periodSec * Math.floor(timeSec / periodSec) : timeSec;
  const k = pieceOf(spline.time, spline.time.length - 1, time);
  const t = time - spline.time[k];
  const o = 12 * k;
  const { pieces } = spline;
  for (let r = 0; r < 3; r++) {
    const v = pieces[o + 3 + r];
    const a = pieces[o + 6 + r];
    const j = pieces[o + 9 + r];
    offset[r] = pieces[o + r] + t * (v + t * (0.5 * a + (t * j) / 6));
    if (velocity !== undefined) velocity[r] = v + t * (a + 0.5 * t * j);
  }
}
