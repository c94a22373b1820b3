import { expect, it } from 'vitest';
import type { Inspect } from '../../viewer/page/inspect.ts';
import { type OpenPage, openPage } from '../support/browser.ts';
import { drawn, pixelsOf } from '../support/pixels.ts';

declare global {
  var isocenterViewer: Inspect;
}

const SMALL = 'open=phantom:tg119-cshape&voxel=8&beams=3&bixel=20';

/** Ends Chromium's GPU process, as a fault of the driver does. */
async function crashGpu({ page }: OpenPage): Promise<void> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  await session?.send('Browser.crashGpuProcess');
  await session?.detach();
}

/** Takes the context away from the canvas alone: the browser gives another one without demur. */
function loseContext({ page }: OpenPage): Promise<void> {
  return page.evaluate(() =>
    document
      .querySelector<HTMLCanvasElement>('canvas.gl')
      ?.getContext('webgl2')
      ?.getExtension('WEBGL_lose_context')
      ?.loseContext(),
  );
}

const state = ({ page }: OpenPage) => page.evaluate(() => globalThis.isocenterViewer.state());

async function doses(opened: OpenPage, more: number): Promise<void> {
  const { doses: before } = await state(opened);
  await opened.page.waitForFunction((n) => globalThis.isocenterViewer.state().doses >= n, before + more, {
    timeout: 60_000,
  });
}

/** Waits until the page has moved to its next place, and draws there. */
async function moved({ page }: OpenPage, number: number): Promise<void> {
  await page.waitForFunction((n) => globalThis.isocenterViewer.place().number === n, number, { timeout: 30_000 });
  await page.locator('[data-view=axial]').waitFor();
  await drawn(page);
}

/** Share of the pixels of the axial view that are not black. */
async function litShare({ page }: OpenPage): Promise<number> {
  const { data } = await pixelsOf(page, '[data-view=axial]');
  let lit = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at] + data[at + 1] + data[at + 2] > 60) lit++;
  return (4 * lit) / data.length;
}

it('WebGL 2: draws again after a crash of the GPU process and keeps the work; says so when it is refused another', async () => {
  const opened = await openPage(`viewer/index.html?device=wasm&${SMALL}`);
  try {
    const { page } = opened;
    await doses(opened, 3);
    await page.getByLabel('Name of the plan').fill('first');
    await page.getByRole('button', { name: 'Keep' }).click();
    const lit = await litShare(opened);
    expect(lit).toBeGreaterThan(0.05);
    await crashGpu(opened);
    await moved(opened, 2);
    expect(await page.getByTestId('notice').textContent()).toMatch(/device was lost.*goes on with WebGL 2/);
    await expect.poll(() => litShare(opened), { timeout: 10_000 }).toBeGreaterThan(0.8 * lit);
    // Chromium gives no further context to a page whose GPU process crashed twice within minutes.
    await crashGpu(opened);
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/cannot draw: .*no WebGL 2.*kept.*Save the session/);
    expect((await state(opened)).kept).toEqual(['first']);
    await page.getByRole('button', { name: 'Continue' }).click();
    await doses(opened, 1);
    expect(opened.errors).toEqual([]);
  } finally {
    await opened.close();
  }
}, 60_000);

it('WebGL 2: the third lost context is the last', async () => {
  const opened = await openPage(`viewer/index.html?device=wasm&${SMALL}`);
  try {
    await doses(opened, 3);
    for (let number = 2; number <= 3; number++) {
      await loseContext(opened);
      await moved(opened, number);
    }
    await loseContext(opened);
    const alert = opened.page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(
      /cannot draw: the graphics device was lost 3 times.*kept.*Save the session/,
    );
    expect(await opened.page.getByTestId('notice').count()).toBe(0);
    expect(opened.errors).toEqual([]);
  } finally {
    await opened.close();
  }
}, 60_000);

it('WebGPU: plans and draws again after a crash of the GPU process, from the weights that it had', async () => {
  const opened = await openPage(`viewer/index.html?device=webgpu&${SMALL}`);
  try {
    const { page } = opened;
    await doses(opened, 3);
    const before = await state(opened);
    await crashGpu(opened);
    await moved(opened, 2);
    expect(await page.getByTestId('notice').textContent()).toMatch(/device was lost.*new WebGPU device/);
    await doses(opened, 1);
    const after = await state(opened);
    expect(after.objectives).toEqual(before.objectives);
    expect(after.report?.objective).toBeLessThan(1.001 * (before.report?.objective ?? 0));
    expect(await page.evaluate(() => globalThis.isocenterViewer.place().device)).toMatchObject({ kind: 'webgpu' });
    expect(await litShare(opened)).toBeGreaterThan(0.05);
    expect(opened.errors).toEqual([]);
  } finally {
    await opened.close();
  }
}, 90_000);
