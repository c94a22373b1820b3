import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import {
  createTrajectoryClient,
  createTrajectoryServer,
  type TrajectoryClient,
} from '../../../engine/ros2/crtk/trajectory-action.ts';
import { createRosNode } from '../../../engine/ros2/node/context.ts';
import { GOAL_STATUS, type RosNode } from '../../../engine/ros2/node/types.ts';
import { testDomain } from '../../support/domain.ts';

const DOMAIN = testDomain();
const JOINTS = ['shoulder', 'elbow'];

function trajectory(seconds: number, jointNames = JOINTS): JointTrajectory {
  const joints = jointNames.length;
  const numbers = () => new Float64Array(2 * joints);
  const positions = numbers().fill(0.5, joints);
  return {
    jointNames,
    timeSec: Float64Array.of(0, seconds),
    positions,
    velocities: numbers(),
    accelerations: numbers(),
  };
}

describe('FollowJointTrajectory with our own trajectories', () => {
  let robot: RosNode;
  let planner: RosNode;
  let client: TrajectoryClient;
  const carried: JointTrajectory[] = [];
  const orders: (readonly number[])[] = [];
  beforeAll(async () => {
    robot = await createRosNode({ name: 'robot', domain: DOMAIN });
    planner = await createRosNode({ name: 'planner', domain: DOMAIN });
    createTrajectoryServer(robot, '/arm/follow_joint_trajectory', {
      jointNames: JOINTS,
      refuse: ({ trajectory: { timeSec } }) => (timeSec[timeSec.length - 1] > 60 ? 'longer than a minute' : undefined),
      execute: async ({ goal, order, cancelSignal, publishFeedback }) => {
        carried.push(goal.trajectory);
        orders.push(order);
        const end = goal.trajectory.timeSec.at(-1) ?? 0;
        for (let t = 0; t < end; t += 0.02) {
          publishFeedback(t, [t, t], [t, 0]);
          await new Promise((resolve) => setTimeout(resolve, 20));
          if (cancelSignal.aborted) return { status: GOAL_STATUS.canceled, message: 'stopped' };
        }
        return { status: GOAL_STATUS.succeeded };
      },
    });
    client = createTrajectoryClient(planner, '/arm/follow_joint_trajectory');
    expect(await client.waitForServer(10_000)).toBe(true);
  });
  afterAll(async () => {
    await planner.close();
    await robot.close();
  });

  it('carries one out, with feedback, whatever the order of its joints', async () => {
    const errors: Float64Array[] = [];
    const wanted = trajectory(0.2, ['elbow', 'shoulder']);
    const outcome = await client.execute({ trajectory: wanted }, { onFeedback: ({ error }) => errors.push(error) });
    expect(outcome.status).toBe(GOAL_STATUS.succeeded);
    expect(outcome.result.ok).toBe(true);
    expect(carried.at(-1)).toEqual(wanted);
    expect(orders.at(-1)).toEqual([1, 0]);
    expect(errors.length).toBeGreaterThan(3);
  });

  it('is cancelled by its signal', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 150);
    const outcome = await client.execute({ trajectory: trajectory(10) }, { signal: stop.signal });
    expect(outcome.status).toBe(GOAL_STATUS.canceled);
    expect(outcome.result.text).toContain('stopped');
  });

  it('gives way to a newer goal', async () => {
    const first = client.execute({ trajectory: trajectory(10) });
    await new Promise((resolve) => setTimeout(resolve, 150));
    const second = client.execute({ trajectory: trajectory(0.1) });
    expect((await first).status).toBe(GOAL_STATUS.aborted);
    expect((await second).status).toBe(GOAL_STATUS.succeeded);
  });

  it('refuses joints that are not there, and what the server does not take', async () => {
    await expect(client.execute({ trajectory: trajectory(1, ['shoulder', 'wrist']) })).rejects.toThrow(/refuses/);
    await expect(client.execute({ trajectory: trajectory(61) })).rejects.toThrow(/refuses/);
  });
});
