import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OpenPage, openPage } from '../support/browser.ts';
import { armed, says as saysOn } from '../support/robot-page.ts';

let opened: OpenPage;
beforeAll(async () => {
  opened = await openPage('viewer/index.html?open=phantom:tg119-cshape&voxel=6&beams=1&bixel=20');
  opened.page.setDefaultTimeout(10_000);
  await opened.page.setViewportSize({ width: 1366, height: 768 });
  await opened.page.locator('[data-view=axial]').waitFor({ timeout: 60_000 });
  await opened.page.getByRole('tab', { name: 'Guide' }).click();
}, 120_000);
afterAll(() => opened?.close());

const says = (id: string, text: string | RegExp, timeout?: number) => saysOn(opened.page, id, text, timeout);
const button = (name: string) => opened.page.getByRole('button', { name, exact: true });
const numbersOf = async (id: string): Promise<number[]> =>
  (await opened.page.getByTestId(id).textContent())?.match(/-?\d+(\.\d+)?/g)?.map(Number) ?? [];

it('an arm without a remote centre of its own holds a tool through a trocar on the skin', async () => {
  const { page } = opened;
  await page.locator('summary', { hasText: 'Tool and trocar' }).click();
  await page.getByText(/The mechanism of psm keeps its remote centre/).waitFor();
  await page.locator('select', { hasText: 'ur5e' }).selectOption('ur5e');
  await page.getByLabel('Tool through a trocar').check();
  await says('entry', /The tip begins \d+ mm beyond it/);
  const load = (text: string) =>
    page
      .getByLabel('Load a tool')
      .setInputFiles({ name: 'tool.yaml', mimeType: 'text/yaml', buffer: Buffer.from(text) });
  await load('link: tool0\nlengthM: -1\n');
  await page.locator('.fault', { hasText: 'the shaft is -1 m long' }).waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await load('link: tool0\nlengthM: 0.3\nradiusM: 0.004\n');
  await page.getByText('tool.yaml: on tool0, 300 mm long, radius 4 mm').waitFor();
  await button('Numbers instead').click();
  // A click in space takes the nearest of what is seen, the skin too.
  const proposed = page.locator('fieldset', { hasText: 'Trocar [mm]' }).getByRole('button', { name: 'As proposed' });
  expect(await proposed.isDisabled()).toBe(true);
  await button('Pick in space').click();
  await says('picked', 'Click the place that is asked for');
  await page.locator('[data-view=space]').click();
  await says('picked', 'External');
  await proposed.click();
  await button('Simulate').click();
  await says('robot-state', 'DISABLED');
  await says('trocar', /shaft 0\.\d\d mm off/);
  expect((await numbersOf('trocar'))[0]).toBeLessThan(1);
  expect(opened.errors).toEqual([]);
});

it('locks what motions are checked against while it is armed, and moves no joint out of the trocar', async () => {
  const { page } = opened;
  await page.getByText('Place of the base in the patient').click();
  const base = page.getByLabel(/^roll/);
  expect(await base.isEnabled()).toBe(true);
  await armed(opened.page, async () => {
    expect(await base.isDisabled()).toBe(true);
    expect(await page.getByLabel('Shaft length').isDisabled()).toBe(true);
    await page
      .getByText(/Locked while the robot is ENABLED: disarm it/)
      .filter({ visible: true })
      .first()
      .waitFor({ timeout: 2000 });
    expect(await page.getByRole('slider', { name: /^shoulder_pan/ }).isDisabled()).toBe(true);
    expect(await page.getByRole('slider', { name: /^wrist_3/ }).isEnabled()).toBe(true);
  });
  await button('Disarm').click();
  await says('robot-state', 'DISABLED');
  expect(await base.isEnabled()).toBe(true);
  expect(opened.errors).toEqual([]);
});

it('plans to a place through the trocar and carries it out, with the shaft in it', async () => {
  const { page } = opened;
  const goal = page.locator('fieldset', { hasText: 'Goal of the tip' });
  const [x, y, z] = await numbersOf('tip');
  const wanted = { x: x + 20, y: y - 15, z: z + 10 };
  for (const [axis, mm] of Object.entries(wanted)) await goal.getByLabel(axis, { exact: true }).fill(mm.toFixed(1));
  await page.keyboard.press('Tab');
  await armed(opened.page, async () => {
    await button('Plan').click({ timeout: 2000 });
    await says('motion', /Planned in .*the shaft at most 0\.\d{3} mm from the trocar/, 15_000);
    await button('Execute').click({ timeout: 2000 });
    const offMm = async () => {
      const [a, b, c] = await numbersOf('tip');
      return Math.hypot(a - wanted.x, b - wanted.y, c - wanted.z);
    };
    await expect.poll(offMm, { timeout: 8000 }).toBeLessThan(0.5);
  });
  const [off, most] = await numbersOf('trocar');
  expect(off).toBeLessThan(1);
  expect(most).toBeLessThan(0.11);
  expect(opened.errors).toEqual([]);
});

it('follows the hand within the trocar until it is stopped', async () => {
  const { page } = opened;
  await armed(opened.page, async () => {
    await button('Follow the hand').click({ timeout: 2000 });
    await says('robot-state', 'following', 3000);
    await page.waitForTimeout(1500);
    const [off, most] = await numbersOf('trocar');
    expect(off).toBeLessThan(1);
    expect(most).toBeLessThan(0.11);
    if (process.env.ISOCENTER_PICTURES) await page.screenshot({ path: `${process.env.ISOCENTER_PICTURES}/trocar.png` });
    await page.keyboard.press('Escape');
    await says('robot-state', 'FAULT', 3000);
  });
  expect(opened.errors).toEqual([]);
});
