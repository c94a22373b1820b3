import { isEdgeFree, type Planner } from './problem.ts';
import { STEP_RAD } from './search.ts';
import { between, projectOnto, type Walk } from './walk.ts';

/** Spacings of the points, in steps of the search: coarse first, which is cheap and reaches far, and rounds at most with each. */
const LEVELS = [
  [2, 40],
  [0.5, 12],
] as const;
/** How far one round reaches at first, in points. */
const REACH = 12;
/** Rounds that take the bends off, and how far they reach. */
const FAIRINGS = 8;
const BEND_REACH = 4;
/** Room that is left to obstacles [rad, or units of sliding joints]. */
const CLEARANCE = 0.02;

/**
 * A shorter way without corners: points at equal distances, pulled straight by rounds of heat flow (an implicit step, so that one round
 * reaches far) and brought back onto the manifold, first a few points and then more of them; then rounds that spread its bends. A
 * round that leaves the manifold, meets an obstacle or does not shorten the way is taken back and tried with half the reach.
 */
export function smoothed(planner: Planner, path: readonly Float64Array[]): readonly Float64Array[] {
  let points = path;
  for (const [spacing, rounds] of LEVELS) points = straightened(planner, points, spacing * STEP_RAD, rounds);
  if (points === path) return path;
  for (let round = 0; round < FAIRINGS; round++) {
    const next = resampled(planner, onto(planner, points, faired(points, BEND_REACH)), points.length - 1);
    if (next === undefined || !isWay(planner, next)) break;
    points = next;
  }
  return points;
}

function straightened(
  planner: Planner,
  path: readonly Float64Array[],
  spacing: number,
  rounds: number,
): readonly Float64Array[] {
  const { inner } = planner;
  const steps = Math.max(8, Math.ceil(lengthOf(inner, path) / spacing));
  let points = resampled(planner, path, steps);
  if (points === undefined || !isWay(planner, points)) return path;
  let length = lengthOf(inner, points);
  let reach = REACH;
  for (let round = 0; round < rounds && reach >= 1; round++) {
    const next = resampled(planner, onto(planner, points, flow(points, reach)), steps);
    const shorter = next === undefined ? Number.POSITIVE_INFINITY : lengthOf(inner, next);
    if (next === undefined || !(shorter < length) || !isWay(planner, next)) {
      reach /= 2;
      continue;
    }
    const gain = length - shorter;
    points = next;
    length = shorter;
    if (gain < 1e-3 * length) reach /= 2;
  }
  return points;
}

/** An implicit step of x' = x'' with fixed ends, `reach` steps wide. */
function flow(points: readonly Float64Array[], reach: number): Float64Array[] {
  const last = points.length - 1;
  const weight = reach * reach;
  const out = points.map((x) => x.slice());
  const factor = new Float64Array(points.length);
  // (1 + 2 w) x_k - w (x_k-1 + x_k+1) = old x_k, eliminated forward.
  for (let k = 1; k < last; k++) {
    const pivot = 1 + 2 * weight - weight * factor[k - 1];
    factor[k] = k === last - 1 ? 0 : weight / pivot;
    const end = k === last - 1 ? 1 : 0;
    for (let i = 0; i < out[k].length; i++) {
      out[k][i] = (out[k][i] + weight * (out[k - 1][i] + end * out[last][i])) / pivot;
    }
  }
  for (let k = last - 2; k > 0; k--) for (let i = 0; i < out[k].length; i++) out[k][i] += factor[k] * out[k + 1][i];
  return out;
}

/**
 * The points that lower the sum of squared second differences and of squared distances from `points`, weighed so that bends are spread over
 * `reach` steps; ends stay. The way may then touch limits and obstacles without a jump in its curvature.
 */
function faired(points: readonly Float64Array[], reach: number): Float64Array[] {
  const last = points.length - 1;
  const weight = reach ** 4;
  const out = points.map((x) => x.slice());
  // (1 + w D'D) x = old, five diagonals, by L D L' with two rows below.
  const pivot = new Float64Array(last + 1);
  const one = new Float64Array(last + 1);
  const two = new Float64Array(last + 1);
  for (let k = 1; k < last; k++) {
    // Differences about k - 1, k and k + 1 hold x_k, where those are inside.
    const inside = (k > 1 ? 1 : 0) + 4 + (k < last - 1 ? 1 : 0);
    const next = k < last - 1 ? -4 * weight : 0;
    const second = k < last - 2 ? weight : 0;
    const d1 = k > 1 ? pivot[k - 1] : 0;
    const d2 = k > 2 ? pivot[k - 2] : 0;
    pivot[k] = 1 + weight * inside - d1 * one[k - 1] ** 2 - d2 * (k > 2 ? two[k - 2] : 0) ** 2;
    one[k] = (next - (k > 1 ? pivot[k - 1] * one[k - 1] * two[k - 1] : 0)) / pivot[k];
    two[k] = second / pivot[k];
  }
  for (let i = 0; i < points[0].length; i++) {
    const first = points[0][i];
    const end = points[last][i];
    const b = (k: number): number => {
      // What the ends, which are known, hold in the differences.
      const from = k === 1 ? 2 * first : k === 2 ? -first : 0;
      const to = k === last - 1 ? 2 * end : k === last - 2 ? -end : 0;
      return points[k][i] + weight * (from + to);
    };
    for (let k = 1; k < last; k++) {
      out[k][i] = b(k) - (k > 1 ? one[k - 1] * out[k - 1][i] : 0) - (k > 2 ? two[k - 2] * out[k - 2][i] : 0);
    }
    for (let k = last - 1; k > 0; k--) {
      out[k][i] =
        out[k][i] / pivot[k] -
        (k < last - 1 ? one[k] * out[k + 1][i] : 0) -
        (k < last - 2 ? two[k] * out[k + 2][i] : 0);
    }
  }
  return out;
}

/**
 * Each point back onto the manifold and inside the limits. One that does not come back goes only part of
 * its way.
 */
function onto(planner: Planner, before: readonly Float64Array[], points: Float64Array[]): Float64Array[] {
  const { inner } = planner;
  const { lower, upper } = inner.constraint;
  const last = points.length - 1;
  for (let k = 1; k < last; k++) {
    const x = points[k];
    const wish = x.slice();
    for (let share = 1; ; share /= 2) {
      if (share < 0.1) {
        x.set(before[k]);
        break;
      }
      for (let i = 0; i < x.length; i++) {
        const at = before[k][i] + share * (wish[i] - before[k][i]);
        x[i] = Math.max(lower[i], Math.min(upper[i], at));
      }
      if (ontoDepth(planner, x) && isClear(planner, before[k], x)) break;
    }
  }
  return points;
}

/** Whether a point that has moved has room left on its way, so that motions along it need not pass obstacles by a hair. */
function isClear(planner: Planner, before: Float64Array, x: Float64Array): boolean {
  if (!planner.checks) return true;
  const moved = between(planner.inner, before, x);
  const share = moved > 0 ? CLEARANCE / moved : 0;
  return isEdgeFree(
    planner,
    before,
    x.map((v, i) => v + share * (v - before[i])),
  );
}

/** Onto the trocar, and where the shaft is then drawn out or pushed in too far, to the end of the places that the trocar may take on it. */
function ontoDepth({ loose, placed, placesM, shaft }: Planner, x: Float64Array): boolean {
  if (!projectOnto(loose, x)) return false;
  const place = shaft.local[2];
  if (place >= placesM[0] && place <= placesM[1]) return true;
  placed.constraint.placeM = place < placesM[0] ? placesM[0] : placesM[1];
  return projectOnto(placed, x);
}

/** Points at equal distances along a way, on the manifold. */
function resampled(planner: Planner, path: readonly Float64Array[], steps: number): Float64Array[] | undefined {
  const walk = planner.inner;
  const total = lengthOf(walk, path);
  const out: Float64Array[] = [path[0]];
  let done = 0;
  let k = 1;
  for (let s = 1; s < steps; s++) {
    const at = (total * s) / steps;
    let step = between(walk, path[k - 1], path[k]);
    while (done + step < at && k < path.length - 1) {
      done += step;
      k++;
      step = between(walk, path[k - 1], path[k]);
    }
    const share = step > 0 ? Math.min(1, (at - done) / step) : 0;
    const { lower, upper } = walk.constraint;
    const x = path[k].map((v, i) =>
      Math.min(upper[i], Math.max(lower[i], path[k - 1][i] + share * (v - path[k - 1][i]))),
    );
    if (!ontoDepth(planner, x)) return undefined;
    out.push(x);
  }
  out.push(path[path.length - 1]);
  return out;
}

/** Whether no step is much longer than the others, and all are free. */
function isWay(planner: Planner, points: readonly Float64Array[]): boolean {
  const { inner } = planner;
  const most = (3 * lengthOf(inner, points)) / (points.length - 1);
  for (let k = 1; k < points.length; k++) {
    if (between(inner, points[k - 1], points[k]) > most) return false;
    if (planner.checks && !isEdgeFree(planner, points[k - 1], points[k])) return false;
  }
  return true;
}

function lengthOf(walk: Walk, path: readonly Float64Array[]): number {
  let sum = 0;
  for (let k = 1; k < path.length; k++) sum += between(walk, path[k - 1], path[k]);
  return sum;
}
