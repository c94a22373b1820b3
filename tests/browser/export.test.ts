import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { voxelCentreMm } from '../../engine/core/grid.ts';
import { readRtDose } from '../../engine/formats/dicom/dose/read.ts';
import { readDicom } from '../../engine/formats/dicom/read.ts';
import { readSparseDose } from '../../engine/formats/sparse-dose.ts';
import { readNrrd } from '../../engine/formats/volumes/nrrd.ts';
import { buildPhantom } from '../../sim/phantoms/registry.ts';
import { atRest } from '../support/workspace.ts';
import { type FilesPage, menu, openFile, openFilesPage, openFolder, patientIs, saved, state } from './files-page.ts';

let files: FilesPage;
let page: Page;

beforeAll(async () => {
  files = await openFilesPage('?open=phantom:tg119-cshape&voxel=6');
  page = files.page;
}, 120_000);
afterAll(() => files?.close());
beforeEach(() => files.fresh());

describe('a plan', () => {
  it('is exported as the command line writes it, and read back', async () => {
    await patientIs(page, 'tg119-cshape');
    await atRest(page);
    const { bytes, name } = await saved(page, () => menu(page, 'Everything'));
    expect(name).toBe('tg119-cshape-plan.zip');
    const written = unzipSync(bytes);
    const text = (file: string): string => new TextDecoder().decode(written[file]);
    const plan = JSON.parse(text('plan.json'));
    const patient = buildPhantom('tg119-cshape', { voxelMm: 6 });
    const csv = readSparseDose(patient.ct.grid, text('dose.csv'), 'dose.csv');
    const rd = await readRtDose(readDicom('RD.dcm', written['dicom/RD.dcm']));
    const at = [0, 0, 0];
    let most = 0;
    for (const voxel of patient.doseVoxels.filter((_, n) => n % 497 === 0)) {
      voxelCentreMm(patient.ct.grid, voxel, at);
      const shown = await page.evaluate(([x, y, z]) => globalThis.isocenterViewer.doseAt(x, y, z), at);
      most = Math.max(most, shown ?? 0);
      // dose.csv has four decimals, RT Dose a 32-bit integer scaled by the maximum.
      expect(Math.abs(csv[voxel] - (shown ?? 0))).toBeLessThanOrEqual(1e-4);
      expect(Math.abs(rd.volume.data[voxel] - (shown ?? 0))).toBeLessThanOrEqual(1e-4);
    }
    expect(most).toBeGreaterThan(30);
    expect(plan.goals).toEqual((await state(page)).goals);
    expect(plan.provenance).toMatchObject({ program: 'isocenter', browser: expect.stringMatching(/^Chrome/) });
    const titles = [...text('report.html').matchAll(/<h[12]>([^<]*)<\/h/g)].map(([, title]) => title);
    expect(titles).toEqual(
      expect.arrayContaining(['Treatment plan report', 'Goals', 'Beams', 'Optimisation', 'Provenance']),
    );
    for (const [path, content] of Object.entries(written)) {
      if (!path.startsWith('dicom/')) continue;
      mkdirSync(dirname(join(files.folder, path)), { recursive: true });
      writeFileSync(join(files.folder, path), content);
    }
    const nrrd = await saved(page, () => menu(page, 'Dose (NRRD)'));
    expect(readNrrd(nrrd.name, nrrd.bytes).volume.data[patient.doseVoxels[0]]).toBeCloseTo(
      csv[patient.doseVoxels[0]],
      3,
    );
    await menu(page, 'Close');
    await openFolder(page, join(files.folder, 'dicom'));
    await patientIs(page, 'tg119-cshape');
    const [reference] = (await state(page)).referenceDoses ?? [];
    expect(reference.mostGy).toBeCloseTo(
      csv.reduce((a, b) => Math.max(a, b), 0),
      3,
    );
    await atRest(page);
    expect(files.opened.errors).toEqual([]);
  });

  it('comes back from a session with the same dose, goals and kept plans, and goes on', async () => {
    await page.getByLabel('Name of the plan').fill('kept');
    await page.getByRole('button', { name: 'Keep' }).click();
    const before = await state(page);
    const point = before.crosshairMm;
    const doseAt = () => page.evaluate(([x, y, z]) => globalThis.isocenterViewer.doseAt(x, y, z), point);
    const gy = await doseAt();
    const { name, bytes } = await saved(page, () => menu(page, 'Save session'));
    expect(name).toBe('tg119-cshape.isocenter');
    writeFileSync(join(files.folder, name), bytes);
    await menu(page, 'Close');
    await openFile(page, join(files.folder, name));
    await patientIs(page, 'tg119-cshape');
    await atRest(page);
    const after = await state(page);
    expect(await doseAt()).toBe(gy);
    expect(after.goals).toEqual(before.goals);
    expect(after.objectives).toEqual(before.objectives);
    expect(after.kept).toEqual(['kept']);
    expect(after.crosshairMm).toEqual(before.crosshairMm);
    expect(after.report?.objective).toBe(before.report?.objective);
    await page.getByRole('button', { name: /Continue|Optimise/ }).click();
    await page.waitForFunction((n) => globalThis.isocenterViewer.state().doses > n, after.doses, { timeout: 60_000 });
    await atRest(page);
    // It goes on from an optimum.
    expect((await state(page)).report?.objective).toBeLessThanOrEqual(1.01 * (before.report?.objective ?? 0));
    expect(files.opened.errors).toEqual([]);
  });
});
