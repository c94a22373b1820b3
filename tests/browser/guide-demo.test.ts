import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OpenPage, openPage } from '../support/browser.ts';

let opened: OpenPage;
beforeAll(async () => {
  opened = await openPage('viewer/index.html?beams=5&bixel=10#demo');
  await opened.page.setViewportSize({ width: 1366, height: 768 });
}, 60_000);
afterAll(() => opened?.close());

it('the demo plans a phantom and has a trembling hand guide an arm around what it keeps out of', async () => {
  const { page } = opened;
  const says = (id: string, text: RegExp) =>
    page.getByTestId(id).filter({ hasText: text }).first().waitFor({ timeout: 60_000 });
  // Where software draws too slowly for its beats, the robot holds, and says so.
  await says('robot-state', /ENABLED: (following|coming to rest|holding|waiting)|PAUSED/);
  await says('tremor', /tremor \d+ → \d+ µm/);
  const { patient, report } = await page.evaluate(() => globalThis.isocenterViewer.state());
  expect(patient).toBe('tg119-cshape');
  expect(report?.maxGy).toBeGreaterThan(30);
  await page.keyboard.press('Escape');
  await says('robot-state', /FAULT/);
  expect(opened.errors).toEqual([]);
}, 120_000);
