import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RosMessage } from '../../../../engine/ros2/messages/types.ts';
import { type ActionHandlers, GOAL_STATUS, type RosNode, type ServerGoal } from '../../../../engine/ros2/node/types.ts';
import { pause, until } from '../../../support/wait.ts';
import { count, countingPair, FIBONACCI, numbers } from './counting.ts';
import { closeNodes, DOMAIN, node, warningsOf } from './support.ts';

let robot: RosNode;
let planner: RosNode;

beforeEach(async () => {
  robot = await node({ name: 'robot', domain: DOMAIN });
  planner = await node({ name: 'planner', domain: DOMAIN });
});
afterEach(closeNodes);

const pair = (handlers: Partial<ActionHandlers> = {}, asks = planner) => countingPair(robot, asks, handlers);

describe('goals', () => {
  it('succeed, with feedback on the way', async () => {
    const client = await pair();
    const feedback: number[][] = [];
    const goal = await client.sendGoal({ order: 8 }, (message) => feedback.push(numbers(message)));
    expect(goal?.id.length).toBe(16);
    const outcome = await goal?.outcome;
    expect(outcome?.status).toBe(GOAL_STATUS.succeeded);
    expect(numbers(outcome?.result)).toEqual([0, 1, 1, 2, 3, 5, 8, 13]);
    await until(() => feedback.length === 6);
    expect(feedback[0]).toEqual([0, 1, 1]);
    expect(goal?.status).toBe(GOAL_STATUS.succeeded);
  });

  it('are refused, also by a handler that fails', async () => {
    const accept = ({ order }: RosMessage) => {
      if (Number(order) === 13) throw new Error('unlucky');
      return Number(order) < 50;
    };
    const client = await pair({ accept });
    const said = warningsOf(robot);
    expect(await client.sendGoal({ order: 50 })).toBeUndefined();
    expect(await client.sendGoal({ order: 13 })).toBeUndefined();
    expect(said.join()).toMatch(/unlucky/);
    expect(numbers((await (await client.sendGoal({ order: 3 }))?.outcome)?.result)).toEqual([0, 1, 1]);
    await expect(client.sendGoal({ order: 'many' })).rejects.toThrow(/order/);
  });

  it('are cancelled, or not where the server will not', async () => {
    let asked = 0;
    const acceptCancel = () => {
      if (++asked === 1) throw new Error('not sure');
      return asked > 2;
    };
    const client = await pair({ acceptCancel });
    const goal = await client.sendGoal({ order: 1000 });
    await until(() => goal?.status === GOAL_STATUS.executing);
    expect(await goal?.cancel()).toBe(false);
    expect(await goal?.cancel()).toBe(false);
    expect(goal?.status).toBe(GOAL_STATUS.executing);
    expect(await goal?.cancel()).toBe(true);
    const outcome = await goal?.outcome;
    expect(outcome?.status).toBe(GOAL_STATUS.canceled);
    expect(numbers(outcome?.result).slice(0, 3)).toEqual([0, 1, 1]);
    expect(await goal?.cancel()).toBe(false);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('the motor is hot')), /motor is hot/],
    ['gives no end', async () => ({ status: GOAL_STATUS.executing, result: {} }), /no end/],
    ['gives a result that does not fit', async () => ({ status: GOAL_STATUS.succeeded, result: { sum: 1 } }), /sum/],
  ] satisfies [string, ActionHandlers['execute'], RegExp][])(
    'are aborted where the server %s',
    async (_, execute, why) => {
      const client = await pair({ execute });
      const said = warningsOf(robot);
      const outcome = await (await client.sendGoal({ order: 1 }))?.outcome;
      expect(outcome?.status).toBe(GOAL_STATUS.aborted);
      expect(numbers(outcome?.result)).toEqual([]);
      expect(said.join()).toMatch(why);
    },
  );

  it('of two clients run side by side', async () => {
    const first = await pair();
    const other = await node({ name: 'other', domain: DOMAIN });
    const second = other.createActionClient(FIBONACCI, '/count');
    await second.waitForServer(10_000);
    const feedback = [0, 0];
    const goals = await Promise.all([
      first.sendGoal({ order: 20 }, () => feedback[0]++),
      second.sendGoal({ order: 1000 }, () => feedback[1]++),
      first.sendGoal({ order: 10 }),
    ]);
    expect(new Set(goals.map((goal) => Buffer.from(goal?.id ?? []).toString('hex'))).size).toBe(3);
    const done = await Promise.all([goals[0]?.outcome, goals[2]?.outcome]);
    expect(done.map((outcome) => numbers(outcome?.result).length)).toEqual([20, 10]);
    await until(() => feedback[0] === 18);
    expect(await goals[1]?.cancel()).toBe(true);
    expect((await goals[1]?.outcome)?.status).toBe(GOAL_STATUS.canceled);
    expect(feedback[1]).toBeGreaterThan(0);
  });

  it("are those of a client in the server's own node, too", async () => {
    await pair();
    const goal = await robot.createActionClient(FIBONACCI, '/count').sendGoal({ order: 5 });
    expect(numbers((await goal?.outcome)?.result)).toEqual([0, 1, 1, 2, 3]);
  });

  it('that are taken after their sender gave up are cancelled', async () => {
    let seen: ServerGoal | undefined;
    const client = await pair({
      accept: () => pause(200).then(() => true),
      execute: (goal) => {
        seen = goal;
        return count(goal);
      },
    });
    await expect(client.sendGoal({ order: 10_000 }, undefined, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'ros2/timeout',
    });
    await until(() => seen?.status === GOAL_STATUS.canceled);
    const gaveUp = new AbortController();
    seen = undefined;
    const sending = client.sendGoal({ order: 10_000 }, undefined, { signal: gaveUp.signal });
    const failure = expect(sending).rejects.toThrow('enough');
    await pause(50);
    gaveUp.abort(new Error('enough'));
    await failure;
    await until(() => seen?.status === GOAL_STATUS.canceled);
  });

  it('go on without the client that sent them', async () => {
    let seen: ServerGoal | undefined;
    const execute = (goal: ServerGoal) => {
      seen = goal;
      return count(goal);
    };
    const gone = await node({ name: 'gone', domain: DOMAIN });
    const client = await pair({ execute }, gone);
    const goal = await client.sendGoal({ order: 40 });
    await until(() => seen !== undefined);
    const failure = expect(goal?.outcome).rejects.toMatchObject({ code: 'ros2/closed' });
    await gone.close();
    await failure;
    await until(() => seen?.status === GOAL_STATUS.succeeded);
    expect(seen?.cancelRequested).toBe(false);
  });

  it('fail when the server goes, and the server is told to stop', async () => {
    let seen: ServerGoal | undefined;
    const client = await pair({
      execute: (goal) => {
        seen = goal;
        return count(goal);
      },
    });
    const goal = await client.sendGoal({ order: 10_000 });
    await until(() => seen !== undefined);
    const failure = expect(goal?.outcome).rejects.toMatchObject({ code: 'ros2/no-service' });
    await robot.close();
    await failure;
    expect(seen?.cancelSignal.aborted).toBe(true);
    expect(await client.waitForServer(50)).toBe(false);
  });

  it('are told in the status topic, to those who come late, too', async () => {
    const client = await pair();
    const goal = await client.sendGoal({ order: 3 });
    await goal?.outcome;
    const running = await client.sendGoal({ order: 1000 });
    await until(() => running?.status === GOAL_STATUS.executing);
    const late = await node({ name: 'late', domain: DOMAIN });
    const lists: RosMessage[][] = [];
    late.createSubscription(
      'action_msgs/msg/GoalStatusArray',
      '/count/_action/status',
      ({ status_list }) => lists.push(status_list as RosMessage[]),
      'action_status_default',
    );
    await until(() => lists.length > 0);
    const ids = lists[0].map(({ goal_info }) => ((goal_info as RosMessage).goal_id as RosMessage).uuid);
    expect(ids).toEqual([goal?.id, running?.id]);
    expect(lists[0].map(({ status }) => status)).toEqual([GOAL_STATUS.succeeded, GOAL_STATUS.executing]);
    await running?.cancel();
  });
});
