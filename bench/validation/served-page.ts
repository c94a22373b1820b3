import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startServing } from '../../tests/app/support/serve.ts';
import { openAddress } from '../../tests/support/browser.ts';
import { atRest, SLOW_MS } from '../../tests/support/workspace.ts';

/** The built page through `isocenter serve` in headless Chromium. */
export async function withServedPage<T>(query: string, measure: (page: Page) => Promise<T>): Promise<T> {
  const serving = await startServing();
  try {
    const { page, close } = await openAddress(serving.address + query);
    try {
      await page.setViewportSize({ width: 1366, height: 768 });
      return await measure(page);
    } finally {
      await close();
    }
  } finally {
    await serving.stop();
  }
}

export async function openFolder(page: Page, folder: string): Promise<void> {
  await page.locator('input[type=file]').first().setInputFiles(folder);
  await atRest(page, SLOW_MS);
}

/** Resident memory of Chromium's processes that were started by this one [MB]. */
export function residentMb(): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(join('/proc', name, 'stat'), 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === process.pid || isOurs(parents.get(pid)));
  let kb = 0;
  for (const pid of parents.keys()) {
    if (pid === process.pid || !isOurs(pid)) continue;
    try {
      if (!/chrom/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))) continue;
      // Shared pages are counted by their share: the processes have much in common.
      kb += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It has ended meanwhile.
    }
  }
  return kb / 1024;
}
