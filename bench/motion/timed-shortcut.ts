import type { JointTrajectory } from '../../engine/core/joint-trajectory.ts';
import { planPath } from '../../planners/motion/path/plan.ts';
import type { MotionSpace } from '../../planners/motion/path/space.ts';
import { createPathTiming, type PathTiming } from '../../planners/motion/timing/path.ts';
import { timePath } from '../../planners/motion/timing/path-timing.ts';
import { createTrajectoryProof } from '../../planners/motion/trajectory/proof.ts';
import type { MotionProblem } from './problems.ts';

/** Rounding of the corners that is tried, the largest first [rad]; 0 stops at every waypoint and stays on the path. */
const DEVIATIONS = [0.4, 0.2, 0.1, 0.05, 0.02, 0.01, 0];
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
  /** How far the corners could be rounded [rad]. */
  readonly deviation: number;
  /** Search, shortening and timing [ms], proofs included. */
  readonly ms: number;
}

/**
 * What trajectory optimisation is measured against: the shortened path, timed with its corners rounded as far as the motion
 * is proven free. Undefined where there is no path.
 */
export function timedShortcut(space: MotionSpace, problem: MotionProblem, seed: number): TimedShortcut | undefined {
  const began = performance.now();
  const { start, goal, scene } = problem;
  const result = planPath(space, { start, goal, seed });
  if (!result.solved) return undefined;
  const joints = start.length;
  const count = result.waypoints.length / joints;
  const limits = {
    velocity: space.limits.map((l) => l.velocity),
    acceleration: space.limits.map((l) => l.acceleration),
    jerk: space.limits.map((l) => l.jerk),
  };
  const prove = createTrajectoryProof(space.model, scene, { cylindersAsCapsules: true });
  const timing = createPathTiming(joints, MAX_WAYPOINTS);
  for (const deviation of DEVIATIONS) {
    timePath(timing, result.waypoints, count, limits, deviation);
    const trajectory = piecesOf(timing, space.names);
    if (deviation === 0 || prove(trajectory)) {
      return { trajectory, waypoints: count, deviation, ms: performance.now() - began };
    }
  }
  return undefined;
}
