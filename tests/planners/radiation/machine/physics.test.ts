import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commissionMeasured, MEASURED_MACHINES } from '../../../../bench/commission-machines.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import { influenceAtPoint, pencilBeamDose, slab } from '../../../../planners/radiation/dose/reference.ts';
import { squareFieldDose } from '../../../../planners/radiation/machine/commission.ts';
import {
  beamModelText,
  depthComponents,
  kernelsAtSsd,
  primaryFluence,
} from '../../../../planners/radiation/machine/model.ts';
import { parseOutputFactors, parseTprTable } from '../../../../planners/radiation/machine/tables.ts';
import { dataFolder } from '../../../support/data.ts';
import { BUILT_IN, builtIn, outputFactor, percentDepthDose, tissuePhantomRatio } from './water-tank.ts';

const MACHINES = [
  {
    name: 'generic-6mv',
    prefix: 'photon6MV_synergy',
    tpr2010: 0.6795,
    pdd: {
      50: [85.2, 64.0, 47.8, 35.9, 26.8],
      100: [86.7, 67.4, 51.4, 39.4, 30.1],
      200: [87.5, 70.2, 55.4, 43.4, 34.0],
    },
    outputFactors: { 30: 0.8392, 50: 0.9042, 150: 1.0588, 200: 1.0983, 300: 1.1492 },
  },
  {
    name: 'artiste-6mv',
    prefix: 'photon6MV_artiste',
    tpr2010: 0.6816,
    pdd: {
      50: [85.1, 63.6, 47.5, 35.6, 26.9],
      100: [86.7, 67.1, 51.4, 39.3, 30.2],
      200: [87.7, 70.1, 55.4, 43.4, 34.1],
    },
    outputFactors: { 30: 0.8742, 50: 0.925, 150: 1.0381, 200: 1.0659, 300: 1.0949 },
  },
] as const;

// The limits of the project leave room for the engine: 1.0 for depth doses [% of the maximum], 1.5 % for output
// factors, 0.005 for TPR20,10. The reference itself is held to about half of them.
describe.each(MACHINES)('$name in a water tank', ({ name, tpr2010, pdd, outputFactors }) => {
  const model = builtIn(name);

  it.each(Object.entries(pdd))(
    'depth dose of the %s mm field at SSD 1000 is the measured one',
    (field, expected: readonly number[]) => {
      expected.forEach((value, i) => {
        expect(Math.abs(percentDepthDose(model, Number(field), 50 * (i + 1)) - value)).toBeLessThan(0.5);
      });
    },
  );

  it('depth dose of the 10 cm field is the mean of two linacs', () => {
    [86.7, 67.3, 51.4, 39.4].forEach((value, i) => {
      expect(Math.abs(percentDepthDose(model, 100, 50 * (i + 1)) - value)).toBeLessThan(0.5);
    });
  });

  it('TPR20,10 is the measured one', () => {
    expect(Math.abs(tissuePhantomRatio(model, 100, 200, 100) - tpr2010)).toBeLessThan(0.003);
  });

  it('output factors are the measured ones', () => {
    for (const [field, value] of Object.entries(outputFactors)) {
      expect(Math.abs(outputFactor(model, Number(field)) / value - 1)).toBeLessThan(0.005);
    }
  });

  it('the calibration field gives 1 cGy per MU', () => {
    // the file holds 12 significant digits
    expect(squareFieldDose(model, 100, 100, 900)).toBeCloseTo(0.01, 12);
  });

  it('the in-air profile survives bixels and source blur', () => {
    const n = 80;
    const at = (i: number): number => (i + 0.5) * 5 - 200;
    for (const r of [0, 30, 60, 100, 140]) {
      let fluence = 0;
      for (let j = 0; j < n * n; j++) {
        const x = at(j % n);
        const y = at(Math.floor(j / n));
        if (Math.abs(x - r) > 30 || Math.abs(y) > 30) continue;
        const sigma = model.narrow.sigmasMm[0];
        fluence += primaryFluence(model, Math.hypot(x, y)) * slab(r - x, 2.5, sigma) * slab(y, 2.5, sigma);
      }
      expect(Math.abs(fluence / primaryFluence(model, r) - 1)).toBeLessThan(0.003);
    }
  });

  it('the kernel is positive at every SSD, depth and radius, also between the points of the fit', () => {
    const component = new Float64Array(4);
    const count = model.broadSigmasMm.length;
    let least = Number.POSITIVE_INFINITY;
    for (let ssd = 480; ssd <= 1220; ssd += 12.5) {
      const kernels = kernelsAtSsd(model, ssd);
      for (let d = 0; d <= 620; d += d < 30 ? 0.75 : 15) {
        depthComponents(model, d, component);
        const strength = (get: (i: number) => number): number => component.reduce((sum, a, i) => sum + a * get(i), 0);
        const narrow = strength((i) => kernels.narrow[i]);
        const broad = model.broadSigmasMm.map((_, k) => strength((i) => kernels.broad[i * count + k]));
        for (let r = 0; r < 600; r += 4) {
          const gauss = (sigma: number): number => Math.exp(-0.5 * (r / sigma) ** 2) / sigma ** 2;
          let kernel = 0;
          model.narrow.sigmasMm.forEach((sigma, s) => {
            kernel += narrow * model.narrow.weights[s] * gauss(sigma);
          });
          model.broadSigmasMm.forEach((sigma, k) => {
            kernel += broad[k] * gauss(sigma);
          });
          least = Math.min(least, kernel);
        }
      }
    }
    expect(least).toBeGreaterThan(0);
  });

  it('no bixel takes dose away anywhere (seed 8)', () => {
    const random = seededRandom(8);
    const bixels = { xMm: [-150, -20, 0, 75, 180], yMm: [60, -20, 0, -110, 180], sizeMm: 5 };
    for (let k = 0; k < 2000; k++) {
      const kernels = kernelsAtSsd(model, 500 + 700 * random());
      const depthMm = 500 * random() ** 2;
      const point = { x: 600 * random() - 300, y: 600 * random() - 300, depthMm, axialDistanceMm: 900 + depthMm };
      const influence = influenceAtPoint(model, kernels, bixels, point);
      // erf differences of far points round to zero or to the last bits of 1
      for (const a of influence) expect(a).toBeGreaterThan(-1e-18);
    }
  });

  it('depth dose falls without a wrinkle to 500 mm, for every field', () => {
    for (const field of [5, 10, 30, 100, 400]) {
      let last = Number.POSITIVE_INFINITY;
      for (let d = 30; d <= 500; d += 5) {
        const dose = squareFieldDose(model, field, d, 900) * (900 + d) ** 2;
        expect(dose).toBeGreaterThan(0);
        expect(dose).toBeLessThan(last);
        if (d > 30) expect(last / dose).toBeLessThan(1.08);
        last = dose;
      }
    }
  });

  it('dose grows with the field at every depth', () => {
    for (let d = 0; d <= 400; d += 20) {
      let last = 0;
      for (const field of [5, 10, 20, 40, 80, 160, 320]) {
        const dose = squareFieldDose(model, field, d, 900);
        expect(dose).toBeGreaterThan(last);
        last = dose;
      }
    }
  });

  it('the edge of the 10 cm field at depth 100 mm has a clinical penumbra', () => {
    const kernels = kernelsAtSsd(model, 900);
    const axis = Float64Array.from({ length: 400 }, (_, j) => ((j % 20) + 0.5) * 5 - 50);
    const other = Float64Array.from({ length: 400 }, (_, j) => (Math.floor(j / 20) + 0.5) * 5 - 50);
    const bixels = { xMm: axis, yMm: other, sizeMm: 5 };
    const weights = new Float64Array(400).fill(1);
    const dose = (x: number): number =>
      pencilBeamDose(model, kernels, bixels, weights, { x, y: 0, depthMm: 100, axialDistanceMm: 1000 });
    const crossing = (level: number): number => {
      let [inside, outside] = [30, 90];
      while (outside - inside > 0.01) {
        const middle = (inside + outside) / 2;
        if (dose(middle) > level * dose(0)) inside = middle;
        else outside = middle;
      }
      return inside;
    };
    expect(Math.abs(crossing(0.5) - 50)).toBeLessThan(1);
    // a sanity band around the usual 6 to 8 mm of linacs (from memory, no table at hand); the models give 5.8 and 6.0
    expect(crossing(0.2) - crossing(0.8)).toBeGreaterThan(5);
    expect(crossing(0.2) - crossing(0.8)).toBeLessThan(9);
  });
});

const data = dataFolder();

describe.skipIf(data === undefined).each(MACHINES)('$name against its own tables', ({ name, prefix }) => {
  const folder = join(data ?? '', 'beam-6mv');
  const model = builtIn(name);
  const read = (table: string): string => readFileSync(join(folder, `${prefix}_${table}.dat`), 'utf8');

  it('tissue-phantom ratios beyond the maximum are within 1 % of the maximum', () => {
    const table = parseTprTable(read('tpr'), 'tpr');
    const reference = model.referenceConditions.tprReferenceDepthMm;
    const n = table.fieldMm.length;
    let squares = 0;
    let count = 0;
    for (let j = 0; j < n; j++) {
      const field = table.fieldMm[j];
      if (field < 30 || field > 300) continue;
      const column = table.depthMm.map((_, i) => table.ratio[i * n + j]);
      const maximum = Math.max(...column);
      for (let i = 0; i < column.length; i++) {
        const d = table.depthMm[i];
        if (d < 15 || (d > 30 && d % 10 !== 0)) continue;
        const error = (tissuePhantomRatio(model, field, d, reference) - column[i]) / maximum;
        // worst: Synergy 4 and 8 cm, whose columns lie up to 0.9 % off the curve through their neighbours
        expect(Math.abs(error)).toBeLessThan(0.01);
        squares += error ** 2;
        count++;
      }
    }
    expect(Math.sqrt(squares / count)).toBeLessThan(0.004);
  });

  it('build-up follows the tables', () => {
    const table = parseTprTable(read('tpr'), 'tpr');
    const reference = model.referenceConditions.tprReferenceDepthMm;
    const n = table.fieldMm.length;
    for (const field of [50, 100, 200]) {
      const j = table.fieldMm.indexOf(field);
      for (let i = 0; table.depthMm[i] < 15; i++) {
        const error = tissuePhantomRatio(model, field, table.depthMm[i], reference) - table.ratio[i * n + j];
        // steepest part of the curve: 3 % of the maximum is 0.3 mm of position
        expect(Math.abs(error)).toBeLessThan(table.depthMm[i] < 8 ? 0.04 : 0.012);
      }
    }
  });

  it('output factors of all measured fields from 1 cm on are within 0.5 %', () => {
    const table = parseOutputFactors(read('of'), 'of');
    for (let i = 0; i < table.fieldMm.length; i++) {
      if (table.fieldMm[i] < 10) continue;
      expect(Math.abs(outputFactor(model, table.fieldMm[i]) / table.factor[i] - 1)).toBeLessThan(0.005);
    }
  });

  it('the built-in file is what commissioning gives today', () => {
    const machine = MEASURED_MACHINES.find((entry) => entry.prefix === prefix);
    if (machine === undefined) throw new Error(prefix);
    const fresh = JSON.parse(beamModelText(commissionMeasured(data ?? '', machine)));
    expect(fresh.provenance.inputs).toEqual(model.provenance.inputs);
    const hash = createHash('sha256').update(read('of')).digest('hex');
    expect(model.provenance.inputs).toContainEqual({ file: `${prefix}_of.dat`, sha256: hash });
    // another machine's exp() may differ in the last bit, and a little more after the fit
    for (const field of [10, 50, 100, 300]) {
      for (const d of [5, 15, 100, 300]) {
        expect(squareFieldDose(fresh, field, d, 880) / squareFieldDose(model, field, d, 880)).toBeCloseTo(1, 5);
      }
    }
  });
});

it('built-in models are the measured machines', () => {
  expect(MEASURED_MACHINES.map((machine) => machine.name)).toEqual([...BUILT_IN]);
});
