import type { PathTiming } from './path.ts';

/**
 * Of the deviation that a path may take, the share that goes into leaving out waypoints; corners round off what is left.
 * Between many short segments a motion can hardly gain speed, and fewer, wider corners are quicker.
 */
const THINNING_SHARE = 0.75;

/**
 * Marks in `path.kept` the waypoints that stay when every other is within a share of what `path.allowed` has for it of the segment that
 * replaces it (Douglas and Peucker 1973), and writes that distance for the segment that starts at each kept one to
 * `path.thinned`. The replaced polyline and the replacing segment are then nowhere farther apart.
 */
export function thinWaypoints(path: PathTiming, waypoints: ArrayLike<number>, count: number): void {
  const { allowed, kept, thinned, stack } = path;
  kept.fill(0);
  kept[0] = 1;
  kept[count - 1] = 1;
  stack[0] = 0;
  stack[1] = count - 1;
  let depth = 2;
  while (depth > 0) {
    depth -= 2;
    const from = stack[depth];
    const to = stack[depth + 1];
    let farthest = -1;
    let most = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let k = from + 1; k < to; k++) {
      const distance = distanceFromSegment(path.joints, waypoints, from, to, k);
      least = Math.min(least, allowed[k]);
      if (distance > most) {
        most = distance;
        farthest = k;
      }
    }
    if (farthest < 0 || most <= THINNING_SHARE * least) {
      thinned[from] = most;
      continue;
    }
    kept[farthest] = 1;
    stack[depth] = from;
    stack[depth + 1] = farthest;
    stack[depth + 2] = farthest;
    stack[depth + 3] = to;
    depth += 4;
  }
}

function distanceFromSegment(joints: number, points: ArrayLike<number>, from: number, to: number, k: number): number {
  let along = 0;
  let whole = 0;
  for (let i = 0; i < joints; i++) {
    const d = points[to * joints + i] - points[from * joints + i];
    along += d * (points[k * joints + i] - points[from * joints + i]);
    whole += d * d;
  }
  const share = whole > 0 ? Math.max(0, Math.min(1, along / whole)) : 0;
  let square = 0;
  for (let i = 0; i < joints; i++) {
    const d = points[to * joints + i] - points[from * joints + i];
    const off = points[k * joints + i] - points[from * joints + i] - share * d;
    square += off * off;
  }
  return Math.sqrt(square);
}
