import { describe, expect, it } from 'vitest';
import { type ActionHandlers, GOAL_STATUS, type RosNode } from '../../../../engine/ros2/node/types.ts';
import { freshDomain, openNode, pause, until } from './support.ts';

const TYPE = 'example_interfaces/action/Fibonacci';

async function pair(handlers: ActionHandlers): Promise<{ server: RosNode; client: RosNode }> {
  const domain = freshDomain();
  const server = await openNode({ name: 'server', domain });
  const client = await openNode({ name: 'client', domain });
  server.createActionServer(TYPE, '/fibonacci', handlers);
  return { server, client };
}

/** Counts until it is stopped; orders of 0 fail. */
const counting: ActionHandlers = {
  accept: ({ order }) => Number(order) >= 0,
  acceptCancel: ({ goal }) => Number(goal.order) !== 99,
  execute: async (goal) => {
    const order = Number(goal.goal.order);
    if (order === 0) throw new Error('nothing to count');
    for (let k = 0; k < order; k++) {
      goal.publishFeedback({ sequence: Int32Array.of(k) });
      await pause(10);
      if (goal.cancelRequested) return { status: GOAL_STATUS.canceled, result: { sequence: Int32Array.of(k) } };
    }
    return { status: GOAL_STATUS.succeeded, result: { sequence: Int32Array.of(order) } };
  },
};

describe('actions', () => {
  it('succeed, with feedback in order', async () => {
    const { client } = await pair(counting);
    const action = client.createActionClient(TYPE, '/fibonacci');
    expect(await action.waitForServer(10_000)).toBe(true);
    const steps: number[] = [];
    const goal = await action.sendGoal({ order: 5 }, ({ sequence }) => steps.push((sequence as Int32Array)[0]));
    expect(await goal?.outcome).toEqual({ status: GOAL_STATUS.succeeded, result: { sequence: Int32Array.of(5) } });
    expect(steps).toEqual([0, 1, 2, 3, 4]);
    expect(goal?.status).toBe(GOAL_STATUS.succeeded);
  });

  it('are refused, aborted and cancelled', async () => {
    const { server, client } = await pair(counting);
    const said: string[] = [];
    server.onWarning((warning) => said.push(warning));
    const action = client.createActionClient(TYPE, '/fibonacci');
    expect(await action.waitForServer(10_000)).toBe(true);
    expect(await action.sendGoal({ order: -1 })).toBeUndefined();
    const failing = await action.sendGoal({ order: 0 });
    expect((await failing?.outcome)?.status).toBe(GOAL_STATUS.aborted);
    expect(said.join()).toContain('nothing to count');
    const long = await action.sendGoal({ order: 1000 });
    expect(await long?.cancel()).toBe(true);
    expect((await long?.outcome)?.status).toBe(GOAL_STATUS.canceled);
    // What has ended cannot be cancelled.
    expect(await long?.cancel()).toBe(false);
    const stubborn = await action.sendGoal({ order: 99 });
    expect(await stubborn?.cancel()).toBe(false);
    expect((await stubborn?.outcome)?.status).toBe(GOAL_STATUS.succeeded);
  });

  it('are all cancelled by an empty id, for two clients', async () => {
    const { server, client } = await pair(counting);
    const other = server.createActionClient(TYPE, '/fibonacci');
    const action = client.createActionClient(TYPE, '/fibonacci');
    expect(await action.waitForServer(10_000)).toBe(true);
    const goals = [await action.sendGoal({ order: 1000 }), await other.sendGoal({ order: 2000 })];
    const cancel = client.createClient('action_msgs/srv/CancelGoal', '/fibonacci/_action/cancel_goal');
    const answer = await cancel.call({});
    expect(answer.return_code).toBe(0);
    expect(answer.goals_canceling).toHaveLength(2);
    for (const goal of goals) expect((await goal?.outcome)?.status).toBe(GOAL_STATUS.canceled);
    const unknown = await cancel.call({ goal_info: { goal_id: { uuid: new Uint8Array(16).fill(9) } } });
    expect(unknown.return_code).toBe(2);
  });

  it('tell their states to those who come late, and fail when the server goes', async () => {
    const { server, client } = await pair(counting);
    const action = client.createActionClient(TYPE, '/fibonacci');
    expect(await action.waitForServer(10_000)).toBe(true);
    const goal = await action.sendGoal({ order: 100_000 });
    const statuses: unknown[] = [];
    client.createSubscription(
      'action_msgs/msg/GoalStatusArray',
      '/fibonacci/_action/status',
      ({ status_list }) => statuses.push(...(status_list as { status: number }[]).map(({ status }) => status)),
      'action_status_default',
    );
    await until(() => statuses.includes(GOAL_STATUS.executing), 'the status');
    await server.close();
    await expect(goal?.outcome).rejects.toMatchObject({ code: 'ros2/no-service' });
  });

  it('whose results do not fit their type are aborted', async () => {
    const { client } = await pair({
      execute: async () => ({ status: GOAL_STATUS.succeeded, result: { sequence: 'no numbers' } }),
    });
    const action = client.createActionClient(TYPE, '/fibonacci');
    expect(await action.waitForServer(10_000)).toBe(true);
    const goal = await action.sendGoal({ order: 1 });
    expect((await goal?.outcome)?.status).toBe(GOAL_STATUS.aborted);
  });
});
