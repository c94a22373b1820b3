import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { openKbpFolders } from '../cases.ts';
import { table } from './markdown.ts';

interface PlanJson {
  readonly voxels: number;
  readonly bixels: number;
  readonly iterations: number;
  readonly peakRssMb: number;
  readonly device: { readonly kind: string; readonly threads: number };
  readonly timeMs: Readonly<Record<'read' | 'geometry' | 'optimize' | 'evaluate' | 'total', number>>;
}

const RUNS = 3;

/** Whole commands, each in a process of its own, the fastest of three. */
export function commandTable(data: string, root: string): string {
  const rows: (string | number)[][] = [];
  for (const [name, folder] of [...openKbpFolders(data)].sort(([a], [b]) => Number(a.slice(3)) - Number(b.slice(3)))) {
    const runs = Array.from({ length: RUNS }, () => planOnce(folder, root));
    const best = runs.reduce((a, b) => (a.timeMs.total <= b.timeMs.total ? a : b));
    const t = best.timeMs;
    const ms = (value: number): string => value.toFixed(0);
    const stages = [ms(t.read), ms(t.geometry), ms(t.optimize), ms(t.evaluate), `**${ms(t.total)}**`];
    rows.push([name, best.voxels, best.bixels, best.iterations, ...stages, best.peakRssMb.toFixed(0)]);
    console.log(rows.at(-1)?.join(' '));
  }
  const head = ['patient', 'voxels', 'bixels', 'iterations', 'read', 'geometry', 'optimise', 'evaluate', 'total', 'MB'];
  return [
    '## Speed: whole commands',
    '',
    `\`isocenter plan FOLDER --json\`, nine beams, 5 mm bixels, full CT resolution, wasm device; milliseconds, from the start of the`,
    `process, the fastest of ${RUNS}; peak resident memory.`,
    '',
    table(head, rows),
  ].join('\n');
}

function planOnce(folder: string, root: string): PlanJson {
  const run = spawnSync(
    process.execPath,
    [join(root, 'dist', 'app', 'cli.js'), 'plan', folder, '--json', '--device', 'wasm'],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    },
  );
  if (run.status !== 0) throw new Error(`isocenter plan ${folder} ended with ${run.status}: ${run.stderr}`);
  return JSON.parse(run.stdout) as PlanJson;
}
