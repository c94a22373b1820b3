import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createRosNode } from '../../engine/ros2/node/context.ts';
import type { RosNode } from '../../engine/ros2/node/types.ts';
import { until } from '../../tests/support/wait.ts';
import { table } from './markdown.ts';

const DOMAIN = 231;
const KILLS = 100;
const STOPS = 300;
const LEAD_SEC = 20;
const cli = join(import.meta.dirname, '..', '..', 'app', 'cli.js');

interface Run {
  readonly child: ChildProcess;
  readonly lines: string[];
}

/** The whole loop over DDS on loopback: a hand in this process, the guide and the simulated robot in processes of their own. */
export async function guidanceLoopTables(): Promise<string> {
  const robot = start('sim', 'robot', '--robot', 'panda', '--rate', '200', '--json');
  await until(() => robot.lines.length > 0);
  const node = await createRosNode({ name: 'surgeon', domain: DOMAIN });
  try {
    const latency = await lead(node);
    const stops = await stopTimes(node);
    const holds = await kills(node, robot);
    const inTime = holds.filter((ms) => ms <= 35).length;
    return [
      '## The loop over DDS',
      '',
      `A hand at 1 kHz (geometry_msgs/PoseStamped), \`isocenter guide\` and \`isocenter sim robot\` (Panda), each in a process of its own, over`,
      `loopback. Hand to set-point: from the sample as it came to the set-point as it was handed to DDS, ${LEAD_SEC} s. Stop: a CRTK pause from here until the`,
      `robot's answer is back, there and back, ${STOPS} times. Kill: from the last set-point that the robot got until it began to hold, its`,
      `watchdog at 30 ms, after SIGKILL of the guide, ${KILLS} times. The machine's two cores are shared.`,
      '',
      table(
        ['what', 'median [ms]', '99 % [ms]', 'limit'],
        [
          ['hand sample in to set-point out', latency.median.toFixed(2), latency.p99.toFixed(2), 'median 1 ms'],
          [
            'stop to the robot and its answer back',
            at(stops, 0.5).toFixed(2),
            at(stops, 0.99).toFixed(2),
            'median 2 ms, 99 % 10 ms (one way)',
          ],
          [
            'guide killed: robot holds after',
            at(holds, 0.5).toFixed(1),
            at(holds, 0.99).toFixed(1),
            `35 ms in 99 of 100: ${inTime} of ${holds.length}`,
          ],
        ],
      ),
    ].join('\n');
  } finally {
    await node.close();
    robot.child.kill('SIGINT');
    await once(robot.child, 'exit');
  }
}

async function lead(node: RosNode): Promise<{ median: number; p99: number }> {
  const letGo = swing(node);
  const guide = startGuide('--duration', String(LEAD_SEC));
  await once(guide.child, 'exit');
  letGo();
  const { latencyMs } = JSON.parse(guide.lines[guide.lines.length - 1]) as {
    latencyMs: { median: number; p99: number };
  };
  return latencyMs;
}

async function stopTimes(node: RosNode): Promise<number[]> {
  const command = node.createPublisher('crtk_msgs/msg/StringStamped', '/panda/state_command');
  const state = { now: '' };
  node.createSubscription(
    'crtk_msgs/msg/OperatingState',
    '/panda/operating_state',
    (message) => {
      state.now = String(message.state);
    },
    'latched',
  );
  const isNow = (name: string) => state.now === name;
  await until(() => command.subscriptionCount > 0 && isNow('ENABLED'));
  const times: number[] = [];
  for (let k = 0; k < STOPS; k++) {
    const begin = performance.now();
    command.publish({ string: 'pause' });
    while (!isNow('PAUSED')) await new Promise((resolve) => setImmediate(resolve));
    times.push(performance.now() - begin);
    command.publish({ string: 'resume' });
    while (!isNow('ENABLED')) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return times.sort((a, b) => a - b);
}

async function kills(node: RosNode, robot: Run): Promise<number[]> {
  const letGo = swing(node);
  let setPoints = 0;
  const subscription = node.createSubscription('sensor_msgs/msg/JointState', '/panda/servo_jp', () => setPoints++);
  const times: number[] = [];
  for (let k = 0; k < KILLS; k++) {
    const guide = startGuide();
    const before = setPoints;
    await until(() => setPoints > before + 300);
    const seen = robot.lines.length;
    guide.child.kill('SIGKILL');
    await once(guide.child, 'exit');
    await until(() => robot.lines.length > seen);
    times.push((JSON.parse(robot.lines[seen]) as { sinceCommandMs: number }).sinceCommandMs);
  }
  subscription.close();
  letGo();
  return times.sort((a, b) => a - b);
}

/** A hand that swings, at 1 kHz as near as timers allow. */
function swing(node: RosNode): () => void {
  const hand = node.createPublisher('geometry_msgs/msg/PoseStamped', '/hand', 'sensor_data');
  const begin = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.floor(performance.now() - begin);
    if (due <= sent) return;
    sent = due;
    const t = due / 1000;
    const position = { x: 0.05 * Math.sin(2 * t), y: 0.02 * Math.sin(3 * t), z: 0 };
    hand.publish({ pose: { position, orientation: { w: 1 } } });
  }, 1);
  return () => {
    clearInterval(timer);
    hand.close();
  };
}

function startGuide(...more: readonly string[]): Run {
  return start('guide', '--robot', 'panda', '--hand', 'topic:/hand', '--ros2', '--json', ...more);
}

function start(...args: readonly string[]): Run {
  const child = spawn(process.execPath, [cli, ...args, '--domain', String(DOMAIN)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines: string[] = [];
  let rest = '';
  child.stdout?.on('data', (data: Buffer) => {
    const parts = (rest + data).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  return { child, lines };
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
