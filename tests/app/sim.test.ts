import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JointTrajectory } from '../../engine/core/joint-trajectory.ts';
import { createCrtkArm } from '../../engine/ros2/crtk/arm.ts';
import { createTrajectoryClient } from '../../engine/ros2/crtk/trajectory-action.ts';
import { createRosNode } from '../../engine/ros2/node/context.ts';
import { GOAL_STATUS, type RosNode } from '../../engine/ros2/node/types.ts';
import { testDomain } from '../support/domain.ts';
import { until } from '../support/wait.ts';
import { isocenter, temporaryFolder } from './support/cli.ts';

const root = join(import.meta.dirname, '..', '..');
const DOMAIN = testDomain();
const folder = temporaryFolder();

describe('isocenter sim robot', () => {
  let simulation: ChildProcess;
  let node: RosNode;
  let said = '';
  const joints: { name: string[]; position: Float64Array; velocity: Float64Array }[] = [];
  beforeAll(async () => {
    const args = [
      'dist/app/cli.js',
      'sim',
      'robot',
      '--robot',
      'psm',
      '--domain',
      String(DOMAIN),
      '--json',
      '--rate',
      '200',
    ];
    simulation = spawn('node', args, { cwd: root });
    simulation.stdout?.on('data', (data: Buffer) => {
      said += data;
    });
    await once(simulation.stdout as NodeJS.ReadableStream, 'data');
    node = await createRosNode({ name: 'controller', domain: DOMAIN });
    node.createSubscription('sensor_msgs/msg/JointState', '/joint_states', (message) => joints.push(message as never));
    await until(() => joints.length > 0, 'joint states');
  });
  afterAll(async () => {
    await node.close();
    simulation.kill('SIGINT');
    await once(simulation, 'exit');
    const figures = JSON.parse(said.trim().split('\n').at(-1) ?? '') as { steps: number };
    expect(figures.steps).toBeGreaterThan(1000);
  });

  it('tells who it is', async () => {
    const texts: string[] = [];
    node.createSubscription(
      'std_msgs/msg/String',
      '/robot_description',
      ({ data }) => texts.push(String(data)),
      'latched',
    );
    const frames: unknown[] = [];
    node.createSubscription('tf2_msgs/msg/TFMessage', '/tf', ({ transforms }) =>
      frames.push(...(transforms as unknown[])),
    );
    await until(() => texts.length > 0 && frames.length > 0, 'description and transforms');
    expect(texts[0]).toContain('<robot');
    expect(JSON.parse(said.split('\n')[0])).toMatchObject({ robot: 'psm', namespace: '/PSM1' });
    expect(node.graph.actions().map(({ name }) => name)).toContain('/PSM1/follow_joint_trajectory');
  });

  it('carries trajectories out', async () => {
    const { name, position } = joints[joints.length - 1];
    const n = name.length;
    const goal = Float64Array.from(position, (q, i) => (i === 2 ? q + 0.02 : q + 0.1));
    const trajectory: JointTrajectory = {
      jointNames: name,
      timeSec: Float64Array.of(0, 1),
      positions: Float64Array.of(...position, ...goal),
      velocities: new Float64Array(2 * n),
      // From rest to rest with constant jerk: x = d (3 u^2 - 2 u^3).
      accelerations: Float64Array.of(
        ...goal.map((q, i) => 6 * (q - position[i])),
        ...goal.map((q, i) => -6 * (q - position[i])),
      ),
    };
    const client = createTrajectoryClient(node, '/PSM1/follow_joint_trajectory');
    expect(await client.waitForServer(10_000)).toBe(true);
    const outcome = await client.execute({ trajectory });
    expect(outcome.status).toBe(GOAL_STATUS.succeeded);
    const arrived = joints[joints.length - 1].position;
    for (const [i, q] of goal.entries()) expect(Math.abs(arrived[i] - q)).toBeLessThan(2e-3);
    const far = { ...trajectory, positions: trajectory.positions.map((q) => q + 0.5) };
    await expect(client.execute({ trajectory: far })).rejects.toThrow(/refuses/);
  });

  it('follows CRTK: states, servo, and silence', async () => {
    const arm = createCrtkArm(node, '/PSM1', { latchedState: true });
    await until(() => arm.operatingState?.state === 'ENABLED', 'the state');
    const servo = node.createPublisher('sensor_msgs/msg/JointState', '/PSM1/servo_jp');
    await until(() => servo.subscriptionCount > 0, 'the servo topic');
    const { name, position } = joints[joints.length - 1];
    const begin = Float64Array.from(position);
    let k = 0;
    const beat = setInterval(() => {
      k++;
      servo.publish({ name, position: begin.map((q) => q + 1e-4 * k) });
    }, 5);
    await new Promise((resolve) => setTimeout(resolve, 500));
    clearInterval(beat);
    await new Promise((resolve) => setTimeout(resolve, 400));
    const held = joints[joints.length - 1];
    expect(held.position[0]).toBeGreaterThan(begin[0] + 1e-3);
    expect([...held.velocity].every((v) => v === 0)).toBe(true);
  });
});

describe('what cannot be simulated', () => {
  it.each([
    ['an unknown fault', '- { kind: earthquake, time: 1, duration: 1 }', /earthquake/],
    ['an unknown joint', '- { kind: stuck-joint, time: 1, duration: 1, joint: knee }', /knee/],
    ['no duration', '- { kind: brake, time: 1 }', /duration/],
    ['a delay too long', '- { kind: delay, time: 1, duration: 1, value: 20 }', /20/],
  ])('%s ends in two lines', async (_, text, message) => {
    const file = join(folder, 'faults.yaml');
    writeFileSync(file, text);
    const { code, stderr } = await isocenter([
      'sim',
      'robot',
      '--robot',
      'panda',
      '--faults',
      file,
      '--domain',
      String(DOMAIN + 1),
    ]);
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(2);
  });

  it('an unknown robot', async () => {
    const { code, stderr } = await isocenter(['sim', 'robot', '--robot', 'hal']);
    expect(code).toBe(2);
    expect(stderr).toContain('hal');
  });
});
