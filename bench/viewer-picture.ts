import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openPage } from '../tests/support/browser.ts';

/** `npm run picture`: the workspace in the browser with the C-shape planned, in docs/images/viewer.png. */
async function main(): Promise<void> {
  const folder = join(import.meta.dirname, '..', '..', 'docs', 'images');
  mkdirSync(folder, { recursive: true });
  const { page, close } = await openPage('viewer/index.html?open=phantom:tg119-cshape');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.waitForFunction(
    () => document.querySelector('[data-testid=status]')?.textContent?.startsWith('At rest'),
    undefined,
    { timeout: 300_000 },
  );
  // Surfaces come a little after the dose.
  await page.waitForTimeout(3000);
  await page.screenshot({ path: join(folder, 'viewer.png') });
  await close();
  console.log('written: docs/images/viewer.png');
}

await main();
process.exit(0);
