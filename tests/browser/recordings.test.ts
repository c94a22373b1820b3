import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activeNames } from '../../engine/core/robot.ts';
import { builtinRobot } from '../../planners/motion/robot/registry.ts';
import { type Serving, startServing } from '../app/support/serve.ts';
import { type OpenPage, openAddress, openPage } from '../support/browser.ts';
import { jointStates, type McapForm, makeMcap } from '../support/mcap.ts';

const folder = mkdtempSync(join(tmpdir(), 'isocenter-recordings-'));
const states = jointStates(activeNames(builtinRobot('psm')), 8, 50);
const write = async (name: string, form: McapForm, messages = states) => {
  const path = join(folder, name);
  writeFileSync(path, await makeMcap(messages, { chunkBytes: 16384, ...form }));
  return path;
};

let serving: Serving;
let opened: OpenPage;
beforeAll(async () => {
  await write('zstd.mcap', { compression: 'zstd' });
  serving = await startServing('--recordings', folder);
  opened = await openAddress(`${serving.address}#token=${serving.token}`);
  await opened.page.getByRole('tab', { name: 'Guide' }).click();
}, 60_000);
afterAll(async () => {
  await opened?.close();
  await serving?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const says = ({ page }: OpenPage, id: string, text: string | RegExp) =>
  page.getByTestId(id).filter({ hasText: text }).first().waitFor({ timeout: 20_000 });

async function plays(where: OpenPage, name: string): Promise<void> {
  await says(where, 'connection', `recording ${name}`);
  await says(where, 'play-time', /^[1-7]\.\d \/ 8\.0 s/);
  await where.page.getByLabel(/^Hand along/).waitFor({ timeout: 20_000 });
}

describe('recordings', () => {
  it('of the server are listed and played, compressed ones too', async () => {
    const { page, errors } = opened;
    await page.getByRole('button', { name: 'Connect to the server' }).click();
    await page.getByLabel(/^of the server/).selectOption('zstd.mcap');
    await plays(opened, 'zstd.mcap');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByTestId('player').getByRole('slider').fill('6');
    await says(opened, 'play-time', /^6\.0/);
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await says(opened, 'play-time', /^[78]/);
    expect(errors).toEqual([]);
  });

  it.each(['zstd', 'lz4'])('of the disk that %s compressed are played under the policy of the server', async (by) => {
    const { page, errors } = opened;
    await page.getByLabel('Play a recording').setInputFiles(await write(`own-${by}.mcap`, { compression: by }));
    await plays(opened, `own-${by}.mcap`);
    expect(errors).toEqual([]);
  });

  it('with a damaged chunk play up to there, and end in words', async () => {
    const { page, errors } = opened;
    let chunks = 0;
    const path = await write('damaged.mcap', {
      compression: 'zstd',
      damage: (packed) => (chunks++ === 2 ? packed.slice(0, -9) : packed),
    });
    await page.getByLabel('Speed').selectOption('4');
    await page.getByLabel('Play a recording').setInputFiles(path);
    await page.locator('.fault', { hasText: 'damaged.mcap is no whole MCAP' }).waitFor({ timeout: 20_000 });
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByLabel('Play a recording').setInputFiles(await write('unknown.mcap', { compression: 'brotli' }));
    await page.locator('.fault', { hasText: 'unknown.mcap is compressed by "brotli"' }).waitFor({ timeout: 20_000 });
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(errors).toEqual([]);
  });

  it('of something else under the names of this page end in words, and the page goes on', async () => {
    const { page, errors } = opened;
    const wrong = ['{"robot":"psm","joints":7}', '{"robot":', '[]'];
    for (const [n, data] of wrong.entries()) {
      const about = { topic: '/isocenter/about', type: 'std_msgs/msg/String', timeSec: 1.7e9, message: { data } };
      await page.getByLabel('Play a recording').setInputFiles(await write(`wrong-${n}.mcap`, {}, [about, ...states]));
      const told = page.locator('.fault', { hasText: `wrong-${n}.mcap: /isocenter/about at` });
      await told.waitFor({ timeout: 20_000 });
      await page.getByRole('button', { name: 'Dismiss' }).click();
    }
    await page.getByLabel('Play a recording').setInputFiles(join(folder, 'zstd.mcap'));
    await plays(opened, 'zstd.mcap');
    expect(errors).toEqual([]);
  });

  it('that are compressed are played by the page of the development server', async () => {
    const dev = await openPage('viewer/index.html');
    try {
      await dev.page.getByRole('tab', { name: 'Guide' }).click();
      await dev.page.getByLabel('Play a recording').setInputFiles(join(folder, 'zstd.mcap'));
      await plays(dev, 'zstd.mcap');
      expect(dev.errors).toEqual([]);
    } finally {
      await dev.close();
    }
  });
});
