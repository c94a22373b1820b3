import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { record } from '../../app/ros2/record.ts';
import { createRosNode } from '../../engine/ros2/node/context.ts';
import { pause } from './wait.ts';

/** The simulated Panda of the built command line, on a domain of ROS 2. @returns how to end it */
export async function startRosArm(domain: number): Promise<() => void> {
  const cli = join(import.meta.dirname, '..', '..', 'dist', 'app', 'cli.js');
  const args = [cli, 'sim', 'robot', '--robot', 'panda', '--domain', String(domain), '--json'];
  const robot = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(robot.stdout, 'data');
  return () => robot.kill('SIGINT');
}

/** Its joint states of so long, as an MCAP file. */
export async function recordArm(domain: number, path: string, ms: number): Promise<void> {
  const node = await createRosNode({ name: 'recorder', domain });
  const ended = new AbortController();
  const recording = record(node, path, { topics: ['/joint_states'] }, ended.signal);
  await pause(ms);
  ended.abort();
  await recording;
  await node.close();
}
