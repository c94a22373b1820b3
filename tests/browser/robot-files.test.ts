import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { barriers } from '../support/axe.ts';
import { type OpenPage, openPage } from '../support/browser.ts';
import { type Pixels, pixelsOf } from '../support/pixels.ts';
import { writeRobotFolder } from '../support/robot-folder.ts';
import { armed, says as saysOn } from '../support/robot-page.ts';

const folder = mkdtempSync(join(tmpdir(), 'isocenter-robot-'));
const urdf = writeRobotFolder(folder);
let opened: OpenPage;
beforeAll(async () => {
  opened = await openPage('viewer/index.html?open=phantom:tg119-cshape&voxel=6&beams=1&bixel=20');
  await opened.page.setViewportSize({ width: 1366, height: 768 });
  await opened.page.locator('[data-view=axial]').waitFor({ timeout: 60_000 });
}, 120_000);
afterAll(async () => {
  await opened?.close();
  rmSync(folder, { recursive: true, force: true });
});

const says = (id: string, text: string | RegExp, timeout?: number) => saysOn(opened.page, id, text, timeout);
const button = (name: string) => opened.page.getByRole('button', { name, exact: true });
const give = (path: string) => opened.page.locator('input[type=file][multiple]').first().setInputFiles(path);

/** How many pixels of the view in space are mostly of one channel. */
function mostly({ data }: Pixels, channel: 0 | 1 | 2): number {
  let count = 0;
  for (let n = 0; n < data.length; n += 4) {
    const others = [0, 1, 2].filter((c) => c !== channel).map((c) => data[n + c]);
    if (data[n + channel] > 60 && others.every((value) => data[n + channel] > 1.6 * value)) count++;
  }
  return count;
}

it('a folder with a URDF becomes a robot: its meshes are drawn in their colours, it is simulated, driven and planned for', async () => {
  const { page } = opened;
  await give(join(folder, 'arm_description'));
  await says('own-robot', /\d+ spheres were fitted/, 60_000);
  await says('own-robot', /No SRDF: \d+ pairs/);
  expect(await page.getByRole('combobox', { name: /^Robot/ }).inputValue()).toBe('small_arm');
  expect(await page.getByRole('combobox', { name: /^Tip/ }).inputValue()).toBe('tip');
  await page.getByRole('button', { name: '3-D' }).click();
  const space = '[data-view=space]';
  const before = mostly(await pixelsOf(page, space), 2);
  await button('Simulate').click();
  await says('robot-state', 'DISABLED');
  await expect
    .poll(async () => mostly(await pixelsOf(page, space), 2) - before, { timeout: 20_000 })
    .toBeGreaterThan(60);
  expect(await barriers(page)).toEqual([]);
  const slider = page.getByRole('slider', { name: /^joint2/ });
  const tip = async (): Promise<readonly number[]> =>
    (await page.getByTestId('tip').textContent())?.match(/-?\d+\.\d/g)?.map(Number) ?? [];
  const from = await tip();
  await armed(page, async () => {
    await slider.fill('30', { timeout: 2000 });
    // 200 mm from the joint to the tip.
    const movedMm = async (): Promise<number> => Math.hypot(...(await tip()).map((mm, a) => mm - from[a]));
    await expect.poll(movedMm, { timeout: 8000 }).toBeGreaterThan(95);
  });
  // What is pointed at is named: somewhere on the way from the base to the tip there is its blue link.
  const box = await page.locator(space).boundingBox();
  if (box === null) throw new Error('there is no view');
  const told = new Set<string | null>();
  for (let x = 0.1; x < 0.6; x += 0.03) {
    await page.mouse.click(box.x + x * box.width, box.y + 0.48 * box.height);
    told.add(await page.getByTestId('picked').textContent());
  }
  expect([...told].join('; ')).toMatch(/small_arm, (base|upper|fore|hand)/);
  await button('Plan').click();
  await says('motion', /Planned in|No motion/, 20_000);
  await button('Disarm').click();
  await button('Disconnect').click();
  expect(opened.errors).toEqual([]);
});

it('missing meshes are named: those that are only seen leave a note, without those of collisions there is no robot', async () => {
  const { page } = opened;
  const bare = mkdtempSync(join(tmpdir(), 'isocenter-robot-'));
  try {
    cpSync(join(folder, 'arm_description'), bare, { recursive: true });
    rmSync(join(bare, 'meshes', 'fore.obj'));
    await give(bare);
    const fault = page.locator('.fault');
    await fault
      .filter({ hasText: 'collision meshes were not found: package://arm_description/meshes/fore.obj' })
      .waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    const text = readFileSync(urdf, 'utf8').replace(
      /<collision><geometry><mesh filename="[^"]*fore.obj"\/><\/geometry>/,
      '<collision><geometry><sphere radius="0.08"/></geometry>',
    );
    writeFileSync(join(bare, 'urdf', 'arm.urdf'), text);
    await give(bare);
    await says('own-robot', /Not found, and not drawn: package:\/\/arm_description\/meshes\/fore.obj/, 60_000);
    // The one of before keeps its name.
    expect(await page.getByRole('combobox', { name: /^Robot/ }).inputValue()).toBe('small_arm 2');
  } finally {
    rmSync(bare, { recursive: true, force: true });
  }
  expect(opened.errors).toEqual([]);
});

it.each([
  ['broken.urdf', '<robot name="a"><link name="b">', /broken\.urdf.*unclosed/s],
  ['still.urdf', '<robot name="a"><link name="b"/></robot>', /no joint that moves/],
  ['macros.xacro', '<robot name="a"><xacro:include filename="b"/></robot>', /xacro/],
])('%s is refused in words', async (name, text, words) => {
  const { page } = opened;
  const own = mkdtempSync(join(folder, 'own-'));
  writeFileSync(join(own, name), text);
  await give(own);
  await page.locator('.fault').filter({ hasText: words }).waitFor({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Dismiss' }).click();
  expect(opened.errors).toEqual([]);
});
