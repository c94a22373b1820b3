import { activeLimits, type RobotModel } from '../../../engine/core/robot.ts';
import { type EdgeCheck, isMotionFree } from '../planning/timed-path.ts';
import { OK } from '../timing/codes.ts';
import { layKnots, staysWithin, stretchOfPieces } from '../timing/knots.ts';
import { pace } from '../timing/pace.ts';
import { createPathTiming, type PathTiming } from '../timing/path.ts';
import { type PathLimits, pathDurationSec } from '../timing/path-timing.ts';
import { createRcmConstraint } from './constraint.ts';
import type { RcmPlan } from './finish.ts';
import { ANY_DEPTH } from './problem.ts';
import type { Shaft } from './shaft.ts';
import { createWalk, projectOnto } from './walk.ts';

/** Knots for each unit of the way's length, and how many at least and at most. */
const KNOTS_PER_LENGTH = 8;
const FEWEST = 24;
const MOST = 192;
/** With so many times as many knots it is tried again where the motion between them is not free. */
const FINER = [1, 2, 4];

/** Away from its ends, which may stand at a limit, a motion is laid so far inside the limits of the joints, as splines overshoot [rad, or units of sliding joints]. */
const LIMIT_MARGIN = 1e-3;
/** Times a motion is paced. */
const ROUNDS = 3;

/**
 * A motion that follows a way without stopping anywhere: a cubic spline in time through configurations on the manifold, paced as quickly as the
 * limits allow. Undefined where between its knots it leaves the joints' limits or what `isFree` allows.
 *
 * @param shaft with the trocar set
 */
export function flowingMotion(
  model: RobotModel,
  shaft: Shaft,
  plan: RcmPlan,
  limits: PathLimits,
  isFree: EdgeCheck,
): PathTiming | undefined {
  const joints = model.active.length;
  const ranges = activeLimits(model);
  const lower = ranges.map((l) => l.lower);
  const upper = ranges.map((l) => l.upper);
  const knots = Math.max(FEWEST, Math.min(MOST, Math.ceil(KNOTS_PER_LENGTH * plan.length)));
  for (const finer of FINER) {
    const rows = rowsAlong(shaft, plan, joints, finer * knots);
    if (rows === undefined) continue;
    const timing = createPathTiming(joints, finer * knots);
    if (!layQuickly(timing, rows, limits)) return undefined;
    if (staysWithin(timing, lower, upper) && isMotionFree(timing, isFree)) return timing;
  }
  return undefined;
}

/** Lays the motion several times, each time with margins where the last one needed them, and the quickest again. */
function layQuickly(timing: PathTiming, rows: Float64Array, limits: PathLimits): boolean {
  const steps = rows.length / timing.joints - 1;
  const margins = new Float64Array(steps).fill(1);
  const needs = new Float64Array(steps);
  let best: Float64Array | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const seconds = pace(rows, timing.joints, limits, margins);
    if (layKnots(timing, rows, seconds, limits) !== OK) return false;
    const duration = pathDurationSec(timing);
    if (duration < least) {
      least = duration;
      best = seconds;
    }
    stretchOfPieces(timing, needs);
    let paced = 0;
    for (const h of seconds) paced += h;
    // The motion has been stretched as a whole until nothing needs more: what it needed before is what counts.
    for (let k = 0; k < steps; k++) {
      let need = 0;
      for (let l = Math.max(0, k - 2); l <= Math.min(steps - 1, k + 2); l++) need = Math.max(need, needs[l]);
      margins[k] *= Math.max(0.9, Math.min(1.5, (need * duration) / paced)) ** 0.8;
    }
  }
  return best !== undefined && layKnots(timing, rows, best, limits) === OK;
}

/** Configurations on the manifold [count][joints], spaced as those of a motion that speeds up and slows down smoothly. */
function rowsAlong(shaft: Shaft, plan: RcmPlan, joints: number, count: number): Float64Array | undefined {
  const { waypoints, count: given } = plan;
  const { columns, lower: lowest, upper: highest } = shaft.chain;
  const lower = lowest.slice();
  const upper = highest.slice();
  const walk = createWalk(createRcmConstraint(shaft, 'trocar', ANY_DEPTH, { lower, upper }));
  const place = new Float64Array(given);
  for (let k = 1; k < given; k++) {
    let square = 0;
    for (let i = 0; i < joints; i++) square += (waypoints[k * joints + i] - waypoints[(k - 1) * joints + i]) ** 2;
    place[k] = place[k - 1] + Math.sqrt(square);
  }
  if (!(place[given - 1] > 0)) return undefined;
  const rows = new Float64Array(count * joints);
  const x = new Float64Array(columns.length);
  let k = 1;
  for (let n = 0; n < count; n++) {
    const t = n / (count - 1);
    const at = place[given - 1] * t * t * t * (10 + t * (6 * t - 15));
    while (k < given - 1 && place[k] < at) k++;
    for (let i = 0; i < joints; i++) rows[n * joints + i] = curveAt(waypoints, place, joints, k, i, at);
    if (n === 0 || n === count - 1) {
      rows.set(waypoints.subarray(n === 0 ? 0 : (given - 1) * joints, n === 0 ? joints : given * joints), n * joints);
      continue;
    }
    const margin = LIMIT_MARGIN * Math.min(1, 4 * Math.min(t, 1 - t)) ** 3;
    columns.forEach((c, i) => {
      lower[i] = lowest[i] + margin * walk.constraint.unit[i];
      upper[i] = highest[i] - margin * walk.constraint.unit[i];
      x[i] = Math.min(upper[i], Math.max(lower[i], rows[n * joints + c]));
    });
    if (!projectOnto(walk, x)) return undefined;
    columns.forEach((c, i) => {
      rows[n * joints + c] = x[i];
    });
  }
  return rows;
}

/** Joint i at a place between waypoints k - 1 and k: the cubic whose slopes are those of parabolas through three waypoints. */
function curveAt(w: Float64Array, place: Float64Array, joints: number, k: number, i: number, at: number): number {
  const h = place[k] - place[k - 1];
  const slope = (to: number): number => (w[to * joints + i] - w[(to - 1) * joints + i]) / (place[to] - place[to - 1]);
  const here = slope(k);
  let first = here;
  let last = here;
  if (k > 1) {
    const before = place[k - 1] - place[k - 2];
    first = (h * slope(k - 1) + before * here) / (h + before);
  }
  if (k < place.length - 1) {
    const after = place[k + 1] - place[k];
    last = (after * here + h * slope(k + 1)) / (h + after);
  }
  const t = Math.max(0, Math.min(1, (at - place[k - 1]) / h));
  const from = w[(k - 1) * joints + i];
  const to = w[k * joints + i];
  const u = 1 - t;
  return u * u * (from * (1 + 2 * t) + h * first * t) + t * t * (to * (1 + 2 * u) - h * last * u);
}
