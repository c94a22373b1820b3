import { loadavg } from 'node:os';
import { join } from 'node:path';
import { openPage } from '../../tests/support/browser.ts';
import { atRest, SLOW_MS } from '../../tests/support/workspace.ts';
import type { Inspect } from '../../viewer/page/inspect.ts';
import { openKbpFolders } from '../cases.ts';
import { table } from './markdown.ts';

type Page = Awaited<ReturnType<typeof openPage>>['page'];

/** Structure whose curve is dragged, the height at which it is taken hold of [percent], and how far it goes [Gy]. */
const DRAGS = [
  ['RightParotid', 50, -10],
  ['LeftParotid', 40, -8],
  ['SpinalCord', 50, -6],
  ['Mandible', 60, -8],
  ['RightParotid', 50, -6],
] as const;
/** Goals whose marks are dragged, and how far [Gy]: below what the plan has. */
const GOALS = [
  ['SpinalCord', 'D0.1cc', -25],
  ['Brainstem', 'D0.1cc', -15],
  ['Mandible', 'D0.1cc', -8],
] as const;
/** Moves of the mouse on the way, and the time between two of them [ms]. */
const MOVES = 12;
const MOVE_MS = 40;

/** From the end of a drag of a curve or a goal of pt_1 to the first dose, on the screen too, and to the new optimum. */
export async function viewerDragTables(data: string): Promise<string> {
  const folder = openKbpFolders(data).get('pt_1');
  if (folder === undefined) throw new Error('there is no pt_1 in the data folder');
  const { page, close } = await openPage('viewer/index.html?device=wasm');
  try {
    await page.setViewportSize({ width: 1366, height: 768 });
    await page.locator('input[type=file][multiple]').first().setInputFiles(join(folder));
    await page.waitForFunction(() => globalThis.isocenterViewer.state().patient === 'pt_1', undefined, {
      timeout: 60_000,
    });
    await atRest(page, SLOW_MS);
    const rows: string[][] = [];
    for (const [structure, volumePercent, byGy] of DRAGS) {
      const path = await page.evaluate(
        ([name, volume, gy]) => globalThis.isocenterViewer.curvePath(name as string, volume as number, gy as number),
        [structure, volumePercent, byGy] as const,
      );
      rows.push(await drag(page, `${structure} ${byGy} Gy at ${volumePercent} %`, path));
    }
    for (const [structure, metric, byGy] of GOALS) {
      const path = await page.evaluate(
        ([name, of, gy]) => globalThis.isocenterViewer.goalPath(name as string, of as string, gy as number),
        [structure, metric, byGy] as const,
      );
      rows.push(await drag(page, `goal ${metric} of ${structure} ${byGy} Gy`, path));
    }
    const device = await page.evaluate(() => globalThis.isocenterViewer.place().device);
    return text(rows, `${device?.kind}, ${device?.threads} threads`);
  } finally {
    await close();
  }
}

type Path = ReturnType<Inspect['curvePath']>;

async function drag(page: Page, title: string, path: Path): Promise<string[]> {
  if (path === undefined) throw new Error(`there is nothing to take hold of: ${title}`);
  const { from, to } = path;
  await page.evaluate(() => {
    globalThis.isocenterViewer.logDoses();
    addEventListener('pointerup', () => performance.mark('drag-end'), { capture: true, once: true });
  });
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (let n = 1; n <= MOVES; n++) {
    await page.mouse.move(from.x + ((to.x - from.x) * n) / MOVES, from.y + ((to.y - from.y) * n) / MOVES);
    await page.waitForTimeout(MOVE_MS);
  }
  await page.mouse.up();
  await page.waitForTimeout(300);
  await atRest(page, SLOW_MS);
  // The last dose has been drawn by then.
  await page.waitForTimeout(500);
  const log = await page.evaluate(() => ({
    doses: globalThis.isocenterViewer.logDoses(),
    endMs: performance.getEntriesByName('drag-end').at(-1)?.startTime ?? Number.NaN,
  }));
  const long = await longRun(page);
  const during = log.doses.filter(({ atMs }) => atMs < log.endMs).length;
  // Doses of the last wish: those that were asked for at its end or, where the mouse had rested, with its last move.
  const own = log.doses.filter(({ atMs, afterMs }) => atMs - afterMs > log.endMs - 100);
  const first = own[0];
  const reached = own.find(({ objective }) => objective <= 1.01 * long);
  const ms = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(0));
  const since = (value: number | undefined): number | undefined => value && value - (first.atMs - first.afterMs);
  const row = [
    title,
    String(during),
    ms(first.afterMs),
    ms(since(first.shownMs)),
    ms(since(reached?.atMs)),
    ms(since(own.at(-1)?.atMs)),
    `${(100 * ((own.at(-1)?.objective ?? Number.NaN) / long - 1)).toFixed(2)} %`,
  ];
  console.log(row.join(' '));
  return row;
}

/** The objective that many runs from here come to: the optimum as far as this engine knows it. */
async function longRun(page: Page): Promise<number> {
  for (let n = 0; n < 6; n++) {
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForTimeout(100);
    await atRest(page, SLOW_MS);
  }
  return page.evaluate(() => globalThis.isocenterViewer.state().report?.objective ?? Number.NaN);
}

function text(rows: readonly string[][], device: string): string {
  const head = [
    'drag',
    'doses on the way',
    'first dose [ms]',
    'on screen [ms]',
    'within 1 % [ms]',
    'at rest [ms]',
    'above the long run',
  ];
  return [
    '## Dragging curves and goals of pt_1',
    '',
    `Chromium with a software GPU (WebGL 2), which draws on the same processors; planner on ${device}. The mouse takes hold of a`,
    `curve or a goal and moves it in ${MOVES} steps of ${MOVE_MS} ms. Times are from the moment the engine gets the last wish: to its first dose, to the`,
    'second frame of the page after that dose (the first one has then been drawn), to an objective within 1 % of what six more runs',
    'to their own ends come to, to rest. Doses on the way are those that the page showed while the mouse moved. Wanted: 250, 500 and',
    `1500 ms. Load of the machine while this ran (about 2 where nobody else works on it): ${loadavg()[0].toFixed(1)}.`,
    '',
    table(head, rows),
  ].join('\n');
}
