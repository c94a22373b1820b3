import type { RosNode } from '../node/types.ts';

/** What CRTK needs of a node. */
export type CrtkNode = Pick<RosNode, 'createPublisher' | 'createSubscription' | 'now'>;

/** What a topic of CRTK carries, and who sends it. */
export interface CrtkTopic {
  readonly type: string;
  /** `robot` publishes what it measures and aims at, `client` what it wants. */
  readonly from: 'robot' | 'client';
}

const JOINTS = 'sensor_msgs/msg/JointState';
const POSE = 'geometry_msgs/msg/PoseStamped';
const TWIST = 'geometry_msgs/msg/TwistStamped';
const WRENCH = 'geometry_msgs/msg/WrenchStamped';

const robot = <T extends string>(type: T) => ({ type, from: 'robot' }) as const;
const client = <T extends string>(type: T) => ({ type, from: 'client' }) as const;

/**
 * The topics of the Collaborative Robotics Toolkit, under the namespace of a robot or a part of it (`/PSM1`,
 * `/PSM1/jaw`): level (measured, setpoint, goal; servo, interpolate, move), space (j joints, c Cartesian) and kind
 * (s state, p position, r relative position, v velocity, f force). SI units, positions in the frame of the header.
 *
 * Servo goes straight to the low-level controller, near its rate and near the present state; interpolate is smoothed;
 * move plans its own way to rest. `hold` and `free` are dVRK's.
 */
export const CRTK_TOPICS = {
  operating_state: robot('crtk_msgs/msg/OperatingState'),
  state_command: client('crtk_msgs/msg/StringStamped'),

  measured_js: robot(JOINTS),
  measured_cp: robot(POSE),
  measured_cv: robot(TWIST),
  measured_cf: robot(WRENCH),
  setpoint_js: robot(JOINTS),
  setpoint_cp: robot(POSE),
  setpoint_cv: robot(TWIST),
  setpoint_cf: robot(WRENCH),
  goal_js: robot(JOINTS),
  goal_cp: robot(POSE),
  goal_cv: robot(TWIST),

  servo_jp: client(JOINTS),
  servo_jr: client(JOINTS),
  servo_jv: client(JOINTS),
  servo_jf: client(JOINTS),
  servo_cp: client(POSE),
  servo_cr: client(POSE),
  servo_cv: client(TWIST),
  servo_cf: client(WRENCH),
  interpolate_jp: client(JOINTS),
  interpolate_jr: client(JOINTS),
  interpolate_jv: client(JOINTS),
  interpolate_jf: client(JOINTS),
  interpolate_cp: client(POSE),
  interpolate_cr: client(POSE),
  interpolate_cv: client(TWIST),
  interpolate_cf: client(WRENCH),
  move_jp: client(JOINTS),
  move_jr: client(JOINTS),
  move_cp: client(POSE),
  move_cr: client(POSE),

  hold: client('std_msgs/msg/Empty'),
  free: client('std_msgs/msg/Empty'),
} as const satisfies Readonly<Record<string, CrtkTopic>>;

export type CrtkName = keyof typeof CRTK_TOPICS;
type Of<T> = { [K in CrtkName]: (typeof CRTK_TOPICS)[K]['type'] extends T ? K : never }[CrtkName];
type From<F> = { [K in CrtkName]: (typeof CRTK_TOPICS)[K]['from'] extends F ? K : never }[CrtkName];

/** Names of what a robot tells, of joints, poses, twists and wrenches. */
export type JointQuery = Of<typeof JOINTS> & From<'robot'>;
export type PoseQuery = Of<typeof POSE> & From<'robot'>;
export type TwistQuery = Of<typeof TWIST> & From<'robot'>;
export type WrenchQuery = Of<typeof WRENCH> & From<'robot'>;

/** Names of what a robot is told. */
export type JointCommand = Of<typeof JOINTS> & From<'client'>;
export type PoseCommand = Of<typeof POSE> & From<'client'>;
export type TwistCommand = Of<typeof TWIST> & From<'client'>;
export type WrenchCommand = Of<typeof WRENCH> & From<'client'>;

/** The numbers of a joint command: positions for jp and jr, velocities for jv, efforts for jf. */
export function jointFieldOf(name: JointCommand): 'position' | 'velocity' | 'effort' {
  if (name.endsWith('jv')) return 'velocity';
  return name.endsWith('jf') ? 'effort' : 'position';
}

/** A topic's full name: `/PSM1` and `measured_js` are `/PSM1/measured_js`. */
export function crtkTopic(namespace: string, name: CrtkName): string {
  return `${namespace.replace(/\/+$/, '')}/${name}`;
}
