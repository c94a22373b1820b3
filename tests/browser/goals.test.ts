import { afterAll, beforeAll, expect, it } from 'vitest';
import { barriers } from '../support/axe.ts';
import type { OpenPage } from '../support/browser.ts';
import { openPlanned, replanned, stateOf } from '../support/workspace.ts';

let opened: OpenPage;
beforeAll(async () => {
  opened = await openPlanned();
}, 120_000);
afterAll(() => opened?.close());

const state = () => stateOf(opened.page);
const coreMark = () => opened.page.getByRole('slider', { name: 'Aim of D10 of Core on the curves' });
const achieved = async (): Promise<number> => {
  const found = (await state()).goals.find(({ structure }) => structure === 'Core');
  return found?.value ?? Number.NaN;
};

it('a goal on the curves is dragged, its objective follows with the dose, and one undo takes it back', async () => {
  const { page } = opened;
  const before = await state();
  const had = await achieved();
  const mark = coreMark();
  await mark.scrollIntoViewIfNeeded();
  const box = await mark.boundingBox();
  if (box === null) throw new Error('the goal of the Core has no mark');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  // At 25 Gy and 10 % of the volume.
  const chart = await page.locator('.dvh .u-over').boundingBox();
  if (chart === null) throw new Error('there is no chart');
  // 4 % beyond the highest goal, 55 Gy.
  const mostGy = 57.2;
  expect(Math.abs(x - chart.x - (25 / mostGy) * chart.width)).toBeLessThan(1);
  expect(Math.abs(y - chart.y - 0.9 * chart.height)).toBeLessThan(1);
  await page.mouse.move(x, y);
  expect(await page.getByTestId('dvh-read').textContent()).toMatch(/^Core: D10 at most 25 Gy; the plan has/);
  await replanned(opened.page, async () => {
    await page.mouse.down();
    await page.mouse.move(x - 60, y + 30, { steps: 8 });
    await page.mouse.up();
  });
  const after = await state();
  expect(after.objectives).toHaveLength(before.objectives.length + 1);
  const made = after.objectives.at(-1);
  expect(made).toMatchObject({ structure: 'Core', function: 'max-dvh', parameters: { volumePercent: 10 } });
  const aim = made?.function === 'max-dvh' ? made.parameters.doseGy : 0;
  // Where the pointer let go; scales of the chart may have followed the dose a little.
  expect(Math.abs(aim - (25 - (60 / chart.width) * mostGy))).toBeLessThan(1);
  expect(Number(await mark.getAttribute('aria-valuenow'))).toBeCloseTo(aim, 1);
  expect(await achieved()).toBeLessThan(had - 1);
  // Judged by the protocol's limit, not by the aim.
  expect(after.goals.find(({ structure }) => structure === 'Core')?.limit).toBe(25);
  await replanned(opened.page, () => page.keyboard.press('Control+z'));
  expect((await state()).objectives).toEqual(before.objectives);
  expect(Number(await mark.getAttribute('aria-valuenow'))).toBe(25);
  expect(opened.errors).toEqual([]);
});

it('keys and numbers do the same, and move one objective instead of making more', async () => {
  const { page } = opened;
  const count = (await state()).objectives.length;
  await coreMark().focus();
  await replanned(opened.page, async () => {
    for (const key of ['PageDown', 'PageDown', 'ArrowLeft', 'ArrowUp']) await page.keyboard.press(key);
  });
  expect(await coreMark().getAttribute('aria-valuetext')).toMatch(/^15 Gy\. Core: D10 at most 25 Gy, aim 15 Gy/);
  const field = page.getByRole('spinbutton', { name: 'Aim of D10 of Core' });
  expect(await field.inputValue()).toBe('15');
  await replanned(opened.page, async () => {
    await field.fill('8');
    await field.press('Tab');
  });
  const { objectives } = await state();
  expect(objectives).toHaveLength(count + 1);
  expect(objectives.at(-1)).toMatchObject({ structure: 'Core', parameters: { doseGy: 8, volumePercent: 10 } });
  expect(await barriers(page)).toEqual([]);
  await coreMark().focus();
  await replanned(opened.page, () => page.keyboard.press('Home'));
  expect(await field.inputValue()).toBe('25');
  expect(opened.errors).toEqual([]);
});

it('undo also takes back beams, and targets that were given by hand', async () => {
  const { page } = opened;
  const { objectives } = await state();
  const beams = page.locator('summary', { hasText: /beams/ });
  await beams.click();
  await page.getByLabel('Equispaced beams').fill('3');
  await replanned(opened.page, () => page.getByRole('button', { name: 'Place' }).click());
  expect(await beams.textContent()).toMatch(/^3 beams/);
  await page.locator('summary', { hasText: 'Targets' }).click();
  await page.getByLabel('Prescription of PTV in Gy').fill('40');
  await replanned(opened.page, () => page.getByRole('button', { name: 'Plan these targets' }).click());
  expect(await page.locator('.goals').textContent()).toContain('≥ 40 Gy');
  expect((await state()).objectives).not.toEqual(objectives);
  await replanned(opened.page, () => page.getByRole('button', { name: 'Undo' }).click());
  expect((await state()).objectives).toEqual(objectives);
  expect(await page.locator('.goals').textContent()).toContain('≥ 50 Gy');
  expect(await beams.textContent()).toMatch(/^3 beams/);
  await replanned(opened.page, () => page.getByRole('button', { name: 'Undo' }).click());
  expect(await beams.textContent()).toMatch(/^9 beams/);
  await replanned(opened.page, () => page.getByRole('button', { name: 'Redo' }).click());
  expect(await beams.textContent()).toMatch(/^3 beams/);
  expect(opened.errors).toEqual([]);
});
