import { isEdgeFree, type Planner } from './problem.ts';
import { STEP_RAD } from './search.ts';
import { between, projectOnto, type Walk } from './walk.ts';

/** Rounds of smoothing at most. */
const ROUNDS = 40;
/** How far one round reaches at first, in steps of the way. */
const REACH = 16;
/**
 * A shorter way without corners: points at equal distances, pulled straight by rounds of heat flow (an implicit step, so that one round
 * reaches far) and brought back onto the manifold. A round that leaves it, meets an obstacle or does not shorten the way is
 * taken back and tried with half the reach.
 */
export function smoothed(planner: Planner, path: readonly Float64Array[]): readonly Float64Array[] {
  const { inner } = planner;
  const total = lengthOf(inner, path);
  const steps = Math.max(4, Math.ceil(total / (0.5 * STEP_RAD)));
  let points = resampled(inner, path, steps);
  if (points === undefined || !isWay(planner, points)) return path;
  let length = lengthOf(inner, points);
  let reach = REACH;
  for (let round = 0; round < ROUNDS && reach >= 1; round++) {
    const next = resampled(inner, onto(planner, points, flow(points, reach)), steps);
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
 * Each point back onto the manifold and inside the limits. One that does not come back, as where too little of the shaft would be
 * left in the trocar, goes only part of its way.
 */
function onto({ inner }: Planner, before: readonly Float64Array[], points: Float64Array[]): Float64Array[] {
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
      if (projectOnto(inner, x)) break;
    }
  }
  return points;
}

/** Points at equal distances along a way, on the manifold. */
export function resampled(walk: Walk, path: readonly Float64Array[], steps: number): Float64Array[] | undefined {
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
    if (!projectOnto(walk, x)) return undefined;
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
