import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOpenKbpDose } from '../../engine/formats/openkbp/dose.ts';
import { openKbpGrid } from '../../engine/formats/openkbp/layout.ts';
import { openDevice } from '../../kernels/device.ts';
import { gammaIndex } from '../../planners/radiation/evaluation/gamma.ts';
import { dataFolder } from '../support/data.ts';
import { drawn } from '../support/pixels.ts';
import { atRest, SLOW_MS } from '../support/workspace.ts';
import { type FilesPage, menu, openFilesPage, openFolder, patientIs, saved } from './files-page.ts';

const data = dataFolder();
const folder = join(data ?? '', 'openkbp/train-pats/pt_143');

describe.skipIf(data === undefined)('the dose that a patient of OpenKBP was treated with', () => {
  let files: FilesPage;
  beforeAll(async () => {
    files = await openFilesPage();
    await openFolder(files.page, folder);
    await patientIs(files.page, 'pt_143');
    await atRest(files.page, SLOW_MS);
    await files.page.getByRole('tab', { name: 'Compare' }).click();
  }, SLOW_MS);
  afterAll(() => files?.close());

  it('is compared with the plan: values under the crosshair, goals of both, difference', async () => {
    const { page } = files;
    await page.getByLabel('Compare the plan with').selectOption({ index: 1 });
    const name = await page.getByLabel('Compare the plan with').inputValue();
    expect(name).toBe('clinical dose');
    await page.getByRole('button', { name: 'Side by side' }).click();
    await drawn(page);
    expect(await page.locator('[data-view=difference]').count()).toBe(1);
    // dose.csv lists the dose of voxels, z fastest; its hottest one has to be what the page calls the largest.
    const mostGy = readFileSync(join(folder, 'dose.csv'), 'utf8')
      .split('\n')
      .slice(1)
      .reduce((most, line) => Math.max(most, Number(line.split(',')[1] ?? 0) || 0), 0);
    const kept = await page.evaluate(() => globalThis.isocenterViewer.state().referenceDoses);
    expect(kept?.[0].mostGy).toBeCloseTo(mostGy, 3);
    const told = await page.getByTestId('cursor').textContent();
    expect(told).toMatch(/[\d.]+ Gy \([\d.]+ %\) · clinical dose [\d.]+ Gy/);
    // The same goals of both doses.
    const rows = await page.getByTestId('both-goals').locator('tbody tr').allTextContents();
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows) expect(row).toMatch(/[\d.]+ Gy [✓✗] (pass|fail).*[\d.]+ Gy [✓✗] (pass|fail)/);
    expect(files.opened.errors).toEqual([]);
  });

  it('gamma can be cancelled, and computed after that', async () => {
    const { page } = files;
    // Searches farther: slow enough to be cancelled.
    await page.getByLabel('Distance to agreement in mm').fill('10');
    await page.getByRole('button', { name: 'Compute gamma' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Cancel' }).waitFor({ state: 'detached' });
    expect(await page.getByTestId('gamma').textContent()).toContain('has not been computed');
    await page.getByLabel('Distance to agreement in mm').fill('3');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Compute gamma' }).click();
    await page.getByTestId('gamma').filter({ hasText: 'pass' }).waitFor({ timeout: 120_000 });
    const told = (await page.getByTestId('gamma').textContent()) ?? '';
    const [percent, points] = (/^([\d.]+) % of (\d+) points pass 3 % \/ 3 mm/.exec(told) ?? []).slice(1).map(Number);
    // The same by the engine in this process, of the dose as it is exported.
    const { bytes } = await saved(page, () => menu(page, 'Dose (dose.csv)'));
    const file = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
    const [x, y, z] = new TextDecoder().decode(file('voxel_dimensions.csv')).trim().split(/\s+/).map(Number);
    const volume = (csv: Uint8Array) => ({
      grid: openKbpGrid([x, y, z]),
      data: readOpenKbpDose(csv, 'dose.csv'),
      unit: 'Gy',
    });
    const device = await openDevice({ prefer: 'wasm' });
    const wanted = await gammaIndex(device, volume(file('dose.csv')), volume(bytes), {
      dosePercent: 3,
      distanceMm: 3,
      local: false,
      thresholdPercent: 10,
    });
    await device.close();
    expect(points).toBe(wanted.points);
    // Four decimals are written of each dose: a few points of thousands lie so near to 1.
    expect(Math.abs(percent - wanted.passPercent)).toBeLessThan(0.1);
    expect(percent).toBeGreaterThan(1);
    expect(percent).toBeLessThan(99);
    expect(files.opened.errors).toEqual([]);
  }, 180_000);
});
