import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import type { Shaft } from '../rcm/shaft.ts';
import { straightErrorBoundM } from '../rcm/straight.ts';
import { positionsAt } from './spline.ts';

/** How far the cubic between two points may stay from the chords that stand for it [rad or m, over all joints]. */
const CHORD_DEVIATION = 1e-6;

/**
 * What the remote-centre error exceeds nowhere along a trajectory, between its points too [m]; infinite where it cannot be shown to
 * stay within `toleranceM`. The cubic between two points is cut into chords that it hardly leaves, on which
 * {@link straightErrorBoundM} holds.
 */
export function trajectoryErrorBoundM(shaft: Shaft, t: JointTrajectory, toleranceM: number): number {
  const { columns } = shaft.chain;
  const joints = t.jointNames.length;
  const slack = CHORD_DEVIATION * greatestSpeedM(shaft);
  const q = new Float64Array(joints);
  let from = new Float64Array(columns.length);
  let to = new Float64Array(columns.length);
  const take = (out: Float64Array): void => {
    for (let i = 0; i < out.length; i++) out[i] = q[columns[i]];
  };
  let worst = 0;
  positionsAt(t, t.timeSec[0], q);
  take(from);
  for (let i = 0; i + 1 < t.timeSec.length; i++) {
    const dt = t.timeSec[i + 1] - t.timeSec[i];
    if (dt <= 0) continue;
    const chords = Math.max(1, Math.ceil(dt * Math.sqrt(greatestAcceleration(t, i) / (8 * CHORD_DEVIATION))));
    for (let c = 1; c <= chords; c++) {
      positionsAt(t, t.timeSec[i] + (dt * c) / chords, q, i);
      take(to);
      const error = straightErrorBoundM(shaft, from, to, toleranceM - slack) + slack;
      // Written so that a NaN proves nothing.
      if (!(error <= toleranceM)) return Number.POSITIVE_INFINITY;
      worst = Math.max(worst, error);
      [from, to] = [to, from];
    }
  }
  return worst;
}

/**
 * How fast the trocar can move, seen from the tool, for a unit of speed of all joints together [m per rad or m]: by its distance
 * from each joint that turns, at most that of the first joint and the arm's reach, by 1 from one that slides.
 */
function greatestSpeedM({ chain, trocar }: Shaft): number {
  const { dofs, length, dof, scale, fixed, reachM } = chain;
  const first = Math.hypot(trocar[0] - fixed[9], trocar[1] - fixed[10], trocar[2] - fixed[11]);
  const moved = new Float64Array(dofs);
  for (let k = 0; k < length; k++) moved[dof[k]] += Math.abs(scale[k]) * Math.max(1, first + reachM);
  return Math.hypot(...moved);
}

/** Length of the acceleration between points i and i + 1, at most: it is linear there [rad/s^2 or m/s^2]. */
function greatestAcceleration(t: JointTrajectory, i: number): number {
  const joints = t.jointNames.length;
  let first = 0;
  let last = 0;
  for (let j = 0; j < joints; j++) {
    first += t.accelerations[i * joints + j] ** 2;
    last += t.accelerations[(i + 1) * joints + j] ** 2;
  }
  return Math.sqrt(Math.max(first, last));
}
