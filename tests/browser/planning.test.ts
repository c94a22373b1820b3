import { afterAll, beforeAll, expect, it } from 'vitest';
import { objectiveFunctions } from '../../planners/radiation/protocol/objective-functions.ts';
import type { Inspect } from '../../viewer/page/inspect.ts';
import type { OpenPage } from '../support/browser.ts';
import { atRest, openPlanned } from '../support/workspace.ts';

declare global {
  var isocenterViewer: Inspect;
}

let opened: OpenPage;
beforeAll(async () => {
  opened = await openPlanned();
}, 120_000);
afterAll(() => opened?.close());

const state = () => opened.page.evaluate(() => globalThis.isocenterViewer.state());

/** Does something, and waits for the plan that comes of it. */
async function replanned(deed: () => Promise<unknown>): Promise<void> {
  const { doses } = await state();
  await deed();
  await opened.page.waitForFunction((n) => globalThis.isocenterViewer.state().doses > n, doses, { timeout: 60_000 });
  await atRest(opened.page);
}

it('a curve is pulled by keys alone: one objective until it is let go, and one undo', async () => {
  const { page } = opened;
  const before = await state();
  const chart = page.getByTestId('dvh');
  await chart.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  expect(await page.getByTestId('dvh-read').textContent()).toMatch(/^Core: /);
  for (let n = 0; n < 3; n++) await page.keyboard.press('PageDown');
  await replanned(async () => {
    await page.keyboard.down('Shift');
    for (let n = 0; n < 6; n++) await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowDown');
    expect(await page.getByTestId('dvh-read').textContent()).toMatch(/^Core: asked for [\d.]+ % at [\d.]+ Gy$/);
    await page.keyboard.up('Shift');
  });
  const after = await state();
  expect(after.objectives).toHaveLength(before.objectives.length + 1);
  expect(after.objectives.at(-1)).toMatchObject({ structure: 'Core', function: 'max-dvh' });
  expect(await page.getByTestId('dvh-read').textContent()).not.toContain('asked');
  await replanned(() => page.keyboard.press('Control+z'));
  expect((await state()).objectives).toEqual(before.objectives);
  expect(opened.errors).toEqual([]);
});

it('objectives say what they ask for, in the words of the engine; what is not allowed is refused by its limits', async () => {
  const { page } = opened;
  const wanted = page.getByLabel('Function of the new objective');
  for (const { name, title, description } of objectiveFunctions) {
    await wanted.selectOption({ label: title });
    expect(await wanted.inputValue()).toBe(name);
    const id = await wanted.getAttribute('aria-describedby');
    const told = await page.locator(`[id="${id}"]`).textContent();
    expect(told?.toLowerCase()).toContain(description.toLowerCase());
  }
  await page.getByLabel('Structure of the new objective').selectOption('Core');
  await wanted.selectOption('mean-dose');
  await replanned(() => page.getByRole('button', { name: 'Add objective' }).click());
  const dose = page.getByLabel('Dose of Mean dose of Core');
  const described = await dose.getAttribute('aria-describedby');
  expect(await page.locator(`[id="${described}"]`).textContent()).toContain('the mean of the structure');
  await replanned(() => page.getByLabel('Penalty of Mean dose of Core').selectOption('linear'));
  const made = (await state()).objectives.at(-1);
  expect(made).toMatchObject({ function: 'mean-dose', parameters: { doseGy: 50, kind: 'linear' } });
  await dose.fill('2000');
  await page.keyboard.press('Tab');
  expect(await page.getByRole('alert').textContent()).toContain(
    'Dose of Mean dose of Core: 2000 Gy is not taken. Give a number from 0 to 1000 Gy',
  );
  expect(await dose.inputValue()).toBe('50');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await replanned(() => page.getByRole('button', { name: 'Remove Mean dose of Core' }).click());
  expect(opened.errors).toEqual([]);
});
