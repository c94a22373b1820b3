import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Grid, type Vec3, voxelCentreMm, voxelCount } from '../../engine/core/grid.ts';
import { fromView, looks, wholeSlice } from '../../viewer/slices/slice-geometry.ts';
import { differenceColor, gammaColor } from '../../viewer/state/colors.ts';
import { type OpenPage, openPage } from '../support/browser.ts';
import { drawn, pixelAt, pixelsOf } from '../support/pixels.ts';
import type { SlicesPage } from './slices.page.ts';

declare global {
  var isocenterSlices: SlicesPage;
}

const grid: Grid = { size: [40, 36, 20], spacingMm: [3, 3, 3], originMm: [-58.5, -52.5, -28.5] };
const crosshairMm: Vec3 = [1.5, 1.5, 1.5];

/** 50 Gy with a slope along the patient's left, and the same with what `more` adds. */
function doseWith(more: (x: number) => number): number[] {
  const p = [0, 0, 0];
  return Array.from({ length: voxelCount(grid) }, (_, n) => {
    voxelCentreMm(grid, n, p);
    return 50 + more(p[0]);
  });
}

let opened: OpenPage;
beforeAll(async () => {
  opened = await openPage('tests/browser/slices.html');
  await opened.page.setViewportSize({ width: 1366, height: 768 });
  await opened.page.waitForFunction(() => document.documentElement.dataset.renderer !== undefined);
  const made = {
    grid,
    hu: new Array<number>(voxelCount(grid)).fill(-1000),
    // 2 % more on the left half, 4 % less on the right one.
    dose: doseWith((x) => (x > 0 ? 1 : -2)),
    other: doseWith(() => 0),
    crosshairMm,
  };
  await opened.page.evaluate(async (one) => {
    await globalThis.isocenterSlices.show(one);
    const { doseStyle, isodose, layout } = globalThis.isocenterSlices.display;
    doseStyle.value = { ...doseStyle.value, opacity: 1, showsLines: false };
    isodose.value = { unit: 'Gy', levels: [] };
    layout.value = 'compare';
  }, made);
  await drawn(opened.page);
}, 60_000);
afterAll(() => opened?.close());

/** The colour of a view at a point of the axial slice. */
async function colourAt(view: string, xMm: number, yMm: number): Promise<readonly number[]> {
  const pixels = await pixelsOf(opened.page, `[data-view=${view}]`);
  const { width, height } = pixels;
  const framing = wholeSlice(grid, looks[2], width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = fromView(looks[2], framing, width, height, x + 0.5, y + 0.5);
      if (Math.hypot(at.acrossMm - xMm, at.upMm - yMm) < framing.mmPerPixel) return pixelAt(pixels, x, y);
    }
  }
  throw new Error(`no pixel of ${view} at ${xMm}, ${yMm} mm`);
}

function expectColour(found: readonly number[], wanted: readonly number[]): void {
  // The table has 256 steps, and doses of 50 Gy are known to 0.03 Gy as half floats.
  for (const c of [0, 1, 2]) expect(Math.abs(found[c] - wanted[c]), `${found} for ${wanted}`).toBeLessThanOrEqual(6);
}

it('shows the difference of two doses in colours that tell more from less', async () => {
  // The scale reaches to 10 % of 50 Gy.
  expectColour(await colourAt('difference', 30, 25), differenceColor(1 / 5));
  expectColour(await colourAt('difference', -30, 25), differenceColor(-2 / 5));
  expect(opened.errors).toEqual([]);
});

it('computes gamma, says what passes, and maps it', async () => {
  const { page } = opened;
  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.evaluate(() => {
    // A dose of no plan: what the button waits for is that there is one.
    globalThis.isocenterSlices.pretendPlan();
  });
  const said = page.getByTestId('gamma');
  await page.getByRole('button', { name: 'Compute gamma' }).click();
  await page.waitForFunction(() => document.querySelector('[data-testid=gamma]')?.textContent?.includes('pass'));
  // Left: 2 % of 3 % everywhere. Right: 4 % of 3 % but next to the step, where the dose is met within 3 mm.
  expect(await said.textContent()).toMatch(/^5\d\.\d\d % of 28800 points pass 3 % \/ 3 mm \(global, from 10 %\)/);
  // The map follows the words, when its texture is there.
  await expect
    .poll(async () => Math.max(...(await colourAt('gamma', 30, 25))), { timeout: 10_000 })
    .toBeGreaterThan(40);
  expectColour(await colourAt('gamma', 30, 25), gammaColor(2 / 3));
  expectColour(await colourAt('gamma', -30, 25), gammaColor(4 / 3));
  await page.getByLabel('Dose difference in percent').fill('5');
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Compute gamma' }).click();
  await page.waitForFunction(() => document.querySelector('[data-testid=gamma]')?.textContent?.startsWith('100.00 %'));
  expect(await page.getByTestId('both-goals').locator('tbody tr').count()).toBe(3);
  expect(opened.errors).toEqual([]);
});

it('a gamma that was computed of an earlier dose is no longer shown', async () => {
  await opened.page.evaluate(() => globalThis.isocenterSlices.touchDose());
  await opened.page.waitForFunction(() =>
    document.querySelector('[data-testid=gamma]')?.textContent?.includes('has not been computed'),
  );
  await drawn(opened.page);
  expect(Math.max(...(await colourAt('gamma', 30, 25)))).toBeLessThan(10);
});
