import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as roslib from 'roslib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createRosNode } from '../../engine/ros2/node/context.ts';
import type { RosNode } from '../../engine/ros2/node/types.ts';
import { testDomain } from '../support/domain.ts';
import { pause, until } from '../support/wait.ts';
import { isocenter } from './support/cli.ts';

/** What is used of roslib here: the types that it ships do not resolve for modules of Node. */
interface Ros {
  on(event: string, listener: (value: unknown) => void): void;
  connect(url: string): Promise<void>;
  close(): void;
}
interface Topic {
  subscribe(onMessage: (message: unknown) => void): void;
  publish(message: unknown): void;
}
interface Service {
  callService(request: unknown, onAnswer: (answer: unknown) => void, onFailure: (reason: unknown) => void): void;
  advertise(handle: (request: unknown, response: unknown) => boolean): void;
}
const { Ros, Topic, Service } = roslib as unknown as {
  readonly Ros: new (options: object) => Ros;
  readonly Topic: new (options: { ros: Ros; name: string; messageType: string }) => Topic;
  readonly Service: new (options: { ros: Ros; name: string; serviceType: string }) => Service;
};

const root = join(import.meta.dirname, '..', '..');
const DOMAIN = testDomain();

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a program and resolves with the first line that it prints. */
async function start(
  command: string,
  args: readonly string[],
  env = {},
): Promise<{ child: ChildProcess; line: string }> {
  const { NODE_OPTIONS: _, VITEST: __, ...rest } = process.env;
  // A group of its own: npx does not pass on what ends it.
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const child = spawn(command, args, { cwd: root, env: { ...rest, ...env }, stdio: [...stdio], detached: true });
  let said = '';
  let wrong = '';
  child.stderr?.on('data', (data: Buffer) => {
    wrong += data;
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (data: Buffer) => {
      said += data;
      if (said.includes('\n')) resolve(said.split('\n')[0]);
    });
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${wrong}`)));
  });
  return { child, line };
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

function connect(url: string): Promise<Ros> {
  const ros = new Ros({});
  return new Promise((resolve, reject) => {
    ros.on('connection', () => resolve(ros));
    ros.on('error', (error: unknown) => reject(error));
    ros.connect(url).catch(reject);
  });
}

let robot: RosNode;
beforeAll(async () => {
  robot = await createRosNode({ name: 'robot', domain: DOMAIN });
});
afterAll(() => robot.close());

describe('isocenter bridge, with stock roslib', () => {
  let bridge: ChildProcess;
  let url = '';
  beforeAll(async () => {
    const started = await start('node', ['dist/app/cli.js', 'bridge', '--port', '0', '--domain', String(DOMAIN)]);
    bridge = started.child;
    url = /ws:\/\/\S+(?=,)/.exec(started.line)?.[0] ?? '';
    expect(started.line).toContain('lo 127.0.0.1');
  });
  afterAll(() => stop(bridge));

  it('carries topics both ways, reliable and best effort', async () => {
    const ros = await connect(url);
    const names = new Topic({ ros, name: '/bridge_joints', messageType: 'sensor_msgs/msg/JointState' });
    const seen: { position: number[] }[] = [];
    names.subscribe((message) => seen.push(message as { position: number[] }));
    const publisher = robot.createPublisher('sensor_msgs/msg/JointState', '/bridge_joints', 'sensor_data');
    // The subscription begins as reliable and must turn to best effort for this publisher.
    await until(() => {
      publisher.publish({ name: ['a', 'b'], position: Float64Array.of(1.5, -2) });
      return seen.length > 0;
    }, 'a message from DDS');
    expect(seen[0].position).toEqual([1.5, -2]);
    const back: unknown[] = [];
    robot.createSubscription('std_msgs/msg/String', '/bridge_words', (message) => back.push(message.data));
    const words = new Topic({ ros, name: '/bridge_words', messageType: 'std_msgs/String' });
    await until(() => {
      words.publish({ data: 'hello' });
      return back.length > 0;
    }, 'a message from roslib');
    expect(back[0]).toBe('hello');
    ros.close();
  });

  it('calls services whose type the client does not name, and serves them', async () => {
    robot.createService('std_srvs/srv/SetBool', '/bridge_enable', (request) => ({
      success: request.data,
      message: 'from DDS',
    }));
    const ros = await connect(url);
    const service = new Service({ ros, name: '/bridge_enable', serviceType: 'std_srvs/SetBool' });
    const answer = await new Promise((resolve, reject) => service.callService({ data: true }, resolve, reject));
    expect(answer).toEqual({ success: true, message: 'from DDS' });

    const served = new Service({ ros, name: '/bridge_web', serviceType: 'std_srvs/srv/Trigger' });
    served.advertise((_request, response) => {
      Object.assign(response as object, { success: true, message: 'from the page' });
      return true;
    });
    const client = robot.createClient('std_srvs/srv/Trigger', '/bridge_web');
    expect(await client.call({}, { timeoutMs: 10_000 })).toEqual({ success: true, message: 'from the page' });
    ros.close();
  });

  it('answers what it cannot do, and calls that fail', async () => {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    const answers: { op: string; level?: string; msg?: string; id?: string; result?: boolean; values?: unknown }[] = [];
    socket.on('message', (data) => answers.push(JSON.parse(data.toString())));
    const ask = async (message: unknown, count = 1) => {
      const before = answers.length;
      socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
      await until(() => answers.length >= before + count, `an answer to ${JSON.stringify(message)}`);
      return answers.slice(before);
    };
    for (const op of [
      'send_action_goal',
      'cancel_action_goal',
      'advertise_action',
      'fragment',
      'png',
      'auth',
      'nonsense',
    ]) {
      const [status] = await ask({ op, id: op });
      expect(status).toMatchObject({ op: 'status', level: 'error', id: op });
    }
    expect((await ask('{"op":"subscribe"'))[0].msg).toContain('not JSON');
    expect((await ask('[1]'))[0].msg).toContain('JSON object');
    expect((await ask(Buffer.from([1, 2, 3])))[0].msg).toContain('binary');
    expect((await ask({ op: 'subscribe', topic: 7 }))[0].msg).toContain('topic');
    expect((await ask({ op: 'subscribe', topic: '/x', type: 'no_msgs/msg/Such', id: 's' }))[0].msg).toContain(
      'no_msgs',
    );
    expect((await ask({ op: 'publish', topic: '/nobody_knows', msg: {} }))[0].msg).toContain('not advertised');
    expect(await ask({ op: 'call_service', service: '/nobody', id: 'c1' })).toMatchObject([
      { op: 'service_response', id: 'c1', result: false },
    ]);
    // A broken message before must not spoil what follows.
    robot.createService('std_srvs/srv/Trigger', '/bridge_after', () => ({ success: true, message: '' }));
    expect(await ask({ op: 'call_service', service: '/bridge_after', id: 'c2' })).toMatchObject([
      { op: 'service_response', id: 'c2', result: true },
    ]);
    // Arguments that do not fit end the call, with the reason.
    robot.createService('std_srvs/srv/SetBool', '/bridge_strict', () => ({ success: true, message: '' }));
    const failed = await ask({ op: 'call_service', service: '/bridge_strict', id: 'c3', args: { data: 'yes' } }, 2);
    expect(failed).toContainEqual(expect.objectContaining({ op: 'service_response', id: 'c3', result: false }));
    socket.close();
  });

  it('serves the command line through --rosbridge as well', async () => {
    const beat = setInterval(() => publisher.publish({ data: 'over the bridge' }), 20);
    const publisher = robot.createPublisher('std_msgs/msg/String', '/bridge_beat');
    robot.createService('std_srvs/srv/SetBool', '/bridge_switch', ({ data }) => ({ success: data, message: '' }));
    try {
      const type = ['--type', 'std_msgs/msg/String'];
      const echo = await isocenter([
        'ros2',
        'echo',
        '/bridge_beat',
        ...type,
        '--count',
        '2',
        '--json',
        '--rosbridge',
        url,
      ]);
      expect(echo.code, echo.stderr).toBe(0);
      expect(echo.stdout.trim().split('\n')).toEqual(['{"data":"over the bridge"}', '{"data":"over the bridge"}']);
      const args = [
        'ros2',
        'call',
        '/bridge_switch',
        'std_srvs/srv/SetBool',
        '{"data":true}',
        '--json',
        '--rosbridge',
        url,
      ];
      const call = await isocenter(args);
      expect(call.code, call.stderr).toBe(0);
      expect(JSON.parse(call.stdout)).toEqual({ success: true, message: '' });
      const gone = await isocenter(['ros2', 'topics', '--rosbridge', `ws://127.0.0.1:${await freePort()}`]);
      expect(gone.code).toBe(2);
      expect(gone.stderr).toContain('cannot be reached');
    } finally {
      clearInterval(beat);
    }
  });

  it('refuses pages of other computers', async () => {
    const open = (origin: string) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url, { origin });
        socket.on('open', () => {
          socket.close();
          resolve('open');
        });
        socket.on('error', (error) => resolve(error.message));
      });
    expect(await open('http://localhost:8080')).toBe('open');
    expect(await open('https://evil.example')).toContain('401');
  });

  it('keeps the newest messages for a client that does not read', async () => {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    const stamps: number[] = [];
    socket.on('message', (data) => stamps.push(JSON.parse(data.toString()).msg.height));
    socket.send(JSON.stringify({ op: 'subscribe', topic: '/bridge_cloud', type: 'sensor_msgs/msg/PointCloud2' }));
    const publisher = robot.createPublisher('sensor_msgs/msg/PointCloud2', '/bridge_cloud');
    await until(() => publisher.subscriptionCount > 0, 'the subscription');
    socket.pause();
    const last = 100;
    for (let height = 1; height <= last; height++) {
      publisher.publish({ height, width: 1, point_step: 1, data: new Uint8Array(300_000).fill(height) });
      await pause(10);
    }
    await pause(500);
    socket.resume();
    await until(() => stamps.at(-1) === last, 'the newest message');
    expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
    expect(stamps.length).toBeLessThan(last);
    socket.close();
  });

  it('says what stands in the way of listening, in two lines', async () => {
    const busy = createServer().listen(0, '127.0.0.1');
    await once(busy, 'listening');
    const { port } = busy.address() as { port: number };
    const child = spawn('node', ['dist/app/cli.js', 'bridge', '--port', String(port), '--domain', String(DOMAIN)], {
      cwd: root,
    });
    let said = '';
    child.stderr.on('data', (data: Buffer) => {
      said += data;
    });
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(2);
    expect(said.trim().split('\n')).toHaveLength(2);
    expect(said).toContain('is in use');
    busy.close();
  });
});

describe('ros2-web-bridge as it is published', () => {
  it('runs on the facade without ROS 2', async () => {
    const port = await freePort();
    const env = { ROS_DOMAIN_ID: String(DOMAIN) };
    const { child, line } = await start('npx', ['--no-install', 'ros2-web-bridge', '-p', String(port)], env);
    expect(line).toContain(String(port));
    try {
      const ros = await connect(`ws://127.0.0.1:${port}`);
      const seen: unknown[] = [];
      const topic = new Topic({ ros, name: '/plain_bridge', messageType: 'std_msgs/msg/String' });
      topic.subscribe((message) => seen.push(message));
      const publisher = robot.createPublisher('std_msgs/msg/String', '/plain_bridge');
      await until(() => {
        publisher.publish({ data: 'through' });
        return seen.length > 0;
      }, 'a message through ros2-web-bridge');
      expect(seen[0]).toEqual({ data: 'through' });
      ros.close();
    } finally {
      process.kill(-(child.pid ?? 0), 'SIGTERM');
      await once(child, 'exit');
    }
  });
});
