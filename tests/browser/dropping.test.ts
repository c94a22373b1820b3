import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeNrrd } from '../../engine/formats/volumes/nrrd.ts';
import { buildPhantom } from '../../sim/phantoms/registry.ts';
import { MOST_FILES } from '../../viewer/files/limits.ts';
import { exported } from '../engine/formats/dicom/rt-fixture.ts';
import { writeAll } from '../engine/formats/dicom/tools.ts';
import { barriers } from '../support/axe.ts';
import { atRest } from '../support/workspace.ts';
import { type FilesPage, openFile, openFilesPage, openFolder, patientIs, refused, state } from './files-page.ts';

let files: FilesPage;
let page: Page;
const prostate = buildPhantom('prostate', { voxelMm: 9 });

beforeAll(async () => {
  files = await openFilesPage();
  page = files.page;
}, 120_000);
afterAll(() => files?.close());
beforeEach(() => files.fresh());

/** What the browser does when paths of the disk are let go over the page. */
async function drop(paths: readonly string[]): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', { type, x: 400, y: 400, data });
  }
  await devtools.detach();
}

describe('what is dropped', () => {
  it('a folder with folders in it is walked through, and its patient planned', async () => {
    const { ct, structures } = exported(prostate);
    writeAll(join(files.folder, 'export', 'ct'), ct);
    writeAll(join(files.folder, 'export', 'plan'), [structures]);
    writeFileSync(join(files.folder, 'export', 'readme.txt'), 'not for the planner');
    await drop([join(files.folder, 'export')]);
    await atRest(page);
    expect((await state(page)).patient).toBe('prostate');
    expect(files.opened.errors).toEqual([]);
  });

  it('files are opened as if they had been picked', async () => {
    const path = join(files.folder, 'note.txt');
    writeFileSync(path, 'x');
    await drop([path]);
    await refused(page, /none of them is a DICOM file/);
    // What was open stays.
    expect((await state(page)).patient).toBe('prostate');
  });

  it('a folder without end is left after as many files as are looked at', async () => {
    const looked = await page.evaluate(() => {
      const seen = { files: 0, folders: 0 };
      const file = new File(['x'], 'x.txt');
      const entryOf = (name: string) => ({
        isFile: true,
        fullPath: `/all/${name}`,
        file: (take: (file: File) => void) => {
          seen.files++;
          take(file);
        },
      });
      const folder: object = {
        isFile: false,
        createReader: () => {
          seen.folders++;
          // Always more files, and itself.
          return {
            readEntries: (take: (entries: object[]) => void) =>
              take([...Array.from({ length: 500 }, (_, n) => entryOf(`${n}`)), folder]),
          };
        },
      };
      const event = new Event('drop', { bubbles: true, cancelable: true });
      Object.defineProperty(event, 'dataTransfer', { value: { items: [{ webkitGetAsEntry: () => folder }] } });
      document.querySelector('main')?.dispatchEvent(event);
      return new Promise<typeof seen>((resolve) => {
        const wait = (): void => {
          if (document.querySelector('[role=alert]') === null) setTimeout(wait, 50);
          else resolve(seen);
        };
        wait();
      });
    });
    expect(looked.files).toBe(MOST_FILES + 1);
    await refused(page, /more than 50000 files were given.*Give the folder of one patient\./);
    expect((await state(page)).patient).toBe('prostate');
  });
});

describe('more than can be read', () => {
  it('a file beyond 2.1 GB is refused by its size, before any of it is read', async () => {
    const path = join(files.folder, 'ct.nrrd');
    writeFileSync(path, writeNrrd(prostate.ct));
    // A hole: the disk keeps only what was written.
    truncateSync(path, 3e9);
    await openFile(page, path);
    await refused(page, /ct\.nrrd has 3\.0 GB; 2\.1 GB of a file are read at most\. Give a smaller one/);
  });

  it('slices that are too many bytes together are refused, too', async () => {
    writeAll(files.folder, exported(prostate).ct.slice(0, 3));
    for (const name of readdirSync(files.folder)) truncateSync(join(files.folder, name), 1e9);
    await openFolder(page, files.folder);
    await refused(page, /the DICOM files of the patient have 3\.0 GB; 2\.1 GB are read at most/);
  });
});

it('a patient without structures is looked at: every tab says what is missing, nothing can be planned', async () => {
  writeFileSync(join(files.folder, 'ct.nrrd'), writeNrrd(prostate.ct));
  mkdirSync(join(files.folder, 'empty'));
  await openFolder(page, files.folder);
  await patientIs(page, files.folder.split('/').at(-1) ?? '');
  await page.getByRole('tab', { name: 'Plan', exact: true }).click();
  const panel = page.locator('#panel');
  expect(await panel.textContent()).toContain('nothing is prescribed');
  expect(await panel.textContent()).toContain('There are no structures: the patient cannot be planned.');
  expect(await page.getByRole('button', { name: 'Optimise' }).isDisabled()).toBe(true);
  const said = {
    Beam: 'The beams are not placed yet.',
    Compare: 'Keep a plan, or open a patient that comes with a dose',
    Profile: 'Draw a line on a slice',
    Display: 'Structures',
    Guide: 'Robot',
  };
  for (const [tab, text] of Object.entries(said)) {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    await panel.filter({ hasText: text }).waitFor();
    expect(await barriers(page), tab).toEqual([]);
  }
  // Where the dose is greatest, and where the beams meet: there is no such place, and no fault either.
  await page.getByRole('tab', { name: 'Display', exact: true }).click();
  await page.getByRole('button', { name: 'Dose maximum' }).click();
  await page.getByRole('button', { name: 'Isocentre' }).click();
  expect(await page.getByRole('alert').count()).toBe(0);
  await page.getByRole('tab', { name: 'Plan', exact: true }).click();
  expect(files.opened.errors).toEqual([]);
});
