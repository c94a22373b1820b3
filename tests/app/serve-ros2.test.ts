import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LinkClient } from '../../engine/link/client.ts';
import type { TopicMessage } from '../../engine/link/topics.ts';
import type { RobotSample } from '../../planners/guidance/messages.ts';
import { testDomain } from '../support/domain.ts';
import { recordArm, startRosArm } from '../support/ros-arm.ts';
import { pause, until } from '../support/wait.ts';
import { temporaryFolder } from './support/cli.ts';
import { type Serving, startServing } from './support/serve.ts';

const DOMAIN = testDomain();
const folder = temporaryFolder();
let endArm: () => void;
let serving: Serving;
let client: LinkClient;

beforeAll(async () => {
  endArm = await startRosArm(DOMAIN);
  await recordArm(DOMAIN, join(folder, 'arm.mcap'), 1500);
  serving = await startServing('--robot', 'panda', '--ros2', '--domain', String(DOMAIN), '--recordings', folder);
  client = serving.open();
});
afterAll(async () => {
  client.close();
  expect(await serving.stop()).toBe(0);
  endArm?.();
});

describe('isocenter serve --ros2', () => {
  it('leads a robot of ROS 2, and leaves it alone once the viewer is gone', async () => {
    const samples: RobotSample[] = [];
    client.peer.subscribe('robot', {}, { onSample: (value) => samples.push(value as RobotSample) });
    await until(() => samples.length > 0);
    const now = () => samples[samples.length - 1];
    const driver = serving.open();
    await driver.peer.request('robot', { command: 'arm' });
    const wanted = now().measured.map((q, i) => (i === 6 ? q + 0.05 : q));
    await driver.peer.request('robot', { command: 'joints', positions: wanted });
    await until(() => Math.abs(now().measured[6] - wanted[6]) < 1e-3, 'the robot of ROS 2 arrives');
    driver.close();
    await until(() => now().state === 'PAUSED');
    expect(now().armedBy).toBe('nobody');
  });

  it('shows topics, decoded and no faster than asked for', async () => {
    await until(() => client.peer.endpoint.isAttached);
    const topics = (await client.peer.request('topics')) as { name: string; types: string[] }[];
    expect(topics).toContainEqual(
      expect.objectContaining({ name: '/joint_states', types: ['sensor_msgs/msg/JointState'] }),
    );
    const seen: TopicMessage[] = [];
    const close = client.peer.subscribe(
      'topic',
      { topic: '/joint_states', rateHz: 10 },
      {
        onSample: (value) => seen.push(value as TopicMessage),
      },
    );
    await until(() => seen.length > 0);
    const before = seen.length;
    await pause(1000);
    close();
    expect(seen.length - before).toBeLessThanOrEqual(11);
    expect(seen.length - before).toBeGreaterThan(3);
    // All that came are counted: the robot of the simulator tells its joints far more often.
    expect((seen.at(-1)?.count ?? 0) - (seen[before]?.count ?? 0)).toBeGreaterThan(3 * (seen.length - before));
    expect((seen[0].message as { name: string[] }).name).toContain('panda_joint1');
    const failed = await new Promise<Error | undefined>((resolve) => {
      client.peer.subscribe('topic', { topic: '/nobody' }, { onSample: () => {}, onEnd: resolve });
    });
    expect(failed).toMatchObject({ code: 'ros2/unknown-topic' });
  });

  it('plays a recording as items of the same form, all of them and to its end', async () => {
    expect(await client.peer.request('recordings')).toEqual(['arm.mcap']);
    const played = async (params: object) => {
      const items: TopicMessage[] = [];
      let about: unknown;
      const begin = performance.now();
      const error = await new Promise<Error | undefined>((resolve) => {
        client.peer.subscribe('recording', params, {
          window: 8,
          onOpen: (value) => {
            about = value;
          },
          onSample: (value) => items.push(value as TopicMessage),
          onEnd: resolve,
        });
      });
      return { items, about, error, seconds: (performance.now() - begin) / 1000 };
    };
    const fast = await played({ recording: 'arm.mcap', speed: 0 });
    expect(fast.error).toBeUndefined();
    expect(fast.items.length).toBeGreaterThan(50);
    const { durationSec } = fast.about as { durationSec: number };
    const times = fast.items.map(({ timeSec }) => timeSec);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const paced = await played({ recording: 'arm.mcap', speed: 2 });
    expect(paced.items.length).toBe(fast.items.length);
    // Half its duration, and what timers and other programs of the machine add.
    expect(paced.seconds).toBeGreaterThan(0.9 * (durationSec / 2));
    expect(paced.seconds).toBeLessThan(durationSec / 2 + 1);
    expect((await played({ recording: '../arm.mcap' })).error).toMatchObject({ code: 'serve/unknown-recording' });
  });
});
