import { loadavg } from 'node:os';
import type { Page } from 'playwright-core';
import { openPage } from '../../tests/support/browser.ts';
import { table } from './markdown.ts';

/** Other beams than the plan that is open: rays, maps and the order of voxels are made anew. Text, since the page's own modules are imported. */
const prepareAgain = (beams: number): string => `Promise.all([
  import('/viewer/state/workspace.ts'),
  import('/planners/radiation/beams/beam.ts'),
]).then(([{ changeSetup }, { equispacedAngles }]) => changeSetup({ angles: equispacedAngles(${beams}), bixelMm: 10 }))`;
const STOP = `import('/viewer/state/workspace.ts').then(({ stopPlan }) => stopPlan())`;
const OPEN = `Promise.all([import('/viewer/state/workspace.ts'), import('/viewer/state/opening.ts')]).then(([{ setup }, { openSource }]) => {
  setup.value = { ...setup.value, angles: setup.value.angles.slice(0, 3), bixelMm: 20 };
  openSource({ kind: 'phantom', name: 'tg119-cshape', voxelMm: 4 });
})`;
const isPreparing = `import('/viewer/state/workspace.ts').then(({ activity }) => activity.value === 'preparing')`;

/** Work of the page's main thread while it plans on the device that it draws with. */
export async function viewerSharedTables(): Promise<string> {
  const { page, close } = await openPage('viewer/index.html?device=webgpu');
  try {
    await page.setViewportSize({ width: 1366, height: 768 });
    await page.waitForTimeout(1000);
    await page.evaluate(OPEN);
    await doses(page, 2);
    await rest(page);
    const rows = [
      await tasks(page, 'beams are prepared (7 beams, bixels of 10 mm)', async () => {
        await page.evaluate(prepareAgain(7));
        while (await page.evaluate(isPreparing)) await page.waitForTimeout(50);
      }),
      await tasks(page, 'the plan is optimised (12 doses)', () => doses(page, 12)),
    ];
    await rest(page);
    return text(rows);
  } finally {
    await close();
  }
}

async function doses(page: Page, more: number): Promise<void> {
  const before = await page.evaluate(() => globalThis.isocenterViewer.state().doses);
  await page.waitForFunction((n) => globalThis.isocenterViewer.state().doses >= n, before + more, {
    timeout: 300_000,
  });
}

async function rest(page: Page): Promise<void> {
  await page.evaluate(STOP);
  const status = page.getByTestId('status');
  while (!(await status.textContent())?.startsWith('At rest')) await page.waitForTimeout(100);
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Tasks of the main thread during `act`: by the clock, and by what the processor did in them. */
async function tasks(page: Page, what: string, act: () => Promise<void>): Promise<string[]> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('the page has no browser');
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const isMain = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const own = traceEvents.filter(
    ({ name, pid, tid }) => /^(RunTask|ThreadControllerImpl::RunTask)$/.test(name) && isMain.has(`${pid} ${tid}`),
  );
  const ms = (values: readonly (number | undefined)[]): number[] => values.map((us) => (us ?? 0) / 1000);
  return [what, ...[ms(own.map(({ dur }) => dur)), ms(own.map(({ tdur }) => tdur))].map(longest)];
}

function longest(ms: readonly number[]): string {
  const most = ms.reduce((a, b) => Math.max(a, b), 0).toFixed(0);
  return `${ms.filter((one) => one > 50).length}, longest ${most} ms`;
}

function text(rows: readonly string[][]): string {
  return [
    '## Tasks of the main thread, planning on the shared device',
    '',
    'Chromium with WebGPU for renderer and planner. The GPU is itself software (SwiftShader), which computes on the same processors: by the',
    'clock, a task also waits for these. What a task costs the main thread is its processor time. C-shape phantom, voxels of 4 mm.',
    `Wanted: none over 50 ms. Load of the machine over the last minute at the end: ${loadavg()[0].toFixed(1)}.`,
    '',
    table(['while', 'tasks over 50 ms by the clock', 'by processor time'], rows),
  ].join('\n');
}
