import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GOAL_STATUS, type RosNode } from '../../../../engine/ros2/node/types.ts';
import { createRosbridgeNode } from '../../../../engine/ros2/rosbridge/node.ts';
import { until } from '../../../support/wait.ts';
import { RosbridgeServer } from './server.ts';

let server: RosbridgeServer;
let robot: RosNode;
let page: RosNode;
const warnings: string[] = [];

beforeEach(async () => {
  server = await RosbridgeServer.start();
  robot = await createRosbridgeNode({ url: server.url, name: 'robot' });
  page = await createRosbridgeNode({ url: server.url, name: 'page', namespace: '/web' });
  warnings.length = 0;
  page.onWarning((warning) => warnings.push(warning));
});
afterEach(async () => {
  await robot.close();
  await page.close();
  await server.stop();
});

describe('a node through rosbridge', () => {
  it('carries messages with all kinds of fields, in cbor', async () => {
    const seen: Record<string, unknown>[] = [];
    page.createSubscription('sensor_msgs/msg/JointState', '/joint_states', (message) => seen.push({ ...message }));
    const clouds: Record<string, unknown>[] = [];
    page.createSubscription(
      'sensor_msgs/msg/PointCloud2',
      '/cloud',
      (message) => clouds.push({ ...message }),
      'sensor_data',
    );
    await until(() => server.said('subscribe').length === 2, 'the subscriptions');
    expect(server.said('subscribe')[1]).toMatchObject({
      qos: { reliability: 'best_effort', depth: 5 },
      compression: 'cbor',
    });
    const publisher = robot.createPublisher('sensor_msgs/msg/JointState', '/joint_states');
    expect(publisher.publish({ name: ['a'], position: Float64Array.of(0.1), header: { frame_id: 'base' } })).toBe(true);
    await until(() => seen.length === 1, 'a message');
    expect(seen[0]).toMatchObject({ name: ['a'], position: Float64Array.of(0.1), header: { frame_id: 'base' } });
    robot
      .createPublisher('sensor_msgs/msg/PointCloud2', '/cloud')
      .publish({ width: 3, data: Uint8Array.of(1, 2, 255) });
    await until(() => clouds.length === 1, 'a cloud');
    expect(clouds[0]).toMatchObject({ width: 3, data: Uint8Array.of(1, 2, 255) });
    expect(warnings).toEqual([]);
  });

  it('refuses what does not fit its type before it is sent', () => {
    const publisher = robot.createPublisher('std_msgs/msg/Int8', '/small');
    expect(() => publisher.publish({ data: 1000 })).toThrow(/1000/);
    expect(() => publisher.publish({ date: 1 })).toThrow(/date/);
    expect(server.said('publish')).toEqual([]);
  });

  it('calls services and serves them, with their errors', async () => {
    robot.createService('std_srvs/srv/SetBool', '/enable', ({ data }) => {
      if (data === false) throw new Error('not now');
      return { success: true, message: 'on' };
    });
    const client = page.createClient('std_srvs/srv/SetBool', '/enable');
    expect(await client.waitForService(5000)).toBe(true);
    expect(await client.call({ data: true })).toEqual({ success: true, message: 'on' });
    await expect(client.call({ data: false })).rejects.toThrow(/not now/);
    expect(server.said('call_service').find((each) => each.service === '/enable')?.type).toBe('std_srvs/srv/SetBool');
    const nobody = page.createClient('std_srvs/srv/Trigger', '/nobody');
    expect(await nobody.waitForService(200)).toBe(false);
    await expect(nobody.call({})).rejects.toThrow(/does not exist/);
    robot.createService('std_srvs/srv/Trigger', '/slow', () => new Promise(() => {}));
    await until(() => server.said('advertise_service').length === 2, 'the slow service');
    await expect(page.createClient('std_srvs/srv/Trigger', '/slow').call({}, { timeoutMs: 100 })).rejects.toThrow(
      /in time/,
    );
  });

  it('sends goals: success, feedback, cancel, abort, refusal', async () => {
    const type = 'control_msgs/action/FollowJointTrajectory';
    robot.createActionServer(type, '/arm', {
      accept: (goal) => (goal.trajectory as { joint_names: string[] }).joint_names.length > 0,
      execute: async (goal) => {
        const [first] = (goal.goal.trajectory as { joint_names: string[] }).joint_names;
        if (first === 'broken') throw new Error('the motor is hot');
        for (let i = 0; i < 20; i++) {
          goal.publishFeedback({ joint_names: [first] });
          await new Promise((resolve) => setTimeout(resolve, 20));
          if (goal.cancelRequested) return { status: GOAL_STATUS.canceled, result: { error_string: 'stopped' } };
          if (first === 'short' && i === 2) break;
        }
        return { status: GOAL_STATUS.succeeded, result: { error_string: 'done' } };
      },
    });
    await until(() => server.said('advertise_action').length === 1, 'the action');
    const client = page.createActionClient(type, '/arm');
    const goal = (joint: string) => ({ trajectory: { joint_names: [joint] } });
    let feedback = 0;
    const short = await client.sendGoal(goal('short'), () => feedback++);
    expect(await short?.outcome).toMatchObject({ status: GOAL_STATUS.succeeded, result: { error_string: 'done' } });
    expect(feedback).toBe(3);
    const long = await client.sendGoal(goal('long'));
    expect(await long?.cancel()).toBe(true);
    expect(await long?.outcome).toMatchObject({ status: GOAL_STATUS.canceled });
    const broken = await client.sendGoal(goal('broken'));
    expect(await broken?.outcome).toMatchObject({ status: GOAL_STATUS.aborted });
    expect(await client.sendGoal({})).toBeUndefined();
    expect(await page.createActionClient(type, '/nobody').sendGoal(goal('a'))).toBeUndefined();
  });

  it('comes back after the server was gone, with all that stood', async () => {
    const seen: unknown[] = [];
    page.createSubscription('std_msgs/msg/String', 'words', (message) => seen.push(message.data));
    const publisher = robot.createPublisher('std_msgs/msg/String', '/web/words');
    robot.createService('std_srvs/srv/Trigger', '/ping', () => ({ success: true, message: '' }));
    robot.createService('std_srvs/srv/Trigger', '/never', () => new Promise(() => {}));
    const client = page.createClient('std_srvs/srv/Trigger', '/ping');
    expect(await client.waitForService(5000)).toBe(true);
    const hanging = page.createClient('std_srvs/srv/Trigger', '/never').call({}, { timeoutMs: 60_000 });
    const failure = expect(hanging).rejects.toThrow(/not connected/);
    await until(() => server.said('call_service').some((each) => each.service === '/never'), 'the call');
    const { port } = server;
    await server.stop();
    await failure;
    await until(() => publisher.publish({ data: 'lost' }) === false, 'the loss');
    await expect(client.call({})).rejects.toThrow(/not connected/);
    await new Promise((resolve) => setTimeout(resolve, 400));
    server = await RosbridgeServer.start(port);
    await publisher.room();
    await until(() => server.said('subscribe').length === 1 && server.said('advertise').length === 1, 'what stood');
    expect(publisher.publish({ data: 'again' })).toBe(true);
    await until(() => seen.length === 1, 'a message');
    expect(seen).toEqual(['again']);
    expect(await client.waitForService(5000)).toBe(true);
    expect(await client.call({})).toMatchObject({ success: true });
    expect(warnings.join('\n')).toMatch(/lost[\s\S]*connected again/);
  });

  it('takes fragments, and leaves out what is no message', async () => {
    server.fragmentSize = 100;
    const client = page.createClient('std_srvs/srv/Trigger', '/long');
    robot.createService('std_srvs/srv/Trigger', '/long', () => ({ success: true, message: 'x'.repeat(5000) }));
    expect(await client.waitForService(5000)).toBe(true);
    expect(await client.call({})).toEqual({ success: true, message: 'x'.repeat(5000) });
    const seen: unknown[] = [];
    page.createSubscription('std_msgs/msg/String', '/words', (message) => seen.push(message.data));
    const bad = [
      '{',
      '[]',
      'null',
      '{"op":5}',
      '{"op":"close"}',
      '{"op":"publish","topic":"close","msg":{}}',
      '{"op":"publish"}',
    ];
    for (const text of bad) server.shout(text);
    server.shout(Uint8Array.of(0xff, 0x00, 0x13));
    server.shout('{"op":"publish","topic":"/words","msg":{"data":7}}');
    server.shout('{"op":"publish","topic":"/words","msg":{"other":"a"}}');
    server.shout('{"op":"publish","topic":"/words","msg":{"data":"good"}}');
    await until(() => seen.length === 1, 'the good message');
    expect(seen).toEqual(['good']);
    expect(warnings.some((warning) => warning.includes('/words'))).toBe(true);
  });

  it('asks rosapi for the graph', async () => {
    robot.createPublisher('std_msgs/msg/String', '/words');
    robot.createService('std_srvs/srv/Trigger', '/ping', () => ({ success: true, message: '' }));
    const fibonacci = 'example_interfaces/action/Fibonacci';
    robot.createActionServer(fibonacci, '/count', { execute: () => new Promise(() => {}) });
    const stop = page.graph.onChange(() => {});
    await until(() => page.graph.services().length > 0 && page.graph.actions().length > 0, 'the services');
    expect(page.graph.topics()).toContainEqual(
      expect.objectContaining({ name: '/words', types: ['std_msgs/msg/String'] }),
    );
    expect(page.graph.services()).toEqual([{ name: '/ping', types: ['std_srvs/srv/Trigger'] }]);
    expect(page.graph.actions()).toEqual([{ name: '/count', types: [fibonacci] }]);
    expect(page.graph.nodes()).toContainEqual({ name: 'driver', namespace: '/robot' });
    stop();
  });

  it('says what is wrong with an address', async () => {
    await expect(createRosbridgeNode({ url: 'http://robot', name: 'a' })).rejects.toThrow(/no address/);
    const { port } = server;
    await server.stop();
    await expect(createRosbridgeNode({ url: `ws://127.0.0.1:${port}`, name: 'a' })).rejects.toThrow(
      /cannot be reached/,
    );
    server = await RosbridgeServer.start(port);
  });
});
