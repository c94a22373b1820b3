import { type IsocenterError, inputError } from '../../core/errors.ts';
import type { JointTrajectory } from '../../core/joint-trajectory.ts';
import { messageIn, messagesIn, numbersIn, textsIn } from './fields.ts';
import { rosTime, secondsOf } from './time.ts';
import type { RosMessage } from './types.ts';

export interface TrajectoryHeader {
  /** When it begins [s since 1970]; 0, the default, is at once. */
  readonly stampSec?: number;
  readonly frameId?: string;
}

/** A trajectory as trajectory_msgs/msg/JointTrajectory. */
export function trajectoryMessage(trajectory: JointTrajectory, header: TrajectoryHeader = {}): RosMessage {
  const joints = trajectory.jointNames.length;
  return {
    header: { stamp: rosTime(header.stampSec ?? 0), frame_id: header.frameId ?? '' },
    joint_names: [...trajectory.jointNames],
    points: Array.from(trajectory.timeSec, (timeSec, n) => {
      const row = (data: Float64Array): Float64Array => data.slice(n * joints, (n + 1) * joints);
      return {
        positions: row(trajectory.positions),
        velocities: row(trajectory.velocities),
        accelerations: row(trajectory.accelerations),
        effort: new Float64Array(0),
        time_from_start: rosTime(timeSec),
      };
    }),
  };
}

/**
 * A trajectory from trajectory_msgs/msg/JointTrajectory.
 *
 * @throws IsocenterError `ros2/trajectory` for points that lack velocities or accelerations or have another number of
 *   them than there are joints, numbers that are not finite, times that do not ascend, joints named twice
 */
export function trajectoryOf(message: RosMessage): JointTrajectory {
  const jointNames = textsIn(message, 'joint_names');
  const joints = jointNames.length;
  if (new Set(jointNames).size !== joints) throw fault('a joint is named twice', 'name each joint once');
  const points = messagesIn(message, 'points');
  const timeSec = new Float64Array(points.length);
  const [positions, velocities, accelerations] = [0, 0, 0].map(() => new Float64Array(points.length * joints));
  points.forEach((point, n) => {
    timeSec[n] = secondsOf(messageIn(point, 'time_from_start'));
    if (n > 0 && !(timeSec[n] > timeSec[n - 1])) {
      throw fault(`points[${n}]: ${timeSec[n]} s does not come after ${timeSec[n - 1]} s`, 'times must ascend');
    }
    for (const [name, into] of Object.entries({ positions, velocities, accelerations })) {
      const row = numbersIn(point, name);
      if (row.length !== joints) {
        throw fault(
          `points[${n}].${name}: ${row.length} for ${joints} joints`,
          'give one for each joint, in their order',
        );
      }
      if (!row.every(Number.isFinite))
        throw fault(`points[${n}].${name}: not all are finite`, 'NaN and infinities cannot be driven to');
      into.set(row, n * joints);
    }
  });
  return { jointNames, timeSec, positions, velocities, accelerations };
}

/** What {@link trajectoryMessage} makes, in plain arrays, for JSON. */
export function trajectoryJson(trajectory: JointTrajectory): object {
  const message = trajectoryMessage(trajectory);
  const plain = (point: RosMessage): object =>
    Object.fromEntries(
      Object.entries(point).map(([key, value]) => [key, value instanceof Float64Array ? Array.from(value) : value]),
    );
  return { ...message, points: messagesIn(message, 'points').map(plain) };
}

function fault(what: string, hint: string): IsocenterError {
  return inputError('ros2/trajectory', what, hint);
}
