import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from '@foxglove/rosmsg';
import { MessageReader } from '@foxglove/rosmsg2-serialization';
import { McapIndexedReader } from '@mcap/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRosNode } from '../../engine/ros2/node/context.ts';
import { GOAL_STATUS, type RosNode } from '../../engine/ros2/node/types.ts';
import { testDomain } from '../support/domain.ts';
import { isocenter, temporaryFolder } from './support/cli.ts';

const DOMAIN = testDomain();
const folder = temporaryFolder();
let robot: RosNode;
let beat: NodeJS.Timeout;

function ros2(...args: readonly string[]) {
  return isocenter(['ros2', ...args, '--domain', String(DOMAIN)]);
}

beforeAll(async () => {
  robot = await createRosNode({ name: 'robot', domain: DOMAIN });
  const joints = robot.createPublisher('sensor_msgs/msg/JointState', '/joint_states');
  let k = 0;
  beat = setInterval(() => {
    joints.publish({ name: ['a', 'b'], position: Float64Array.of(k++, 0.5) });
  }, 10);
  robot.createService('std_srvs/srv/SetBool', '/enable', ({ data }) => ({ success: data, message: 'taken' }));
  robot.createActionServer('control_msgs/action/FollowJointTrajectory', '/arm/follow_joint_trajectory', {
    accept: (goal) => (goal.trajectory as { joint_names: string[] }).joint_names.length > 0,
    execute: async (goal) => {
      for (let i = 0; i < 40; i++) {
        goal.publishFeedback({ joint_names: ['a'] });
        await new Promise((resolve) => setTimeout(resolve, 50));
        if (goal.cancelRequested) {
          return { status: GOAL_STATUS.canceled, result: { error_code: 0, error_string: 'stopped' } };
        }
      }
      return { status: GOAL_STATUS.succeeded, result: { error_code: 0, error_string: 'done' } };
    },
  });
});
afterAll(async () => {
  clearInterval(beat);
  await robot.close();
});

describe('isocenter ros2', () => {
  it('lists topics, services, actions and nodes', async () => {
    const topics = JSON.parse((await ros2('topics', '--json')).stdout) as { where: string; topics: { name: string }[] };
    expect(topics.where).toContain('127.0.0.1');
    expect(topics.topics).toContainEqual(
      expect.objectContaining({ name: '/joint_states', types: ['sensor_msgs/msg/JointState'], publishers: 1 }),
    );
    expect((await ros2('topics')).stdout).toContain('/joint_states');
    expect((await ros2('services')).stdout).toContain('/enable  std_srvs/srv/SetBool');
    expect((await ros2('actions')).stdout).toContain(
      '/arm/follow_joint_trajectory  control_msgs/action/FollowJointTrajectory',
    );
    expect((await ros2('nodes')).stdout).toContain('/robot');
  });

  it('echoes messages as JSON and as text', async () => {
    const { code, stdout } = await ros2('echo', '/joint_states', '--count', '3', '--json');
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { name: string[]; position: number[] });
    expect(lines).toHaveLength(3);
    expect(lines[0].name).toEqual(['a', 'b']);
    expect(lines[2].position[0]).toBe(lines[0].position[0] + 2);
    expect((await ros2('echo', '/joint_states', '--count', '1')).stdout).toContain('position:');
  });

  it('publishes', async () => {
    const seen: unknown[] = [];
    robot.createSubscription('geometry_msgs/msg/Twist', '/cmd_vel', (message) => seen.push(message.linear));
    const twist = '{"linear":{"x":0.25}}';
    const { code, stdout } = await ros2(
      'pub',
      '/cmd_vel',
      'geometry_msgs/msg/Twist',
      twist,
      '--count',
      '5',
      '--rate',
      '100',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ sent: 5, subscribers: 1, acknowledged: true });
    expect(seen).toEqual(Array.from({ length: 5 }, () => ({ x: 0.25, y: 0, z: 0 })));
  });

  it('measures a rate', async () => {
    const { stdout } = await ros2('hz', '/joint_states', '--duration', '1.5', '--json');
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { rateHz: number; messages: number };
    // Timers of a busy machine: the order of magnitude is what is certain.
    expect(last.rateHz).toBeGreaterThan(20);
    expect(last.rateHz).toBeLessThan(150);
  });

  it('calls services', async () => {
    const { code, stdout } = await ros2('call', '/enable', 'std_srvs/srv/SetBool', '{"data":true}', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ success: true, message: 'taken' });
  });

  it('sends goals, shows feedback, and cancels by Ctrl-C', async () => {
    const type = 'control_msgs/action/FollowJointTrajectory';
    const goal = '{"trajectory":{"joint_names":["a"]}}';
    const name = '/arm/follow_joint_trajectory';
    const done = await ros2('action', name, type, goal, '--feedback', '--json');
    expect(done.code).toBe(0);
    const lines = done.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toHaveProperty('accepted');
    expect(lines.filter((line) => 'feedback' in line).length).toBeGreaterThan(10);
    expect(lines.at(-1)).toMatchObject({ status: 'succeeded', result: { error_string: 'done' } });

    const refused = await ros2('action', name, type, '{}');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('refuses the goal');

    const args = ['ros2', 'action', name, type, goal, '--json', '--domain', String(DOMAIN)];
    const stopped = await isocenter(args, { onStart: (kill) => setTimeout(() => kill('SIGINT'), 1500) });
    expect(JSON.parse(stopped.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ status: 'canceled' });
  });

  it('records what Foxglove can open, and plays it', async () => {
    const file = join(folder, 'run.mcap');
    const recorded = await ros2('record', file, '/joint_states', '--duration', '1.5', '--json');
    expect(recorded.code, recorded.stderr).toBe(0);
    const report = JSON.parse(recorded.stdout) as { messages: number };
    expect(report.messages).toBeGreaterThan(20);
    const bytes = readFileSync(file);
    const reader = await McapIndexedReader.Initialize({
      readable: {
        size: async () => BigInt(bytes.length),
        read: async (offset, size) => bytes.subarray(Number(offset), Number(offset + size)),
      },
    });
    expect(reader.header.profile).toBe('ros2');
    const [channel] = reader.channelsById.values();
    const schema = reader.schemasById.get(channel.schemaId);
    expect(schema?.encoding).toBe('ros2msg');
    const decoder = new MessageReader(parse(new TextDecoder().decode(schema?.data), { ros2: true }));
    let count = 0;
    let before = -1;
    for await (const message of reader.readMessages()) {
      const { position } = decoder.readMessage(message.data) as { position: Float64Array };
      expect(position[0]).toBeGreaterThan(before);
      before = position[0];
      count++;
    }
    expect(count).toBe(report.messages);

    const seen: number[] = [];
    const other = await createRosNode({ name: 'player_test', domain: DOMAIN + 1 });
    other.createSubscription('sensor_msgs/msg/JointState', '/joint_states', (message) =>
      seen.push((message.position as Float64Array)[0]),
    );
    const played = await isocenter([
      'ros2',
      'play',
      file,
      '--rate',
      '4',
      '--wait-for',
      '1',
      '--json',
      '--domain',
      String(DOMAIN + 1),
    ]);
    expect(played.code, played.stderr).toBe(0);
    expect(JSON.parse(played.stdout)).toMatchObject({ messages: count });
    expect(seen).toHaveLength(count);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    await other.close();
  });

  it("takes a user's own definitions", async () => {
    const own = join(folder, 'my_msgs', 'msg');
    await mkdir(own, { recursive: true });
    writeFileSync(join(own, 'Reading.msg'), 'my_msgs/Unit unit\nfloat64[3] values\n');
    writeFileSync(join(own, 'Unit.msg'), 'string name\n');
    const { code, stderr, stdout } = await ros2(
      'pub',
      '/own',
      'my_msgs/msg/Reading',
      '{"values":[1,2,3]}',
      '--once',
      '--wait-for',
      '0',
      '--interfaces',
      folder,
      '--json',
    );
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ sent: 1 });
  });
});

describe('bad input', () => {
  const bad: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['unknown topic', ['echo', '/nothing_here'], /nothing_here is not there/],
    ['unknown type', ['echo', '/x', '--type', 'sensor_msgs/msg/JointStat', '--timeout', '1'], /JointStat/],
    ['bad JSON', ['pub', '/x', 'std_msgs/msg/String', '{data:1}'], /std_msgs\/msg\/String/],
    ['wrong field', ['pub', '/x', 'std_msgs/msg/String', '{"dat":"a"}'], /dat/],
    ['bad name', ['pub', '/x y', 'std_msgs/msg/String', '{}'], /\/x y/],
    ['no subscriber', ['pub', '/alone', 'std_msgs/msg/String', '{}', '--timeout', '0.2'], /0 of 1 subscribers/],
    ['no server', ['call', '/nobody', 'std_srvs/srv/Trigger', '{}', '--timeout', '0.3'], /nobody offers/],
    [
      'no action server',
      ['action', '/nobody', 'control_msgs/action/FollowJointTrajectory', '{}', '--timeout', '0.3'],
      /nobody offers/,
    ],
    ['no such interface', ['topics', '--interface', 'nonet7'], /nonet7/],
    ['no such domain', ['topics', '--domain', '999'], /999/],
    ['no definitions', ['topics', '--interfaces', '/nonexistent/msgs'], /nonexistent/],
    ['no recording', ['play', '/nonexistent.mcap'], /nonexistent/],
    ['no folder to record to', ['record', '/nonexistent/run.mcap', '--duration', '0.1'], /nonexistent/],
    ['both ways', ['topics', '--rosbridge', 'ws://127.0.0.1:1', '--interface', 'lo'], /--interface/],
  ];
  it.each(bad)('%s ends in two lines', async (_, args, message) => {
    const { code, stderr } = await isocenter([
      'ros2',
      ...args,
      ...(args.includes('--domain') ? [] : ['--domain', String(DOMAIN)]).slice(args.includes('--rosbridge') ? 2 : 0),
    ]);
    expect(stderr).toMatch(message);
    expect(code, stderr).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(2);
  });

  it('refuses a file that is no MCAP, and one that broke off', async () => {
    const file = join(folder, 'broken.mcap');
    writeFileSync(file, 'no mcap at all');
    const { code, stderr } = await ros2('play', file);
    expect(code).toBe(2);
    expect(stderr).toContain('broken.mcap is no whole MCAP');
  });
});
