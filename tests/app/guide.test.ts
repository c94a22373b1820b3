import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRosNode } from '../../engine/ros2/node/context.ts';
import type { RosNode } from '../../engine/ros2/node/types.ts';
import { testDomain } from '../support/domain.ts';
import { pause, until } from '../support/wait.ts';
import { isocenter, temporaryFolder } from './support/cli.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = temporaryFolder();
const DOMAIN = testDomain();

interface Figures {
  readonly cycles: number;
  readonly state: string;
  readonly filter: { readonly state: string; readonly predictedPct: number };
  readonly tremorUm: { readonly in: number; readonly out: number };
  readonly trocarErrorMm: number;
  readonly keepOutsMm: Readonly<Record<string, number>>;
  readonly stoppingPct: number;
}

function figuresOf(stdout: string): Figures[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Figures);
}

describe('isocenter guide, without a robot', () => {
  it('takes tremor out of a simulated hand', async () => {
    const { code, stdout, stderr } = await isocenter([
      'guide',
      '--robot',
      'panda',
      '--hand',
      'synthetic:3',
      '--duration',
      '4',
      '--json',
    ]);
    expect(code, stderr).toBe(0);
    const seconds = figuresOf(stdout);
    const settled = seconds.slice(1, -2);
    expect(settled.some(({ state }) => state === 'following')).toBe(true);
    for (const { tremorUm } of settled) expect(tremorUm.out).toBeLessThan(tremorUm.in);
  });

  it('keeps the shaft in its trocar and the tip out of objects of a scene', async () => {
    const tool = join(folder, 'tool.yaml');
    writeFileSync(tool, 'link: panda_link8\nlengthM: 0.3\n');
    const scene = join(folder, 'scene.yaml');
    const object = (id: string, type: string, dimensions: string, at: string) =>
      `  - id: ${id}\n    header: {frame_id: panda_link0}\n    primitives: [{type: ${type}, dimensions: ${dimensions}}]\n    primitive_poses: [{position: ${at}, orientation: [0, 0, 0, 1]}]\n    operation: add\n`;
    writeFileSync(
      scene,
      `world:\n  collision_objects:\n${object('organ', 'sphere', '[0.02]', '[0.47, 0, 0.145]')}${object('bone', 'box', '[0.1, 0.1, 0.02]', '[0.45, 0, 0.14]')}`,
    );
    const args = [
      'guide',
      '--robot',
      'panda',
      '--hand',
      'synthetic:5',
      '--scale',
      '2',
      '--tool',
      tool,
      '--rcm',
      '0.45,0,0.25',
      '--scene',
      scene,
      '--duration',
      '4',
      '--json',
    ];
    const { code, stdout, stderr } = await isocenter(args);
    expect(code, stderr).toBe(0);
    for (const { trocarErrorMm, keepOutsMm } of figuresOf(stdout)) {
      expect(trocarErrorMm).toBeLessThanOrEqual(0.1);
      expect(keepOutsMm.organ).toBeGreaterThan(-0.05);
      expect(keepOutsMm.bone).toBeGreaterThan(-0.05);
    }
  });

  it('follows a recorded hand to its end', async () => {
    const file = join(folder, 'hand.csv');
    const rows = Array.from({ length: 400 }, (_, k) => `${k / 100},${0.01 * Math.sin(k / 50)},0,0`);
    writeFileSync(file, `t_s,x_m,y_m,z_m\n${rows.join('\n')}\n`);
    const { code, stdout, stderr } = await isocenter(['guide', '--robot', 'ur5e', '--hand', `csv:${file}`, '--json']);
    expect(code, stderr).toBe(0);
    // It ends with the recording, which does not jump back to its start.
    const seconds = figuresOf(stdout);
    expect(seconds[0].state).toBe('following');
    expect(seconds[seconds.length - 1].cycles).toBeGreaterThan(2000);
    expect(seconds.map(({ state }) => state).join()).not.toMatch(/jump/);
  });
});

describe('isocenter guide, over ROS 2', () => {
  let robot: ChildProcess;
  let node: RosNode;
  const joints: { position: Float64Array; velocity: Float64Array }[] = [];
  let setPoints = 0;
  beforeAll(async () => {
    robot = spawn(
      'node',
      ['dist/app/cli.js', 'sim', 'robot', '--robot', 'panda', '--domain', String(DOMAIN), '--rate', '500', '--json'],
      { cwd: root },
    );
    robot.stderr?.resume();
    await once(robot.stdout as NodeJS.ReadableStream, 'data');
    robot.stdout?.resume();
    node = await createRosNode({ name: 'surgeon', domain: DOMAIN });
    node.createSubscription('sensor_msgs/msg/JointState', '/joint_states', (message) => {
      joints.push(message as never);
      if (joints.length > 1000) joints.shift();
    });
    node.createSubscription('sensor_msgs/msg/JointState', '/panda/servo_jp', () => setPoints++);
    await until(() => joints.length > 0, 'joint states');
  });
  afterAll(async () => {
    await node.close();
    robot.kill('SIGINT');
    await once(robot, 'exit');
  });

  const left: (() => void)[] = [];
  afterEach(() => {
    for (const clean of left.splice(0)) clean();
  });

  const startGuide = (...more: readonly string[]) => {
    const guide = spawn(
      'node',
      [
        'dist/app/cli.js',
        'guide',
        '--robot',
        'panda',
        '--hand',
        'topic:/hand',
        '--ros2',
        '--domain',
        String(DOMAIN),
        '--json',
        ...more,
      ],
      { cwd: root },
    );
    left.push(() => guide.kill('SIGKILL'));
    return guide;
  };

  /** A hand that swings along x and y and trembles, at some 500 Hz, until it is let go. */
  const swing = () => {
    const hand = node.createPublisher('geometry_msgs/msg/PoseStamped', '/hand', 'sensor_data');
    const begin = performance.now();
    const timer = setInterval(() => {
      const t = (performance.now() - begin) / 1000;
      hand.publish({
        pose: {
          position: { x: 0.02 * Math.sin(2 * t), y: 0.008 * Math.sin(3 * t), z: 4e-4 * Math.sin(2 * Math.PI * 9 * t) },
          orientation: { w: 1 },
        },
      });
    }, 2);
    const letGo = () => clearInterval(timer);
    left.push(letGo);
    return letGo;
  };

  it('leads the robot, holds when the hand is silent, and comes to rest on Ctrl-C', async () => {
    const file = join(folder, 'guide.mcap');
    const guide = startGuide('--record', file);
    let said = '';
    guide.stdout.on('data', (data: Buffer) => {
      said += data;
    });
    const letGo = swing();
    await until(() => said.includes('"following"'), 'the hand to lead');
    const before = Float64Array.from(joints[joints.length - 1].position);
    const from = said.length;
    await pause(5500);
    // The hand's own rate is what the filter works at; timers of a shared machine leave it uneven.
    const led = figuresOf(
      said.slice(from).slice(said.slice(from).indexOf('\n') + 1, said.slice(from).lastIndexOf('\n')),
    );
    const last = led[led.length - 1];
    expect(last.filter.predictedPct).toBeGreaterThan(50);
    expect(last.tremorUm.out).toBeLessThan(0.6 * last.tremorUm.in);
    const moved = Math.max(...joints.flatMap(({ position }) => [...position].map((q, i) => Math.abs(q - before[i]))));
    expect(moved).toBeGreaterThan(1e-3);
    letGo();
    await until(
      () => joints.slice(-20).every(({ velocity }) => [...velocity].every((v) => Math.abs(v) < 1e-6)),
      'rest',
    );
    guide.kill('SIGINT');
    const [code] = (await once(guide, 'exit')) as [number];
    expect(code).toBe(0);
    expect(setPoints).toBeGreaterThan(1000);
    // The recording is whole: it can be played.
    const played = await isocenter(['ros2', 'play', file, '--rate', '100', '--json', '--domain', String(DOMAIN + 1)]);
    expect(played.code, played.stderr).toBe(0);
    expect(JSON.parse(played.stdout).messages).toBeGreaterThan(1000);
  });

  it('when it is killed the robot holds', async () => {
    const guide = startGuide();
    const letGo = swing();
    const before = setPoints;
    await until(() => setPoints > before + 500, 'set-points');
    guide.kill('SIGKILL');
    await once(guide, 'exit');
    letGo();
    await until(
      () => joints.slice(-20).every(({ velocity }) => [...velocity].every((v) => v === 0)),
      'the robot to hold',
    );
    const held = Float64Array.from(joints[joints.length - 1].position);
    await pause(300);
    expect(joints[joints.length - 1].position).toEqual(held);
  });

  it('pauses while the robot is not enabled', async () => {
    const guide = startGuide();
    let said = '';
    guide.stdout.on('data', (data: Buffer) => {
      said += data;
    });
    const letGo = swing();
    await until(() => said.includes('"following"'), 'the hand to lead');
    const command = node.createPublisher('crtk_msgs/msg/StringStamped', '/panda/state_command');
    await until(() => command.subscriptionCount > 0, 'the state command');
    command.publish({ string: 'pause' });
    await until(() => said.includes('"paused"'), 'the pause');
    command.publish({ string: 'resume' });
    guide.kill('SIGINT');
    await once(guide, 'exit');
    letGo();
  });
});

describe('what cannot be led', () => {
  const tool = join(folder, 'tool2.yaml');
  const inside = join(folder, 'inside.yaml');
  const short = join(folder, 'short.csv');
  beforeAll(() => {
    writeFileSync(tool, 'link: panda_link8\nlengthM: 0.3\n');
    writeFileSync(
      inside,
      'world:\n  collision_objects:\n  - id: organ\n    header: {frame_id: panda_link0}\n    primitives: [{type: sphere, dimensions: [2]}]\n    primitive_poses: [{position: [0, 0, 0], orientation: [0, 0, 0, 1]}]\n    operation: add\n',
    );
    writeFileSync(short, 't_s,x_m,y_m\n0,0,0\n1,0,0\n');
  });
  it.each([
    ['an unknown kind of hand', ['--hand', 'foot:1'], /foot:1/],
    ['a csv without the columns', ['--hand', `csv:${short}`], /z_m/],
    ['a csv that is not there', ['--hand', 'csv:/nonexistent.csv'], /nonexistent/],
    ['a trocar without a tool', ['--hand', 'synthetic:1', '--rcm', '0.4,0,0.2'], /tool/],
    ['a trocar out of reach', ['--hand', 'synthetic:1', '--tool', tool, '--rcm', '3,0,0.2'], /reach/],
    ['a horizon longer than the filter can do', ['--hand', 'synthetic:1', '--horizon-ms', '500'], /horizon/],
    ['a tool inside an object', ['--hand', 'synthetic:1', '--scene', inside], /organ/],
    ['structures without a patient', ['--hand', 'synthetic:1', '--keep-out', 'Cord:5'], /patient/],
    ['a hand that is not there', ['--hand', 'topic:/none', '--domain', String(DOMAIN + 1)], /\/none/],
    ['a robot that is not there', ['--hand', 'synthetic:1', '--ros2', '--domain', String(DOMAIN + 1)], /joint_states/],
  ])('%s ends in two lines', async (_, args, message) => {
    const { code, stderr } = await isocenter(['guide', '--robot', 'panda', ...args]);
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(2);
  });
});
