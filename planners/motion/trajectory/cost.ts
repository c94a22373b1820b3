import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import type { JointLimits } from '../../../engine/core/robot.ts';
import { insideness, nearness, tipPosition } from '../../../kernels/trajectory-cost/reference-configuration.ts';
import { obstacleDistance } from '../../../kernels/trajectory-cost/reference-distance.ts';
import { OBSTACLE_STRIDE, type ObstacleTables, type RobotTables } from '../../../kernels/trajectory-cost/tables.ts';
import type { FullObjective } from './config.ts';
import { positionsAt } from './spline.ts';

/** What a trajectory costs by the user's objective, and of what the sum is made. */
export interface TrajectoryCost {
  /** The weighted sum [s]. */
  readonly total: number;
  readonly durationSec: number;
  /** Integral of the sum over joints of (jerk / limit)^2 [s]. */
  readonly jerk: number;
  /** Weighted clearance terms [s]. */
  readonly clearance: number;
  /** Weighted lengths inside tissue [s]. */
  readonly tissue: number;
}

export interface CostContext {
  readonly robot: RobotTables;
  readonly obstacles: ObstacleTables;
  readonly limits: readonly JointLimits[];
  readonly objective: FullObjective;
  readonly tip: { readonly frame: number; readonly point: readonly [number, number, number] };
  readonly tissueBandM: number;
}

/** Steps of the integral over clearance and of the tip's path [s]. */
const STEP_SEC = 0.01;

/**
 * The objective of any trajectory in float64. Between its points it is taken as the cubic with constant jerk, which
 * splines and jerk-limited profiles are; between points that are no such pieces the jerk counts by its mean.
 */
export function trajectoryCost(c: CostContext, t: JointTrajectory): TrajectoryCost {
  const joints = c.robot.joints;
  const points = t.timeSec.length;
  const durationSec = t.timeSec[points - 1] - t.timeSec[0];
  let jerk = 0;
  for (let i = 0; i + 1 < points; i++) {
    const dt = t.timeSec[i + 1] - t.timeSec[i];
    if (!(dt > 0)) continue;
    for (let j = 0; j < joints; j++) {
      const change = t.accelerations[(i + 1) * joints + j] - t.accelerations[i * joints + j];
      jerk += (change / c.limits[j].jerk) ** 2 / dt;
    }
  }
  const { clearance, tissue } = alongTheWay(c, t, durationSec);
  const total = c.objective.duration * durationSec + c.objective.jerk * jerk + clearance + tissue;
  return { total, durationSec, jerk, clearance, tissue };
}

function alongTheWay(c: CostContext, t: JointTrajectory, durationSec: number): { clearance: number; tissue: number } {
  let clearance = 0;
  let tissue = 0;
  const { rows } = c.obstacles;
  const wants = (o: number, column: number): boolean => rows[OBSTACLE_STRIDE * o + column] !== 0;
  const all = Array.from({ length: c.obstacles.obstacles }, (_, o) => o);
  const near = all.filter((o) => wants(o, 6) && wants(o, 5));
  const inside = all.filter((o) => wants(o, 21));
  if (near.length === 0 && inside.length === 0) return { clearance, tissue };
  const steps = Math.max(1, Math.ceil(durationSec / STEP_SEC));
  const dt = durationSec / steps;
  const q = new Float64Array(c.robot.joints);
  let hint = 0;
  let tip: number[] | undefined;
  let share: number[] = [];
  for (let i = 0; i <= 2 * steps; i++) {
    hint = positionsAt(t, t.timeSec[0] + (i * dt) / 2, q, hint);
    // Clearance at the middles of the steps, the tip's path at their ends.
    if (i % 2 === 1) {
      if (near.length > 0) clearance += dt * nearness(c.robot, c.obstacles, near, q);
    } else if (inside.length > 0) {
      const here = tipPosition(c.robot, q, c.tip);
      const now = inside.map((o) => {
        const d = obstacleDistance(c.obstacles, o, here[0], here[1], here[2]);
        return rows[OBSTACLE_STRIDE * o + 21] * insideness(d.distanceM, c.tissueBandM)[0];
      });
      if (tip !== undefined) {
        const length = Math.hypot(here[0] - tip[0], here[1] - tip[1], here[2] - tip[2]);
        tissue += length * now.reduce((sum, w, k) => sum + (w + share[k]) / 2, 0);
      }
      tip = here;
      share = now;
    }
  }
  return { clearance, tissue };
}
