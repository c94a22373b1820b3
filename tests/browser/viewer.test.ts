import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPhantom } from '../../sim/phantoms/registry.ts';
import { exported } from '../engine/formats/dicom/rt-fixture.ts';
import { writeAll } from '../engine/formats/dicom/tools.ts';
import { type OpenPage, openPage } from '../support/browser.ts';
import { dataFolder } from '../support/data.ts';
import { atRest } from '../support/workspace.ts';

// Coarse, because drawing is software here.
let opened: OpenPage;
beforeAll(async () => {
  opened = await openPage('viewer/index.html?open=phantom:tg119-cshape&voxel=6');
  await opened.page.setViewportSize({ width: 1366, height: 768 });
  await atRest(opened.page);
}, 120_000);
afterAll(() => opened?.close());

const state = () => opened.page.evaluate(() => globalThis.isocenterViewer.state());

/** Pixels of the lines over a view. */
function drawnOver(view: string): Promise<number> {
  return opened.page.evaluate((name) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`[data-view=${name}] canvas`);
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let count = 0;
    for (let n = 3; n < pixels.length; n += 4) if (pixels[n] > 0) count++;
    return count;
  }, view);
}

describe('the planning workspace', () => {
  it('opens a phantom, plans it and judges its goals', async () => {
    const { patient, report } = await state();
    expect(patient).toBe('tg119-cshape');
    expect(report?.maxGy).toBeGreaterThan(50);
    const judged = await opened.page.locator('.goals .verdict').allTextContents();
    expect(judged).toHaveLength(3);
    for (const text of judged) expect(text).toMatch(/pass|fail/);
    expect(opened.errors).toEqual([]);
  });

  it('draws isodose lines of the dose that has come to rest', async () => {
    const { page } = opened;
    await page.waitForTimeout(500);
    const withLines = await drawnOver('axial');
    await page.getByRole('tab', { name: 'Display' }).click();
    await page.getByLabel('Isodose lines').uncheck();
    await page.waitForTimeout(500);
    const without = await drawnOver('axial');
    await page.getByLabel('Isodose lines').check();
    await page.getByRole('tab', { name: 'Plan' }).click();
    expect(without).toBeGreaterThan(0);
    expect(withLines).toBeGreaterThan(without + 500);
  });

  it('keys go through slices, and every view says where it is', async () => {
    const { page } = opened;
    const before = (await state()).crosshairMm[2];
    await page.locator('[data-view=axial]').focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    expect((await state()).crosshairMm[2]).toBeCloseTo(before + 12, 6);
    expect(await page.locator('[data-view=axial] .caption').textContent()).toContain(`${(before + 12).toFixed(1)} mm`);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
  });

  it('a curve that is dragged becomes an objective, the dose follows, and undo takes it back', async () => {
    const { page } = opened;
    const before = await state();
    const over = page.locator('.dvh .u-over');
    await over.scrollIntoViewIfNeeded();
    const box = await over.boundingBox();
    if (box === null) throw new Error('there is no chart');
    // The target's curve falls steeply near the prescription: take hold of it there, and ask for less.
    const grab = await page.evaluate(() => document.querySelector('.u-over')?.getBoundingClientRect().width ?? 0);
    let held = false;
    for (let x = box.x + 0.6 * grab; x < box.x + box.width && !held; x += 3) {
      await page.mouse.move(x, box.y + 0.5 * box.height);
      held = await page.evaluate(() => (document.querySelector('.u-over') as HTMLElement).style.cursor === 'grab');
      if (!held) continue;
      await page.mouse.down();
      await page.mouse.move(x - 0.12 * box.width, box.y + 0.5 * box.height, { steps: 6 });
      await page.mouse.up();
    }
    expect(held).toBe(true);
    await page.waitForFunction((n) => globalThis.isocenterViewer.state().doses > n, before.doses, { timeout: 60_000 });
    await atRest(opened.page);
    const after = await state();
    expect(after.objectives).toHaveLength(before.objectives.length + 1);
    expect(after.objectives.at(-1)).toMatchObject({ function: 'max-dvh' });
    expect(after.report?.objective).not.toBe(before.report?.objective);
    await page.getByRole('button', { name: 'Undo' }).click();
    expect((await state()).objectives).toHaveLength(before.objectives.length);
    await atRest(opened.page);
    expect(opened.errors).toEqual([]);
  });

  it('keeps a plan and compares it', async () => {
    const { page } = opened;
    await page.getByLabel('Name of the plan').fill('first');
    await page.getByRole('button', { name: 'Keep' }).click();
    await page.getByLabel('Compare').selectOption('first');
    expect(await page.getByLabel('Compare').inputValue()).toBe('first');
    expect(opened.errors).toEqual([]);
  });
});

it('says what is wrong with a folder that is no patient', async () => {
  const { page } = opened;
  const folder = mkdtempSync(join(tmpdir(), 'isocenter-'));
  try {
    writeFileSync(join(folder, 'note.txt'), 'x');
    await page.locator('input[type=file]').setInputFiles(folder);
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toMatch(/none of them is a DICOM file/);
    await page.getByRole('button', { name: 'Dismiss' }).click();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('opens a folder of DICOM files, and finds its structures by their names', async () => {
  const { page } = opened;
  const folder = mkdtempSync(join(tmpdir(), 'isocenter-'));
  try {
    const patient = buildPhantom('prostate', { voxelMm: 8 });
    const { ct, structures } = exported(patient);
    writeAll(folder, [...ct, structures]);
    await page.locator('input[type=file]').setInputFiles(folder);
    await page.waitForFunction(() => globalThis.isocenterViewer.state().patient === 'prostate', undefined, {
      timeout: 60_000,
    });
    await atRest(opened.page);
    expect(await page.locator('.goals tbody tr').count()).toBeGreaterThan(3);
    expect(opened.errors).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const data = dataFolder();

it.skipIf(data === undefined)('opens the folder of a real patient, and plans it', async () => {
  const folder = join(data ?? '', 'openkbp/train-pats/pt_143');
  await opened.page.locator('input[type=file]').setInputFiles(folder);
  await opened.page.waitForFunction(() => globalThis.isocenterViewer.state().patient === 'pt_143', undefined, {
    timeout: 60_000,
  });
  await opened.page.waitForFunction(() => globalThis.isocenterViewer.state().report !== undefined, undefined, {
    timeout: 60_000,
  });
  expect((await state()).report?.maxGy).toBeGreaterThan(30);
  expect(opened.errors).toEqual([]);
});
