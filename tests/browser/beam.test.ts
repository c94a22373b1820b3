import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OpenPage } from '../support/browser.ts';
import { drawn, pixelAt, pixelsOf } from '../support/pixels.ts';
import { openPlanned } from '../support/workspace.ts';

let opened: OpenPage;
beforeAll(async () => {
  opened = await openPlanned();
}, 120_000);
afterAll(() => opened?.close());

const shownBeam = (n: number) => opened.page.locator(`canvas.beam[data-beam="${n}"]`).waitFor({ timeout: 30_000 });

it("shows each beam from its source: the body's radiograph, the field about the isocentre, fluence in colours", async () => {
  const { page } = opened;
  await page.getByRole('tab', { name: 'Beam' }).click();
  await shownBeam(0);
  await page.getByLabel('Opacity of the fluence').fill('0');
  const plain = await pixelsOf(page, 'canvas.beam');
  await page.getByLabel('Opacity of the fluence').fill('1');
  const coloured = await pixelsOf(page, 'canvas.beam');
  const side = plain.width;
  // The isocentre lies in the middle, where the axes of the collimator cross.
  const [r, g, b] = pixelAt(plain, Math.round(side / 2), Math.round(side / 2));
  expect(b).toBeGreaterThan(r);
  expect(g).toBeGreaterThan(r);
  const colourOf = (pixels: typeof plain): number => {
    let count = 0;
    for (let y = 0; y < side; y += 4) {
      for (let x = 0; x < side; x += 4) {
        const rgb = pixelAt(pixels, x, y);
        if (Math.max(...rgb) - Math.min(...rgb) > 60) count++;
      }
    }
    return count;
  };
  expect(colourOf(coloured)).toBeGreaterThan(colourOf(plain) + 100);
  await page.getByRole('button', { name: 'Next' }).click();
  await shownBeam(1);
  const turned = await pixelsOf(page, 'canvas.beam');
  expect(Buffer.compare(Buffer.from(turned.data), Buffer.from(coloured.data))).not.toBe(0);
  expect(opened.errors).toEqual([]);
});

it('a beam is turned, added and removed in the table, and the plan follows', async () => {
  const { page } = opened;
  await page.getByRole('tab', { name: 'Plan' }).click();
  await page.locator('summary', { hasText: '9 beams' }).click();
  await page.getByLabel('Gantry angle of beam 1 in degrees').fill('12.5');
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Remove beam 9' }).click();
  await page.getByRole('button', { name: 'Add beam' }).click();
  await page.getByRole('button', { name: 'Add beam' }).click();
  await page.waitForFunction(
    () =>
      document.querySelector('[data-testid=status]')?.textContent?.startsWith('At rest') &&
      document.querySelectorAll('table.beams tbody tr').length === 10,
    undefined,
    { timeout: 90_000 },
  );
  await page.getByLabel('Gantry angle of beam 2 in degrees').fill('400');
  await page.keyboard.press('Tab');
  expect(await page.getByRole('alert').textContent()).toContain('gantry angle 400 deg is outside 0 to 360 deg');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  // The beam that was chosen before stays chosen.
  await page.getByRole('tab', { name: 'Beam' }).click();
  await shownBeam(1);
  expect(await page.getByRole('combobox', { name: 'Beam' }).locator('option').count()).toBe(10);
  expect(opened.errors).toEqual([]);
});

it('reads any metric, refuses what is none, and adds an objective that the plan follows', async () => {
  const { page } = opened;
  await page.getByRole('tab', { name: 'Plan' }).click();
  await page.getByLabel('Structure of the metric').selectOption('PTV');
  await page.getByRole('button', { name: 'Read' }).click();
  const gy = Number(/: ([\d.]+) Gy/.exec((await page.getByTestId('metric').textContent()) ?? '')?.[1]);
  expect(gy).toBeGreaterThan(40);
  await page.getByLabel('Metric, such as').fill('D95x');
  await page.getByRole('button', { name: 'Read' }).click();
  expect(await page.getByRole('alert').textContent()).toContain('Metric "D95x" is not known.');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  const before = await page.evaluate(() => globalThis.isocenterViewer.state());
  await page.getByLabel('Structure of the new objective').selectOption('Core');
  await page.getByLabel('Function of the new objective').selectOption('max-dvh');
  await page.getByRole('button', { name: 'Add objective' }).click();
  await page.waitForFunction((n) => globalThis.isocenterViewer.state().doses > n, before.doses);
  const { objectives } = await page.evaluate(() => globalThis.isocenterViewer.state());
  expect(objectives.at(-1)).toMatchObject({ structure: 'Core', parameters: { doseGy: 50, volumePercent: 50 } });
  expect(opened.errors).toEqual([]);
});

it('in space: a click names what is there and takes the crosshair to it; the cut and the standard views show', async () => {
  const { page } = opened;
  const space = page.locator('[data-view=space]');
  await space.focus();
  await page.keyboard.press('a');
  await drawn(page);
  const box = await space.boundingBox();
  if (box === null) throw new Error('there is no view in space');
  await page.mouse.click(box.x + box.width / 2 + 12, box.y + box.height / 2);
  // Seen from the front the target lies before the core; the body around them is seen through.
  expect(await page.getByTestId('picked').textContent()).toMatch(/: (PTV|Core)$/);
  const at = await page.evaluate(() => globalThis.isocenterViewer.state().crosshairMm);
  expect(Math.abs(at[0])).toBeLessThan(45);
  const whole = await pixelsOf(page, '[data-view=space]');
  await page.getByRole('tab', { name: 'Display' }).click();
  await page.getByLabel('Cut in space').selectOption('coronal');
  await page.getByLabel('other side').check();
  await drawn(page);
  const cut = await pixelsOf(page, '[data-view=space]');
  expect(Buffer.compare(Buffer.from(whole.data), Buffer.from(cut.data))).not.toBe(0);
  await page.getByLabel('Cut in space').selectOption('');
  await space.focus();
  await page.keyboard.press('s');
  await drawn(page);
  const above = await pixelsOf(page, '[data-view=space]');
  expect(Buffer.compare(Buffer.from(whole.data), Buffer.from(above.data))).not.toBe(0);
  expect(opened.errors).toEqual([]);
});

it('in space: a click on the edge of a beam names it and shows it in the Beam tab', async () => {
  const { page } = opened;
  const space = page.locator('[data-view=space]');
  await space.focus();
  await page.keyboard.press('a');
  await drawn(page);
  const pixels = await pixelsOf(page, '[data-view=space]');
  const isBeam = (x: number, y: number): boolean => {
    const [r, g, b] = pixelAt(pixels, x, y);
    return Math.abs(r - 232) < 8 && Math.abs(g - 192) < 8 && Math.abs(b - 96) < 8;
  };
  const edges = Array.from({ length: pixels.width * (pixels.height - 80) }, (_, n) => n)
    .map((n) => [n % pixels.width, Math.floor(n / pixels.width) + 40] as const)
    .filter(([x, y]) => isBeam(x, y));
  expect(edges.length).toBeGreaterThan(100);
  // The leftmost: there is nothing before it.
  const [x, y] = edges.reduce((a, b) => (b[0] < a[0] ? b : a));
  const box = await space.boundingBox();
  if (box === null) throw new Error('there is no view in space');
  await page.mouse.click(box.x + x, box.y + y);
  const named = /: beam (\d+), gantry ([\d.]+)°$/.exec((await page.getByTestId('picked').textContent()) ?? '');
  expect(named).not.toBeNull();
  expect(await page.getByRole('tab', { name: 'Beam' }).getAttribute('aria-selected')).toBe('true');
  const chosen = page.getByRole('combobox', { name: 'Beam' }).locator('option:checked');
  expect(await chosen.textContent()).toContain(`${named?.[1]}: gantry ${named?.[2]}°`);
  // What is seen at the far left from the front stands on the patient's right: its source is beyond 180 degrees.
  expect(Number(named?.[2])).toBeGreaterThan(180);
  expect(opened.errors).toEqual([]);
});

it('in space: the dose as a cloud has the colours of the dose, is cut where the anatomy is, and goes', async () => {
  const { page } = opened;
  await page.getByRole('tab', { name: 'Display' }).click();
  await page.getByRole('button', { name: 'Hide all' }).click();
  await page.locator('.levels input[type=checkbox]:checked').uncheck();
  await page.locator('[data-view=space]').focus();
  await page.keyboard.press('a');
  const coloured = async (): Promise<number> => {
    await drawn(page);
    const pixels = await pixelsOf(page, '[data-view=space]');
    let count = 0;
    for (let n = 0; n < pixels.width * pixels.height; n++) {
      const rgb = pixelAt(pixels, n % pixels.width, Math.floor(n / pixels.width));
      if (Math.max(...rgb) - Math.min(...rgb) > 25) count++;
    }
    return count;
  };
  const without = await coloured();
  await page.getByLabel('Dose as a cloud in space').check();
  await page.getByLabel('Density of the cloud').fill('1');
  const whole = await coloured();
  expect(whole).toBeGreaterThan(without + 3000);
  await page.getByLabel('Cut in space').selectOption('sagittal');
  const half = await coloured();
  // Edges of beams stay.
  expect(half).toBeLessThan(0.85 * whole);
  expect(half).toBeGreaterThan(0.3 * whole);
  await page.getByLabel('Cut in space').selectOption('');
  await page.getByLabel('Dose as a cloud in space').uncheck();
  await expect.poll(coloured, { timeout: 10_000 }).toBeLessThan(without + 500);
  await page.getByRole('button', { name: 'Show all' }).click();
  expect(opened.errors).toEqual([]);
});
