import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPhantom } from '../../sim/phantoms/registry.ts';
import type { Inspect } from '../../viewer/page/inspect.ts';
import { sampleAt } from '../../viewer/slices/slice-geometry.ts';
import { type OpenPage, openPage } from '../support/browser.ts';
import { pointsOn, shareOf } from '../support/dose-pixels.ts';
import { drawn, pixelsOf } from '../support/pixels.ts';

declare global {
  var isocenterViewer: Inspect;
}

/** Software WebGPU takes a thousand times as long as a GPU: few voxels, few bixels. */
const SMALL = 'open=phantom:tg119-cshape&voxel=8&beams=3&bixel=20';
const RX_GY = 50;

/** As text: the page's own modules are imported, which the test's compiler would make its own. */
const SHOW_DOSE_ALONE = `Promise.all([import('/viewer/state/display.ts'), import('/viewer/state/workspace.ts')]).then(
  ([{ doseStyle, isodose, hidden, layout }, { patient }]) => {
    doseStyle.value = { opacity: 1, showsWash: true, showsLines: false, cutoffPercent: 0, mostPercent: 160 };
    isodose.value = { unit: 'Gy', levels: [] };
    hidden.value = new Set(patient.value.structures.map(({ name }) => name));
    layout.value = 'axial';
    return Array.from(patient.value.dose);
  },
)`;

let opened: OpenPage;
beforeAll(async () => {
  opened = await openPage(`viewer/index.html?device=webgpu&${SMALL}`);
  await opened.page.setViewportSize({ width: 1366, height: 768 });
}, 60_000);
afterAll(() => opened?.close());

const state = () => opened.page.evaluate(() => globalThis.isocenterViewer.state());
const where = () => opened.page.evaluate(() => globalThis.isocenterViewer.place());

async function doses(more: number): Promise<void> {
  const { doses: before } = await state();
  await opened.page.waitForFunction((n) => globalThis.isocenterViewer.state().doses >= n, before + more, {
    timeout: 60_000,
  });
}

async function pause(): Promise<void> {
  await opened.page.evaluate("import('/viewer/state/workspace.ts').then(({ stopPlan }) => stopPlan())");
  const status = opened.page.getByTestId('status');
  await expect.poll(() => status.textContent(), { timeout: 30_000 }).toMatch(/^At rest/);
}

describe('one GPU device for renderer and planner', () => {
  it('plans and draws with WebGPU where it is asked for by name', async () => {
    await doses(3);
    expect(await where()).toMatchObject({ number: 1, device: { kind: 'webgpu' } });
    expect(await opened.page.evaluate(() => document.documentElement.dataset.renderer)).toBe('webgpu');
    expect((await state()).report?.maxGy).toBeGreaterThan(30);
    expect(opened.errors).toEqual([]);
  }, 60_000);

  it('shows the dose that the engine has, though no processor touched it: 50 random points (seed 11)', async () => {
    await pause();
    const { page } = opened;
    const gy = (await page.evaluate(SHOW_DOSE_ALONE)) as number[];
    await drawn(page);
    await page.waitForTimeout(500);
    const { grid } = buildPhantom('tg119-cshape', { voxelMm: 8 }).ct;
    const { crosshairMm } = await state();
    const most = gy.reduce((a, b) => Math.max(a, b), 0);
    const points = pointsOn(await pixelsOf(page, '[data-view=axial]'), 2, grid, crosshairMm, 50, 11);
    expect(points).toHaveLength(50);
    let dosed = 0;
    for (const { p, rgb } of points) {
      const wanted = sampleAt(grid, gy, p) ?? Number.NaN;
      if (wanted > 0.1 * most) dosed++;
      expect(Math.abs(1.6 * RX_GY * shareOf(rgb) - wanted), p.join(', ')).toBeLessThan(0.01 * most);
    }
    expect(dosed).toBeGreaterThan(15);
    expect(opened.errors).toEqual([]);
  }, 60_000);

  it('goes on with a new device where it is lost, and says so; the work is kept', async () => {
    const { page } = opened;
    await page.getByLabel('Name of the plan').fill('first');
    await page.getByRole('button', { name: 'Keep' }).click();
    const before = await state();
    await page.evaluate(() => globalThis.isocenterViewer.loseDevice());
    await page.getByTestId('notice').waitFor({ timeout: 20_000 });
    expect(await page.getByTestId('notice').textContent()).toMatch(/device was lost.*new WebGPU device/);
    await doses(1);
    const after = await state();
    expect((await where()).number).toBe(2);
    expect(after.objectives).toEqual(before.objectives);
    // It goes on from the weights that it had: far from where a plan starts.
    expect(after.report?.objective).toBeLessThan(1.001 * (before.report?.objective ?? 0));
    expect(await page.getByLabel('Compare').locator('option').allTextContents()).toContain('first');
    expect(opened.errors).toEqual([]);
  }, 60_000);

  it('falls back to WebGL 2 and wasm where the device is lost again and again', async () => {
    const { page } = opened;
    for (let n = 3; n <= 4; n++) {
      await page.evaluate(() => globalThis.isocenterViewer.loseDevice());
      await page.waitForFunction((m) => globalThis.isocenterViewer.place().number === m, n, { timeout: 20_000 });
    }
    await page.waitForFunction(() => globalThis.isocenterViewer.place().device?.kind === 'wasm', undefined, {
      timeout: 20_000,
    });
    await doses(2);
    expect(await page.evaluate(() => document.documentElement.dataset.renderer)).toBe('webgl2');
    expect(await page.getByTestId('notice').textContent()).toMatch(/WebGL 2 and wasm/);
    expect(opened.errors).toEqual([]);
  }, 60_000);
});

it('plans without cross-origin isolation on one thread, with copies, and says so', async () => {
  const bare = await openPage('viewer/index.html');
  try {
    const { page } = bare;
    await page.route('**/viewer/index.html*', async (route) => {
      const response = await route.fetch();
      const headers = { ...response.headers() };
      for (const name of Object.keys(headers)) if (name.startsWith('cross-origin-')) delete headers[name];
      await route.fulfill({ response, headers });
    });
    await page.goto(`${page.url()}?device=wasm&open=phantom:tg119-cshape&voxel=8&beams=5&bixel=10`);
    await page.getByTestId('notice').waitFor();
    expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(false);
    expect(await page.getByTestId('notice').textContent()).toMatch(/without cross-origin isolation/);
    await page.waitForFunction(() => globalThis.isocenterViewer.state().doses > 3, undefined, { timeout: 40_000 });
    expect(await page.evaluate(() => globalThis.isocenterViewer.place().device)).toMatchObject({ threads: 1 });
    // The middle of the phantom lies between the arms of the target: the page's own copy has the dose.
    expect(await page.evaluate(() => globalThis.isocenterViewer.doseAt(0, -30, 0))).toBeGreaterThan(5);
    // The development server's own socket is refused to a page that did not come from it directly.
    expect(bare.errors.filter((text) => !/WebSocket|\[vite\]/.test(text))).toEqual([]);
  } finally {
    await bare.close();
  }
}, 60_000);
