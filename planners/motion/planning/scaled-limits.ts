import type { RobotModel } from '../../../engine/core/robot.ts';

/** The robot with shares of its limits: of velocity, and of acceleration and jerk. */
export function scaledLimits(model: RobotModel, velocityScale: number, accelerationScale: number): RobotModel {
  if (velocityScale === 1 && accelerationScale === 1) return model;
  const joints = model.joints.map((joint) => {
    const { limits } = joint;
    if (limits === undefined) return joint;
    const { velocity, acceleration, jerk } = limits;
    return {
      ...joint,
      limits: {
        ...limits,
        velocity: velocityScale * velocity,
        acceleration: accelerationScale * acceleration,
        jerk: accelerationScale * jerk,
      },
    };
  });
  return { ...model, joints };
}
