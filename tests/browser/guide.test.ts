import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenPage, openPage } from '../support/browser.ts';
import { armed, says as saysOn } from '../support/robot-page.ts';

const folder = mkdtempSync(join(tmpdir(), 'isocenter-guide-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Coarse, because drawing is software here.
let opened: OpenPage;
beforeAll(async () => {
  opened = await openPage('viewer/index.html?open=phantom:tg119-cshape&voxel=6&beams=1&bixel=20');
  await opened.page.setViewportSize({ width: 1366, height: 768 });
  await opened.page.locator('[data-view=axial]').waitFor({ timeout: 60_000 });
  await opened.page.getByRole('tab', { name: 'Guide' }).click();
}, 120_000);
afterAll(() => opened?.close());

const says = (id: string, text: string | RegExp, timeout?: number) => saysOn(opened.page, id, text, timeout);

const degrees = async (joint: string): Promise<number> =>
  Number.parseFloat(
    (await opened.page
      .getByRole('slider', { name: new RegExp(`^${joint}`) })
      .locator('xpath=following-sibling::span')
      .textContent()) ?? '',
  );

const button = (name: string) => opened.page.getByRole('button', { name, exact: true });

describe('the simulator of the page', () => {
  it('is watched until it is armed; then its joints move, and Escape stops it for good', async () => {
    const { page } = opened;
    await button('Simulate').click();
    await says('robot-state', 'DISABLED');
    await says('mode', 'Monitor');
    const yaw = page.getByRole('slider', { name: /^yaw/ });
    expect(await yaw.isDisabled()).toBe(true);
    await armed(opened.page, async () => {
      await yaw.fill('10', { timeout: 2000 });
      await says('robot-state', 'at rest', 5000);
      await expect.poll(() => degrees('yaw'), { timeout: 3000 }).toBeCloseTo(10, 0);
    });
    await page.keyboard.press('Escape');
    await says('robot-state', 'FAULT');
    expect(await button('Arm').isDisabled()).toBe(true);
    await button('Disarm').click();
    await says('robot-state', 'DISABLED');
    await page.getByRole('button', { name: 'Keys' }).click();
    const help = page.getByRole('dialog', { name: 'Keys' });
    await help.waitFor();
    await button('STOP').click({ timeout: 5000 });
    await says('robot-state', 'FAULT');
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden', timeout: 5000 });
    await button('Disarm').click();
    await says('robot-state', 'DISABLED');
    await page.getByRole('spinbutton').first().focus();
    await page.keyboard.press('Escape');
    await says('robot-state', 'FAULT');
    await button('Disarm').click();
    await says('robot-state', 'DISABLED');
    expect(opened.errors).toEqual([]);
  });

  it('plans to a place in the patient, shows the ghost, and carries the motion out', async () => {
    const { page } = opened;
    for (const [axis, mm] of [
      ['x', '25'],
      ['y', '-40'],
      ['z', '10'],
    ] as const) {
      await page.locator('fieldset', { hasText: 'Goal of the tip' }).getByLabel(axis, { exact: true }).fill(mm);
    }
    await page.keyboard.press('Tab');
    const offMm = async (): Promise<number> => {
      const numbers = (await page.getByTestId('tip').textContent())?.match(/-?\d+\.\d/g)?.map(Number) ?? [];
      return Math.hypot(numbers[0] - 25, numbers[1] + 40, numbers[2] - 10);
    };
    await armed(opened.page, async () => {
      await button('Plan').click({ timeout: 2000 });
      await says('motion', /Planned in/, 10_000);
      await page.getByLabel('Along the way').fill('0.5');
      await button('Execute').click({ timeout: 2000 });
      await expect.poll(offMm, { timeout: 5000 }).toBeLessThan(0.5);
    });
    expect(opened.errors).toEqual([]);
  });

  it('refuses in words what lies in a keep-out', async () => {
    const { page } = opened;
    const y = page.locator('fieldset', { hasText: 'Goal of the tip' }).getByLabel('y', { exact: true });
    await y.fill('0');
    await page.locator('fieldset', { hasText: 'Goal of the tip' }).getByLabel('x', { exact: true }).fill('0');
    await page.keyboard.press('Tab');
    await button('Plan').click();
    await says('motion', /No motion: .*Core/);
    expect(await button('Execute').isDisabled()).toBe(true);
  });

  it('follows the hand and takes its tremor out; Space stops it, also where a button has the focus', async () => {
    const { page } = opened;
    await armed(opened.page, async () => {
      await button('Follow the hand').click({ timeout: 2000 });
      await says('robot-state', 'following', 3000);
      await says('tremor', /tremor \d+ → \d+ µm/);
      await says('loop', /Hz/);
      await button('Hold').focus();
      await page.keyboard.press('Space');
      await says('robot-state', 'FAULT', 3000);
    });
    expect(opened.errors).toEqual([]);
  });

  it('holds while the page is hung, and says so', async () => {
    const { page } = opened;
    await button('Disarm').click();
    await says('robot-state', 'DISABLED');
    await armed(opened.page, async () => {
      await page.evaluate(() => {
        for (const end = performance.now() + 900; performance.now() < end; );
      });
      await says('held', /PAUSED/, 3000);
      await says('held', /hung/, 1000);
    });
    expect(opened.errors).toEqual([]);
  });

  it('is recorded, and the recording plays as a live robot does, with pause and seek', async () => {
    const { page } = opened;
    await armed(opened.page, async () => {
      await button('Follow the hand').click({ timeout: 2000 });
      await says('robot-state', 'following', 3000);
    });
    await button('Record').click();
    await page.waitForTimeout(3000);
    const download = page.waitForEvent('download');
    await button('End and save the recording').click();
    const path = join(folder, 'robot.mcap');
    await (await download).saveAs(path);
    await page.getByLabel('Play a recording').setInputFiles(path);
    await says('connection', 'recording robot.mcap');
    await says('play-time', /[12]\.\d \/ [2-9]/);
    // A recording moves nothing and needs no STOP.
    expect(await page.getByRole('button', { name: 'STOP' }).count()).toBe(0);
    await says('keep-out-Core', /mm/);
    await button('Pause').click();
    const player = page.getByTestId('player');
    await player.getByRole('slider').fill('0.5');
    await says('play-time', /^0\.5/);
    await button('Play').click();
    await says('play-time', /^1\./);
    expect(opened.errors).toEqual([]);
  });

  it('says of a file that is no recording that it is none', async () => {
    const { page } = opened;
    const path = join(folder, 'broken.mcap');
    writeFileSync(path, 'no recording');
    await page.getByLabel('Play a recording').setInputFiles(path);
    await page.locator('.fault', { hasText: 'broken.mcap is no whole MCAP file' }).waitFor({ timeout: 10_000 });
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(opened.errors).toEqual([]);
  });

  it('is disarmed, and started again, where the patient or what it keeps out of is no longer that of its start', async () => {
    const { page } = opened;
    await button('Simulate').click();
    await says('robot-state', 'DISABLED');
    const arm = button('Arm');
    await expect.poll(() => arm.isEnabled()).toBe(true);
    await page.locator('summary', { hasText: 'Simulator: hand and keep-outs' }).click();
    await page.getByLabel('Margin to Core').fill('8');
    await page.keyboard.press('Tab');
    await says('mode', 'others than it was started with');
    expect(await arm.isDisabled()).toBe(true);
    await button('Simulate').click();
    await says('mode', 'Monitor');
    await armed(page, async () => {
      await button('File').click({ timeout: 2000 });
      await page.getByRole('menuitem', { name: 'Close' }).click({ timeout: 2000 });
      await says('robot-state', 'DISABLED', 3000);
      await says('mode', 'others than it was started with', 2000);
    });
    expect(opened.errors).toEqual([]);
  });
});
