import { describe, expect, it } from 'vitest';
import type { JointTrajectory } from '../../../../engine/core/joint-trajectory.ts';
import {
  TRAJECTORY_CODES,
  trajectoryFeedbackOf,
  trajectoryGoalMessage,
  trajectoryGoalOf,
  trajectoryResultOf,
} from '../../../../engine/ros2/messages/follow-joint-trajectory.ts';
import { createInterfaceRegistry } from '../../../../engine/ros2/messages/registry.ts';
import { rosTime, secondsOf } from '../../../../engine/ros2/messages/time.ts';
import { trajectoryJson, trajectoryMessage, trajectoryOf } from '../../../../engine/ros2/messages/trajectory.ts';
import { DISTROS } from '../../../../engine/ros2/messages/types.ts';
import { createRandom } from './random-message.ts';

const motion: JointTrajectory = {
  jointNames: ['shoulder', 'elbow'],
  timeSec: Float64Array.of(0, 0.25, 1.5),
  positions: Float64Array.of(0, 1, 0.1, 1.1, 0.2, 1.2),
  velocities: Float64Array.of(0, 0, 0.5, 0.4, 0, 0),
  accelerations: Float64Array.of(1, 2, 3, 4, 5, 6),
};

describe('time', () => {
  it('comes back to the nanosecond, before zero too (seed 31)', () => {
    const random = createRandom(31);
    for (let i = 0; i < 2000; i++) {
      const seconds = (random() - 0.5) * 2e6;
      const time = rosTime(seconds);
      expect(time.nanosec).toBeGreaterThanOrEqual(0);
      expect(time.nanosec).toBeLessThan(1e9);
      // Half a nanosecond of rounding, and what a double of a million seconds resolves (1.2e-10).
      expect(Math.abs(secondsOf(time) - seconds)).toBeLessThan(7e-10);
    }
    expect(rosTime(-0.25)).toEqual({ sec: -1, nanosec: 750_000_000 });
    expect(rosTime(0.9999999999)).toEqual({ sec: 1, nanosec: 0 });
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, -(2 ** 31) - 1]) {
      expect(() => rosTime(bad)).toThrow(expect.objectContaining({ code: 'ros2/time' }));
    }
  });
});

describe('trajectory', () => {
  it.each(DISTROS)('goes to the wire of %s and back', (distro) => {
    const type = createInterfaceRegistry({ distro }).message('trajectory_msgs/JointTrajectory');
    const message = trajectoryMessage(motion, { stampSec: 12.5, frameId: 'base' });
    const received = type.decode(type.encode(message));
    expect(received).toEqual(message);
    expect(trajectoryOf(received)).toEqual(motion);
    expect(trajectoryOf(type.fromJson(type.toJson(received)))).toEqual(motion);
  });

  it('has in JSON the shape that the type has', () => {
    const type = createInterfaceRegistry().message('trajectory_msgs/JointTrajectory');
    expect(trajectoryJson(motion)).toEqual(type.toJson(trajectoryMessage(motion)));
  });

  it.each([
    ['velocities that are missing', { velocities: [] }, /points\[1\]\.velocities: 0 for 2 joints/],
    ['too many positions', { positions: [1, 2, 3] }, /points\[1\]\.positions: 3 for 2 joints/],
    ['NaN', { accelerations: [Number.NaN, 0] }, /points\[1\]\.accelerations: not all are finite/],
    [
      'a time that does not ascend',
      { time_from_start: { sec: 0, nanosec: 0 } },
      /points\[1\]: 0 s does not come after 0 s/,
    ],
  ])('is refused with %s', (_, change, message) => {
    const points = [...(trajectoryMessage(motion).points as object[])];
    points[1] = { ...points[1], ...change };
    expect(() => trajectoryOf({ ...trajectoryMessage(motion), points })).toThrow(
      expect.objectContaining({ code: 'ros2/trajectory', message: expect.stringMatching(message) }),
    );
  });

  it('is refused with a joint named twice, or fields of another kind', () => {
    expect(() => trajectoryOf({ ...trajectoryMessage(motion), joint_names: ['a', 'a'] })).toThrow(
      expect.objectContaining({ code: 'ros2/trajectory' }),
    );
    for (const other of [{}, { joint_names: 'a' }, { joint_names: ['a', 'b'], points: [3] }]) {
      expect(() => trajectoryOf(other)).toThrow(expect.objectContaining({ code: 'ros2/message' }));
    }
  });
});

describe('FollowJointTrajectory', () => {
  it.each(DISTROS)('goals go to the wire of %s and back', (distro) => {
    const { goal } = createInterfaceRegistry({ distro }).action('control_msgs/FollowJointTrajectory');
    const wish = {
      trajectory: motion,
      pathTolerances: [{ joint: 'elbow', position: 0.1, velocity: -1, acceleration: 0 }],
      goalTolerances: [{ joint: 'shoulder', position: 0.01, velocity: 0, acceleration: 0 }],
      goalTimeToleranceSec: 0.5,
    };
    expect(trajectoryGoalOf(goal.decode(goal.encode(trajectoryGoalMessage(wish))))).toEqual(wish);
  });

  it('refuses a tolerance of a joint that does not move', () => {
    expect(() => trajectoryGoalMessage({ trajectory: motion, goalTolerances: [{ joint: 'wrist' }] })).toThrow(
      expect.objectContaining({ code: 'ros2/trajectory', message: expect.stringContaining('wrist') }),
    );
  });

  it('says in words how it ended', () => {
    const { result, feedback } = createInterfaceRegistry().action('control_msgs/FollowJointTrajectory');
    expect(trajectoryResultOf(result.zero())).toEqual({ code: 0, ok: true, text: 'done' });
    const failed = { error_code: TRAJECTORY_CODES.pathToleranceViolated, error_string: 'elbow off by 0.3' };
    expect(trajectoryResultOf(result.decode(result.encode(failed)))).toEqual({
      code: -4,
      ok: false,
      text: 'a joint left the path by more than its tolerance: elbow off by 0.3',
    });
    expect(trajectoryResultOf({ error_code: -77, error_string: '' }).text).toBe('unknown code -77');
    const codes = result.definitions[0].definitions.filter((field) => field.isConstant).map((field) => field.value);
    expect(codes.sort()).toEqual(Object.values(TRAJECTORY_CODES).sort());
    const now = {
      ...feedback.zero(),
      joint_names: ['a'],
      actual: { positions: [1], time_from_start: { sec: 2, nanosec: 5e8 } },
    };
    expect(trajectoryFeedbackOf(feedback.decode(feedback.encode(now)))).toMatchObject({
      jointNames: ['a'],
      actual: Float64Array.of(1),
      timeSec: 2.5,
    });
  });
});
