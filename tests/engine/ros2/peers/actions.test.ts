import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RosMessage } from '../../../../engine/ros2/messages/types.ts';
import { createRosNode } from '../../../../engine/ros2/node/context.ts';
import { type ActionClient, GOAL_STATUS, type GoalOutcome, type RosNode } from '../../../../engine/ros2/node/types.ts';
import { pause, until } from '../../../support/wait.ts';
import { peerProgram, VENDORS } from './build.ts';
import { endPeers, type PeerOptions, peer } from './peer.ts';

beforeAll(() => VENDORS.forEach(peerProgram), 300_000);
const TYPE = 'control_msgs/action/FollowJointTrajectory';
const NAME = '/arm_controller/follow_joint_trajectory';
const domain = 121;
const open: RosNode[] = [];

afterEach(async () => {
  await endPeers();
  await Promise.all(open.splice(0).map((node) => node.close()));
});

async function node(name: string): Promise<RosNode> {
  const created = await createRosNode({ name, domain, interface: '127.0.0.1' });
  open.push(created);
  return created;
}

const JOINTS = 6;
const POINTS = 200;
const DURATION_SEC = 0.6;
const durationOf = (sec: number) => ({ sec: Math.floor(sec), nanosec: Math.round((sec % 1) * 1e9) });

/** Six joints that move at 0.1, 0.2, .. rad over the duration. */
const goal: RosMessage = {
  trajectory: {
    joint_names: Array.from({ length: JOINTS }, (_, j) => `joint${j + 1}`),
    points: Array.from({ length: POINTS }, (_, p) => ({
      positions: Float64Array.from({ length: JOINTS }, (_j, j) => ((p / (POINTS - 1)) * (j + 1)) / 10),
      velocities: new Float64Array(JOINTS),
      accelerations: new Float64Array(JOINTS),
      time_from_start: durationOf((DURATION_SEC * p) / (POINTS - 1)),
    })),
  },
  path_tolerance: [{ name: 'joint1', position: 0.05 }],
  goal_time_tolerance: durationOf(0.5),
};

describe.each(VENDORS)('a controller of %s', (vendor) => {
  async function begin(options: PeerOptions) {
    const server = await peer(vendor, 'serve-action', domain, options);
    const client: ActionClient = (await node('commands')).createActionClient(TYPE, NAME);
    expect(await client.waitForServer(10_000)).toBe(true);
    const feedbacks: RosMessage[] = [];
    const handle = await client.sendGoal(goal, (feedback) => feedbacks.push(feedback));
    return { server, feedbacks, handle };
  }

  it('carries out our goal and tells how it goes', async () => {
    const { server, feedbacks, handle } = await begin({ end: 'succeed' });
    expect(await server.next('goal')).toMatchObject({
      accepted: true,
      joints: JOINTS,
      points: POINTS,
      tolerances: 1,
      goalTimeTolerance: 0.5,
    });
    const outcome = await handle!.outcome;
    expect(outcome).toMatchObject({ status: GOAL_STATUS.succeeded, result: { error_code: 0, error_string: '' } });
    expect(handle!.status).toBe(GOAL_STATUS.succeeded);
    // Every 20 ms; a busy machine may leave out some.
    expect(feedbacks.length).toBeGreaterThan(5);
    for (const { joint_names, desired, actual, error } of feedbacks) {
      expect(joint_names).toEqual((goal.trajectory as RosMessage).joint_names);
      const { positions, time_from_start } = desired as { positions: Float64Array; time_from_start: RosMessage };
      const seconds = Number(time_from_start.sec) + Number(time_from_start.nanosec) / 1e9;
      // Of doubles that the peer computed from a time with nanoseconds.
      const expected = positions.map((_, j) => ((seconds / DURATION_SEC) * (j + 1)) / 10);
      for (const [j, q] of positions.entries()) expect(q).toBeCloseTo(expected[j], 7);
      const off = (error as { positions: Float64Array }).positions;
      expect((actual as { positions: Float64Array }).positions).toEqual(positions.map((q, j) => q - off[j]));
    }
  });

  it('stops when we cancel', async () => {
    const { server, feedbacks, handle } = await begin({ end: 'succeed' });
    await until(() => feedbacks.length >= 3);
    expect(await handle!.cancel()).toBe(true);
    expect(await server.next('cancel')).toMatchObject({ code: 0, goals: 1 });
    expect(await handle!.outcome).toMatchObject({ status: GOAL_STATUS.canceled, result: { error_string: 'stopped' } });
    // What has ended cannot be cancelled.
    expect(await handle!.cancel()).toBe(false);
  });

  it('aborts, and says why', async () => {
    const { handle } = await begin({ end: 'abort' });
    expect(await handle!.outcome).toMatchObject({
      status: GOAL_STATUS.aborted,
      result: { error_code: -4, error_string: 'elbow left the path' },
    });
  });

  it('may refuse', async () => {
    const { handle } = await begin({ end: 'reject' });
    expect(handle).toBeUndefined();
  });
});

describe.each(VENDORS)('a client of %s', (vendor) => {
  /** A controller of ours that follows the time of the trajectory, until `until` of it. */
  async function serve(outcome: GoalOutcome, part = 1): Promise<RosMessage[]> {
    const goals: RosMessage[] = [];
    (await node('controls')).createActionServer(TYPE, NAME, {
      execute: async (active) => {
        goals.push(active.goal);
        const { joint_names, points } = active.goal.trajectory as { joint_names: string[]; points: RosMessage[] };
        for (const point of points.slice(0, part * points.length)) {
          await pause(20);
          if (active.cancelRequested) return { status: GOAL_STATUS.canceled, result: { error_string: 'stopped' } };
          active.publishFeedback({ joint_names, desired: point, actual: point });
        }
        return outcome;
      },
    });
    return goals;
  }
  const succeeds: GoalOutcome = { status: GOAL_STATUS.succeeded, result: { error_code: 0 } };

  it('has its goal carried out and hears how it goes', async () => {
    const goals = await serve(succeeds);
    const client = await peer(vendor, 'send-action', domain, { joints: 7, points: 30, duration: 2 });
    expect(await client.next('goal')).toMatchObject({ accepted: true });
    expect(await client.next('feedback')).toMatchObject({ joints: 7, name: 'joint1', desired: 0, time: 0 });
    expect(await client.next('result')).toMatchObject({ status: 4, code: 0, feedbacks: 30 });
    const { seen } = await client.next('statuses');
    expect((seen as number[]).at(-1)).toBe(GOAL_STATUS.succeeded);
    const { trajectory, path_tolerance } = goals[0] as { trajectory: RosMessage; path_tolerance: RosMessage[] };
    expect(trajectory.joint_names).toHaveLength(7);
    const last = (trajectory.points as RosMessage[])[29];
    expect(last.time_from_start).toEqual({ sec: 2, nanosec: 0 });
    expect([...(last.positions as Float64Array)]).toEqual([1, 2, 3, 4, 5, 6, 7].map((j) => j / 10));
    expect(path_tolerance[0]).toMatchObject({ name: 'joint1', position: 0.05 });
  });

  it('cancels', async () => {
    await serve(succeeds);
    const client = await peer(vendor, 'send-action', domain, { points: 200, cancel: 3 });
    expect(await client.next('cancel')).toMatchObject({ code: 0, goals: 1 });
    expect(await client.next('result')).toMatchObject({ status: 5, text: 'stopped' });
    expect(((await client.next('statuses')).seen as number[]).at(-1)).toBe(GOAL_STATUS.canceled);
  });

  it('hears that its goal is aborted', async () => {
    await serve({ status: GOAL_STATUS.aborted, result: { error_code: -4, error_string: 'joint3 left the path' } }, 0.5);
    const client = await peer(vendor, 'send-action', domain, { points: 20 });
    expect(await client.next('result')).toMatchObject({
      status: 6,
      code: -4,
      text: 'joint3 left the path',
      feedbacks: 10,
    });
  });

  it('is refused', async () => {
    (await node('controls')).createActionServer(TYPE, NAME, { accept: () => false, execute: async () => succeeds });
    const client = await peer(vendor, 'send-action', domain);
    expect(await client.next('goal')).toMatchObject({ accepted: false });
  });
});
