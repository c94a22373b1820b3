import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Grid, Vec3 } from '../../engine/core/grid.ts';
import { voxelCentreMm, voxelCount } from '../../engine/core/grid.ts';
import { resample } from '../../engine/core/resample.ts';
import { readCtSeries } from '../../engine/formats/dicom/ct/read.ts';
import { ctSeriesAmong } from '../../engine/formats/dicom/ct/series.ts';
import type { SliceAxis } from '../../viewer/engine/messages.ts';
import { fromView, looks, sampleAt, wholeSlice } from '../../viewer/slices/slice-geometry.ts';
import { doseColor } from '../../viewer/state/colors.ts';
import { stackFiles } from '../engine/formats/dicom/ct-fixture.ts';
import { type OpenPage, openPage } from '../support/browser.ts';
import { pointsOn, shareOf } from '../support/dose-pixels.ts';
import { drawn, type Pixels, pixelAt, pixelsOf } from '../support/pixels.ts';
import type { SlicesPage } from './slices.page.ts';

declare global {
  var isocenterSlices: SlicesPage;
}

let opened: OpenPage;
beforeAll(async () => {
  opened = await openPage('tests/browser/slices.html');
  await opened.page.setViewportSize({ width: 1000, height: 560 });
  await opened.page.waitForFunction(() => document.documentElement.dataset.renderer !== undefined);
}, 60_000);
afterAll(() => opened?.close());
beforeEach(() => expect(opened.errors).toEqual([]));

/** 50 Gy are prescribed by the protocol of the made patient. */
const RX_GY = 50;
const grid: Grid = { size: [50, 44, 30], spacingMm: [2, 2.5, 3], originMm: [-47.3, -61.9, -33.1] };
const names = ['sagittal', 'coronal', 'axial'] as const;

function filled(on: Grid, value: (x: number, y: number, z: number) => number): number[] {
  const p = [0, 0, 0];
  return Array.from({ length: voxelCount(on) }, (_, n) => {
    voxelCentreMm(on, n, p);
    return value(p[0], p[1], p[2]);
  });
}

const air = (on: Grid): number[] => new Array<number>(voxelCount(on)).fill(-1000);

async function show(made: { grid: Grid; hu: number[]; dose: number[]; crosshairMm: Vec3 }): Promise<void> {
  await opened.page.evaluate((one) => globalThis.isocenterSlices.show(one), made);
}

/** One slice fills the stage: its pixels are smaller in the patient, and only it is drawn. */
async function onlyView(axis: SliceAxis): Promise<Pixels> {
  await opened.page.evaluate((name) => {
    globalThis.isocenterSlices.display.layout.value = name;
  }, names[axis]);
  await drawn(opened.page);
  return pixelsOf(opened.page, `[data-view=${names[axis]}]`);
}

/** Dose alone, opaque, from the first colour to the last. */
async function showDoseOnly(mostPercent: number): Promise<void> {
  await opened.page.evaluate((most) => {
    const { doseStyle, isodose } = globalThis.isocenterSlices.display;
    doseStyle.value = { opacity: 1, showsWash: true, showsLines: false, cutoffPercent: 0, mostPercent: most };
    isodose.value = { unit: 'Gy', levels: [] };
  }, mostPercent);
}

describe('slices of a made patient', () => {
  it('have the colours of the dose table, and the dose of the engine at random points (seed 7)', async () => {
    const crosshairMm: Vec3 = [-1.3, -11.9, -3.1];
    // Gradients of a few Gy a millimetre, as at the edge of a target.
    const dose = filled(
      grid,
      (x, y, z) => 27 + 14 * Math.sin(x / 11) * Math.cos(y / 13) + 12 * Math.sin(z / 9 + x / 40),
    );
    await show({ grid, hu: air(grid), dose, crosshairMm });
    await showDoseOnly(120);
    const most = dose.reduce((a, b) => Math.max(a, b), 0);
    for (const axis of [0, 1, 2] as const) {
      const pixels = await onlyView(axis);
      const points = pointsOn(pixels, axis, grid, crosshairMm, 50, 7);
      expect(points).toHaveLength(50);
      for (const { p, rgb } of points) {
        const wanted = sampleAt(grid, dose, p) ?? Number.NaN;
        const shown = 1.2 * RX_GY * shareOf(rgb);
        expect(Math.abs(shown - wanted), `${names[axis]} at ${p.join(', ')} mm`).toBeLessThan(0.01 * most);
        // Colours themselves: 2 of 255 for the table's 256 steps and its rounding.
        const color = doseColor(wanted / (1.2 * RX_GY));
        const scale = doseColor(wanted / (1.2 * RX_GY) + 0.006);
        for (const c of [0, 1, 2]) {
          expect(Math.abs(rgb[c] - color[c])).toBeLessThanOrEqual(2 + Math.abs(scale[c] - color[c]));
        }
      }
    }
  });

  it.each([
    [0.25, 0.34, 0.47],
    [-0.47, 0.25, -0.34],
  ])('show a dose whose grid lies %s, %s, %s voxels off where it belongs', async (...offset) => {
    const doseGrid: Grid = {
      size: [46, 44, 32],
      spacingMm: [2.5, 2.5, 2.5],
      originMm: grid.originMm.map((mm, a) => mm - 2.5 + 2.5 * offset[a]) as unknown as Vec3,
    };
    // Linear, so that every interpolation on the way is exact: a quarter of a voxel off would be 0.3 Gy and more.
    const linear = (x: number, y: number, z: number): number => 28 + 0.3 * x - 0.2 * y + 0.35 * z;
    const there = { grid: doseGrid, data: Float32Array.from(filled(doseGrid, linear)), unit: 'Gy' };
    const crosshairMm: Vec3 = [0.7, -6.9, -3.1];
    await show({ grid, hu: air(grid), dose: [...resample(there, grid).data], crosshairMm });
    await showDoseOnly(120);
    for (const axis of [0, 2] as const) {
      const pixels = await onlyView(axis);
      const errors = pointsOn(pixels, axis, grid, crosshairMm, 60, 11)
        .filter(({ p }) => p.every((mm, a) => Math.abs(mm - grid.originMm[a]) > 6 && mm < 40))
        .map(({ p, rgb }) => 1.2 * RX_GY * shareOf(rgb) - linear(...p));
      expect(errors.length).toBeGreaterThan(20);
      const bias = errors.reduce((sum, e) => sum + e, 0) / errors.length;
      // The table has 256 steps over 60 Gy.
      expect(Math.abs(bias)).toBeLessThan(0.1);
      for (const error of errors) expect(Math.abs(error)).toBeLessThan(0.3);
    }
  });

  it('an isodose line of a dose that falls off from a point is a circle', async () => {
    const centre: Vec3 = [1.4, -8.2, 10.9];
    const radiusMm = 31;
    const gyAt = (r: number): number => Math.max(0, 60 * (1 - r / 70));
    const dose = filled(grid, (x, y, z) => gyAt(Math.hypot(x - centre[0], y - centre[1], z - centre[2])));
    const crosshairMm: Vec3 = [40.7, 40.6, grid.originMm[2] + 15 * grid.spacingMm[2]];
    await show({ grid, hu: air(grid), dose, crosshairMm });
    const levelGy = gyAt(radiusMm);
    await opened.page.evaluate((value) => {
      const { doseStyle, isodose } = globalThis.isocenterSlices.display;
      doseStyle.value = { opacity: 0, showsWash: false, showsLines: true, cutoffPercent: 0, mostPercent: 107 };
      isodose.value = { unit: 'Gy', levels: [{ value, color: [255, 0, 255] }] };
    }, levelGy);
    await onlyView(2);
    await opened.page.waitForTimeout(300);
    const pixels = await pixelsOf(opened.page, '[data-view=axial]');
    const look = looks[2];
    const framing = wholeSlice(grid, look, pixels.width, pixels.height);
    const inSlice = Math.sqrt(radiusMm ** 2 - (crosshairMm[2] - centre[2]) ** 2);
    const radii: number[] = [];
    const angles = new Set<number>();
    for (let y = 0; y < pixels.height; y++) {
      for (let x = 0; x < pixels.width; x++) {
        const [r, g, b] = pixelAt(pixels, x, y);
        if (r < 150 || b < 150 || g > 60) continue;
        const at = fromView(look, framing, pixels.width, pixels.height, x + 0.5, y + 0.5);
        radii.push(Math.hypot(at.acrossMm - centre[0], at.upMm - centre[1]));
        angles.add(Math.round(Math.atan2(at.upMm - centre[1], at.acrossMm - centre[0]) / 0.2));
      }
    }
    expect(angles.size).toBeGreaterThanOrEqual(31);
    const mean = radii.reduce((sum, r) => sum + r, 0) / radii.length;
    expect(Math.abs(mean - inSlice)).toBeLessThan(0.25 * framing.mmPerPixel);
    // A line of 1.25 px reaches at most over the pixels beside it.
    for (const r of radii) expect(Math.abs(r - inSlice)).toBeLessThan(1.5 * framing.mmPerPixel);
  });

  it.each([
    ['HFS', [1, 0, 0, 0, 1, 0]],
    ['HFP', [-1, 0, 0, 0, -1, 0]],
    ['FFS', [-1, 0, 0, 0, 1, 0]],
  ])('of a patient who lay %s have left at L, front at A and head at S', async (_, orientation) => {
    // A bright ball to the left, in front and towards the head of the middle of the patient.
    const ball: Vec3 = [14, -12, 10];
    const [rx, ry, , cx, cy] = orientation;
    const normalZ = rx * cy - ry * cx;
    const files = stackFiles({
      orientation,
      columns: 33,
      rows: 41,
      firstMm: [-48 * (rx + cx), -40 * (ry + cy), -30 * normalZ],
      alongMm: Array.from({ length: 21 }, (_, k) => 3 * k),
      hu: (x, y, z) => (Math.hypot(x - ball[0], y - ball[1], z - ball[2]) < 9 ? 1500 : -700),
    });
    const { volume } = await readCtSeries(ctSeriesAmong(files)[0]);
    await show({ grid: volume.grid, hu: [...volume.data], dose: [...volume.data].fill(0), crosshairMm: ball });
    for (const axis of [0, 1, 2] as const) {
      const pixels = await onlyView(axis);
      let [sumX, sumY, count] = [0, 0, 0];
      for (let y = 40; y < pixels.height - 50; y++) {
        for (let x = 30; x < pixels.width - 30; x++) {
          const [r, g, b] = pixelAt(pixels, x, y);
          if (Math.min(r, g, b) < 235) continue;
          sumX += x + 0.5;
          sumY += y + 0.5;
          count++;
        }
      }
      expect(count).toBeGreaterThan(100);
      const [left, , top] = looks[axis].letters;
      // The letters stand where they are by looks; the ball must be on the side of its own.
      expect(Math.sign(sumX / count - pixels.width / 2)).toBe(left === 'R' ? 1 : -1);
      expect(Math.sign(sumY / count - pixels.height / 2)).toBe(top === 'S' || top === 'A' ? -1 : 1);
    }
  });
});
