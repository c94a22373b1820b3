import type { MotionProblem } from '../../app/inputs/motion-benchmark.ts';
import type { JointTrajectory } from '../../engine/core/joint-trajectory.ts';
import { planPath } from '../../planners/motion/path/plan.ts';
import type { MotionSpace } from '../../planners/motion/path/space.ts';
import { timeMotion } from '../../planners/motion/planning/plan-motion.ts';
import { pathTrajectory } from '../../planners/motion/timing/sampling.ts';

export interface TimedShortcut {
  readonly trajectory: JointTrajectory;
  readonly waypoints: number;
  /** Search, shortening and timing [ms], proofs included. */
  readonly ms: number;
}

/** What trajectory optimisation is measured against: the shortened path, timed as the planner times it. */
export function timedShortcut(space: MotionSpace, problem: MotionProblem, seed: number): TimedShortcut | undefined {
  const began = performance.now();
  const { start, goal } = problem;
  const { solved, waypoints } = planPath(space, { start, goal, seed });
  if (!solved) return undefined;
  const { timing } = timeMotion(space, waypoints, {});
  const trajectory = pathTrajectory(space.names, timing);
  return { trajectory, waypoints: waypoints.length / start.length, ms: performance.now() - began };
}
