import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPlan } from '../app/planning/run.ts';
import { defaultBixelMm, defaultMachine } from '../app/planning/settings.ts';
import { Progress } from '../app/progress.ts';
import { openFile } from '../tests/support/browser.ts';

/** `npm run picture`: plans the head-and-neck phantom and shows the planes of its report in docs/images/report.png. */
async function main(): Promise<void> {
  const out = mkdtempSync(join(tmpdir(), 'isocenter-report-'));
  try {
    const angles = Array.from({ length: 9 }, (_, n) => ({ gantryDeg: 40 * n, couchDeg: 0, collimatorDeg: 0 }));
    const settings = {
      patient: 'phantom:head-and-neck',
      machine: defaultMachine,
      angles,
      bixelMm: defaultBixelMm,
      out,
    };
    const session = { signal: new AbortController().signal, progress: new Progress(process.stderr) };
    await runPlan({ ...settings, device: 'wasm' }, session);
    const folder = join(import.meta.dirname, '..', '..', 'docs', 'images');
    mkdirSync(folder, { recursive: true });
    const { page, close } = await openFile(join(out, 'report.html'));
    await page
      .locator('section.planes')
      .first()
      .screenshot({ path: join(folder, 'report.png') });
    await close();
    console.log('written: docs/images/report.png');
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

await main();
process.exit(0);
