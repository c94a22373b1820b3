import { describe, expect, it } from 'vitest';
import { commission, squareFieldDose } from '../../../../planners/radiation/machine/commission.ts';
import type { TprTable } from '../../../../planners/radiation/machine/tables.ts';
import { builtIn, outputFactor, percentDepthDose, tissuePhantomRatio } from './water-tank.ts';

const truth = builtIn('artiste-6mv');
const FIELDS = [10, 20, 30, 40, 60, 80, 100, 150, 200, 300, 400];
const DEPTHS = [...Array.from({ length: 20 }, (_, i) => 2 * i), ...Array.from({ length: 27 }, (_, i) => 40 + 10 * i)];

/** The tables that a tank full of water would give if the built-in model were the truth. */
function syntheticInput() {
  const ratio = DEPTHS.flatMap((d) => FIELDS.map((s) => tissuePhantomRatio(truth, s, d, 50)));
  const tpr: TprTable = {
    fileName: 'synthetic-tpr',
    depthMm: Float64Array.from(DEPTHS),
    fieldMm: Float64Array.from(FIELDS),
    ratio: Float64Array.from(ratio),
  };
  return {
    name: 'synthetic',
    description: '',
    tpr,
    outputFactors: {
      fileName: 'synthetic-of',
      fieldMm: Float64Array.from(FIELDS),
      factor: Float64Array.from(FIELDS, (s) => outputFactor(truth, s)),
    },
    primaryFluence: {
      fileName: 'synthetic-fluence',
      radiusMm: Float64Array.from(truth.primaryFluence.radiusMm),
      fluence: Float64Array.from(truth.primaryFluence.value),
    },
    params: {
      fileName: 'synthetic-params',
      sadMm: 1000,
      energyMV: 6,
      sourceFwhmMm: 5,
      outputFactorSsdMm: 950,
      outputFactorDepthMm: 50,
      warnings: [],
    },
  };
}

describe('commissioning', () => {
  const input = syntheticInput();
  const model = commission(input);

  it('finds a synthetic machine again', () => {
    // the truth is itself a model of this form: what is left is interpolation between the fields and the positive floor
    for (const s of [30, 50, 100, 150, 200, 300]) {
      expect(Math.abs(outputFactor(model, s) / outputFactor(truth, s) - 1)).toBeLessThan(0.004);
      for (const d of [10, 20, 50, 100, 150, 200, 300]) {
        const error = tissuePhantomRatio(model, s, d, 50) - tissuePhantomRatio(truth, s, d, 50);
        expect(Math.abs(error)).toBeLessThan(0.005);
      }
    }
    for (const d of [50, 100, 200]) {
      expect(Math.abs(percentDepthDose(model, 100, d) - percentDepthDose(truth, 100, d))).toBeLessThan(0.3);
    }
  });

  it('gives the calibration dose exactly', () => {
    expect(squareFieldDose(model, 100, 100, 900)).toBeCloseTo(0.01, 14);
  });

  it('gives the same model again', () => {
    expect(JSON.stringify(commission(input))).toBe(JSON.stringify(model));
  });

  it('refuses output factors measured away from the isocentre', () => {
    const params = { ...input.params, outputFactorSsdMm: 1000 };
    expect(() => commission({ ...input, params })).toThrow(
      'synthetic-params: output factors at SSD 1000 mm and depth 50 mm put the detector at 1050 mm',
    );
  });

  it('refuses output factors that are not relative to 10 cm', () => {
    const factor = input.outputFactors.factor.map((f) => 2 * f);
    expect(() => commission({ ...input, outputFactors: { ...input.outputFactors, factor } })).toThrow(
      /synthetic-of: fields 10 to 400 mm, factor 2\.0000 at 100 mm/,
    );
  });
});
