import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadOpenKbp, openKbpFolders } from '../../../../bench/cases.ts';
import { voxelVolumeMm3 } from '../../../../engine/core/grid.ts';
import { readOpenKbpDose } from '../../../../engine/formats/openkbp/dose.ts';
import { dataFolder } from '../../../support/data.ts';
import {
  dice,
  dicompylerFigures,
  metrics,
  ownFigures,
  plastimatchFigures,
  plastimatchMasks,
  readStudy,
  stepAt,
  supersampledFigures,
  worst,
  writeStudy,
} from './dose-volumes.ts';
import { scratch } from './tools.ts';

/** Of so many voxels 2 % are more than a handful. */
const MANY = 400;
const nothing = { mean: Number.NaN, D98: Number.NaN, D50: Number.NaN, D2: Number.NaN };

const data = dataFolder();

// The validation takes all phantoms and three patients: npm run validate -- dicom-dvh.
describe.skipIf(data === undefined)('a patient of OpenKBP with the reference dose, as DICOM files', () => {
  const folder = scratch();

  it('keeps its voxels, also for plastimatch', async () => {
    const patient = loadOpenKbp(openKbpFolders(data as string).get('pt_1') as string);
    const csv = readFileSync(join(openKbpFolders(data as string).get('pt_1') as string, 'dose.csv'));
    writeStudy(folder, patient, { grid: patient.ct.grid, data: readOpenKbpDose(csv, 'dose.csv'), unit: 'Gy' });
    const { structureSet, warnings } = await readStudy(folder);
    expect(warnings).toEqual([]);
    const maskOf = plastimatchMasks(folder);
    for (const [n, { name, voxels }] of patient.structureSet.structures.entries()) {
      expect(dice(structureSet.structures[n].voxels, voxels), name).toBeGreaterThanOrEqual(0.9999);
      const mask = maskOf(name);
      const theirs = Uint32Array.from(Array.from(mask.keys()).filter((v) => mask[v] > 0));
      expect(dice(theirs, voxels), name).toBeGreaterThan(0.99);
    }
  });

  it('has the same doses for dicompyler-core and plastimatch', async () => {
    const { dose, structureSet } = await readStudy(folder);
    const dicompyler = dicompylerFigures(join(import.meta.dirname, 'dvh.py'), folder);
    const plastimatch = plastimatchFigures(folder, 100);
    let compared = 0;
    for (const { name, voxels } of structureSet.structures) {
      if ((voxels.length * voxelVolumeMm3(dose.grid)) / 1000 <= 5) continue;
      const others = [dicompyler.get(name), plastimatch.get(name)].map((other) => other ?? nothing);
      const own = ownFigures(voxels, dose);
      for (const other of others) {
        for (const metric of metrics) {
          // 0.5 % of 70 Gy beyond the step of the curve there: of few voxels 2 % are two or three, and these lie Grays apart.
          const [low, high] = stepAt(voxels, dose, metric);
          expect(other[metric], `${metric} of ${name}`).toBeGreaterThan(low - 0.35);
          expect(other[metric], `${metric} of ${name}`).toBeLessThan(high + 0.35);
        }
        if (voxels.length >= MANY) expect(worst(own, other).gy, name).toBeLessThan(0.35);
      }
      compared++;
    }
    expect(compared).toBeGreaterThan(3);
  });
});

it('the reference finds the doses of a box in a linear dose', () => {
  const grid = { size: [10, 10, 6], spacingMm: [2, 2, 3], originMm: [0, 0, 0] } as const;
  const values = Float32Array.from({ length: 600 }, (_, v) => v % 10);
  const points = Float64Array.from([3, 3, 15, 3, 15, 15, 3, 15]);
  const found = supersampledFigures(
    [6, 9].map((zMm) => ({ zMm, points })),
    { grid, data: values, unit: 'Gy' },
  );
  // From x = 1.5 to 7.5 voxels the dose runs evenly from 1.5 to 7.5 Gy; points lie a quarter of a voxel apart.
  expect(found.mean).toBeCloseTo(4.5, 2);
  expect(Math.abs(found.D50 - 4.5)).toBeLessThan(0.13);
  expect(Math.abs(found.D98 - 1.62)).toBeLessThan(0.13);
  expect(Math.abs(found.D2 - 7.38)).toBeLessThan(0.13);
});
