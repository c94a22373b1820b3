/** What a URDF does not hold, for the robots that ship [rad/s^2 and rad/s^3; m/s^2 and m/s^3 where a joint slides]. */
export interface DynamicLimits {
  readonly acceleration: number;
  readonly jerk: number;
}

const arm: DynamicLimits = { acceleration: Math.PI / 2, jerk: 5 * Math.PI };
const insertion: DynamicLimits = { acceleration: 0.2, jerk: 2 };
const wrist: DynamicLimits = { acceleration: 4 * Math.PI, jerk: 40 * Math.PI };

/**
 * By robot: for all joints, then for single ones. Panda: 15 rad/s^2 and 500 rad/s^3. da Vinci: accelerations of the dVRK's
 * joint trajectories (90 deg/s^2, 0.2 m/s^2, wrist 720 deg/s^2). UR5e and LBR Med: the makers publish none; chosen here, as
 * are all jerks but the Panda's.
 */
export const builtinLimits: Readonly<
  Record<string, { readonly all: DynamicLimits; readonly joints?: Readonly<Record<string, DynamicLimits>> }>
> = {
  panda: { all: { acceleration: 15, jerk: 500 } },
  ur5e: { all: { acceleration: 10, jerk: 100 } },
  kuka: { all: { acceleration: 5, jerk: 50 } },
  psm: { all: arm, joints: { insertion, roll: wrist, wrist_pitch: wrist, wrist_yaw: wrist } },
  'psm-si': { all: arm, joints: { insertion, roll: wrist, wrist_pitch: wrist, wrist_yaw: wrist } },
  ecm: { all: arm, joints: { insertion } },
};
