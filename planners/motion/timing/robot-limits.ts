import type { RobotModel } from '../../../engine/core/robot.ts';
import type { PathLimits } from './path-timing.ts';

/** Limits of velocity, acceleration and jerk of the active joints of a robot, for a motion or a path; NaN for a joint that has none. */
export function timingLimits(model: RobotModel): PathLimits {
  const limits = model.active.map((joint) => model.joints[joint].limits);
  return {
    velocity: Float64Array.from(limits, (l) => l?.velocity ?? Number.NaN),
    acceleration: Float64Array.from(limits, (l) => l?.acceleration ?? Number.NaN),
    jerk: Float64Array.from(limits, (l) => l?.jerk ?? Number.NaN),
  };
}
