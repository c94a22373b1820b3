import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Patient } from '../../../../engine/core/patient.ts';
import { readOpenKbpDose } from '../../../../engine/formats/openkbp/dose.ts';
import { readOpenKbp } from '../../../../engine/formats/openkbp/patient.ts';
import { type EvaluationProtocol, evaluateDose } from '../../../../planners/radiation/evaluation/evaluate.ts';
import { evaluateGoal } from '../../../../planners/radiation/evaluation/goals.ts';
import { parseMetric } from '../../../../planners/radiation/evaluation/metric.ts';
import headNeck from '../../../../planners/radiation/protocol/builtin/head-neck-openkbp.json' with { type: 'json' };
import { parseProtocol } from '../../../../planners/radiation/protocol/protocol.ts';
import oracle from '../../../fixtures/openkbp-metrics.json' with { type: 'json' };
import { dataFolder } from '../../../support/data.ts';

describe('metrics of goals', () => {
  it.each([
    ['mean', { kind: 'mean' }],
    ['max', { kind: 'max' }],
    ['min', { kind: 'min' }],
    ['D95', { kind: 'dose-at-percent', volumePercent: 95 }],
    ['D99.5', { kind: 'dose-at-percent', volumePercent: 99.5 }],
    ['D0.1cc', { kind: 'dose-at-cc', volumeCc: 0.1 }],
    ['V20Gy', { kind: 'volume-at-dose', doseGy: 20 }],
    ['gEUD(-10)', { kind: 'geud', a: -10 }],
  ])('parses %s', (text, metric) => {
    expect(parseMetric(text)).toEqual(metric);
  });

  it.each([
    '',
    'D',
    'D101',
    'D-5',
    'D95%',
    'd95',
    'D0cc',
    'V20',
    'V20%',
    'gEUD(0)',
    'gEUD8',
    'Mean',
    'D1e1',
    'toString',
  ])('refuses %j by name', (text) => {
    expect(() => parseMetric(text)).toThrow(`Metric ${JSON.stringify(text)} is not known.`);
  });

  it('judges with the limit included, in Gy or percent', () => {
    const doses = Float32Array.of(10, 20, 30, 40);
    const judge = (metric: string, comparator: '<=' | '>=', limit: number) =>
      evaluateGoal({ structure: 'S', metric, comparator, limit }, doses, 1000, 'openkbp');
    expect(judge('mean', '<=', 25)).toEqual({
      structure: 'S',
      metric: 'mean',
      comparator: '<=',
      limit: 25,
      unit: 'Gy',
      value: 25,
      pass: true,
    });
    expect(judge('V30Gy', '<=', 49)).toMatchObject({ unit: '%', value: 50, pass: false });
    expect(judge('D5cc', '<=', 50)).toMatchObject({ value: null, pass: null });
  });
});

/** Eight voxels in a row of 1 cm^3 each. */
function tinyPatient(structures: Record<string, number[]>): Patient {
  const grid = { size: [8, 1, 1], spacingMm: [10, 10, 10], originMm: [0, 0, 0] } as const;
  return {
    id: 'tiny',
    ct: { grid, data: new Float32Array(8), unit: 'HU' },
    structureSet: {
      grid,
      structures: Object.entries(structures).map(([name, voxels]) => ({ name, voxels: Uint32Array.from(voxels) })),
    },
    doseVoxels: Uint32Array.from([0, 1, 2, 3, 4, 5, 6, 7]),
    warnings: [],
    source: { kind: 'test', path: 'tiny' },
  };
}

describe('evaluation of a dose', () => {
  const patient = tinyPatient({ PTV70: [2, 3], PTV60: [3, 4, 5], Organ: [6], Empty: [] });
  const dose = Float32Array.of(0, 5, 70, 72, 60, 50, 20, 71);
  const protocol: EvaluationProtocol = {
    doseVolumeConvention: 'curve',
    targets: [
      { structure: 'PTV60', prescriptionGy: 60 },
      { structure: 'PTV70', prescriptionGy: 70 },
      { structure: 'PTV50', prescriptionGy: 50 },
    ],
    goals: [
      { structure: 'PTV60', metric: 'mean', comparator: '>=', limit: 60 },
      { structure: 'PTV60', metric: 'mean', comparator: '>=', limit: 60, mergeHigherTargets: false },
      { structure: 'Organ', metric: 'max', comparator: '<=', limit: 15 },
      { structure: 'Empty', metric: 'mean', comparator: '<=', limit: 15 },
      { structure: 'Body', metric: 'mean', comparator: '<=', limit: 25 },
      { structure: 'Absent', metric: 'mean', comparator: '<=', limit: 25 },
    ],
  };
  const evaluation = evaluateDose({ patient, dose, protocol });

  it('lists structures as contoured, with null where there is nothing', () => {
    const [ptv70, ptv60, organ, empty] = evaluation.structures;
    expect(ptv70).toMatchObject({ name: 'PTV70', voxels: 2, volumeCc: 2, meanGy: 71, minGy: 70, maxGy: 72, d50Gy: 72 });
    expect(ptv60.meanGy).toBeCloseTo(182 / 3, 6);
    expect(organ.d0_1ccGy).toBe(20);
    expect(JSON.parse(JSON.stringify(empty))).toEqual({
      ...Object.fromEntries(Object.keys(organ).map((key) => [key, null])),
      name: 'Empty',
      voxels: 0,
      volumeCc: 0,
    });
  });

  it('judges targets merged with the higher ones, unless told otherwise', () => {
    expect(evaluation.goals.map(({ value, pass }) => [value, pass])).toEqual([
      [63, true],
      [expect.closeTo(182 / 3, 5), true],
      [20, false],
      [null, null],
      // Voxels 0, 1, 6, 7
      [24, true],
    ]);
    expect(evaluation.notes).toEqual(['Absent mean: the patient has no Absent.', 'The patient has no target PTV50.']);
  });

  it('gives the indices of each target', () => {
    // 70 Gy: voxels 2, 3, 7, target 2, 3. 60 Gy: voxels 2, 3, 4, 7, merged target 2, 3, 4, 5.
    expect(evaluation.indices[1]).toMatchObject({ structure: 'PTV70', conformity: 4 / 6 });
    expect(evaluation.indices[0]).toMatchObject({ structure: 'PTV60', conformity: 9 / 16 });
    // Alone: 60 and 50 Gy, D2 = D50 = 60 Gy, D98 = 50 Gy.
    expect(evaluation.indices[0].homogeneity).toBeCloseTo(10 / 60, 6);
  });

  it('takes the dose on some voxels', () => {
    const some = { voxels: Uint32Array.of(7, 2, 3, 4, 5, 6, 1), gy: Float32Array.of(71, 70, 72, 60, 50, 20, 5) };
    expect(evaluateDose({ patient, dose: some, protocol })).toEqual(evaluation);
  });

  it('refuses a dose that is not finite or not on the grid', () => {
    const bad = Float32Array.of(0, 0, 0, Number.NaN, 0, 0, 0, 0);
    expect(() => evaluateDose({ patient, dose: bad, protocol })).toThrow(/voxel 3 of PTV70 is NaN Gy/);
    expect(() => evaluateDose({ patient, dose: new Float32Array(7), protocol })).toThrow(/7 values for 8 voxels/);
  });
});

const folder = dataFolder();

describe.skipIf(folder === undefined)('OpenKBP reference doses', () => {
  const protocol = parseProtocol(headNeck, 'head-neck-openkbp.json');
  // The oracle works in float64, the dose is float32: 80 Gy * 2^-24 is 5e-6 Gy, far below the 1e-3 Gy asked for.
  const toleranceGy = 1e-4;

  it.each(Object.entries(oracle))('%s agrees with the OpenKBP definitions', (name, expected) => {
    const path = join(folder ?? '', 'openkbp', name);
    const files = new Map(
      readdirSync(path).map((file) => [file.replace(/\.csv$/, ''), readFileSync(join(path, file))]),
    );
    const patient = readOpenKbp({ id: name, path, files });
    const dose = readOpenKbpDose(files.get('dose')!, 'dose.csv');
    const { structures, goals, indices } = evaluateDose({ patient, dose, protocol });

    expect(structures.map((structure) => structure.name).sort()).toEqual(Object.keys(expected.structures).sort());
    const near = (found: number | null, wanted: number): void => {
      expect(Math.abs((found ?? Number.NaN) - wanted)).toBeLessThan(toleranceGy);
    };
    const metricsOf = expected.structures as Record<string, Record<string, number>>;
    for (const structure of structures) {
      const wanted = metricsOf[structure.name];
      expect(structure.voxels).toBe(wanted.voxels);
      near(structure.meanGy, wanted.mean);
      near(structure.minGy, wanted.min);
      near(structure.maxGy, wanted.max);
      near(structure.d99Gy, wanted.D99);
      near(structure.d98Gy, wanted.D98);
      near(structure.d95Gy, wanted.D95);
      near(structure.d50Gy, wanted.D50);
      near(structure.d5Gy, wanted.D5);
      near(structure.d2Gy, wanted.D2);
      near(structure.d1Gy, wanted.D1);
      near(structure.d0_1ccGy, wanted['D0.1cc']);
    }
    const merged = expected.merged as Record<string, Record<string, number>>;
    for (const goal of goals) near(goal.value, (merged[goal.structure] ?? metricsOf[goal.structure])[goal.metric]);
    const named = (pass: boolean): string[] =>
      goals.filter((goal) => goal.pass === pass).map(({ structure, metric }) => `${structure} ${metric}`);
    expect(named(true)).toEqual(expected.passed);
    expect(named(false)).toEqual(expected.failed);
    for (const { conformity, homogeneity } of indices) {
      expect(conformity).toBeGreaterThan(0);
      expect(conformity).toBeLessThanOrEqual(1);
      expect(homogeneity).toBeGreaterThan(0);
    }
  });
});
