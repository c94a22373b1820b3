import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OpenPage } from '../support/browser.ts';
import { openPlanned } from '../support/workspace.ts';

let opened: OpenPage;
beforeAll(async () => {
  opened = await openPlanned();
}, 120_000);
afterAll(() => opened?.close());

const read = () => opened.page.getByTestId('dvh-read').textContent();

/** Rows of numbers of the table that the button writes. */
async function table(): Promise<{ readonly titles: readonly string[]; readonly rows: readonly (readonly number[])[] }> {
  const button = opened.page.getByRole('button', { name: 'Curves as CSV' });
  const [file] = await Promise.all([opened.page.waitForEvent('download', { timeout: 30_000 }), button.click()]);
  const [head, ...lines] = readFileSync(await file.path(), 'utf8')
    .trim()
    .split('\r\n');
  return { titles: head.slice(1, -1).split('","'), rows: lines.map((line) => line.split(',').map(Number)) };
}

it('curves are read by keys and pointer, as the table that is written has them', async () => {
  const { page } = opened;
  const { titles, rows } = await table();
  const structures = titles.slice(1).map((title) => title.split(',')[0]);
  expect(structures).toContain('PTV');
  expect(rows[1][0]).toBe(0.05);
  expect(rows[0].slice(1)).toEqual(structures.map(() => 100));
  expect(rows.at(-1)?.slice(1)).toEqual(structures.map(() => 0));
  const chart = page.getByTestId('dvh');
  await chart.focus();
  await page.keyboard.press('ArrowRight');
  for (let n = 0; n < structures.indexOf('PTV'); n++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('PageUp');
  const readNumbers = async (): Promise<readonly number[]> => {
    const text = (await read()) ?? '';
    const found = /^PTV: ([\d.]+) % get ([\d.]+) Gy or more$/.exec(text);
    if (found === null) throw new Error(`read: ${text}`);
    return found.slice(1).map(Number);
  };
  const [percent, gy] = await readNumbers();
  const column = titles.findIndex((title) => title.startsWith('PTV,'));
  const [low, high] = [Math.floor(gy / 0.05), Math.ceil(gy / 0.05 + 1e-6)];
  expect(percent).toBeLessThanOrEqual(rows[low][column] + 0.01);
  expect(percent).toBeGreaterThanOrEqual(rows[high][column] - 0.01);
  expect(await chart.getAttribute('aria-valuetext')).toBe(await read());
  // The same place, by the pointer, which reads the nearest one.
  const { x, y } = await page.evaluate(() => {
    const { left, top, width, height } = document.querySelector('.dvh .mark')?.getBoundingClientRect() ?? new DOMRect();
    return { x: left + width / 2, y: top + height / 2 };
  });
  await page.mouse.move(x + 3, y);
  const [, near] = await readNumbers();
  expect(Math.abs(near - gy)).toBeLessThan(1);
  expect(opened.errors).toEqual([]);
});

it('differential curves add up to the whole volume, and are not dragged', async () => {
  const { page } = opened;
  await page.getByRole('button', { name: 'Differential' }).click();
  const { titles, rows } = await table();
  for (let column = 1; column < titles.length; column++) {
    expect(rows.reduce((sum, row) => sum + row[column], 0)).toBeCloseTo(100, 1);
  }
  const before = await page.evaluate(() => globalThis.isocenterViewer.state());
  const chart = page.getByTestId('dvh');
  await chart.focus();
  await page.keyboard.press('ArrowLeft');
  expect(await read()).toMatch(/^\S+: [\d.]+ % in 0.50 Gy from about [\d.]+ Gy$/);
  const mark = await page.locator('.dvh .mark').boundingBox();
  if (mark === null) throw new Error('there is no mark');
  await page.mouse.move(mark.x + 5, mark.y + 5);
  await page.mouse.down();
  await page.mouse.move(mark.x - 40, mark.y + 5, { steps: 4 });
  await page.mouse.up();
  const after = await page.evaluate(() => globalThis.isocenterViewer.state());
  expect(after.objectives).toEqual(before.objectives);
  expect(opened.errors).toEqual([]);
});
