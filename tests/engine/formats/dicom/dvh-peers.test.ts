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
  misses,
  ownFigures,
  plastimatchFigures,
  plastimatchMasks,
  pointFigures,
  readStudy,
  writeStudy,
} from './dose-volumes.ts';
import { scratch } from './tools.ts';

/** 0.5 % of 70 Gy. */
const LIMIT_GY = 0.35;

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

  it('has the same doses for dicompyler-core and plastimatch, and where these differ for the reference', async () => {
    const { rois, dose, structureSet } = await readStudy(folder);
    const dicompylers = dicompylerFigures(join(import.meta.dirname, 'dvh.py'), folder);
    const plastimatchs = plastimatchFigures(folder, 100);
    let compared = 0;
    for (const [n, { name, voxels }] of structureSet.structures.entries()) {
      if ((voxels.length * voxelVolumeMm3(dose.grid)) / 1000 <= 5) continue;
      const [dicompyler, plastimatch] = [dicompylers.get(name), plastimatchs.get(name)];
      if (dicompyler === undefined || plastimatch === undefined)
        throw new Error(`${name} is missing from a tool's curves`);
      const reference = pointFigures(rois[n].contours, dose);
      const all = { own: ownFigures(voxels, dose), dicompyler, plastimatch, reference };
      for (const metric of metrics) {
        const { judge, gy } = misses(all, metric, LIMIT_GY);
        expect(gy, `${metric} of ${name} by the ${judge}`).toBeLessThan(LIMIT_GY);
        // Sums of float32 in another order.
        expect(Math.abs(all.own[metric] - reference[metric]), `${metric} of ${name}`).toBeLessThan(1e-3);
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
  const found = pointFigures(
    [6, 9].map((zMm) => ({ zMm, points })),
    { grid, data: values, unit: 'Gy' },
    4,
    'trilinear',
  );
  // From x = 1.5 to 7.5 voxels the dose runs evenly from 1.5 to 7.5 Gy; points lie a quarter of a voxel apart.
  expect(found.mean).toBeCloseTo(4.5, 2);
  expect(Math.abs(found.D50 - 4.5)).toBeLessThan(0.13);
  expect(Math.abs(found.D98 - 1.62)).toBeLessThan(0.13);
  expect(Math.abs(found.D2 - 7.38)).toBeLessThan(0.13);
});
