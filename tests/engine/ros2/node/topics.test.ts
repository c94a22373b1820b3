import { describe, expect, it } from 'vitest';
import { createInterfaceRegistry } from '../../../../engine/ros2/messages/registry.ts';
import { createParticipant } from '../../../../engine/ros2/rtps/participant.ts';
import { QOS_PROFILES, type QosProfile } from '../../../../engine/ros2/rtps/qos.ts';
import { freshDomain, openNode, pause, until } from './support.ts';

describe('topics of nodes', () => {
  it.each(Object.keys(QOS_PROFILES) as QosProfile[])('reach a node of the profile %s', async (qos) => {
    const domain = freshDomain();
    const talker = await openNode({ name: 'talker', domain });
    const listener = await openNode({ name: 'listener', domain });
    const seen: unknown[] = [];
    listener.createSubscription('std_msgs/msg/Int32', '/count', ({ data }) => seen.push(data), qos);
    const publisher = talker.createPublisher('std_msgs/msg/Int32', '/count', qos);
    await until(() => publisher.subscriptionCount === 1, 'the subscription');
    for (let data = 0; data < 5; data++) {
      publisher.publish({ data });
      await pause(10);
    }
    await until(() => seen.length === 5, 'the messages');
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  it('keep the last message for those who come late', async () => {
    const domain = freshDomain();
    const talker = await openNode({ name: 'talker', domain });
    talker.createPublisher('std_msgs/msg/String', '/map', 'latched').publish({ data: 'here' });
    const late = await openNode({ name: 'late', domain });
    const seen: unknown[] = [];
    late.createSubscription('std_msgs/msg/String', '/map', ({ data }) => seen.push(data), 'latched');
    await until(() => seen.length === 1, 'the latched message');
    expect(seen).toEqual(['here']);
  });

  it('of types with another definition are refused, with both hashes', async () => {
    const domain = freshDomain();
    const registry = (text: string) => {
      const interfaces = createInterfaceRegistry();
      interfaces.add('my_msgs/msg/Reading', text, 'Reading.msg');
      return interfaces;
    };
    const talker = await openNode({ name: 'talker', domain, interfaces: registry('float64 value\n') });
    const listener = await openNode({ name: 'listener', domain, interfaces: registry('float32 value\n') });
    const seen: unknown[] = [];
    listener.createSubscription('my_msgs/msg/Reading', '/reading', (message) => seen.push(message));
    const publisher = talker.createPublisher('my_msgs/msg/Reading', '/reading');
    await until(() => listener.warned.length > 0 && talker.warned.length > 0, 'the warnings');
    publisher.publish({ value: 1 });
    await pause(100);
    expect(seen).toEqual([]);
    expect(publisher.subscriptionCount).toBe(0);
    const ours = listener.interfaces.message('my_msgs/msg/Reading').hash;
    const theirs = talker.interfaces.message('my_msgs/msg/Reading').hash;
    expect(listener.warned.join()).toContain(ours);
    expect(listener.warned.join()).toContain(theirs);
  });

  it('whose QoS does not fit are told with the policy', async () => {
    const domain = freshDomain();
    const talker = await openNode({ name: 'talker', domain });
    const listener = await openNode({ name: 'listener', domain });
    listener.createSubscription('std_msgs/msg/Int32', '/count', () => {}, 'default');
    talker.createPublisher('std_msgs/msg/Int32', '/count', 'sensor_data');
    await until(() => listener.warned.length > 0, 'the warning');
    expect(listener.warned.join()).toContain('RELIABILITY');
  });

  it('with bytes that are no message are left out', async () => {
    const domain = freshDomain();
    const listener = await openNode({ name: 'listener', domain });
    const seen: unknown[] = [];
    listener.createSubscription('sensor_msgs/msg/JointState', '/joints', ({ name }) => seen.push(name));
    const participant = await createParticipant({ domain });
    const type = listener.interfaces.message('sensor_msgs/msg/JointState');
    const writer = participant.createWriter('rt/joints', type.ddsName, QOS_PROFILES.default);
    await until(() => writer.matched.length === 1, 'the match');
    const good = type.encode({ name: ['a'] });
    writer.write(good.subarray(0, 20));
    writer.write(Uint8Array.of(0, 1, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255));
    writer.write(good);
    await until(() => seen.length === 1, 'the good message');
    expect(seen).toEqual([['a']]);
    expect(listener.warned.join()).toContain('/joints');
    await participant.close();
  });

  it('wait when a keep-all history is full', async () => {
    const domain = freshDomain();
    const talker = await openNode({ name: 'talker', domain });
    const listener = await openNode({ name: 'listener', domain });
    const seen: number[] = [];
    const qos = { history: 'keep_all', depth: 50 } as const;
    listener.createSubscription('std_msgs/msg/Int32', '/count', ({ data }) => seen.push(Number(data)), qos);
    const publisher = talker.createPublisher('std_msgs/msg/Int32', '/count', qos);
    await until(() => publisher.subscriptionCount === 1, 'the subscription');
    for (let data = 0; data < 2000; data++) while (!publisher.publish({ data })) await publisher.room();
    expect(await publisher.acknowledged(10_000)).toBe(true);
    await until(() => seen.length === 2000, 'all messages');
    expect(seen).toEqual(Array.from({ length: 2000 }, (_, i) => i));
  });
});

describe('the graph', () => {
  it('shows topics, services, actions and nodes of both sides, and their going', async () => {
    const domain = freshDomain();
    const robot = await openNode({ name: 'driver', namespace: '/robot', domain });
    const viewer = await openNode({ name: 'viewer', domain });
    robot.createPublisher('sensor_msgs/msg/JointState', 'joint_states', 'sensor_data');
    robot.createService('std_srvs/srv/Trigger', '~/home', () => ({ success: true, message: '' }));
    robot.createActionServer('control_msgs/action/FollowJointTrajectory', 'arm', {
      execute: () => new Promise(() => {}),
    });
    const topic = () => viewer.graph.topics().find(({ name }) => name === '/robot/joint_states');
    await until(() => topic() !== undefined && viewer.graph.actions().length > 0, 'the graph');
    expect(topic()).toMatchObject({ types: ['sensor_msgs/msg/JointState'], publishers: 1, subscribers: 0 });
    expect(topic()?.publisherQos[0].reliability).toBe('best_effort');
    expect(viewer.graph.services()).toContainEqual({ name: '/robot/driver/home', types: ['std_srvs/srv/Trigger'] });
    expect(viewer.graph.actions()).toEqual([
      { name: '/robot/arm', types: ['control_msgs/action/FollowJointTrajectory'] },
    ]);
    await until(() => viewer.graph.nodes().some(({ name }) => name === 'driver'), 'the node');
    expect(viewer.graph.nodes()).toContainEqual({ name: 'driver', namespace: '/robot' });
    await robot.close();
    await until(() => topic() === undefined, 'the topic to go');
    await until(() => !viewer.graph.nodes().some(({ name }) => name === 'driver'), 'the node to go');
  });
});
