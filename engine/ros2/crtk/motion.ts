import { messageIn, numberIn, numbersIn, textIn, textsIn } from '../messages/fields.ts';
import { rosTime, secondsOf } from '../messages/time.ts';
import type { RosMessage } from '../messages/types.ts';

interface Stamped {
  /** [s since 1970]; 0 where CRTK marks the data as not valid. */
  readonly timeSec: number;
  readonly frameId: string;
}

/** sensor_msgs/msg/JointState: rad or m, per s, N m or N; an array that is empty is not known. */
export interface JointReading extends Stamped {
  readonly names: readonly string[];
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
  readonly efforts: Float64Array;
}

/** geometry_msgs/msg/PoseStamped: translation [m], rotation as quaternion (x, y, z, w). */
export interface Pose {
  readonly position: readonly [number, number, number];
  readonly rotation: readonly [number, number, number, number];
}
export interface PoseReading extends Stamped, Pose {}

/** Twist [m/s, rad/s] or wrench [N, N m]: a linear and an angular part. */
export interface ScrewReading extends Stamped {
  readonly linear: readonly [number, number, number];
  readonly angular: readonly [number, number, number];
}

export function jointReadingOf(message: RosMessage): JointReading {
  return {
    ...stampedOf(message),
    names: textsIn(message, 'name'),
    positions: numbersIn(message, 'position'),
    velocities: numbersIn(message, 'velocity'),
    efforts: numbersIn(message, 'effort'),
  };
}

export function poseReadingOf(message: RosMessage): PoseReading {
  const pose = messageIn(message, 'pose');
  const rotation = messageIn(pose, 'orientation');
  return {
    ...stampedOf(message),
    position: vectorOf(messageIn(pose, 'position')),
    rotation: [...vectorOf(rotation), numberIn(rotation, 'w')],
  };
}

export function twistReadingOf(message: RosMessage): ScrewReading {
  const twist = messageIn(message, 'twist');
  return {
    ...stampedOf(message),
    linear: vectorOf(messageIn(twist, 'linear')),
    angular: vectorOf(messageIn(twist, 'angular')),
  };
}

export function wrenchReadingOf(message: RosMessage): ScrewReading {
  const wrench = messageIn(message, 'wrench');
  return {
    ...stampedOf(message),
    linear: vectorOf(messageIn(wrench, 'force')),
    angular: vectorOf(messageIn(wrench, 'torque')),
  };
}

/** The header that messages carry. */
export function headerAt(timeSec: number, frameId = ''): RosMessage {
  return { stamp: rosTime(timeSec), frame_id: frameId };
}

export function poseMessage(pose: Pose, header: RosMessage): RosMessage {
  const [x, y, z, w] = pose.rotation;
  return { header, pose: { position: vectorMessage(pose.position), orientation: { x, y, z, w } } };
}

export function vectorMessage([x, y, z]: readonly [number, number, number]): RosMessage {
  return { x, y, z };
}

function stampedOf(message: RosMessage): Stamped {
  const header = messageIn(message, 'header');
  return { timeSec: secondsOf(messageIn(header, 'stamp')), frameId: textIn(header, 'frame_id') };
}

function vectorOf(message: RosMessage): [number, number, number] {
  return [numberIn(message, 'x'), numberIn(message, 'y'), numberIn(message, 'z')];
}

/** A reading as sensor_msgs/msg/JointState. */
export function jointMessage({ timeSec, frameId, names, positions, velocities, efforts }: JointReading): RosMessage {
  return {
    header: headerAt(timeSec, frameId),
    name: names,
    position: positions,
    velocity: velocities,
    effort: efforts,
  };
}
