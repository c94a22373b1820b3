import { apply, type CostProblem, forward, pull } from './reference-configuration.ts';

/**
 * Squared distance of the trocar from the stretch of shaft that it may sit on, times its weight, added to `out`. The trocar
 * stands still; as a point of the tool it is pulled the other way.
 */
export function shaftCost(p: CostProblem, q: ArrayLike<number>, out: Float64Array): void {
  const { shaft, robot, weights } = p;
  if (shaft === undefined) return;
  const poses = forward(robot, q);
  const pose = poses[shaft.frame];
  const origin = apply(pose, shaft.origin);
  const end = apply(
    pose,
    shaft.origin.map((v, r) => v + shaft.axis[r]),
  );
  const axis = end.map((v, r) => v - origin[r]);
  const from = shaft.trocar.map((v, r) => v - origin[r]);
  const along = from.reduce((sum, v, r) => sum + v * axis[r], 0);
  const nearest = Math.min(shaft.toM, Math.max(shaft.fromM, along));
  const off = from.map((v, r) => v - nearest * axis[r]);
  const weight = weights.rcm ?? 0;
  pull(
    robot,
    poses,
    shaft.frame,
    shaft.trocar,
    off.map((v) => -2 * weight * v),
    out,
  );
  out[robot.joints] += weight * (off[0] ** 2 + off[1] ** 2 + off[2] ** 2);
}
