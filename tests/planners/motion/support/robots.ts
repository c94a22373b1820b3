import type { Random } from '../../../../engine/core/random.ts';
import { activeLimits, type RobotModel } from '../../../../engine/core/robot.ts';
import { createWorkspace, type RobotWorkspace, setConfiguration } from '../../../../planners/motion/robot/workspace.ts';

/** A configuration uniform within the limits. */
export function randomConfiguration(model: RobotModel, random: Random): Float64Array {
  return Float64Array.from(activeLimits(model), ({ lower, upper }) => lower + (upper - lower) * random());
}

export function linkNumber(model: RobotModel, name: string): number {
  return model.links.findIndex((link) => link.name === name);
}

const workspaces = new WeakMap<RobotModel, RobotWorkspace>();

/** Pose of a link by the general forward kinematics, column-major 4 x 4. */
export function poseOf(model: RobotModel, link: string, q: ArrayLike<number>): Float64Array {
  const space = workspaces.get(model) ?? createWorkspace(model);
  workspaces.set(model, space);
  setConfiguration(space, q);
  const i = 16 * linkNumber(model, link);
  return space.linkPoses.slice(i, i + 16);
}

/** Angle of the rotation from one pose to another [rad]. */
export function angleBetween(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const at = (r: number, c: number): number => a[r] * b[c] + a[4 + r] * b[4 + c] + a[8 + r] * b[8 + c];
  const sin = Math.hypot(at(2, 1) - at(1, 2), at(0, 2) - at(2, 0), at(1, 0) - at(0, 1)) / 2;
  return Math.atan2(sin, (at(0, 0) + at(1, 1) + at(2, 2) - 1) / 2);
}

export function distanceBetween(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.hypot(a[12] - b[12], a[13] - b[13], a[14] - b[14]);
}
