import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { startServing } from '../app/support/serve.ts';
import { openAddress } from '../support/browser.ts';
import { builtSite, serveSite } from '../support/site.ts';
import { atRest } from '../support/workspace.ts';

const PLAN = '?open=phantom:tg119-cshape&voxel=8';

const isKept = (page: Page) => page.waitForSelector('html[data-offline=kept]', { timeout: 60_000 });

it('isocenter serve gives a page that is isolated, keeps its policy and plans', async () => {
  const serving = await startServing();
  const { page, errors, close } = await openAddress(serving.address + PLAN);
  try {
    await atRest(page);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await page.getByTestId('status').textContent()).toMatch(/\d+ threads?/);
    expect(errors).toEqual([]);
  } finally {
    await close();
    await serving.stop();
  }
});

it('the page that was opened once opens and plans without its server, isolated as before', async () => {
  const site = await serveSite(builtSite);
  const { page, errors, close } = await openAddress(site.address);
  try {
    await isKept(page);
    await site.stop();
    await page.goto(site.address + PLAN);
    await atRest(page);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(errors).toEqual([]);
  } finally {
    await close();
  }
});

it('a new version is shown at once and kept whole, when the old one is used no more', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'isocenter-'));
  const site = await serveSite(builtSite);
  const { page, errors, close } = await openAddress(site.address);
  const title = (of: Page) => of.title();
  try {
    await isKept(page);
    newVersion(folder);
    site.serve(folder);
    await page.reload();
    expect(await title(page)).toBe('the next');
    await page.getByRole('button', { name: 'File', exact: true }).waitFor();
    // The old one serves until its last page has gone.
    const isWaiting = () =>
      page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting?.state === 'installed');
    await expect.poll(isWaiting, { timeout: 60_000 }).toBe(true);
    const context = page.context();
    await page.close();
    const next = await context.newPage();
    await next.goto(site.address);
    await isKept(next);
    await expect.poll(() => next.evaluate(async () => (await caches.keys()).length), { timeout: 30_000 }).toBe(1);
    await site.stop();
    await next.goto(site.address + PLAN);
    expect(await title(next)).toBe('the next');
    await atRest(next);
    expect(errors).toEqual([]);
  } finally {
    await close();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The built page under another title, with its first script under another name. */
function newVersion(folder: string): void {
  cpSync(builtSite, folder, { recursive: true });
  const old = readdirSync(join(folder, 'assets')).find((name) => /^index-.*\.js$/.test(name)) ?? '';
  const renamed = 'index-nextNEXT.js';
  renameSync(join(folder, 'assets', old), join(folder, 'assets', renamed));
  const edit = (file: string, change: (text: string) => string): void => {
    writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
  };
  edit('index.html', (text) => text.replaceAll(old, renamed).replace(/<title>.*<\/title>/, '<title>the next</title>'));
  edit('offline-worker.js', (text) => text.replaceAll(old, renamed).replace(/"[0-9a-f]{16}"/, '"0123456789abcdef"'));
}
