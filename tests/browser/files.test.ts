import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Patient } from '../../engine/core/patient.ts';
import { maskOf } from '../../engine/formats/volumes/labels.ts';
import { writeNifti } from '../../engine/formats/volumes/nifti.ts';
import { writeNrrd } from '../../engine/formats/volumes/nrrd.ts';
import { buildPhantom } from '../../sim/phantoms/registry.ts';
import { exported, smoothDose } from '../engine/formats/dicom/rt-fixture.ts';
import { writeAll } from '../engine/formats/dicom/tools.ts';
import { barriers } from '../support/axe.ts';
import { atRest } from '../support/workspace.ts';
import { type FilesPage, menu, openFile, openFilesPage, openFolder, patientIs, refused, state } from './files-page.ts';

let files: FilesPage;
let page: Page;
const prostate = buildPhantom('prostate', { voxelMm: 9 });

beforeAll(async () => {
  files = await openFilesPage();
  page = files.page;
}, 120_000);
afterAll(() => files?.close());
beforeEach(() => files.fresh());

/** CT and masks as volumes, as researchers keep them. */
function writeVolumes({ ct, structureSet }: Patient, names: readonly string[], ctName = 'ct.nii.gz'): void {
  writeFileSync(join(files.folder, ctName), writeNifti(ct, true));
  for (const { name, voxels } of structureSet.structures.filter((one) => names.includes(one.name))) {
    writeFileSync(join(files.folder, `${name}.nrrd`), writeNrrd(maskOf(ct.grid, voxels)));
  }
}

describe('what is no patient', () => {
  it.each([
    ['ct.nrrd', 'NRRD0004\nno header', /ct\.nrrd.*header/],
    ['slice.dcm', `${'\0'.repeat(128)}DICM and no more`, /slice\.dcm/],
    ['plan.json', '{"name": 3}', /plan\.json/],
    ['note.txt', 'x', /none of them is a DICOM file/],
    ['kept.isocenter', `${'PK\x03\x04'.padEnd(30, '\0')}isocenter-session.json`, /kept\.isocenter is no whole session/],
  ])('%s ends in two lines', async (name, content, text) => {
    writeFileSync(join(files.folder, name), content, 'latin1');
    await openFile(page, join(files.folder, name));
    await refused(page, text);
    expect((await state(page)).patient).toBeUndefined();
  });
});

describe('volumes', () => {
  it('open with their dose, are planned, and the file menu closes them', async () => {
    writeVolumes(prostate, ['PTV', 'Prostate', 'Rectum', 'Bladder', 'External']);
    writeFileSync(join(files.folder, 'dose.nrrd'), writeNrrd(smoothDose(prostate)));
    await openFolder(page, files.folder);
    await patientIs(page, files.folder.split('/').at(-1) ?? '');
    await atRest(page);
    const [reference] = (await state(page)).referenceDoses ?? [];
    expect(reference.name).toBe('dose');
    expect(reference.mostGy).toBeCloseTo(
      smoothDose(prostate).data.reduce((a, b) => Math.max(a, b), 0),
      3,
    );
    await menu(page, 'Close');
    expect((await state(page)).patient).toBeUndefined();
    expect(files.opened.errors).toEqual([]);
  });

  it('of unknown names: the CT is asked for, targets come by hand, and the plan follows', async () => {
    writeVolumes(prostate, ['PTV', 'Rectum'], 'scan.nii.gz');
    writeFileSync(join(files.folder, 'Lump.nrrd'), readFileSync(join(files.folder, 'PTV.nrrd')));
    rmSync(join(files.folder, 'PTV.nrrd'));
    await openFolder(page, files.folder);
    await page.getByRole('radio', { name: 'scan.nii.gz' }).check();
    await page.getByRole('dialog').getByRole('button', { name: 'Open' }).click();
    await patientIs(page, files.folder.split('/').at(-1) ?? '');
    await page.getByText('No built-in protocol').waitFor();
    await page.getByLabel('Prescription of Lump in Gy').fill('60');
    await page.getByRole('button', { name: 'Plan these targets' }).click();
    await atRest(page);
    const { goals, report } = await state(page);
    expect(goals[0]).toMatchObject({ structure: 'Lump', metric: 'D95', limit: 60 });
    expect(report?.maxGy).toBeGreaterThan(55);
    expect(files.opened.errors).toEqual([]);
  });
});

describe('a folder of two DICOM patients', () => {
  it('asks which; who cancels keeps what is open', async () => {
    const before = (await state(page)).patient;
    for (const id of ['one', 'two']) {
      const { ct, structures, dose } = exported({ ...prostate, id });
      mkdirSync(join(files.folder, id));
      writeAll(join(files.folder, id), [...ct, structures, dose]);
    }
    await openFolder(page, files.folder);
    await page.getByRole('dialog').waitFor();
    for (const colours of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: colours === 'light' ? 'light' : 'dark' });
      expect(await barriers(page), colours).toEqual([]);
    }
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect((await state(page)).patient).toBe(before);
    await openFolder(page, files.folder);
    await page.getByRole('radio', { name: /^two/ }).check();
    await page.keyboard.press('Enter');
    await patientIs(page, 'two');
    const [reference] = (await state(page)).referenceDoses ?? [];
    expect(reference.mostGy).toBeGreaterThan(60);
    await atRest(page);
    expect(files.opened.errors).toEqual([]);
  });

  it('the tracing of rays can be cancelled: the dose stays, and the plan goes on', async () => {
    const { doses } = await state(page);
    // Of so coarse a patient rays are traced sooner than a mouse gets there.
    await page.getByLabel('Bixel').evaluate(async (input: HTMLInputElement) => {
      input.value = '2';
      input.dispatchEvent(new Event('change', { bubbles: true }));
      for (;;) {
        const cancel = document.querySelector<HTMLButtonElement>('.work button');
        if (cancel !== null) return cancel.click();
        await new Promise((resolve) => setTimeout(resolve));
      }
    });
    await page.waitForTimeout(300);
    expect(await page.getByLabel('Bixel').inputValue()).toBe('5');
    expect((await state(page)).doses).toBe(doses);
    await page.getByRole('button', { name: /Continue|Optimise/ }).click();
    await page.waitForFunction((n) => globalThis.isocenterViewer.state().doses > n, doses, { timeout: 60_000 });
    await atRest(page);
    expect(files.opened.errors).toEqual([]);
  });
});
