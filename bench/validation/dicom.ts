import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Volume, voxelVolumeMm3 } from '../../engine/core/grid.ts';
import type { Patient } from '../../engine/core/patient.ts';
import { readOpenKbpDose } from '../../engine/formats/openkbp/dose.ts';
import { buildPhantom, phantomNames } from '../../sim/phantoms/registry.ts';
import {
  dice,
  dicompylerFigures,
  type Figures,
  metrics,
  misses,
  ownFigures,
  plastimatchFigures,
  plastimatchMasks,
  pointFigures,
  readStudy,
  writeStudy,
} from '../../tests/engine/formats/dicom/dose-volumes.ts';
import { smoothDose } from '../../tests/engine/formats/dicom/rt-fixture.ts';
import { loadOpenKbp, openKbpFolders } from '../cases.ts';
import { table } from './markdown.ts';

const PATIENTS = 3;
const PRESCRIPTION_GY = 70;
const LIMIT_PERCENT = 0.5;

interface Case {
  readonly name: string;
  readonly patient: Patient;
  readonly dose: Volume;
}

function* cases(data: string): Generator<Case> {
  for (const name of phantomNames) {
    const patient = buildPhantom(name);
    yield { name, patient, dose: smoothDose(patient) };
  }
  const folders = [...openKbpFolders(data)].sort(([a], [b]) => Number(a.slice(3)) - Number(b.slice(3)));
  for (const [name, folder] of folders.slice(0, PATIENTS)) {
    const patient = loadOpenKbp(folder);
    const gy = readOpenKbpDose(readFileSync(join(folder, 'dose.csv')), 'dose.csv');
    yield { name, patient, dose: { grid: patient.ct.grid, data: gy, unit: 'Gy' } };
  }
}

async function inScratch<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'isocenter-validate-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Doses of structures in our RT Structure Sets and RT Doses, by tools that know nothing of us. */
export async function dicomDvhTables(data: string, root: string): Promise<string> {
  const script = join(root, 'tests', 'engine', 'formats', 'dicom', 'dvh.py');
  const rows: string[][] = [];
  const differing: string[][] = [];
  for (const { name, patient, dose } of cases(data)) {
    await inScratch(async (folder) => {
      const study = await readStudy(writeStudy(folder, patient, dose));
      const all = figures(study, dicompylerFigures(script, folder), plastimatchFigures(folder, 100));
      const most = (judge: string): string => {
        const of = all.filter((one) => one.judge === judge).sort((a, b) => b.percent - a.percent);
        return of.length === 0 ? '-' : `${of[0].percent.toFixed(2)} (${of[0].where})`;
      };
      rows.push([
        name,
        String(all.length / metrics.length),
        most('tools'),
        most('reference'),
        ...[0, 1].map((n) => Math.max(...all.map((one) => one.finerPercent[n])).toFixed(2)),
      ]);
      for (const { judge, where, gy, voxels } of all) {
        if (judge === 'reference')
          differing.push([name, where, String(voxels), ...gy.map((value) => value.toFixed(2))]);
      }
      console.log(rows.at(-1)?.join(' | '));
    });
  }
  return [
    '## Doses of structures, by other tools',
    '',
    'Mean, D98, D50 and D2 of every structure over 5 cc, of our RT Structure Set and RT Dose on the grid of the CT: by isocenter, dicompyler-core',
    'and plastimatch. Phantoms in voxels of 3 mm carry a sphere-like dose, patients the reference dose of OpenKBP. Where the two tools agree to',
    `${LIMIT_PERCENT} % of ${PRESCRIPTION_GY} Gy, the difference is to the farther of them; else a reference decides: brute force by our convention, which is theirs`,
    `too: centres of voxels, inside or not by the polygons, each with the dose of its voxel. Largest differences [% of ${PRESCRIPTION_GY} Gy]; limit`,
    `${LIMIT_PERCENT}. To see what that convention costs: 64 points a voxel, planes reaching half a slice up and down, with the dose of the voxel that they are in, and`,
    'with doses that are trilinear between the centres of voxels (in patients this mixes in the zeros outside of the mask of the dose).',
    '',
    table(['case', 'structures', 'to the tools', 'to the reference', 'to 64 points', 'to trilinear doses'], rows),
    '',
    `Where the tools differ by more than ${LIMIT_PERCENT} % [Gy]:`,
    '',
    table(
      ['case', 'figure', 'voxels', 'isocenter', 'dicompyler', 'plastimatch', 'reference', '64 points', 'trilinear'],
      differing,
    ),
  ].join('\n');
}

/** One figure of one structure. */
interface Figure {
  readonly where: string;
  readonly voxels: number;
  readonly judge: string;
  readonly percent: number;
  /** From 64 points a voxel, and from trilinear doses of these. */
  readonly finerPercent: readonly number[];
  /** By isocenter, dicompyler, plastimatch, the reference, 64 points, and trilinear doses of these. */
  readonly gy: readonly number[];
}

function figures(
  { rois, dose, structureSet }: Awaited<ReturnType<typeof readStudy>>,
  dicompylers: ReadonlyMap<string, Figures>,
  plastimatchs: ReadonlyMap<string, Figures>,
): Figure[] {
  return structureSet.structures.flatMap(({ name, voxels }, n) => {
    if ((voxels.length * voxelVolumeMm3(dose.grid)) / 1000 <= 5) return [];
    const [own, dicompyler, plastimatch] = [ownFigures(voxels, dose), dicompylers.get(name), plastimatchs.get(name)];
    if (dicompyler === undefined || plastimatch === undefined)
      throw new Error(`${name} is missing from a tool's curves`);
    const reference = pointFigures(rois[n].contours, dose);
    const finer = (['voxel', 'trilinear'] as const).map((between) => pointFigures(rois[n].contours, dose, 4, between));
    return metrics.map((metric) => {
      const limitGy = (LIMIT_PERCENT * PRESCRIPTION_GY) / 100;
      const { judge, gy } = misses({ own, dicompyler, plastimatch, reference }, metric, limitGy);
      return {
        where: `${metric} of ${name}`,
        voxels: voxels.length,
        judge,
        percent: (100 * gy) / PRESCRIPTION_GY,
        finerPercent: finer.map((of) => (100 * Math.abs(own[metric] - of[metric])) / PRESCRIPTION_GY),
        gy: [own, dicompyler, plastimatch, reference, ...finer].map((of) => of[metric]),
      };
    });
  });
}

/** Voxels written as contours and read again, by us and by plastimatch. */
export async function dicomRoundTrips(data: string): Promise<string> {
  const rows: (string | number)[][] = [];
  for (const { name, patient, dose } of cases(data)) {
    await inScratch(async (folder) => {
      const { structureSet } = await readStudy(writeStudy(folder, patient, dose));
      const maskOf = plastimatchMasks(folder);
      let [same, over, least, leastOver, leastTheirs] = [0, 0, 1, 1, 1];
      for (const [n, { name: structure, voxels }] of patient.structureSet.structures.entries()) {
        const found = dice(structureSet.structures[n].voxels, voxels);
        least = Math.min(least, found);
        if (found === 1) same++;
        if ((voxels.length * voxelVolumeMm3(dose.grid)) / 1000 <= 1) continue;
        over++;
        leastOver = Math.min(leastOver, found);
        leastTheirs = Math.min(leastTheirs, dice(voxelsOf(maskOf(structure)), voxels));
      }
      const { length } = patient.structureSet.structures;
      rows.push([name, length, over, same, ...[least, leastOver, leastTheirs].map((d) => d.toFixed(5))]);
      console.log(rows.at(-1)?.join(' | '));
    });
  }
  return [
    '## Voxels as contours and back',
    '',
    'Every structure written as an RT Structure Set and read again, by isocenter and by `plastimatch convert`. Limit of Dice over 1 cc: 0.99.',
    '',
    table(
      ['case', 'structures', 'over 1 cc', 'same voxels', 'least Dice', 'over 1 cc: least', 'plastimatch: least'],
      rows,
    ),
  ].join('\n');
}

function voxelsOf(mask: Uint8Array): Uint32Array {
  const voxels: number[] = [];
  for (let v = 0; v < mask.length; v++) if (mask[v] > 0) voxels.push(v);
  return Uint32Array.from(voxels);
}
