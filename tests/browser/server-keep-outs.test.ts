import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RobotSample } from '../../planners/guidance/messages.ts';
import { type Serving, startServing, viewer } from '../app/support/serve.ts';
import { type OpenPage, openAddress } from '../support/browser.ts';

/** A structure of a patient on one side of where the tip is, a box on the other; nothing of it is open in the page. */
const folder = mkdtempSync(join(tmpdir(), 'isocenter-keep-outs-'));
const robot = ['--robot', 'psm'];
let serving: Serving;
let opened: OpenPage;

async function tipOf(server: Serving): Promise<readonly number[]> {
  const client = viewer(server);
  const sample = await new Promise<RobotSample>((resolve) => {
    client.peer.subscribe('robot', {}, { onSample: (value) => resolve(value as RobotSample) });
  });
  client.close();
  return sample.tip.position;
}

beforeAll(async () => {
  const bare = await startServing(...robot);
  const [x, y, z] = await tipOf(bare);
  await bare.stop();
  const registration = join(folder, 'registration.json');
  const rows = [
    [1, 0, 0, x + 0.06],
    [0, 1, 0, y],
    [0, 0, 1, z],
    [0, 0, 0, 1],
  ];
  writeFileSync(registration, JSON.stringify({ T_base_patient: rows }));
  const scene = join(folder, 'scene.yaml');
  const place = [x - 0.05, y, z].join(', ');
  writeFileSync(
    scene,
    `world:\n  collision_objects:\n    - id: block\n      primitives: [{type: box, dimensions: [0.02, 0.02, 0.02]}]\n      primitive_poses: [{position: [${place}]}]\n`,
  );
  const keepOut = ['--registration', registration, '--keep-out', 'Core:5', '--scene', scene];
  serving = await startServing('phantom:tg119-cshape', ...robot, ...keepOut);
  opened = await openAddress(`${serving.address}#token=${serving.token}`);
  await opened.page.setViewportSize({ width: 1366, height: 768 });
  await opened.page.getByRole('tab', { name: 'Guide' }).click();
}, 60_000);
afterAll(async () => {
  await opened?.close();
  await serving?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('of a server are shown and planned around, structures and boxes alike', async () => {
  const { page, errors } = opened;
  await page.getByRole('button', { name: 'Connect to the server' }).click();
  const tip = page.getByTestId('tip').filter({ hasText: /Tip at/ });
  await tip.waitFor();
  const place = (await tip.textContent())?.match(/-?\d+\.\d/g)?.map(Number) ?? [];
  const goal = page.locator('fieldset', { hasText: 'Goal of the tip' });
  const plans = async (offMm: readonly [number, number, number]): Promise<string> => {
    for (const [n, axis] of (['x', 'y', 'z'] as const).entries()) {
      await goal.getByLabel(axis, { exact: true }).fill((place[n] + offMm[n]).toFixed(1));
    }
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Plan', exact: true }).click();
    const said = page.getByTestId('motion').filter({ hasText: /Planned in|No motion/ });
    await said.waitFor({ timeout: 20_000 });
    return (await said.textContent()) ?? '';
  };
  expect(await plans([8, 0, 5])).toContain('Planned in');
  expect(await plans([60, 0, 0])).toMatch(/No motion: .*Core/);
  expect(await plans([-50, 0, 0])).toMatch(/No motion: .*block/);
  expect(await plans([-8, 0, 0])).toContain('Planned in');
  expect(errors).toEqual([]);
});
