import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GOAL_STATUS, type RosNode } from '../../../../engine/ros2/node/types.ts';
import { createRosbridgeNode } from '../../../../engine/ros2/rosbridge/node.ts';
import { until } from '../../../support/wait.ts';
import { RosbridgeServer } from './server.ts';

const COUNT = 'example_interfaces/action/Fibonacci';
const TRIGGER = 'std_srvs/srv/Trigger';

let server: RosbridgeServer;
const open: RosNode[] = [];
const warnings: string[] = [];

async function node(name: string, pingMs = 3000): Promise<RosNode> {
  const created = await createRosbridgeNode({ url: server.url, name, pingMs });
  created.onWarning((warning) => warnings.push(warning));
  open.push(created);
  return created;
}

beforeEach(async () => {
  warnings.length = 0;
  server = await RosbridgeServer.start();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
  await server.stop();
});

describe('a server that takes the messages of a client one by one', () => {
  beforeEach(() => {
    server.oneByOne = true;
  });

  it('brings a stop past a goal that runs and a call that takes its time', async () => {
    const robot = await node('robot');
    const page = await node('page');
    const stops: unknown[] = [];
    robot.createSubscription('std_msgs/msg/Bool', '/stop', ({ data }) => stops.push(data));
    let answer: (() => void) | undefined;
    robot.createService(TRIGGER, '/slow', async () => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return { success: true, message: 'at last' };
    });
    let finish: (() => void) | undefined;
    robot.createActionServer(COUNT, '/count', {
      execute: async () => {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        return { status: GOAL_STATUS.succeeded, result: { sequence: Int32Array.of(1) } };
      },
    });
    await until(() => server.said('advertise_action').length === 1, 'the action');
    const publisher = page.createPublisher('std_msgs/msg/Bool', '/stop');
    const client = page.createActionClient(COUNT, '/count');
    const goals = [await client.sendGoal({ order: 5 }), await client.sendGoal({ order: 6 })];
    const call = page.createClient(TRIGGER, '/slow').call({});
    await until(() => answer !== undefined && finish !== undefined, 'the goals and the call');
    expect(server.said('send_action_goal').length).toBe(2);
    expect(publisher.publish({ data: true })).toBe(true);
    await until(() => stops.length === 1, 'the stop');
    answer?.();
    expect(await call).toEqual({ success: true, message: 'at last' });
    finish?.();
    expect((await goals[1]?.outcome)?.status).toBe(GOAL_STATUS.succeeded);
    expect(warnings).toEqual([]);
  });

  it('does not read a wish to cancel, and the user is told why', async () => {
    const robot = await node('robot');
    let finish: (() => void) | undefined;
    robot.createActionServer(COUNT, '/count', {
      execute: async () => {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        return { status: GOAL_STATUS.succeeded, result: {} };
      },
    });
    await until(() => server.said('advertise_action').length === 1, 'the action');
    const goal = await (await node('page')).createActionClient(COUNT, '/count').sendGoal({ order: 5 });
    expect(await goal?.cancel()).toBe(true);
    await until(() => warnings.length > 0, 'the warning');
    expect(warnings[0]).toMatch(/count.*send_action_goals_in_new_thread/);
    finish?.();
    await goal?.outcome;
    expect(await goal?.cancel()).toBe(false);
  });
});

describe('a connection', () => {
  it('that nobody answers on is taken as broken: calls and goals fail', async () => {
    const robot = await node('robot');
    robot.createService(TRIGGER, '/never', () => new Promise(() => {}));
    robot.createActionServer(COUNT, '/count', { execute: () => new Promise(() => {}) });
    await until(() => server.said('advertise_action').length === 1, 'the action');
    const page = await node('page', 50);
    const goal = await page.createActionClient(COUNT, '/count').sendGoal({ order: 5 });
    const call = page.createClient(TRIGGER, '/never').call({}, { timeoutMs: 600_000 });
    const failures = [call, goal?.outcome].map((each) =>
      expect(each).rejects.toMatchObject({ code: 'ros2/rosbridge-gone' }),
    );
    await until(() => server.said('call_service').length > 0, 'the call');
    server.freeze();
    await Promise.all(failures);
    await until(() => warnings.some((warning) => warning.includes('lost')), 'the warning');
    // It is told once, though several connections broke.
    expect(warnings.filter((warning) => warning.includes('lost')).length).toBe(1);
  });

  it('that is busy with nothing stays', async () => {
    await node('page', 20);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(warnings).toEqual([]);
  });

  it('brings what was sent before it was closed', async () => {
    const robot = await node('robot');
    const heard: unknown[] = [];
    robot.createSubscription('std_msgs/msg/Int32', '/numbers', ({ data }) => heard.push(data));
    await until(() => server.said('subscribe').length === 1, 'the subscription');
    const page = await node('page');
    const publisher = page.createPublisher('std_msgs/msg/Int32', '/numbers', { lifespanSec: 2 });
    for (let data = 0; data < 500; data++) expect(publisher.publish({ data })).toBe(true);
    await page.close();
    await until(() => heard.length === 500, 'the numbers');
    expect(heard).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect(server.said('advertise')[0]).toMatchObject({ qos: { reliability: 'reliable', depth: 10, lifespan: 2 } });
  });

  it('to a server without rosapi knows nothing of the graph, and says so', async () => {
    server.hasRosapi = false;
    const page = await node('page');
    const stop = page.graph.onChange(() => {});
    await until(() => warnings.length > 0, 'the warning');
    expect(warnings[0]).toMatch(/no rosapi/);
    expect(page.graph.topics()).toEqual([]);
    // Whether a service is there cannot be said: the connection is all that is asked for.
    expect(await page.createClient(TRIGGER, '/ping').waitForService(1000)).toBe(true);
    stop();
  });
});
