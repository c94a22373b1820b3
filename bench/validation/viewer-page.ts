import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { atRest, SLOW_MS } from '../../tests/support/workspace.ts';
import { table } from './markdown.ts';
import { openFolder, residentMb, withServedPage } from './served-page.ts';

const OPENINGS = 20;
const SECONDS = 6;

/** The page in headless Chromium without a GPU: frames, long tasks, first paint, memory. */
export async function viewerPageTables(data: string, root: string): Promise<string> {
  // Ten structures and the body.
  const patient = join(data, 'openkbp', 'validation-pats', 'pt_201');
  const rows: string[][] = [await firstPaint(), initialChunk(root)];
  const renderer = await withServedPage('', async (page) => {
    const name = await rendererName(page);
    await openFolder(page, patient);
    // Surfaces come a little after the dose.
    await page.waitForTimeout(5000);
    rows.push(await frames(page, 'four views, crosshair dragged through all slices', 5, true));
    await showOneSlice(page);
    rows.push(
      await frames(page, 'one slice of 512 x 512 with dose, isodose lines and 10 structures, scrolled', 20, false),
    );
    return name;
  });
  rows.push(await longTasks(patient), await memory());
  const load = loadavg()[0].toFixed(1);
  return [
    '## The page without a GPU',
    '',
    `Built page through \`isocenter serve\`, headless Chromium, 1366 x 768, WebGL by ${renderer}. Patient pt_201 of OpenKBP, 128 x 128 x 128, 9`,
    `beams. Frames are forced: in each the crosshair moves. Load of the machine over the last minute at the end: ${load}.`,
    '',
    table(['what', 'measured', 'wanted'], rows),
  ].join('\n');
}

async function firstPaint(): Promise<string[]> {
  const paints = await withServedPage('', (page) =>
    page.evaluate(() => performance.getEntriesByType('paint').map(({ name, startTime }) => [name, startTime] as const)),
  );
  const at = new Map(paints);
  const text = ['first-paint', 'first-contentful-paint'].map((name) => `${(at.get(name) ?? 0).toFixed(0)} ms`);
  return ['first paint, first content', text.join(', '), '2 s'];
}

/** What the page's own HTML asks for. */
function initialChunk(root: string): string[] {
  const site = join(root, 'dist', 'site');
  const html = readFileSync(join(site, 'index.html'), 'utf8');
  const names = readdirSync(join(site, 'assets')).filter((name) => html.includes(name));
  const bytes = names.reduce((sum, name) => sum + gzipSync(readFileSync(join(site, 'assets', name))).length, 0);
  return ['scripts and styles of the first load, gzipped', `${(bytes / 1e6).toFixed(2)} MB`, '1 MB'];
}

function rendererName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const gl = document.createElement('canvas').getContext('webgl2');
    const info = gl?.getExtension('WEBGL_debug_renderer_info');
    return String(info == null ? 'unknown' : gl?.getParameter(info.UNMASKED_RENDERER_WEBGL));
  });
}

/** The axial slice alone, 512 x 512 pixels. */
async function showOneSlice(page: Page): Promise<void> {
  await page.evaluate(() => {
    const style = document.createElement('style');
    style.textContent =
      '.view { display: none } .view[data-view=axial] { display: block; position: absolute; width: 512px; height: 512px }';
    document.head.append(style);
  });
  await page.waitForTimeout(1000);
}

async function frames(page: Page, what: string, wanted: number, drags: boolean): Promise<string[]> {
  const { count, seconds } = await page.evaluate(
    async ([seconds, drags]) => {
      const view = document.querySelector('[data-view=axial]');
      if (view === null) throw new Error('there is no axial view');
      const { left, top, width, height } = view.getBoundingClientRect();
      const gl = document.querySelector<HTMLCanvasElement>('canvas.gl')?.getContext('webgl2');
      const begin = performance.now();
      let count = 0;
      const point = (type: string): PointerEvent =>
        new PointerEvent(type, {
          bubbles: true,
          buttons: 1,
          clientX: left + (0.4 + 0.2 * ((count % 40) / 40)) * width,
          clientY: top + (0.4 + 0.2 * ((count % 50) / 50)) * height,
        });
      while (performance.now() - begin < 1000 * seconds) {
        const deltaY = (count >> 4) % 2 === 0 ? 1 : -1;
        view.dispatchEvent(new WheelEvent('wheel', { deltaY, bubbles: true, cancelable: true }));
        if (drags) view.dispatchEvent(point('pointermove'));
        await new Promise(requestAnimationFrame);
        // The page draws in this frame or, when the last one is not done, in one to come: only drawn ones count.
        const fence = gl?.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
        while (fence != null && gl?.getSyncParameter(fence, gl.SYNC_STATUS) !== gl?.SIGNALED) {
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        count++;
      }
      return { count, seconds: (performance.now() - begin) / 1000 };
    },
    [SECONDS, drags] as const,
  );
  return [what, `${(count / seconds).toFixed(1)} frames/s`, `${wanted} frames/s`];
}

/** Tasks of the page's main thread while a plan is optimised, and what the processor did in them. */
async function longTasks(patient: string): Promise<string[]> {
  return withServedPage('', async (page) => {
    await openFolder(page, patient);
    await page.waitForTimeout(5000);
    await page.evaluate(() => {
      const state = globalThis as unknown as { long: number[] };
      state.long = [];
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) state.long.push(duration);
      }).observe({ type: 'longtask' });
    });
    // Another limit: the dose follows.
    await page.locator('.goals input').first().fill('40');
    await page.locator('.goals input').first().press('Enter');
    await page.waitForTimeout(300);
    const begin = Date.now();
    await atRest(page, SLOW_MS);
    const seconds = (Date.now() - begin) / 1000;
    const long = await page.evaluate(() => (globalThis as unknown as { long: number[] }).long);
    const most = Math.max(0, ...long).toFixed(0);
    return [
      `tasks over 50 ms while a plan is optimised (${seconds.toFixed(0)} s)`,
      long.length === 0 ? 'none' : `${long.length}, longest ${most} ms`,
      'none',
    ];
  });
}

/** Memory before and after a phantom was opened, planned and closed twenty times. */
async function memory(): Promise<string[]> {
  return withServedPage('', async (page) => {
    const measure = async (): Promise<number> => {
      await page.waitForTimeout(3000);
      await page.evaluate(async () => {
        const { performance: clock } = globalThis as unknown as {
          performance: { measureUserAgentSpecificMemory?: () => Promise<unknown> };
        };
        // It collects garbage first.
        await clock.measureUserAgentSpecificMemory?.();
      });
      return residentMb();
    };
    const cycle = async (): Promise<void> => {
      await page.getByRole('button', { name: 'File', exact: true }).click();
      await page.getByRole('menuitem', { name: 'C-shape (TG-119)' }).click();
      await page.waitForFunction(() => document.querySelector('.u-over') !== null, undefined, { timeout: 60_000 });
      await page.waitForTimeout(500);
      await page.getByRole('button', { name: 'File', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Close' }).click();
      await page.waitForFunction(() => document.querySelector('.u-over') === null);
    };
    // What is loaded once, code and wasm, is no leak.
    for (let n = 0; n < 3; n++) await cycle();
    const before = await measure();
    for (let n = 0; n < OPENINGS; n++) await cycle();
    const after = await measure();
    const change = (100 * (after - before)) / before;
    return [
      `memory of all processes after ${OPENINGS} openings and closings`,
      `${before.toFixed(0)} MB, then ${after.toFixed(0)} MB: ${change >= 0 ? '+' : ''}${change.toFixed(1)} %`,
      'within 10 %',
    ];
  });
}
