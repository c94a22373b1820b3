import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Grid, type Vec3, voxelCentreMm, voxelCount } from '../../engine/core/grid.ts';
import { resample } from '../../engine/core/resample.ts';
import { framingOf, fromView, looks, wholeSlice } from '../../viewer/slices/slice-geometry.ts';
import { type OpenPage, openPage } from '../support/browser.ts';
import { drawn } from '../support/pixels.ts';
import { saved } from './files-page.ts';
import type { SlicesPage } from './slices.page.ts';

declare global {
  var isocenterSlices: SlicesPage;
}

const grid: Grid = { size: [40, 36, 30], spacingMm: [3, 2.5, 2], originMm: [-58.7, -43.1, -29.3] };
const crosshairMm: Vec3 = [2.1, -3.3, 4.9];

function filled(value: (x: number, y: number, z: number) => number): number[] {
  const p = [0, 0, 0];
  return Array.from({ length: voxelCount(grid) }, (_, n) => {
    voxelCentreMm(grid, n, p);
    return Math.fround(value(p[0], p[1], p[2]));
  });
}

const fields = {
  dose: filled((x, y, z) => 30 + 20 * Math.sin(x / 7) * Math.cos(y / 9) + z / 4),
  other: filled((x, y) => 25 + 15 * Math.cos(x / 6 + y / 8)),
  hu: filled((x, y, z) => Math.round(300 * Math.sin((x + y + z) / 10))),
};

let opened: OpenPage;
beforeAll(async () => {
  opened = await openPage('tests/browser/slices.html');
  await opened.page.setViewportSize({ width: 1366, height: 768 });
  await opened.page.waitForFunction(() => document.documentElement.dataset.renderer !== undefined);
  await opened.page.evaluate((made) => globalThis.isocenterSlices.show(made), { grid, ...fields, crosshairMm });
  await opened.page.getByRole('tab', { name: 'Profile' }).click();
}, 60_000);
afterAll(() => opened?.close());

/** The engine's trilinear value of a field at a point. */
function engineAt(values: readonly number[], originMm: Vec3): number {
  const volume = { grid, data: Float32Array.from(values), unit: '' };
  return resample(volume, { size: [1, 1, 1], spacingMm: [1, 1, 1], originMm }, Number.NaN).data[0];
}

/** The rows of the table that is written, and what they should be along a line. */
async function expectTable(from: Vec3, to: Vec3): Promise<void> {
  const { page } = opened;
  const { name, bytes } = await saved(page, () => page.getByRole('button', { name: 'Profile as CSV' }).click());
  expect(name).toBe('profile.csv');
  const [titles, ...rows] = new TextDecoder().decode(bytes).trimEnd().split('\r\n');
  expect(titles).toMatch(/^"from A \([-\d. ]+\) to B \([-\d. ]+\) \[mm\]","plan \[Gy\]","CT \[HU\]","other \[Gy\]"$/);
  expect(rows).toHaveLength(401);
  const lengthMm = Math.hypot(...to.map((mm, a) => mm - from[a]));
  for (let n = 0; n < rows.length; n += 16) {
    const [alongMm, ...found] = rows[n].split(',').map(Number);
    const share = n / (rows.length - 1);
    expect(Math.abs(alongMm - share * lengthMm)).toBeLessThan(1e-3);
    const p = from.map((mm, a) => mm + share * (to[a] - mm)) as unknown as Vec3;
    for (const [k, field] of (['dose', 'hu', 'other'] as const).entries()) {
      // Five digits are written, and a line that is drawn is known to the fraction of a pixel.
      expect(Math.abs(found[k] - engineAt(fields[field], p)), `${field}, ${alongMm} mm from A`).toBeLessThan(2e-3);
    }
  }
}

it('there is none at first, and the tab says how to come by one', async () => {
  expect(await opened.page.locator('#panel').textContent()).toContain('Draw a line on a slice');
  expect(await opened.page.getByRole('button', { name: 'Profile as CSV' }).isDisabled()).toBe(true);
});

it('a line that is typed has the values of the engine along it, at any angle', async () => {
  const { page } = opened;
  const [from, to]: [Vec3, Vec3] = [
    [-40.5, -30.2, -20.1],
    [45.3, 35.4, 22.6],
  ];
  for (const [which, end] of [
    ['A', from],
    ['B', to],
  ] as const) {
    for (const [axis, mm] of end.entries()) {
      await page.getByLabel(`${'xyz'[axis]} of ${which} in mm`).fill(String(mm));
      await page.keyboard.press('Tab');
    }
  }
  await page.getByTestId('profile').waitFor();
  await expectTable(from, to);
  expect(opened.errors).toEqual([]);
});

it('a line that is drawn on a slice ends where the pointer went, and shows in the table', async () => {
  const { page } = opened;
  await page.getByRole('button', { name: 'Draw on a slice' }).click();
  const box = await page.locator('[data-view=axial]').boundingBox();
  if (box === null) throw new Error('there is no axial view');
  const [a, b] = [
    { x: Math.round(box.width * 0.3), y: Math.round(box.height * 0.4) },
    { x: Math.round(box.width * 0.65), y: Math.round(box.height * 0.7) },
  ];
  await page.mouse.move(box.x + a.x, box.y + a.y);
  await page.mouse.down();
  await page.mouse.move(box.x + 200, box.y + 150);
  await page.mouse.move(box.x + b.x, box.y + b.y);
  await page.mouse.up();
  await drawn(page);
  const line = await page.evaluate(() => globalThis.isocenterSlices.display.line.value);
  if (line === undefined) throw new Error('there is no line');
  const framing = framingOf(wholeSlice(grid, looks[2], box.width, box.height), undefined);
  for (const [end, at] of [
    [line.from, a],
    [line.to, b],
  ] as const) {
    const wanted = fromView(looks[2], framing, box.width, box.height, at.x, at.y);
    // The view is painted from whole pixels to whole ones.
    expect(Math.abs(end[0] - wanted.acrossMm)).toBeLessThan(framing.mmPerPixel);
    expect(Math.abs(end[1] - wanted.upMm)).toBeLessThan(framing.mmPerPixel);
    // In the slice that is shown: the one nearest to the crosshair.
    expect(Math.abs(end[2] - crosshairMm[2])).toBeLessThanOrEqual(grid.spacingMm[2] / 2);
  }
  expect(await page.getByLabel('x of A in mm').inputValue()).toBe(String(Number(line.from[0].toFixed(1))));
  await expectTable(line.from, line.to);
  await page.getByRole('button', { name: 'Draw on a slice' }).click();
  expect(opened.errors).toEqual([]);
});

it('through the crosshair it runs from side to side, is read by the pointer, and can be cleared', async () => {
  const { page } = opened;
  for (const [axis, name] of ['R–L', 'A–P', 'I–S'].entries()) {
    await page.getByRole('button', { name }).click();
    const first = grid.originMm[axis];
    const last = first + (grid.size[axis] - 1) * grid.spacingMm[axis];
    const end = (mm: number): Vec3 => crosshairMm.map((c, a) => (a === axis ? mm : c)) as unknown as Vec3;
    await expectTable(end(first), end(last));
  }
  // The pointer reads the chart.
  const chart = await page.locator('[data-testid=profile] .u-over').boundingBox();
  if (chart === null) throw new Error('there is no chart');
  await page.mouse.move(chart.x + chart.width / 2, chart.y + 20);
  expect(await page.locator('[data-testid=profile] .u-legend').textContent()).toMatch(/Plan \[Gy\]:?\s*[\d.]+/);
  await page.getByRole('button', { name: 'Clear' }).click();
  expect(await page.getByTestId('profile').count()).toBe(0);
  expect(opened.errors).toEqual([]);
});
