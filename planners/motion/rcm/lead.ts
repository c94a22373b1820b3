import type { Planner } from './problem.ts';
import { isEdgeFree } from './problem.ts';
import { STEP_RAD } from './search.ts';
import { setShaft } from './shaft.ts';
import { between, projectOnto, stepTowards } from './walk.ts';

/**
 * The tip straight from where it is to `tip`, the free joints led to `goal` meanwhile, or moved as little as possible where it is
 * left out; undefined where a limit, the depth or an obstacle is in the way or the goal lies on another branch.
 */
export function leadTip(
  planner: Planner,
  start: Float64Array,
  tip: Float64Array,
  goal: Float64Array | undefined,
): Float64Array[] | undefined {
  const { shaft, led, free } = planner;
  const { constraint } = led;
  setShaft(shaft, start);
  const first = shaft.tipBase.slice();
  constraint.tip.set(first);
  const x = start.slice();
  if (!projectOnto(led, x)) return undefined;
  const path = [start];
  const travel = Math.hypot(tip[0] - first[0], tip[1] - first[1], tip[2] - first[2]);
  const apart = goal === undefined ? 0 : between(led, start, goal);
  const steps = Math.max(1, Math.ceil(travel / 0.002), Math.ceil(apart / 0.04));
  const wish = new Float64Array(x.length);
  for (let s = 1; s <= steps + 400; s++) {
    const share = Math.min(1, s / steps);
    for (let r = 0; r < 3; r++) constraint.tip[r] = first[r] + share * (tip[r] - first[r]);
    const pull = s < steps ? 1 / (steps - s + 1) : 1;
    for (let i = 0; i < x.length; i++) wish[i] = goal === undefined ? x[i] : x[i] + pull * (goal[i] - x[i]);
    const before = path[path.length - 1];
    if (!stepTowards(led, x, wish, STEP_RAD) || between(led, x, before) > 6 * STEP_RAD) return undefined;
    if (!isEdgeFree(planner, before, x)) return undefined;
    path.push(x.slice());
    if (s < steps) continue;
    if (goal === undefined) return path;
    const left = between(free, x, goal);
    if (left < 1e-3) {
      path[path.length - 1] = goal;
      return isEdgeFree(planner, before, goal) ? path : undefined;
    }
    if (left > between(free, before, goal) - 1e-6) return undefined;
  }
  return undefined;
}
