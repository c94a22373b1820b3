import { afterAll, beforeAll, expect, it } from 'vitest';
import { objectiveFunctions } from '../../planners/radiation/protocol/objective-functions.ts';
import type { OpenPage } from '../support/browser.ts';
import { openPlanned, replanned, stateOf } from '../support/workspace.ts';

let opened: OpenPage;
beforeAll(async () => {
  opened = await openPlanned();
}, 120_000);
afterAll(() => opened?.close());

const state = () => stateOf(opened.page);

it('a curve is pulled by keys alone: one objective until it is let go, and one undo', async () => {
  const { page } = opened;
  const before = await state();
  const chart = page.getByTestId('dvh');
  await chart.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  expect(await page.getByTestId('dvh-read').textContent()).toMatch(/^Core: /);
  for (let n = 0; n < 3; n++) await page.keyboard.press('PageDown');
  await replanned(opened.page, async () => {
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
  await replanned(opened.page, () => page.keyboard.press('Control+z'));
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
  await replanned(opened.page, () => page.getByRole('button', { name: 'Add objective' }).click());
  const dose = page.getByLabel('Dose of Mean dose of Core');
  const described = await dose.getAttribute('aria-describedby');
  expect(await page.locator(`[id="${described}"]`).textContent()).toContain('the mean of the structure');
  await replanned(opened.page, () => page.getByLabel('Penalty of Mean dose of Core').selectOption('linear'));
  const made = (await state()).objectives.at(-1);
  expect(made).toMatchObject({ function: 'mean-dose', parameters: { doseGy: 50, kind: 'linear' } });
  await dose.fill('2000');
  await page.keyboard.press('Tab');
  expect(await page.getByRole('alert').textContent()).toContain(
    'Dose of Mean dose of Core: 2000 Gy is not taken. Give a number from 0 to 1000 Gy',
  );
  expect(await dose.inputValue()).toBe('50');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await replanned(opened.page, () => page.getByRole('button', { name: 'Remove Mean dose of Core' }).click());
  expect(opened.errors).toEqual([]);
});

it('tabs, windows, isodose levels and doses to jump to are reached and changed by keys alone', async () => {
  const { page } = opened;
  const { keyboard } = page;
  /** Goes on with the Tab key until a control of this name has the focus. */
  const tabTo = async (name: string): Promise<void> => {
    for (let n = 0; n < 60; n++) {
      await keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        const { activeElement: at } = document;
        const label = at instanceof HTMLInputElement ? at.labels?.[0]?.textContent : at?.textContent;
        return at?.getAttribute('aria-label') ?? label?.trim() ?? '';
      });
      if (focused === name) return;
    }
    throw new Error(`the Tab key does not come to ${name}`);
  };
  await page.getByRole('tab', { name: 'Plan', exact: true }).focus();
  await keyboard.press('ArrowLeft');
  expect(await page.getByRole('tab', { name: 'Display', exact: true }).getAttribute('aria-selected')).toBe('true');
  await tabTo('Lung');
  await keyboard.press('Enter');
  await tabTo('Width of the window');
  expect(await page.getByLabel('Width of the window').inputValue()).toBe('1500');
  await keyboard.press('ArrowUp');
  await tabTo('Dose maximum');
  await keyboard.press('Space');
  const { crosshairMm } = await state();
  const most = await page.evaluate((p) => globalThis.isocenterViewer.doseAt(p[0], p[1], p[2]), crosshairMm);
  expect(most).toBeCloseTo((await state()).report?.maxGy ?? 0, 3);
  await tabTo('Isodose level 2 in %');
  await keyboard.press('Control+a');
  await keyboard.type('90');
  await keyboard.press('Tab');
  expect(await page.locator('.isodoses').textContent()).toContain('90 %, 45.0 Gy');
  expect(await page.getByLabel('Width of the window').inputValue()).toBe('1510');
  expect(opened.errors).toEqual([]);
});

it('a plan that was kept is compared, and removed where nobody wants it any more', async () => {
  const { page } = opened;
  await page.getByRole('tab', { name: 'Plan', exact: true }).click();
  for (const name of ['first', 'second']) {
    await page.getByLabel('Name of the plan').fill(name);
    await page.getByRole('button', { name: 'Keep' }).click();
  }
  await page.getByRole('tab', { name: 'Compare', exact: true }).click();
  const remove = page.getByRole('button', { name: 'Remove this plan' });
  expect(await remove.isDisabled()).toBe(true);
  await page.getByLabel('Compare the plan with').selectOption('first');
  await page.getByTestId('both-goals').waitFor();
  await remove.click();
  expect((await state()).kept).toEqual(['second']);
  expect(await page.getByLabel('Compare the plan with').inputValue()).toBe('');
  expect(await page.getByTestId('both-goals').count()).toBe(0);
  expect(opened.errors).toEqual([]);
});
