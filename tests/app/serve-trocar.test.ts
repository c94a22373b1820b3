import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BEAT_MS } from '../../engine/link/limits.ts';
import type { RobotAbout, RobotSample } from '../../planners/guidance/messages.ts';
import { until } from '../support/wait.ts';
import { isocenter, temporaryFolder } from './support/cli.ts';
import { type Serving, startServing } from './support/serve.ts';

const tool = join(temporaryFolder(), 'tool.yaml');
writeFileSync(tool, 'link: tool0\nlengthM: 0.35\nradiusM: 0.004\n');

let serving: Serving;
beforeAll(async () => {
  serving = await startServing('--robot', 'ur5e', '--tool', tool, '--rcm', '0.49,0.13,0.22');
});
afterAll(async () => {
  expect(await serving?.stop()).toBe(0);
});

it('a robot of the server has a tool through a trocar, and keeps it there', async () => {
  const client = serving.open();
  const { robot } = (await client.peer.request('about')) as { robot: RobotAbout };
  expect(robot).toMatchObject({ tool: { link: 'tool0', lengthM: 0.35, radiusM: 0.004 }, trocarM: [0.49, 0.13, 0.22] });
  let sample: RobotSample | undefined;
  client.peer.subscribe('robot', {}, { onSample: (value) => (sample = value as RobotSample) });
  await until(() => sample !== undefined, 'a state of the robot');
  const { trocarErrorM, insertedM, tip, measured } = sample as unknown as RobotSample;
  expect(trocarErrorM).toBeLessThan(1e-4);
  expect(insertedM).toBeCloseTo(0.08, 3);
  // The tool's tip, not the flange.
  expect(tip.position[2]).toBeCloseTo(0.14, 3);
  await new Promise((resolve) => setTimeout(resolve, 3 * BEAT_MS));
  await client.peer.request('robot', { command: 'arm' });
  const positions = measured.map((q, j) => (j === 0 ? q + 0.1 : q));
  await expect(client.peer.request('robot', { command: 'joints', positions })).rejects.toMatchObject({
    code: 'robot/refused',
    message: expect.stringMatching(/the shaft would miss the trocar by \d/),
  });
  client.close();
});

it('what makes no sense is refused before anything runs', async () => {
  for (const [args, words] of [
    [['--robot', 'ur5e', '--rcm', '0.49,0.13,0.22'], /--rcm needs a tool/],
    [['--robot', 'ur5e', '--tool', tool, '--rcm', '2,0,0.2'], /does not reach 80 mm through the trocar/],
    [['--robot', 'psm', '--tool', tool], /no link tool0/],
    [['--tool', tool], /there is no robot/],
  ] as const) {
    const { code: exit, stderr } = await isocenter(['serve', '--port', '0', ...args]);
    expect(exit, stderr).toBe(2);
    expect(stderr).toMatch(words);
  }
});
