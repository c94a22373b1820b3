import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RosMessage } from '../../../../engine/ros2/messages/types.ts';
import type { ParameterValue, RosNode } from '../../../../engine/ros2/node/types.ts';
import { until } from '../../../support/wait.ts';
import { closeNodes, DOMAIN, node } from './support.ts';

describe('parameters over their services', () => {
  let robot: RosNode;
  let tool: RosNode;
  const events: RosMessage[] = [];
  const call = async (service: string, request: RosMessage) => {
    const type = service.replace(/(^|_)(.)/g, (_, __, letter: string) => letter.toUpperCase());
    const client = tool.createClient(`rcl_interfaces/srv/${type}`, `/cell/robot/${service}`);
    const answer = await client.call(request);
    client.close();
    return answer;
  };

  beforeAll(async () => {
    tool = await node({ name: 'tool', domain: DOMAIN });
    tool.createSubscription('rcl_interfaces/msg/ParameterEvent', '/parameter_events', (event) => {
      if (event.node === '/cell/robot') events.push(event);
    });
    const parameters = { 'arm.speed': 0.5, unused: 'x' };
    robot = await node({ name: 'robot', namespace: 'cell', domain: DOMAIN, parameters });
    const check = (value: ParameterValue) => (Number(value) > 1 ? 'faster than the arm' : undefined);
    robot.parameters.declare('arm.speed', 0.1, check);
    robot.parameters.declare('arm.joints', ['a', 'b']);
    robot.parameters.declare('counts', [1n, 2n ** 60n]);
    robot.parameters.declare('gains', Float64Array.of(1, 2));
    robot.parameters.declare('flags', [true]);
    robot.parameters.declare('blob', Uint8Array.of(7));
    robot.parameters.declare('size', 7n);
  });
  afterAll(closeNodes);

  it('takes the values of the start', () => {
    expect(robot.parameters.get('arm.speed')).toBe(0.5);
    expect(robot.parameters.get('unused')).toBeUndefined();
    expect(() => robot.parameters.declare('size', 1n)).toThrow(/already/);
  });

  it('gets them, with their types', async () => {
    const names = ['arm.speed', 'arm.joints', 'counts', 'gains', 'flags', 'blob', 'size', 'use_sim_time', 'none'];
    const types = await call('get_parameter_types', { names });
    expect(Array.from(types.types as Uint8Array)).toEqual([3, 9, 7, 8, 6, 5, 2, 1, 0]);
    const { values } = await call('get_parameters', { names });
    const [speed, joints, counts, gains, flags, blob, size, sim, none] = values as RosMessage[];
    expect(speed).toMatchObject({ type: 3, double_value: 0.5 });
    expect(joints).toMatchObject({ type: 9, string_array_value: ['a', 'b'] });
    expect(Array.from(counts.integer_array_value as BigInt64Array)).toEqual([1n, 2n ** 60n]);
    expect(Array.from(gains.double_array_value as Float64Array)).toEqual([1, 2]);
    expect(Array.from(flags.bool_array_value as boolean[]).map(Boolean)).toEqual([true]);
    expect(Array.from(blob.byte_array_value as Uint8Array)).toEqual([7]);
    expect(size).toMatchObject({ type: 2, integer_value: 7n });
    expect(sim).toMatchObject({ type: 1, bool_value: false });
    expect(none).toMatchObject({ type: 0 });
    const { descriptors } = await call('describe_parameters', { names: ['size'] });
    expect((descriptors as RosMessage[])[0]).toMatchObject({ name: 'size', type: 2 });
  });

  it('sets them, with reasons where it does not', async () => {
    const double = (name: string, double_value: number) => ({ name, value: { type: 3, double_value } });
    const { results } = await call('set_parameters', {
      parameters: [
        double('arm.speed', 0.9),
        double('arm.speed', 2),
        double('size', 1),
        double('none', 1),
        { name: 'arm.speed', value: { type: 0 } },
        { name: 'counts', value: { type: 7, integer_array_value: new BigInt64Array(0) } },
        { name: 'gains', value: { type: 7, integer_array_value: new BigInt64Array(0) } },
      ],
    });
    const reasons = (results as RosMessage[]).map(({ successful, reason }) => (successful ? '' : String(reason)));
    expect(reasons[0]).toBe('');
    expect(reasons[1]).toBe('faster than the arm');
    expect(reasons[2]).toMatch(/integer/);
    expect(reasons[3]).toMatch(/no parameter/);
    expect(reasons[4]).toMatch(/taken away/);
    expect(reasons[5]).toBe('');
    expect(reasons[6]).not.toBe('');
    expect(robot.parameters.get('arm.speed')).toBe(0.9);
    expect(robot.parameters.get('counts')).toEqual([]);
    const types = await call('get_parameter_types', { names: ['counts'] });
    expect(Array.from(types.types as Uint8Array)).toEqual([7]);
  });

  it('sets all or none', async () => {
    const set = (speed: number, size: bigint) =>
      call('set_parameters_atomically', {
        parameters: [
          { name: 'size', value: { type: 2, integer_value: size } },
          { name: 'arm.speed', value: { type: 3, double_value: speed } },
        ],
      });
    expect((await set(5, 8n)).result).toMatchObject({ successful: false, reason: 'faster than the arm' });
    expect(robot.parameters.get('size')).toBe(7n);
    expect((await set(0.25, 9n)).result).toMatchObject({ successful: true });
    expect([robot.parameters.get('size'), robot.parameters.get('arm.speed')]).toEqual([9n, 0.25]);
  });

  it('lists them by prefix and depth', async () => {
    const list = async (prefixes: string[], depth: bigint) => {
      const { result } = await call('list_parameters', { prefixes, depth });
      return result as { names: string[]; prefixes: string[] };
    };
    expect((await list([], 0n)).names).toEqual([
      'arm.joints',
      'arm.speed',
      'blob',
      'counts',
      'flags',
      'gains',
      'size',
      'use_sim_time',
    ]);
    expect((await list([], 1n)).names).not.toContain('arm.speed');
    expect(await list(['arm'], 1n)).toEqual({ names: ['arm.joints', 'arm.speed'], prefixes: ['arm'] });
    expect((await list(['ar'], 0n)).names).toEqual([]);
  });

  it('tells of changes', async () => {
    const heard: unknown[] = [];
    const stop = robot.parameters.onChange((name, value) => heard.push([name, value]));
    expect(robot.parameters.set('size', 11n)).toBeUndefined();
    expect(robot.parameters.set('size', 11)).toMatch(/integer/);
    stop();
    expect(heard).toEqual([['size', 11n]]);
    const changed = () => events.flatMap((event) => event.changed_parameters as RosMessage[]);
    await until(() => changed().some(({ value }) => (value as RosMessage).integer_value === 11n));
  });
});

describe('simulated time', () => {
  it('is that of /clock while use_sim_time is set', async () => {
    const simulator = await node({ name: 'simulator', domain: DOMAIN });
    const clock = simulator.createPublisher('rosgraph_msgs/msg/Clock', '/clock', 'clock');
    const arm = await node({ name: 'arm', domain: DOMAIN, parameters: { use_sim_time: true } });
    expect(arm.now()).toBe(0);
    await until(() => clock.subscriptionCount > 0);
    await until(() => {
      clock.publish({ clock: { sec: 1234, nanosec: 500_000_000 } });
      return arm.now() === 1234.5;
    });
    expect(arm.parameters.set('use_sim_time', false)).toBeUndefined();
    expect(Math.abs(arm.now() - Date.now() / 1000)).toBeLessThan(5);
    await closeNodes();
  });
});
