import { seededRandom } from '../../../engine/core/random.ts';
import { isEdgeFree, type Planner } from './problem.ts';
import { STEP_RAD } from './search.ts';
import { straightErrorBoundM } from './straight.ts';
import { between, projectOnto, stepTowards, type Walk } from './walk.ts';

export interface RcmPlan {
  readonly solved: boolean;
  /** `solved`, or what stands against it. */
  readonly reason: string;
  /** [waypoints][active joints] */
  readonly waypoints: Float64Array;
  readonly count: number;
  /** `direct`: the tip moves straight; `search`: on a way that RRT-Connect has found. */
  readonly way: 'direct' | 'search' | 'none';
  /** Proved bound of the remote-centre error all along the path [m]. */
  readonly errorBoundM: number;
  /** Length in joint space [rad, sliding joints in metres]. */
  readonly length: number;
  /** Configurations of the search. */
  readonly nodes: number;
}

/** Random pairs of configurations on the way are joined by straighter steps on the manifold where those are shorter and free. */
export function shortened(planner: Planner, way: Float64Array[]): Float64Array[] {
  const { free, inner, config } = planner;
  const random = seededRandom(config.seed + 1);
  let path = way;
  for (let k = 0; k < config.shortcuts && path.length > 2; k++) {
    const a = k === 0 ? 0 : Math.floor(random() * (path.length - 2));
    const b = k === 0 ? path.length - 1 : a + 2 + Math.floor(random() * (path.length - a - 2));
    const x = path[a].slice();
    const bridge: Float64Array[] = [];
    let length = 0;
    const old = lengthOf(free, path.slice(a, b + 1));
    let left = between(free, x, path[b]);
    while (length < old) {
      const before = bridge.at(-1) ?? path[a];
      if (left < STEP_RAD) {
        length += left;
        if (length < old - 1e-9 && isEdgeFree(planner, before, path[b])) {
          path = [...path.slice(0, a + 1), ...bridge, ...path.slice(b)];
        }
        break;
      }
      if (!stepTowards(inner, x, path[b], STEP_RAD)) break;
      const next = between(free, x, path[b]);
      if (next > left - 0.05 * STEP_RAD || !isEdgeFree(planner, before, x)) break;
      length += between(free, x, before);
      bridge.push(x.slice());
      left = next;
    }
  }
  return path;
}

/** Halves every step until the proved bound of the remote-centre error along it is within the tolerance. */
export function finished(planner: Planner, path: readonly Float64Array[], way: RcmPlan['way'], nodes: number): RcmPlan {
  const { shaft, free, config, problem, model } = planner;
  const dense: Float64Array[] = [path[0]];
  let bound = 0;
  const refine = (a: Float64Array, b: Float64Array, depth: number): boolean => {
    const error = straightErrorBoundM(shaft, a, b, config.rcmToleranceM);
    if (error <= config.rcmToleranceM) {
      bound = Math.max(bound, error);
      dense.push(b);
      return true;
    }
    if (depth === 0) return false;
    const middle = a.map((value, i) => (value + b[i]) / 2);
    if (!projectOnto(free, middle)) return false;
    return refine(a, middle, depth - 1) && refine(middle, b, depth - 1);
  };
  for (let i = 1; i < path.length; i++) {
    if (between(free, path[i - 1], path[i]) === 0) continue;
    if (!refine(path[i - 1], path[i], 12))
      return failure('a step of the way leaves the trocar between its ends', nodes);
  }
  for (let i = 1; i < dense.length; i++) {
    if (!isEdgeFree(planner, dense[i - 1], dense[i])) return failure('a step of the way is in collision', nodes);
  }
  const joints = model.active.length;
  const waypoints = new Float64Array(dense.length * joints);
  dense.forEach((x, i) => {
    for (let c = 0; c < joints; c++) waypoints[i * joints + c] = problem.start[c];
    shaft.chain.columns.forEach((column, k) => {
      waypoints[i * joints + column] = x[k];
    });
  });
  return {
    solved: true,
    reason: 'solved',
    waypoints,
    count: dense.length,
    way,
    errorBoundM: bound,
    length: lengthOf(free, dense),
    nodes,
  };
}

function lengthOf(walk: Walk, path: readonly Float64Array[]): number {
  let sum = 0;
  for (let i = 1; i < path.length; i++) sum += between(walk, path[i - 1], path[i]);
  return sum;
}

export function failure(reason: string, nodes = 0): RcmPlan {
  const none = new Float64Array(0);
  return { solved: false, reason, waypoints: none, count: 0, way: 'none', errorBoundM: 0, length: 0, nodes };
}
