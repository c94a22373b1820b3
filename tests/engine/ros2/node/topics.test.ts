import { afterEach, describe, expect, it } from 'vitest';
import { createInterfaceRegistry } from '../../../../engine/ros2/messages/registry.ts';
import { openRosContext } from '../../../../engine/ros2/node/context.ts';
import { checkedEndpoint } from '../../../../engine/ros2/node/shared.ts';
import { Warnings } from '../../../../engine/ros2/node/warnings.ts';
import { createParticipant } from '../../../../engine/ros2/rtps/participant.ts';
import { QOS_PROFILES, type QosProfile } from '../../../../engine/ros2/rtps/qos.ts';
import type { EndpointInfo } from '../../../../engine/ros2/rtps/types.ts';
import { pause, until } from '../../../support/wait.ts';
import { closeNodes, DOMAIN, node, warningsOf } from './support.ts';

const STRING = 'std_msgs/msg/String';

afterEach(closeNodes);

describe('topics', () => {
  it('carry messages from node to node, with names remapped', async () => {
    const ear = await node({ name: 'ear', domain: DOMAIN, remap: ['words:=/robot/said'] });
    const mouth = await node({ name: 'mouth', namespace: '/robot', domain: DOMAIN, remap: ['__node:=voice'] });
    expect(mouth.fullName).toBe('/robot/voice');
    expect(mouth.where).toMatch(new RegExp(`^DDS domain ${DOMAIN} on \\S+ 127\\.0\\.0\\.1`));
    const heard: unknown[] = [];
    const subscription = ear.createSubscription(STRING, 'words', ({ data }, info) => {
      expect(info.topic).toBe('/robot/said');
      // One clock, and milliseconds on the way.
      expect(Math.abs((info.sourceTimeSec as number) - info.receivedTimeSec)).toBeLessThan(5);
      expect(info.bytes?.length).toBeGreaterThan(8);
      heard.push(data);
    });
    const publisher = mouth.createPublisher(STRING, 'said');
    await until(() => publisher.subscriptionCount === 1 && subscription.publisherCount === 1);
    for (let i = 0; i < 5; i++) expect(publisher.publish({ data: `word ${i}` })).toBe(true);
    expect(await publisher.acknowledged(5000)).toBe(true);
    await until(() => heard.length === 5);
    expect(heard).toEqual([0, 1, 2, 3, 4].map((i) => `word ${i}`));
    publisher.close();
    await until(() => subscription.publisherCount === 0);
    expect(() => mouth.createPublisher('std_msgs/msg/Nothing', 'a')).toThrow(/Nothing/);
    expect(() => mouth.createPublisher(STRING, 'a b')).toThrow(/characters/);
    await mouth.close();
    await mouth.close();
    expect(() => mouth.createPublisher(STRING, 'a')).toThrow(/closed/);
  });

  it.each(Object.keys(QOS_PROFILES) as QosProfile[])('of the profile %s match each other', async (qos) => {
    const ear = await node({ name: 'ear', domain: DOMAIN });
    const mouth = await node({ name: 'mouth', domain: DOMAIN });
    const heard: unknown[] = [];
    ear.createSubscription(STRING, 'words', ({ data }) => heard.push(data), qos);
    const publisher = mouth.createPublisher(STRING, 'words', qos);
    await until(() => publisher.subscriptionCount === 1);
    // One after the other: profiles with a depth of 1 may drop what is superseded.
    for (const data of ['a', 'b', 'c']) {
      publisher.publish({ data });
      await until(() => heard.includes(data));
    }
    expect(heard).toEqual(['a', 'b', 'c']);
  });

  it('keep what is latched for those who come late, and throttle who keeps all', async () => {
    const source = await node({ name: 'source', domain: DOMAIN });
    const latched = source.createPublisher(STRING, 'description', 'latched');
    latched.publish({ data: 'old' });
    latched.publish({ data: 'new' });
    const all = source.createPublisher(STRING, 'all', { history: 'keep_all', depth: 50 });
    const late = await node({ name: 'late', domain: DOMAIN });
    const heard: unknown[] = [];
    late.createSubscription(STRING, 'description', ({ data }) => heard.push(data), 'latched');
    await until(() => heard.length > 0);
    expect(heard).toEqual(['new']);
    const numbers: unknown[] = [];
    late.createSubscription(STRING, 'all', ({ data }) => numbers.push(data), { history: 'keep_all', depth: 1000 });
    await until(() => all.subscriptionCount === 1);
    let refused = 0;
    for (let i = 0; i < 2000; i++) {
      while (!all.publish({ data: String(i) })) {
        refused++;
        await all.room();
      }
    }
    expect(await all.acknowledged(10_000)).toBe(true);
    await until(() => numbers.length === 2000);
    expect(numbers).toEqual(Array.from({ length: 2000 }, (_, i) => String(i)));
    expect(refused).toBeGreaterThan(0);
  });

  it('pass between nodes of one participant', async () => {
    const context = await openRosContext({ domain: DOMAIN, interface: '127.0.0.1' });
    const [a, b] = ['a', 'b'].map((name) => context.createNode({ name }));
    const heard: unknown[] = [];
    b.createSubscription(STRING, 'words', ({ data }) => heard.push(data));
    a.createPublisher(STRING, 'words').publish({ data: 'near' });
    await until(() => heard.length === 1);
    a.createService('std_srvs/srv/Trigger', '/near', () => ({ success: true, message: 'here' }));
    const client = b.createClient('std_srvs/srv/Trigger', '/near');
    expect(await client.call({})).toEqual({ success: true, message: 'here' });
    expect(a.graph.nodes().map(({ name }) => name)).toEqual(['a', 'b']);
    await a.close();
    expect(b.graph.nodes().map(({ name }) => name)).toEqual(['b']);
    await context.close();
  });

  it('leave out what cannot be read, with a warning, once', async () => {
    const ear = await node({ name: 'ear', domain: DOMAIN });
    const mouth = await node({ name: 'mouth', domain: DOMAIN });
    const said = warningsOf(ear);
    const heard: unknown[] = [];
    ear.createSubscription(STRING, 'words', ({ data }) => heard.push(data));
    const publisher = mouth.createPublisher(STRING, 'words');
    await until(() => publisher.subscriptionCount === 1);
    // A string that says it is longer than the sample; one without an end; an encapsulation that is none; one too short.
    for (const bytes of ['00010000ffffffff41', '000100000400000041424344', '7f7f000001000000', '00010000']) {
      publisher.publishBytes(Buffer.from(bytes, 'hex'));
    }
    publisher.publish({ data: 'good' });
    await until(() => heard.includes('good'));
    expect(said.filter((message) => message.startsWith('/words')).length).toBe(1);
    expect(() => publisher.publish({ data: 5 })).toThrow(/data/);
    expect(() => publisher.publish({ date: 'x' })).toThrow(/date/);
  });

  it('say which QoS does not fit', async () => {
    const ear = await node({ name: 'ear', domain: DOMAIN });
    const mouth = await node({ name: 'mouth', domain: DOMAIN });
    const said = warningsOf(ear);
    let heard = 0;
    const subscription = ear.createSubscription(STRING, 'words', () => heard++, 'default');
    const publisher = mouth.createPublisher(STRING, 'words', 'sensor_data');
    await until(() => said.length > 0);
    expect(said[0]).toMatch(/words.*RELIABILITY/);
    publisher.publish({ data: 'lost' });
    await pause(200);
    expect([heard, subscription.publisherCount, publisher.subscriptionCount]).toEqual([0, 0, 0]);
  });
});

describe('types', () => {
  it('of another name are told, once', async () => {
    const ear = await node({ name: 'ear', domain: DOMAIN });
    const mouth = await node({ name: 'mouth', domain: DOMAIN });
    const said = warningsOf(ear);
    ear.createSubscription(STRING, 'words', () => {});
    const publisher = mouth.createPublisher('std_msgs/msg/Int32', 'words');
    mouth.createPublisher('std_msgs/msg/Int32', 'words');
    await until(() => said.length > 0);
    await pause(150);
    expect(said).toEqual([expect.stringMatching(/words.*std_msgs\/msg\/Int32.*std_msgs\/msg\/String/)]);
    expect(publisher.subscriptionCount).toBe(0);
  });
});

describe('type hashes', () => {
  const thing = (text: string) => {
    const interfaces = createInterfaceRegistry({});
    interfaces.add('my_msgs/msg/Thing', text, 'Thing.msg');
    return interfaces;
  };

  it('that differ are refused by both, with both hashes in the warning', async () => {
    const ours = thing('int32 a\nint32 b\n');
    const theirs = thing('int32 b\nint32 a\n');
    const ear = await node({ name: 'ear', domain: DOMAIN, interfaces: ours });
    const mouth = await node({ name: 'mouth', domain: DOMAIN, interfaces: theirs });
    const said = [warningsOf(ear), warningsOf(mouth)];
    let heard = 0;
    const subscription = ear.createSubscription('my_msgs/msg/Thing', 'thing', () => heard++);
    const publisher = mouth.createPublisher('my_msgs/msg/Thing', 'thing');
    const hashes = [ours, theirs].map((each) => each.message('my_msgs/msg/Thing').hash);
    await until(() => said.every((each) => each.length > 0));
    for (const [warning] of said) for (const hash of hashes) expect(warning).toContain(hash);
    publisher.publish({ a: 1, b: 2 });
    await pause(200);
    expect([heard, subscription.publisherCount, publisher.subscriptionCount]).toEqual([0, 0, 0]);
    expect(said.map((each) => each.length)).toEqual([1, 1]);
  });

  it.each([
    ['taken where it is the same', 'jazzy', (hash: string) => `typehash=${hash};`, true, 0],
    ['taken where it is that of the service', 'jazzy', () => `typehash=RIHS01_${'5'.repeat(64)};`, true, 0],
    ['refused where it differs', 'jazzy', () => `clientid=1;typehash=RIHS01_${'6'.repeat(64)};`, false, 1],
    ['taken with one warning where there is none', 'jazzy', () => 'clientid=1.2;', true, 1],
    ['taken where a distribution has none', 'humble', () => '', true, 0],
  ] as const)('of a peer are %s', (_, distro, userData, taken, warned) => {
    const interfaces = createInterfaceRegistry({ distro });
    const type = interfaces.message(STRING);
    const warnings = new Warnings();
    const said: string[] = [];
    warnings.listen((message) => said.push(message));
    const { accepts } = checkedEndpoint({ interfaces, warnings }, type, '', `RIHS01_${'5'.repeat(64)}`);
    const remote = (guid: string): EndpointInfo => ({
      kind: 'writer',
      guid,
      topic: 'rt/words',
      type: type.ddsName,
      qos: QOS_PROFILES.default,
      vendor: 'cyclonedds',
      userData: userData(type.hash),
      local: false,
    });
    expect([accepts(remote('1')), accepts(remote('2'))]).toEqual([taken, taken]);
    expect(said.length).toBe(warned);
  });

  it('are written as ROS writes them, and a peer without one is taken by its name', async () => {
    const ear = await node({ name: 'ear', domain: DOMAIN });
    const said = warningsOf(ear);
    const heard: unknown[] = [];
    ear.createSubscription(STRING, 'words', ({ data }) => heard.push(data));
    const peer = await createParticipant({ domain: DOMAIN, environment: {} });
    const type = ear.interfaces.message(STRING);
    const writer = peer.createWriter('rt/words', type.ddsName, QOS_PROFILES.default);
    await until(() => writer.matched.length === 1);
    expect(writer.matched[0].userData).toBe(`typehash=${type.hash};`);
    expect(type.hash).toMatch(/^RIHS01_[0-9a-f]{64}$/);
    writer.write(type.encode({ data: 'named' }));
    await until(() => heard.length === 1);
    // Nobody is warned of our own kind, whose bare participants are only in tests.
    expect(said).toEqual([]);
    await peer.close();
  });
});
