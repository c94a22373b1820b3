import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Volume, voxelVolumeMm3 } from '../../engine/core/grid.ts';
import type { Patient } from '../../engine/core/patient.ts';
import { readOpenKbpDose } from '../../engine/formats/openkbp/dose.ts';
import { buildPhantom, phantomNames } from '../../sim/phantoms/registry.ts';
import {
  curveFigures,
  dice,
  dicompylerFigures,
  type Figures,
  ownFigures,
  plastimatchFigures,
  plastimatchMasks,
  readStudy,
  stepAt,
  supersampledFigures,
  worst,
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
  const beyond: string[][] = [];
  for (const { name, patient, dose } of cases(data)) {
    await inScratch(async (folder) => {
      const study = await readStudy(writeStudy(folder, patient, dose));
      const pairs = comparisons(study, dicompylerFigures(script, folder), plastimatchFigures(folder, 100));
      const most = (of: string): string => {
        const all = pairs.filter((one) => one.pair === of).sort((a, b) => b.percent - a.percent);
        return all.length === 0 ? '-' : `${all[0].percent.toFixed(2)} (${all[0].where})`;
      };
      const structures = new Set(pairs.map(({ structure }) => structure)).size;
      rows.push([name, String(structures), ...PAIRS.map(most)]);
      for (const one of pairs) {
        if (one.percent <= LIMIT_PERCENT || one.pair.endsWith('reference')) continue;
        const [percent, step] = [one.percent, one.stepPercent].map((value) => value.toFixed(2));
        beyond.push([name, one.pair, one.where, percent, String(one.voxels), step]);
      }
      console.log(rows.at(-1)?.join(' | '));
    });
  }
  return [
    '## Doses of structures, by other tools',
    '',
    'Mean, D98, D50 and D2 of every structure over 5 cc, of our RT Structure Set and RT Dose on the grid of the CT: by isocenter, dicompyler-core,',
    'plastimatch, and a reference (64 points a voxel, inside or not by the polygons, planes reaching half a slice up and down, dose trilinear).',
    `Phantoms in voxels of 3 mm carry a sphere-like dose, patients the reference dose of OpenKBP. Largest difference [% of ${PRESCRIPTION_GY} Gy]; limit`,
    `between isocenter and the tools: ${LIMIT_PERCENT}. Curve: the voxels that isocenter reads, but the largest dose that x percent receive, without the`,
    'interpolation of percentiles that isocenter makes. Step: how far apart the doses of the voxels are between which the tools choose.',
    '',
    table(['case', 'structures', ...PAIRS], rows),
    '',
    beyond.length === 0
      ? `No figure of isocenter, the curve and the tools differs by more than ${LIMIT_PERCENT} %.`
      : table(['case', 'pair', `beyond ${LIMIT_PERCENT} %`, '%', 'voxels', 'step of the curve [%]'], beyond),
  ].join('\n');
}

const PAIRS = [
  'isocenter, dicompyler',
  'isocenter, plastimatch',
  'curve, dicompyler',
  'curve, plastimatch',
  'dicompyler, plastimatch',
  'isocenter, reference',
  'dicompyler, reference',
];

interface Comparison {
  readonly pair: string;
  readonly structure: string;
  readonly where: string;
  readonly percent: number;
  readonly voxels: number;
  /** From the dose of the voxel below the rank that is asked for to that of the voxel above. */
  readonly stepPercent: number;
}

function comparisons(
  { rois, dose, structureSet }: Awaited<ReturnType<typeof readStudy>>,
  dicompyler: ReadonlyMap<string, Figures>,
  plastimatch: ReadonlyMap<string, Figures>,
): Comparison[] {
  return structureSet.structures.flatMap(({ name, voxels }, n) => {
    if ((voxels.length * voxelVolumeMm3(dose.grid)) / 1000 <= 5) return [];
    const [own, theirs, others] = [ownFigures(voxels, dose), dicompyler.get(name), plastimatch.get(name)];
    if (theirs === undefined || others === undefined) throw new Error(`${name} is missing from a tool's histograms`);
    const reference = supersampledFigures(rois[n].contours, dose);
    const curve = curveFigures(voxels, dose);
    const found = [
      worst(own, theirs),
      worst(own, others),
      worst(curve, theirs),
      worst(curve, others),
      worst(theirs, others),
      worst(own, reference),
      worst(theirs, reference),
    ];
    return found.map(({ gy, metric }, p) => {
      const [low, high] = stepAt(voxels, dose, metric);
      return {
        voxels: voxels.length,
        stepPercent: (100 * (high - low)) / PRESCRIPTION_GY,
        pair: PAIRS[p],
        structure: name,
        where: `${metric} of ${name}`,
        percent: (100 * gy) / PRESCRIPTION_GY,
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
