import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKbpFolders } from '../cases.ts';
import { table } from './markdown.ts';

const PATIENTS = 3;
const LIMIT_GY = 0.1;
const METRICS = ['meanGy', 'd98Gy', 'd50Gy', 'd2Gy'] as const;

type StructureJson = { readonly name: string; readonly voxels: number } & Readonly<
  Record<(typeof METRICS)[number], number | null>
>;

interface PlanJson {
  readonly voxels: number;
  readonly objective: number;
  readonly iterations: number;
  readonly structures: readonly StructureJson[];
}

/** Patients planned as they are and from their own DICOM export. Fails where the two differ. */
export function dicomPlanTable(data: string, root: string): string {
  const rows: (string | number)[][] = [];
  const folders = openKbpFolders(data);
  for (const [name, folder] of [...folders].slice(0, PATIENTS)) {
    const out = mkdtempSync(join(tmpdir(), 'isocenter-validate-'));
    try {
      command(root, 'dicom', 'export', folder, join(out, 'dicom'));
      const direct = plan(root, folder);
      const exported = plan(root, join(out, 'dicom'));
      const { difference, where } = largestDifference(direct, exported);
      rows.push([
        name,
        direct.structures.length,
        `${direct.voxels} / ${exported.voxels}`,
        `${direct.objective.toFixed(4)} / ${exported.objective.toFixed(4)}`,
        `${direct.iterations} / ${exported.iterations}`,
        difference.toFixed(4),
        where,
      ]);
      console.log(rows.at(-1)?.join(' | '));
      if (!(difference <= LIMIT_GY)) throw new Error(`${name}: ${where} differs by ${difference} Gy`);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  }
  const head = ['patient', 'structures', 'dose voxels', 'objective', 'iterations', 'largest difference [Gy]', 'of'];
  return [
    '## Planned directly and from our own DICOM export',
    '',
    `\`isocenter plan FOLDER\` with nine beams and 5 mm bixels, of an OpenKBP folder and of what \`isocenter dicom export\` makes of it: CT and`,
    `structures drawn as contours and made voxels again. Largest difference of mean, D98, D50 and D2 of all structures; the limit is ${LIMIT_GY} Gy.`,
    '',
    table(head, rows),
  ].join('\n');
}

function largestDifference(direct: PlanJson, exported: PlanJson): { difference: number; where: string } {
  const other = new Map(exported.structures.map((structure) => [structure.name, structure]));
  let [difference, where] = [0, '-'];
  for (const structure of direct.structures) {
    const found = other.get(structure.name);
    if (found === undefined) throw new Error(`${structure.name} is not among the exported structures`);
    for (const metric of METRICS) {
      const [a, b] = [structure[metric], found[metric]];
      if ((a === null) !== (b === null)) throw new Error(`${metric} of ${structure.name} is ${a} and ${b}`);
      const gy = Math.abs((a ?? 0) - (b ?? 0));
      if (gy > difference) [difference, where] = [gy, `${metric.slice(0, -2)} of ${structure.name}`];
    }
  }
  return { difference, where };
}

function plan(root: string, folder: string): PlanJson {
  const args = ['--protocol', 'head-neck-openkbp', '--device', 'wasm', '--json'];
  return JSON.parse(command(root, 'plan', folder, ...args)) as PlanJson;
}

function command(root: string, ...args: readonly string[]): string {
  const run = spawnSync(process.execPath, [join(root, 'dist', 'app', 'cli.js'), ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (run.status !== 0) throw new Error(`isocenter ${args.join(' ')} ended with ${run.status}: ${run.stderr}`);
  return run.stdout;
}
