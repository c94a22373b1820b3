import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openPage } from '../tests/support/browser.ts';
import { atRest, SLOW_MS } from '../tests/support/workspace.ts';

type Page = Awaited<ReturnType<typeof openPage>>['page'];

const WINDOW = { width: 1366, height: 768 };

const asItIs = async (): Promise<void> => {};

/** Tabs, names of their pictures, and what makes them worth one. */
const TABS: readonly (readonly [title: string, name: string, prepare: (page: Page) => Promise<void>])[] = [
  ['Beam', 'beam', asItIs],
  ['Profile', 'profile', profile],
  ['Display', 'display', asItIs],
  ['Compare', 'compare', compare],
  ['Guide', 'guide', guide],
  ['Guide', 'trocar', trocar],
];

/** The line of a profile, through the crosshair. */
async function profile(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'R–L' }).click();
}

/** Two plans, of which one spares the core more. */
async function compare(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Profile', exact: true }).click();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByRole('tab', { name: 'Plan', exact: true }).click();
  await page.getByLabel('Name of the plan').fill('first');
  await page.getByRole('button', { name: 'Keep' }).click();
  await page
    .getByRole('spinbutton', { name: /^Aim of .* of Core/ })
    .first()
    .fill('15');
  await page.keyboard.press('Tab');
  await page.waitForTimeout(500);
  await atRest(page, SLOW_MS);
  await page.getByRole('tab', { name: 'Compare', exact: true }).click();
  await page.getByLabel('Compare the plan with').selectOption('first');
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await page.getByRole('button', { name: 'Compute gamma' }).click();
  await page.getByTestId('gamma').filter({ hasText: 'pass' }).waitFor({ timeout: 60_000 });
}

/** A simulated arm among the anatomy, led by a trembling hand. */
async function guide(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Four', exact: true }).click();
  await page.getByRole('button', { name: 'Simulate' }).click();
  // On a busy machine the page is late for a beat now and then, and the robot held.
  for (let isLed = false; !isLed; ) {
    await page.getByRole('button', { name: 'Arm', exact: true }).click({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Follow the hand' }).click();
    await page.waitForTimeout(6000);
    isLed = (await page.getByTestId('mode').textContent())?.startsWith('Control') === true;
  }
}

/** An arm without a remote centre of its own, with a tool through a trocar. */
async function trocar(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.locator('select', { hasText: 'ur5e' }).selectOption('ur5e');
  await page.locator('summary', { hasText: 'Tool and trocar' }).click();
  await page.getByLabel('Tool through a trocar').check();
  await page.getByRole('button', { name: '3-D', exact: true }).click();
  await page.locator('[data-view=space]').focus();
  for (let n = 0; n < 5; n++) await page.keyboard.press('-');
  for (let n = 0; n < 3; n++) await page.keyboard.press('ArrowDown');
  await page.getByRole('button', { name: 'Simulate' }).click();
  await page.getByTestId('trocar').waitFor({ timeout: 60_000 });
  await page.getByTestId('trocar').scrollIntoViewIfNeeded();
}

/** `npm run picture`: the workspace in the browser with the C-shape planned, dark and light, and its tabs, in docs/images/viewer*.png. */
async function main(): Promise<void> {
  const folder = join(import.meta.dirname, '..', '..', 'docs', 'images');
  mkdirSync(folder, { recursive: true });
  const { page, close } = await openPage('viewer/index.html?open=phantom:tg119-cshape');
  const take = async (name: string): Promise<void> => {
    await page.screenshot({ path: join(folder, `${name}.png`) });
    console.log(`written: docs/images/${name}.png`);
  };
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize(WINDOW);
  await atRest(page, SLOW_MS);
  // Surfaces come a little after the dose.
  await page.waitForTimeout(3000);
  await take('viewer');
  await page.emulateMedia({ colorScheme: 'light' });
  for (const [title, name, prepare] of TABS) {
    await page.getByRole('tab', { name: title, exact: true }).click();
    await page.waitForFunction(() => document.querySelector('#panel')?.textContent !== 'Loading');
    await prepare(page);
    // Differences and gamma are noise to a PNG: a smaller window keeps theirs below 400 kB.
    if (title === 'Compare') await page.setViewportSize({ width: 1100, height: 620 });
    await page.waitForTimeout(1500);
    await take(`viewer-${name}`);
    await page.setViewportSize(WINDOW);
  }
  await close();
}

await main();
process.exit(0);
