import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { type Grid, type Vec3, voxelCentreMm, voxelCount } from '../../engine/core/grid.ts';
import { looks } from '../../viewer/slices/slice-geometry.ts';
import { openPage } from '../support/browser.ts';
import { drawn, type Pixels, pixelAt, pixelsOf } from '../support/pixels.ts';

const grid: Grid = { size: [40, 36, 30], spacingMm: [3, 3, 3], originMm: [-58.5, -52.5, -43.5] };
const WINDOW_HU = 50;
const LINE_MM = 7;
const views = [
  ['sagittal', 0],
  ['coronal', 1],
  ['axial', 2],
] as const;

/** A patient whose HU grow with one axis, and a line square to it. */
async function showRamp(page: Page, axis: number): Promise<void> {
  const p = [0, 0, 0];
  const hu = Array.from({ length: voxelCount(grid) }, (_, n) => {
    voxelCentreMm(grid, n, p);
    return p[axis];
  });
  // Oblique to the others, so that it crosses every view without lying on a side of it.
  const end = (mm: number): Vec3 => [0, 1, 2].map((a) => (a === axis ? LINE_MM : mm)) as unknown as Vec3;
  const line = { from: end(-35), to: end(35) };
  await page.evaluate(
    async ({ made, window, drawnLine }) => {
      const { show, display } = globalThis.isocenterSlices;
      await show(made);
      display.layout.value = 'four';
      display.windowing.value = { centre: 0, width: window };
      display.doseStyle.value = { ...display.doseStyle.value, showsWash: false, showsLines: false };
      display.line.value = drawnLine;
    },
    {
      made: { grid, hu, dose: hu.map(() => 0), crosshairMm: [-20.5, -20.5, -20.5] as Vec3 },
      window: WINDOW_HU,
      drawnLine: line,
    },
  );
}

interface Row {
  /** From the line to where the image has its millimetres [px of the screen]. */
  readonly offset: number;
}

/** How far the line lies from where the image says that it should, along one row or column of pixels [px of the screen]. */
function offsetIn(at: (n: number) => readonly [number, number, number], from: number, to: number): Row | undefined {
  let [lineSum, lineWeight] = [0, 0];
  const grey: [number, number][] = [];
  for (let n = from; n < to; n++) {
    const [r, g, b] = at(n);
    // Images are grey; the line is yellow, in the share of the pixel that it covers.
    const yellow = Math.max(0, r - b);
    if (yellow > 8) {
      lineSum += (n + 0.5) * yellow;
      lineWeight += yellow;
    } else if (r === g && g === b && r > 12 && r < 243) grey.push([n + 0.5, r]);
  }
  if (lineWeight < 60 || grey.length < 40) return undefined;
  const mean = (k: 0 | 1): number => grey.reduce((sum, pair) => sum + pair[k], 0) / grey.length;
  const [meanN, meanGrey] = [mean(0), mean(1)];
  const slope =
    grey.reduce((sum, [n, value]) => sum + (n - meanN) * (value - meanGrey), 0) /
    grey.reduce((sum, [n]) => sum + (n - meanN) ** 2, 0);
  const lineGrey = 255 * (0.5 + LINE_MM / WINDOW_HU);
  return { offset: lineSum / lineWeight - (meanN + (lineGrey - meanGrey) / slope) };
}

/** Mean offset of a view, over rows (or columns) that its letters, captions and ends of lines leave free. */
function offsetOf(pixels: Pixels, box: { x: number; y: number; width: number; height: number }, isAcross: boolean) {
  const [start, length] = isAcross ? [box.y, box.height] : [box.x, box.width];
  const [from, extent] = isAcross ? [box.x, box.width] : [box.y, box.height];
  const offsets: number[] = [];
  for (let share = 0.42; share <= 0.58; share += 0.02) {
    const other = Math.round(start + share * length);
    const row = offsetIn(
      (n) => (isAcross ? pixelAt(pixels, n, other) : pixelAt(pixels, other, n)),
      Math.ceil(from + 0.15 * extent),
      Math.floor(from + 0.8 * extent),
    );
    if (row !== undefined) offsets.push(row.offset);
  }
  expect(offsets.length).toBeGreaterThanOrEqual(4);
  return offsets.reduce((sum, one) => sum + one, 0) / offsets.length;
}

it.each([1, 1.25, 1.5])(
  'image and overlay meet in four views of any size, at %s pixels of the screen a CSS pixel',
  async (screenRatio) => {
    const { page, errors, close } = await openPage('tests/browser/slices.html', screenRatio);
    try {
      await page.waitForFunction(() => document.documentElement.dataset.renderer !== undefined);
      const found: number[] = [];
      for (const axis of [0, 1, 2]) {
        await showRamp(page, axis);
        for (const [widthPx, heightPx, leftPx] of [
          [1001, 560.7, 0.4],
          [1104.8, 583.3, 0],
        ]) {
          await page.evaluate((style) => Object.assign(document.getElementById('workspace')?.style ?? {}, style), {
            width: `${widthPx}px`,
            height: `${heightPx}px`,
            marginLeft: `${leftPx}px`,
          });
          await drawn(page);
          const pixels = await pixelsOf(page, 'body');
          for (const [name, square] of views) {
            if (square === axis) continue;
            const box = await page.locator(`[data-view=${name}]`).boundingBox();
            if (box === null) throw new Error(`there is no ${name} view`);
            const [x, y, width, height] = [box.x, box.y, box.width, box.height].map((css) => css * screenRatio);
            const offset = offsetOf(pixels, { x, y, width, height }, looks[square].across === axis);
            // One line lies within the steps of grey that tell where the image has it.
            expect.soft(Math.abs(offset), `${name}, along axis ${axis}, ${widthPx} px wide`).toBeLessThan(0.25);
            found.push(offset);
          }
        }
      }
      const mean = found.reduce((sum, one) => sum + one, 0) / found.length;
      expect(Math.abs(mean)).toBeLessThan(0.05);
      expect(errors).toEqual([]);
    } finally {
      await close();
    }
  },
);
