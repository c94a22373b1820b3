import { inputError } from '../../core/errors.ts';
import { numberIn } from './fields.ts';
import type { RosMessage } from './types.ts';

/** builtin_interfaces/msg/Time and Duration. */
export type RosTime = { readonly sec: number; readonly nanosec: number };

/**
 * Seconds as ROS has them, to the nanosecond: before zero the nanoseconds still count upwards (-0.25 s is -1 s and 750,000,000 ns).
 *
 * @throws IsocenterError `ros2/time` for what 32 bits of seconds do not hold
 */
export function rosTime(seconds: number): RosTime {
  const whole = Math.floor(seconds);
  const nanosec = Math.round((seconds - whole) * 1e9);
  const time = nanosec === 1e9 ? { sec: whole + 1, nanosec: 0 } : { sec: whole, nanosec };
  if (time.sec >= -(2 ** 31) && time.sec < 2 ** 31) return time;
  throw inputError('ros2/time', `${seconds} s is no time of ROS`, 'it holds seconds from -2147483648 to 2147483647');
}

/** Seconds of a time or duration in a message. */
export function secondsOf(time: RosMessage): number {
  return numberIn(time, 'sec') + numberIn(time, 'nanosec') * 1e-9;
}
