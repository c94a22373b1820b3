import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openPage } from '../tests/support/browser.ts';

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
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.waitForFunction(
    () => document.querySelector('[data-testid=status]')?.textContent?.startsWith('At rest'),
    undefined,
    { timeout: 300_000 },
  );
  // Surfaces come a little after the dose.
  await page.waitForTimeout(3000);
  await take('viewer');
  await page.emulateMedia({ colorScheme: 'light' });
  const titles = await page.getByRole('tab').allTextContents();
  for (const title of titles.slice(1)) {
    await page.getByRole('tab', { name: title, exact: true }).click();
    await page.waitForFunction(() => document.querySelector('#panel')?.textContent !== 'Loading');
    await page.waitForTimeout(1500);
    await take(`viewer-${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`);
  }
  await close();
}

await main();
process.exit(0);
