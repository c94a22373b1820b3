import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activeNames } from '../../engine/core/robot.ts';
import { builtinRobot } from '../../planners/motion/robot/registry.ts';
import { barriers } from '../support/axe.ts';
import { type OpenPage, openPage } from '../support/browser.ts';
import { jointStates, makeMcap } from '../support/mcap.ts';

/** What stands in the page only while there is a robot. */
let opened: OpenPage;
beforeAll(async () => {
  opened = await openPage('viewer/index.html?open=phantom:tg119-cshape&voxel=6&beams=1&bixel=20');
  const { page } = opened;
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.locator('[data-view=axial]').waitFor({ timeout: 60_000 });
  await page.getByRole('tab', { name: 'Guide' }).click();
}, 120_000);
afterAll(() => opened?.close());

const says = (id: string, text: string | RegExp) =>
  opened.page.getByTestId(id).filter({ hasText: text }).first().waitFor({ timeout: 20_000 });

async function findsNothing(): Promise<void> {
  const { page } = opened;
  for (const colours of ['light', 'dark']) {
    await page.getByLabel('Colours of the page').selectOption(colours);
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    expect(await barriers(page), colours).toEqual([]);
    const isCut = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth > clientWidth;
    });
    expect(isCut, colours).toBe(false);
  }
  expect(opened.errors).toEqual([]);
}

describe('axe finds nothing serious, light and dark,', () => {
  it('on a robot that is watched, with a motion planned', async () => {
    const { page } = opened;
    await page.getByRole('button', { name: 'Simulate' }).click();
    await says('robot-state', 'DISABLED');
    const goal = page.locator('fieldset', { hasText: 'Goal of the tip' });
    for (const [axis, mm] of Object.entries({ x: '25', y: '-40', z: '10' })) {
      await goal.getByLabel(axis, { exact: true }).fill(mm);
    }
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Plan', exact: true }).click();
    await says('motion', /Planned in/);
    await findsNothing();
  });

  it('on a robot that is armed or held', async () => {
    await opened.page.getByRole('button', { name: 'Arm', exact: true }).click();
    await says('robot-state', /ENABLED|PAUSED/);
    await findsNothing();
  });

  it('on a robot that was stopped', async () => {
    await opened.page.keyboard.press('Escape');
    await says('robot-state', 'FAULT');
    await findsNothing();
  });

  it('on a recording', async () => {
    const states = jointStates(activeNames(builtinRobot('psm')), 8, 50);
    const buffer = Buffer.from(await makeMcap(states, { compression: 'lz4' }));
    const file = { name: 'run.mcap', mimeType: 'application/octet-stream', buffer };
    await opened.page.getByLabel('Play a recording').setInputFiles(file);
    await says('connection', 'recording run.mcap');
    await says('play-time', /^[1-8]/);
    await findsNothing();
  });
});
