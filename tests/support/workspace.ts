import type { Page } from 'playwright-core';
import type { Inspect } from '../../viewer/page/inspect.ts';
import { type OpenPage, openPage } from './browser.ts';

declare global {
  var isocenterViewer: Inspect;
}

/** A plan in fine voxels may take so long where software draws [ms]. */
export const SLOW_MS = 300_000;

/** Waits for a plan of the page that has come to rest. */
export async function atRest(page: Page, timeoutMs = 90_000): Promise<void> {
  await page.waitForFunction(
    () => document.querySelector('[data-testid=status]')?.textContent?.startsWith('At rest'),
    undefined,
    { timeout: timeoutMs },
  );
}

/** The page with the C-shape planned, in voxels so coarse that software draws and plans it soon. */
export async function openPlanned(voxelMm = 8): Promise<OpenPage> {
  const opened = await openPage(`viewer/index.html?open=phantom:tg119-cshape&voxel=${voxelMm}`);
  await opened.page.setViewportSize({ width: 1366, height: 768 });
  await atRest(opened.page);
  return opened;
}

/** What the page shows, as it tells those who check it from outside. */
export function stateOf(page: Page): Promise<ReturnType<Inspect['state']>> {
  return page.evaluate(() => globalThis.isocenterViewer.state());
}

/** Does something, and waits for the plan that comes of it. */
export async function replanned(page: Page, deed: () => Promise<unknown>): Promise<void> {
  const { doses } = await stateOf(page);
  await deed();
  await page.waitForFunction((n) => globalThis.isocenterViewer.state().doses > n, doses, { timeout: 60_000 });
  await atRest(page);
}
