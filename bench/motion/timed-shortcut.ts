import type { MotionProblem } from '../../app/motion/benchmark-folder.ts';
import type { JointTrajectory } from '../../engine/core/joint-trajectory.ts';
import { planPath } from '../../planners/motion/path/plan.ts';
import type { MotionSpace } from '../../planners/motion/path/space.ts';
import { createPathTiming, type PathTiming } from '../../planners/motion/timing/path.ts';
import { timePath } from '../../planners/motion/timing/path-timing.ts';
import { createFaultFinder } from '../../planners/motion/trajectory/proof.ts';
import { positionsAt } from '../../planners/motion/trajectory/spline.ts';

/** Rounding of a corner that is tried first, and the least before the motion stops at it [rad]. */
const WIDEST = 0.5;
const NARROWEST = 0.004;
const MAX_WAYPOINTS = 4096;

/** The timed path as its pieces: states where the jerk changes, an exact record. */
function piecesOf(path: PathTiming, jointNames: readonly string[]): JointTrajectory {
  const { joints, pieceCount, pieceStart, pieceStates, points, count } = path;
  const last = pieceCount * joints;
  const rows = (part: number): Float64Array => {
    const out = new Float64Array((pieceCount + 1) * joints);
    for (let n = 0; n < pieceCount; n++) {
      out.set(pieceStates.subarray((4 * n + part) * joints, (4 * n + part + 1) * joints), n * joints);
    }
    return out;
  };
  const positions = rows(0);
  positions.set(points.subarray((count - 1) * joints, count * joints), last);
  const timeSec = pieceStart.slice(0, pieceCount + 1);
  return { jointNames, timeSec, positions, velocities: rows(1), accelerations: rows(2) };
}

export interface TimedShortcut {
  readonly trajectory: JointTrajectory;
  readonly waypoints: number;
  /** Search, shortening and timing [ms], proofs included. */
  readonly ms: number;
}

/**
 * What trajectory optimisation is measured against: the shortened path, timed with its corners rounded. Where the motion is
 * not proven free, the corner nearest to the fault is rounded half as much, until all of it is. Undefined where there is no
 * path.
 */
export function timedShortcut(space: MotionSpace, problem: MotionProblem, seed: number): TimedShortcut | undefined {
  const began = performance.now();
  const { start, goal, scene } = problem;
  const result = planPath(space, { start, goal, seed });
  if (!result.solved) return undefined;
  const { waypoints } = result;
  const joints = start.length;
  const count = waypoints.length / joints;
  const limits = {
    velocity: space.limits.map((l) => l.velocity),
    acceleration: space.limits.map((l) => l.acceleration),
    jerk: space.limits.map((l) => l.jerk),
  };
  const findFault = createFaultFinder(space.model, scene, { cylindersAsCapsules: true });
  const timing = createPathTiming(joints, MAX_WAYPOINTS);
  const deviations = new Float64Array(count).fill(WIDEST);
  const q = new Float64Array(joints);
  for (;;) {
    timePath(timing, waypoints, count, limits, deviations);
    const trajectory = piecesOf(timing, space.names);
    const fault = findFault(trajectory);
    if (fault === undefined) return { trajectory, waypoints: count, ms: performance.now() - began };
    positionsAt(trajectory, fault, q);
    if (!narrow(deviations, waypoints, q)) return undefined;
  }
}

/** Rounds half as much the corner nearest to q that is rounded at all; false where none is. */
function narrow(deviations: Float64Array, waypoints: Float64Array, q: Float64Array): boolean {
  let nearest = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 1; k + 1 < deviations.length; k++) {
    if (deviations[k] === 0) continue;
    let squared = 0;
    for (let j = 0; j < q.length; j++) squared += (waypoints[k * q.length + j] - q[j]) ** 2;
    if (squared < least) [nearest, least] = [k, squared];
  }
  if (nearest < 0) return false;
  deviations[nearest] = deviations[nearest] > NARROWEST ? deviations[nearest] / 2 : 0;
  return true;
}
