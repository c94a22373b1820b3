import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Inspect } from '../../viewer/page/inspect.ts';
import { type OpenPage, openPage } from '../support/browser.ts';

declare global {
  var isocenterViewer: Inspect;
}

/** The page with a folder of files for it. */
export interface FilesPage {
  readonly opened: OpenPage;
  readonly page: Page;
  readonly folder: string;
  /** Makes the folder empty. */
  fresh(): void;
  close(): Promise<void>;
}

export async function openFilesPage(query = ''): Promise<FilesPage> {
  const opened = await openPage(`viewer/index.html${query}`);
  await opened.page.setViewportSize({ width: 1366, height: 768 });
  let folder = '';
  const remove = (): void => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  };
  return {
    opened,
    page: opened.page,
    get folder() {
      return folder;
    },
    fresh() {
      remove();
      folder = mkdtempSync(join(tmpdir(), 'isocenter-'));
    },
    async close() {
      remove();
      await opened.close();
    },
  };
}

export const state = (page: Page) => page.evaluate(() => globalThis.isocenterViewer.state());

export async function menu(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: 'File', exact: true }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

export async function openFolder(page: Page, path: string): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(path);
}

export async function openFile(page: Page, path: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await menu(page, 'Open files or session');
  await (await chooser).setFiles(path);
}

export async function patientIs(page: Page, id: string): Promise<void> {
  await page.waitForFunction((wanted) => globalThis.isocenterViewer.state().patient === wanted, id, {
    timeout: 60_000,
  });
}

export async function refused(page: Page, text: RegExp): Promise<void> {
  await page.getByRole('alert').waitFor({ timeout: 30_000 });
  expect(await page.getByRole('alert').textContent()).toMatch(text);
  await page.getByRole('button', { name: 'Dismiss' }).click();
}

export async function saved(
  page: Page,
  act: () => Promise<void>,
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  const downloads = page.waitForEvent('download', { timeout: 60_000 });
  await act();
  const download = await downloads;
  return { name: download.suggestedFilename(), bytes: new Uint8Array(readFileSync(await download.path())) };
}
