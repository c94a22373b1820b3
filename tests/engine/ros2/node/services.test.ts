import { describe, expect, it } from 'vitest';
import { readRequest, splitHeader, withHeader } from '../../../../engine/ros2/node/correlation.ts';
import { QOS_PROFILES } from '../../../../engine/ros2/rtps/qos.ts';
import type { EndpointInfo, ReceivedSample, Vendor } from '../../../../engine/ros2/rtps/types.ts';
import { freshDomain, openNode, pause, until } from './support.ts';

describe('services', () => {
  it('answer 500 calls at once, each with its own', async () => {
    const domain = freshDomain();
    const server = await openNode({ name: 'server', domain });
    const caller = await openNode({ name: 'caller', domain });
    server.createService('example_interfaces/srv/AddTwoInts', '/add', async ({ a, b }) => {
      await pause(Number(a) % 7);
      return { sum: (a as bigint) + (b as bigint) };
    });
    const client = caller.createClient('example_interfaces/srv/AddTwoInts', '/add');
    expect(await client.waitForService(10_000)).toBe(true);
    const answers = await Promise.all(Array.from({ length: 500 }, (_, i) => client.call({ a: BigInt(i), b: 1000n })));
    expect(answers.map(({ sum }) => sum)).toEqual(Array.from({ length: 500 }, (_, i) => BigInt(i) + 1000n));
  });

  it('tell two clients apart', async () => {
    const domain = freshDomain();
    const server = await openNode({ name: 'server', domain });
    server.createService('std_srvs/srv/SetBool', '/echo', ({ data }) => ({ success: data, message: String(data) }));
    const callers = await Promise.all(['one', 'two'].map((name) => openNode({ name, domain })));
    const clients = callers.map((node) => node.createClient('std_srvs/srv/SetBool', '/echo'));
    const answers = await Promise.all(clients.map((client, i) => client.call({ data: i === 0 })));
    expect(answers.map(({ success }) => success)).toEqual([true, false]);
  });

  it('fail in time, by abort, when the server throws, goes away or is not there', async () => {
    const domain = freshDomain();
    const server = await openNode({ name: 'server', domain });
    const caller = await openNode({ name: 'caller', domain });
    server.createService('std_srvs/srv/Trigger', '/never', () => new Promise(() => {}));
    server.createService('std_srvs/srv/Trigger', '/broken', () => {
      throw new Error('no power');
    });
    const never = caller.createClient('std_srvs/srv/Trigger', '/never');
    expect(await never.waitForService(10_000)).toBe(true);
    await expect(never.call({}, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'ros2/timeout' });
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(never.call({}, { signal: stop.signal })).rejects.toThrow('enough');
    const broken = caller.createClient('std_srvs/srv/Trigger', '/broken');
    await expect(broken.call({}, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'ros2/timeout' });
    expect(server.warned.join()).toContain('no power');
    const pending = never.call({}, { timeoutMs: 60_000 });
    setTimeout(() => void server.close(), 50);
    await expect(pending).rejects.toMatchObject({ code: 'ros2/no-service' });
    const nobody = caller.createClient('std_srvs/srv/Trigger', '/nobody');
    await expect(nobody.call({}, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'ros2/no-service' });
    const closed = caller.createClient('std_srvs/srv/Trigger', '/closed');
    const waiting = closed.call({});
    closed.close();
    await expect(waiting).rejects.toMatchObject({ code: 'ros2/closed' });
  });
});

describe('requests and replies', () => {
  const writer = (vendor: Vendor): EndpointInfo => ({
    kind: 'writer',
    guid: '000102030405060708090a0b0c0d0e0f',
    topic: 'rq/addRequest',
    type: 'T',
    qos: QOS_PROFILES.services_default,
    vendor,
    userData: '',
    local: false,
  });
  const sample = (vendor: Vendor, payload: Uint8Array, more: Partial<ReceivedSample> = {}): ReceivedSample => ({
    payload,
    writer: writer(vendor),
    sequence: 7n,
    sourceTimeSec: undefined,
    related: undefined,
    ...more,
  });
  const message = Uint8Array.of(0, 1, 0, 0, 42, 0, 0, 0);

  it('of rmw_cyclonedds have a header before the message', () => {
    const payload = withHeader(message, 0x1122334455667788n, 9n);
    // Little endian: the client first, its number after it.
    expect([...payload.subarray(4, 20)]).toEqual([
      0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 9, 0, 0, 0, 0, 0, 0, 0,
    ]);
    expect(splitHeader(payload)).toEqual({ client: 0x1122334455667788n, sequence: 9n, message });
    const request = readRequest(sample('cyclonedds', payload));
    expect(request?.message).toEqual(message);
    expect(request?.correlation).toEqual({ form: 'header', client: 0x1122334455667788n, sequence: 9n });
    expect(readRequest(sample('cyclonedds', message))).toBeUndefined();
  });

  it('of rmw_fastrtps have an identity beside it', () => {
    const guid = new Uint8Array(16).fill(5);
    const request = readRequest(sample('fastdds', message, { related: { guid, sequence: -1n } }));
    expect(request).toEqual({ message, correlation: { form: 'identity', identity: { guid, sequence: 7n } } });
    const bare = readRequest(sample('fastdds', message));
    expect(bare?.correlation).toMatchObject({ identity: { guid: Uint8Array.from({ length: 16 }, (_, i) => i) } });
  });
});

describe('parameters', () => {
  it('are listed, read, set and described over services, and tell their changes', async () => {
    const domain = freshDomain();
    const robot = await openNode({ name: 'robot', domain, parameters: { speed: 0.5 } });
    const tool = await openNode({ name: 'tool', domain });
    robot.parameters.declare('speed', 1.5, (value) => (Number(value) > 2 ? 'too fast' : undefined));
    robot.parameters.declare('arm.names', ['a', 'b']);
    robot.parameters.declare('arm.count', 2n);
    expect(robot.parameters.get('speed')).toBe(0.5);
    const events: unknown[] = [];
    tool.createSubscription(
      'rcl_interfaces/msg/ParameterEvent',
      '/parameter_events',
      (event) => events.push(event),
      'parameter_events',
    );
    const call = async (service: string, type: string, request: Record<string, unknown>) =>
      await tool.createClient(`rcl_interfaces/srv/${type}`, `/robot/${service}`).call(request);
    const list = (await call('list_parameters', 'ListParameters', { prefixes: [], depth: 0n })).result;
    expect(list).toMatchObject({ names: ['arm.count', 'arm.names', 'speed', 'use_sim_time'], prefixes: ['arm'] });
    const read = await call('get_parameters', 'GetParameters', { names: ['arm.names', 'arm.count', 'nothing'] });
    expect(read.values).toMatchObject([
      { type: 9, string_array_value: ['a', 'b'] },
      { type: 2, integer_value: 2n },
      { type: 0 },
    ]);
    const double = (value: number) => ({ name: 'speed', value: { type: 3, double_value: value } });
    const string = { name: 'speed', value: { type: 4, string_value: 'fast' } };
    const set = await call('set_parameters', 'SetParameters', { parameters: [double(1), double(3), string] });
    expect(set.results).toMatchObject([
      { successful: true },
      { successful: false, reason: 'too fast' },
      { successful: false },
    ]);
    expect(robot.parameters.get('speed')).toBe(1);
    const atomic = await call('set_parameters_atomically', 'SetParametersAtomically', {
      parameters: [double(2), double(3)],
    });
    expect(atomic.result).toMatchObject({ successful: false });
    expect(robot.parameters.get('speed')).toBe(1);
    const types = await call('get_parameter_types', 'GetParameterTypes', { names: ['speed', 'nothing'] });
    expect([...(types.types as Uint8Array)]).toEqual([3, 0]);
    const described = await call('describe_parameters', 'DescribeParameters', { names: ['speed'] });
    expect(described.descriptors).toMatchObject([{ name: 'speed', type: 3 }]);
    await until(
      () =>
        events.some((event) =>
          JSON.stringify(event, (_, v) => (typeof v === 'bigint' ? Number(v) : v)).includes('"speed"'),
        ),
      'the event',
    );
  });

  it('use_sim_time follows /clock', async () => {
    const domain = freshDomain();
    const robot = await openNode({ name: 'robot', domain, parameters: { use_sim_time: true } });
    const clock = await openNode({ name: 'clock', domain });
    const publisher = clock.createPublisher('rosgraph_msgs/msg/Clock', '/clock', 'clock');
    await until(() => {
      publisher.publish({ clock: { sec: 12, nanosec: 500_000_000 } });
      return robot.now() === 12.5;
    }, 'the simulated time');
    robot.parameters.set('use_sim_time', false);
    expect(Math.abs(robot.now() - Date.now() / 1000)).toBeLessThan(1);
  });

  it('/rosout carries the log', async () => {
    const domain = freshDomain();
    const robot = await openNode({ name: 'robot', namespace: '/left', domain });
    const tool = await openNode({ name: 'tool', domain });
    const seen: Record<string, unknown>[] = [];
    tool.createSubscription('rcl_interfaces/msg/Log', '/rosout', (entry) => seen.push({ ...entry }), 'rosout_default');
    robot.log('warn', 'hot');
    await until(() => seen.some(({ msg }) => msg === 'hot'), 'the entry');
    expect(seen.find(({ msg }) => msg === 'hot')).toMatchObject({ level: 30, name: 'left.robot' });
    expect(robot.warned).toContain('/left/robot: hot');
  });
});
