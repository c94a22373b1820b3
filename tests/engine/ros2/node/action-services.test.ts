import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RosMessage } from '../../../../engine/ros2/messages/types.ts';
import type { DdsNode } from '../../../../engine/ros2/node/dds-node.ts';
import { type ActionHandlers, GOAL_STATUS, type RosNode } from '../../../../engine/ros2/node/types.ts';
import { pause } from '../../../support/wait.ts';
import { countingPair, FIBONACCI, numbers } from './counting.ts';
import { closeNodes, DOMAIN, node } from './support.ts';

let robot: RosNode;
let planner: RosNode;

beforeEach(async () => {
  robot = await node({ name: 'robot', domain: DOMAIN });
  planner = await node({ name: 'planner', domain: DOMAIN });
});
afterEach(closeNodes);

const pair = (handlers: Partial<ActionHandlers> = {}, asks = planner) => countingPair(robot, asks, handlers);

describe('the services of an action', () => {
  const stamped = (seconds: number) => ({ sec: Math.floor(seconds), nanosec: Math.floor((seconds % 1) * 1e9) });
  const zero = { sec: 0, nanosec: 0 };
  const client = (part: string, kind: 'sendGoal' | 'getResult') =>
    (planner as DdsNode).openClient(`/count/_action/${part}`, planner.interfaces.action(FIBONACCI)[kind]);

  it('cancel by id and by time, as action_msgs has it', async () => {
    const sender = await pair();
    const cancel = planner.createClient('action_msgs/srv/CancelGoal', '/count/_action/cancel_goal');
    const ask = async (uuid: Uint8Array, stamp: object) => {
      const answer = await cancel.call({ goal_info: { goal_id: { uuid }, stamp } });
      const canceling = answer.goals_canceling as RosMessage[];
      const ids = canceling.map(({ goal_id }) =>
        Buffer.from((goal_id as RosMessage).uuid as Uint8Array).toString('hex'),
      );
      return { code: answer.return_code, ids };
    };
    const hex = (id: Uint8Array | undefined) => Buffer.from(id ?? []).toString('hex');
    const none = new Uint8Array(16);
    const start = async () => {
      const goal = await sender.sendGoal({ order: 10_000 });
      await pause(30);
      return goal;
    };
    expect(await ask(none, zero)).toEqual({ code: 1, ids: [] });
    const [a, b] = [await start(), await start()];
    const between = Date.now() / 1000;
    await pause(30);
    const [c, d, e] = [await start(), await start(), await start()];
    expect(await ask(Uint8Array.of(...none.subarray(1), 9), zero)).toEqual({ code: 2, ids: [] });
    expect(await ask(a?.id ?? none, zero)).toEqual({ code: 0, ids: [hex(a?.id)] });
    await a?.outcome;
    expect(await ask(a?.id ?? none, zero)).toEqual({ code: 3, ids: [] });
    // Before the time, and the one of the id besides.
    expect(await ask(d?.id ?? none, stamped(between))).toEqual({ code: 0, ids: [hex(b?.id), hex(d?.id)] });
    await Promise.all([b?.outcome, d?.outcome]);
    expect(await ask(none, stamped(between))).toEqual({ code: 1, ids: [] });
    expect(await ask(none, zero)).toEqual({ code: 0, ids: [hex(c?.id), hex(e?.id)] });
    for (const goal of [a, b, c, d, e]) expect((await goal?.outcome)?.status).toBe(GOAL_STATUS.canceled);
  });

  it('take an id once, and know no result of another', async () => {
    await pair();
    const send = client('send_goal', 'sendGoal');
    const request = { goal_id: { uuid: new Uint8Array(16).fill(7) }, goal: { order: 5 } };
    expect((await send.call(request)).accepted).toBe(true);
    expect((await send.call(request)).accepted).toBe(false);
    const result = client('get_result', 'getResult');
    const unknown = await result.call({ goal_id: { uuid: new Uint8Array(16).fill(8) } });
    expect(unknown.status).toBe(GOAL_STATUS.unknown);
    const known = await result.call({ goal_id: request.goal_id });
    expect(known.status).toBe(GOAL_STATUS.succeeded);
    // And again: results are kept.
    expect(numbers((await result.call({ goal_id: request.goal_id })).result as RosMessage).length).toBe(5);
  });

  it('forget a result after a quarter of an hour', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const goal = await (await pair()).sendGoal({ order: 3 });
    await goal?.outcome;
    const expiry = timers.mock.calls.filter(([, ms]) => ms === 15 * 60_000);
    expect(expiry.length).toBe(1);
    timers.mockRestore();
    const result = client('get_result', 'getResult');
    const ask = async () => (await result.call({ goal_id: { uuid: goal?.id } })).status;
    expect(await ask()).toBe(GOAL_STATUS.succeeded);
    (expiry[0][0] as () => void)();
    expect(await ask()).toBe(GOAL_STATUS.unknown);
  });
});
