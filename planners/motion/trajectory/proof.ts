import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import { boundingSpheres, sphereCentres } from '../../../kernels/trajectory-cost/reference-configuration.ts';
import { obstacleDistance } from '../../../kernels/trajectory-cost/reference-distance.ts';
import {
  FRAME_STRIDE,
  GROUP_STRIDE,
  OBSTACLE_STRIDE,
  type ObstacleTables,
  type RobotTables,
} from '../../../kernels/trajectory-cost/tables.ts';

/** Shortest stretch that is still halved [s]: below it a stretch that is not proven free counts as a collision. */
const LEAST_SEC = 1e-6;
/** What float32 tables may be off by [m]. */
const SLACK_M = 1e-6;

/** Whether a trajectory is free along its whole length, between its points too. */
export type TrajectoryProof = (trajectory: JointTrajectory) => boolean | Promise<boolean>;

/**
 * How far a sphere's centre can move for each unit of a joint, whatever the configuration [m]: [spheres][joints]. For a joint
 * that turns the sum of the lengths of all that lies between it and the sphere, for one that slides 1.
 */
export function leverBounds(model: RobotModel, robot: RobotTables): Float64Array {
  const { data, frames, joints } = robot;
  const out = new Float64Array(robot.spheres * joints);
  const groups = FRAME_STRIDE * frames;
  const spheres = groups + GROUP_STRIDE * robot.groups;
  const slide = (f: number): number => {
    const row = data.subarray(FRAME_STRIDE * f, FRAME_STRIDE * (f + 1));
    const { limits } = model.joints[model.active[row[14]]];
    if (row[16] !== 1 || limits === undefined) return 0;
    return Math.abs(row[12]) * Math.max(Math.abs(limits.lower), Math.abs(limits.upper)) + Math.abs(row[13]);
  };
  for (let g = 0; g < robot.groups; g++) {
    const [frame, first, end] = data.subarray(groups + GROUP_STRIDE * g);
    for (let s = first; s < end; s++) {
      let reach = Math.hypot(...data.subarray(spheres + 4 * s, spheres + 4 * s + 3));
      for (let f = frame; f > 0; f = data[FRAME_STRIDE * f + 15]) {
        const row = data.subarray(FRAME_STRIDE * f, FRAME_STRIDE * (f + 1));
        reach += slide(f);
        out[s * joints + row[14]] += Math.abs(row[12]) * (row[16] === 1 ? 1 : reach);
        reach += Math.hypot(row[9], row[10], row[11]);
      }
    }
  }
  return out;
}

/**
 * A proof in float64: the cubic between two points of the trajectory is halved until, at the middle of each stretch, every
 * sphere is farther from all obstacles and from the spheres it must not meet than it can move within the stretch.
 */
export function createTrajectoryProof(
  model: RobotModel,
  robot: RobotTables,
  obstacles: ObstacleTables,
): (trajectory: JointTrajectory) => boolean {
  const levers = leverBounds(model, robot);
  const { joints, data } = robot;
  const moved = new Float64Array(robot.spheres);
  const q = new Float64Array(joints);
  const groups = FRAME_STRIDE * robot.frames;
  const pairs = groups + GROUP_STRIDE * robot.groups + 4 * robot.spheres;
  const groupOf = (g: number): Float32Array =>
    data.subarray(groups + GROUP_STRIDE * g, groups + GROUP_STRIDE * (g + 1));

  /** What is known of the configuration q: nothing comes nearer than it moves; something is met; or neither. */
  function judge(): 'free' | 'met' | 'open' {
    const centres = sphereCentres(robot, q);
    const bounds = boundingSpheres(robot, q);
    const ranges = Array.from({ length: robot.groups }, (_, g) => {
      const [, first, end] = groupOf(g);
      return Math.max(0, ...moved.subarray(first, end));
    });
    let verdict: 'free' | 'open' = 'free';
    for (let g = 0; g < robot.groups; g++) {
      const [frame, first, end] = groupOf(g);
      if (frame === 0) continue;
      for (let o = 0; o < obstacles.obstacles; o++) {
        if (obstacles.rows[OBSTACLE_STRIDE * o + 7] === 0) continue;
        const keep = obstacles.rows[OBSTACLE_STRIDE * o + 22] + SLACK_M;
        const whole = obstacleDistance(obstacles, o, bounds[4 * g], bounds[4 * g + 1], bounds[4 * g + 2]).distanceM;
        if (whole - bounds[4 * g + 3] - keep > ranges[g]) continue;
        for (let s = first; s < end; s++) {
          const d = obstacleDistance(obstacles, o, centres[4 * s], centres[4 * s + 1], centres[4 * s + 2]).distanceM;
          const clearance = d - centres[4 * s + 3] - keep;
          // Written so that a NaN proves nothing.
          if (!(clearance > 0)) return 'met';
          if (!(clearance > moved[s])) verdict = 'open';
        }
      }
    }
    for (let k = 0; k < robot.pairs; k++) {
      const [g, h] = [data[pairs + 2 * k], data[pairs + 2 * k + 1]];
      if (apart(bounds, g, h) - SLACK_M > ranges[g] + ranges[h]) continue;
      const [, firstA, endA] = groupOf(g);
      const [, firstB, endB] = groupOf(h);
      for (let a = firstA; a < endA; a++) {
        for (let b = firstB; b < endB; b++) {
          const clearance = apart(centres, a, b) - SLACK_M;
          if (!(clearance > 0)) return 'met';
          if (!(clearance > moved[a] + moved[b])) verdict = 'open';
        }
      }
    }
    return verdict;
  }

  function stretch(t: JointTrajectory, i: number, from: number, to: number): boolean {
    const middle = (from + to) / 2;
    const half = (to - from) / 2;
    const dt = t.timeSec[i + 1] - t.timeSec[i];
    moved.fill(0);
    for (let j = 0; j < joints; j++) {
      const at = i * joints + j;
      const u = (t.accelerations[at + joints] - t.accelerations[at]) / dt;
      const v = t.velocities[at] + middle * (t.accelerations[at] + (middle * u) / 2);
      const a = t.accelerations[at] + middle * u;
      q[j] = t.positions[at] + middle * (t.velocities[at] + middle * (t.accelerations[at] / 2 + (middle * u) / 6));
      const away = half * (Math.abs(v) + half * (Math.abs(a) / 2 + (half * Math.abs(u)) / 6));
      for (let s = 0; s < robot.spheres; s++) moved[s] += levers[s * joints + j] * away;
    }
    const verdict = judge();
    if (verdict === 'free') return true;
    if (verdict === 'met' || half < LEAST_SEC) return false;
    return stretch(t, i, from, middle) && stretch(t, i, middle, to);
  }

  return (t) => {
    for (let i = 0; i + 1 < t.timeSec.length; i++) {
      const dt = t.timeSec[i + 1] - t.timeSec[i];
      if (dt > 0 && !stretch(t, i, 0, dt)) return false;
    }
    return true;
  };
}

/** Distance between two spheres of a list of centres and radii. */
function apart(spheres: Float64Array, a: number, b: number): number {
  const dx = spheres[4 * a] - spheres[4 * b];
  const dy = spheres[4 * a + 1] - spheres[4 * b + 1];
  const dz = spheres[4 * a + 2] - spheres[4 * b + 2];
  return Math.sqrt(dx * dx + dy * dy + dz * dz) - spheres[4 * a + 3] - spheres[4 * b + 3];
}
