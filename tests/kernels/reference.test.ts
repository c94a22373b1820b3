import { describe, expect, it } from 'vitest';
import type { Grid } from '../../engine/core/grid.ts';
import { normal, seededRandom } from '../../engine/core/random.ts';
import { doseHistogramReference } from '../../kernels/dose-histogram/reference.ts';
import { OBJECTIVE_CODES, type ObjectiveCode } from '../../kernels/dose-objective/index.ts';
import { doseAtVolume, doseObjectiveReference, type ObjectiveTerm } from '../../kernels/dose-objective/reference.ts';
import { spectrumLength } from '../../kernels/fft-convolution/index.ts';
import { convolveAdjointReference, convolveReference, kernelOf } from '../../kernels/fft-convolution/reference.ts';
import { inverseKinematicsReference } from '../../kernels/inverse-kinematics/reference.ts';
import { photonDoseAdjointReference } from '../../kernels/photon-dose-adjoint/reference.ts';
import { doseTables } from '../../kernels/photon-dose-forward/contract.ts';
import { cubicBSpline, photonDoseReference } from '../../kernels/photon-dose-forward/reference.ts';
import { beamRow } from '../../kernels/radiological-depth/contract.ts';
import { radiologicalDepthReference, waterLengthReference } from '../../kernels/radiological-depth/reference.ts';
import { rankSelectReference } from '../../kernels/rank-select/reference.ts';
import { separableMapReference } from '../../kernels/separable-map/reference.ts';
import {
  acceptStepReference,
  combineRowsReference,
  freeGramReference,
  gatherScaleReference,
  gatherSumReference,
  projectedStepReference,
  stepDotsReference,
} from '../../kernels/vector/reference.ts';

const f32 = (...values: number[]): Float32Array => Float32Array.from(values);
const u32 = (...values: number[]): Uint32Array => Uint32Array.from(values);

describe('vector', () => {
  it('gathers, and gives 0 where there is no index', () => {
    expect([...gatherScaleReference(f32(5, 7), u32(1, 0xffffffff, 0), f32(2, 3, 4))]).toEqual([14, 0, 20]);
    expect([...gatherSumReference(f32(1, 2), f32(10, 20), u32(1, 0), u32(0, 1), f32(1, 2))]).toEqual([12, 42]);
  });

  it('steps, and stays at or above zero', () => {
    expect([...projectedStepReference(f32(1, 1), f32(-4, 2), 0.5)]).toEqual([0, 2]);
  });

  it('accepts a step: s = trial - w, y = gTrial - g', () => {
    const history = f32(0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0);
    const rows = { s: 0, y: 1, g: 2 };
    const next = acceptStepReference(f32(5, 6), f32(1, 1), f32(2, 2), history, 4, rows);
    expect([...next.w]).toEqual([5, 6]);
    expect([...next.history]).toEqual([3, 4, 0, 0, -2, -3, 0, 0, 1, 1, 0, 0]);
  });

  it('counts in the dot products only what is free', () => {
    // w = 0 with a positive gradient (element 1) is held.
    const history = f32(1, 2, 3, 0, -1, 5, 2, 0);
    const { free, partials } = freeGramReference(f32(0, 0, 1), history, 4, 2, 1, 1024);
    expect([...free]).toEqual([1, 0, 1, 0]);
    expect([...partials]).toEqual([1 + 9, -1 + 6, 1 + 4]);
    expect([...combineRowsReference(history, f32(10, 1), f32(1, 0, 1, 0), 4)]).toEqual([9, 0, 32, 0]);
  });

  it('measures a step and the projected gradient', () => {
    const { sums, largest } = stepDotsReference(f32(1, 2), f32(3, -1), f32(0, 4), 1024);
    // P(w - g) = (0, 3), so the projected gradient step is (-1, 1).
    expect([...sums]).toEqual([-3 - 2, 1 + 4, 2]);
    expect([...largest]).toEqual([1]);
  });
});

describe('separable-map', () => {
  const shape = {
    beams: 1,
    parts: 1,
    rowsIn: 3,
    strideIn: 8,
    rowsOut: 3,
    colsOut: 3,
    strideOut: 4,
    band: 4,
    shapes: 1,
    matrixRows: 3,
  };

  it('is the identity for unit matrices', () => {
    const input = Float32Array.from({ length: 24 }, (_, i) => (i % 8 < 3 ? i + 1 : 0));
    const weights = f32(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0);
    const output = separableMapReference(shape, input, u32(0, 1, 2), weights);
    expect([...output]).toEqual([1, 2, 3, 0, 9, 10, 11, 0, 17, 18, 19, 0]);
  });

  it('gives a constant map times the squared row sums', () => {
    const input = new Float32Array(24).fill(2);
    const weights = f32(1, 2, 0, 0, 3, 0, 0, 0, 1, 1, 1, 0);
    const output = separableMapReference(shape, input, u32(0, 1, 0), weights);
    expect([...output]).toEqual([18, 18, 18, 0, 18, 18, 18, 0, 18, 18, 18, 0]);
  });
});

describe('fft-convolution', () => {
  const n = 16;
  const half = n / 2;

  /** Spectrum (with 1 / n^2) of a kernel that is 1 at the origin and `side` at its four neighbours, in closed form. */
  function crossSpectra(sides: readonly number[]): Float32Array {
    const spectra = new Float32Array(spectrumLength(n));
    sides.forEach((side, k) => {
      for (let kx = 0; kx <= half; kx++) {
        for (let ky = 0; ky < n; ky++) {
          const cosines = Math.cos((2 * Math.PI * kx) / n) + Math.cos((2 * Math.PI * ky) / n);
          spectra[(k * (half + 1) + kx) * n + ky] = (1 + 2 * side * cosines) / (n * n);
        }
      }
    });
    return spectra;
  }

  it('finds the kernel of a spectrum', () => {
    const kernel = kernelOf(crossSpectra([0.25]), 0, n);
    for (let y = 0; y < n; y++) {
      for (let x = 0; x < n; x++) {
        const steps = Math.min(x, n - x) + Math.min(y, n - y);
        expect(kernel[y * n + x]).toBeCloseTo(steps === 0 ? 1 : steps === 1 ? 0.25 : 0, 6);
      }
    }
  });

  it('spreads a delta as the kernel, round the edge', () => {
    const input = new Float32Array(n * n);
    input[3 * n] = 2;
    const sides = [0, 0.25, -0.5, 1];
    const output = convolveReference(1, n, input, crossSpectra(sides));
    const at = (y: number, x: number, k: number): number => output[4 * (y * n + x) + k];
    sides.forEach((side, k) => {
      expect(at(3, 0, k)).toBeCloseTo(2, 6);
      for (const [y, x] of [
        [3, 1],
        [3, n - 1],
        [2, 0],
        [4, 0],
      ])
        expect(at(y, x, k)).toBeCloseTo(2 * side, 6);
      expect(at(4, 1, k)).toBeCloseTo(0, 6);
    });
  });

  it("multiplies a constant map by the kernel's sum", () => {
    const output = convolveReference(1, n, new Float32Array(n * n).fill(3), crossSpectra([0, 0.25, -0.5, 1]));
    for (let i = 0; i < n * n; i++) {
      for (const [k, wanted] of [3, 6, -3, 15].entries()) expect(output[4 * i + k]).toBeCloseTo(wanted, 5);
    }
  });

  it('the transpose gathers what the convolution spreads', () => {
    const input = new Float32Array(2 * 4 * n * n);
    input[4 * (5 * n + 6) + 1] = 1;
    input[4 * (n * n + 5 * n + 6) + 1] = 1;
    const output = convolveAdjointReference(1, 2, n, input, crossSpectra([0, 0.25, -0.5, 1]));
    expect(output[5 * n + 6]).toBeCloseTo(2, 6);
    expect(output[5 * n + 7]).toBeCloseTo(0.5, 6);
    expect(output[6 * n + 7]).toBeCloseTo(0, 6);
  });
});

describe('photon-dose', () => {
  it('the cubic B-spline is 2/3 at its node, 1/6 at the next, and sums to one', () => {
    expect([0, 1, -1, 2].map(cubicBSpline)).toEqual([2 / 3, 1 / 6, 1 / 6, 0]);
    for (const t of [0, 0.1, 0.5, 0.99]) {
      expect([-1, 0, 1, 2].reduce((sum, i) => sum + cubicBSpline(t - i), 0)).toBeCloseTo(1, 14);
    }
  });

  const voxels = 200;
  const { shape, geometry, beamTable, depthTable } = doseTables({ name: '', seed: 301, beams: 2, voxels });
  // Well inside both maps.
  for (let i = 0; i < 2 * voxels; i++) {
    geometry[4 * i] *= 0.4;
    geometry[4 * i + 1] *= 0.4;
  }
  const tables = { geometry, beamTable, depthTable };
  const fineLength = 2 * shape.fineRows * shape.fineStride;
  const coarseLength = 8 * shape.coarseSize ** 2;

  /** sum over beams of q sum over i of A_i(d) (c_i + narrow_i f) for maps that are constant: c and f. */
  function closedForm(voxel: number, coarse: readonly number[], fine: number): number {
    let dose = 0;
    for (let beam = 0; beam < 2; beam++) {
      const [, , depth, q] = geometry.subarray(4 * (beam * voxels + voxel), 4 * (beam * voxels + voxel) + 4);
      const row = Math.min(Math.max(depth / shape.depthStepMm, 0), shape.depthRows - 1);
      const above = Math.min(Math.floor(row), shape.depthRows - 2);
      for (let i = 0; i < 4; i++) {
        const a0 = depthTable[4 * above + i];
        const attenuation = a0 + (row - above) * (depthTable[4 * above + 4 + i] - a0);
        dose += q * attenuation * (coarse[i] + beamTable[8 * beam + 4 + i] * fine);
      }
    }
    return dose;
  }

  it('of constant maps is the depth curve times the inverse-square factor', () => {
    const components = [1, -2, 0.5, 3];
    const coarse = Float32Array.from({ length: coarseLength }, (_, i) => components[i % 4]);
    const dose = photonDoseReference(shape, tables, new Float32Array(fineLength).fill(0.75), coarse);
    for (let v = 0; v < voxels; v++) expect(dose[v]).toBeCloseTo(closedForm(v, components, 0.75), 10);
  });

  it('reproduces a linear map: both interpolations are exact on it', () => {
    // Fine node (j, i) holds its x; a sum of B-splines with linear coefficients is that line.
    const fine = new Float64Array(fineLength);
    for (let beam = 0; beam < 2; beam++) {
      for (let node = 0; node < fineLength / 2; node++) {
        fine[(beam * fineLength) / 2 + node] = beamTable[8 * beam] + (node % shape.fineStride) * shape.finePitchMm;
      }
    }
    const dose = photonDoseReference(shape, tables, fine, new Float32Array(coarseLength));
    for (let v = 0; v < voxels; v += 7) {
      let wanted = 0;
      for (let beam = 0; beam < 2; beam++) {
        const saved = geometry.slice();
        // One beam at a time through the constant-map formula, scaled by its own x.
        geometry[4 * ((1 - beam) * voxels + v) + 3] = 0;
        wanted += closedForm(v, [0, 0, 0, 0], 1) * geometry[4 * (beam * voxels + v)];
        geometry.set(saved);
      }
      expect(dose[v]).toBeCloseTo(wanted, 8);
    }
  });

  it('the adjoint reference is the transpose of the forward reference, seed 302', () => {
    const random = seededRandom(302);
    const deviates = (length: number): Float64Array => Float64Array.from({ length }, () => normal(random));
    const [fine, coarse, gradient] = [deviates(fineLength), deviates(coarseLength), deviates(voxels)];
    const dose = photonDoseReference(shape, tables, fine, coarse);
    const back = photonDoseAdjointReference(shape, tables, gradient);
    const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
    const left = dot(dose, gradient);
    expect(Math.abs(left - dot(fine, back.fine) - dot(coarse, back.coarse))).toBeLessThan(
      1e-11 * Math.abs(left) + 1e-11,
    );
  });
});

describe('radiological-depth', () => {
  const cube: Grid = { size: [10, 10, 10], spacingMm: [10, 10, 10], originMm: [-45, -45, -45] };
  const water = new Float32Array(1000).fill(1);

  it('through a uniform cube is the chord', () => {
    expect(waterLengthReference(cube, water, [-1000, 0.5, 0.5], [1000, 0.5, 0.5])).toBeCloseTo(100, 9);
    expect(waterLengthReference(cube, water, [-1000, 0.5, 0.5], [12.5, 0.5, 0.5])).toBeCloseTo(62.5, 9);
    // The space diagonal.
    expect(waterLengthReference(cube, water, [-500, -500, -500], [500, 500, 500])).toBeCloseTo(100 * Math.sqrt(3), 9);
    // At 45 degrees through an edge: 20 mm in from the corner on both faces.
    expect(waterLengthReference(cube, water, [-130, 0, 0.5], [0, 130, 0.5])).toBeCloseTo(0, 9);
    expect(waterLengthReference(cube, water, [-80, 0, 0.5], [0, 80, 0.5])).toBeCloseTo(20 * Math.sqrt(2), 9);
  });

  it('through slabs is the sum of their densities times their thickness over the cosine', () => {
    // Slabs across x: water 0-29 mm, lung 30-69, bone 70-99.
    const slabs = Float32Array.from({ length: 1000 }, (_, i) => (i % 10 < 3 ? 1 : i % 10 < 7 ? 0.25 : 1.5));
    const water = 30 * 1 + 40 * 0.25 + 30 * 1.5;
    expect(waterLengthReference(cube, slabs, [-900, 1, 2], [900, 1, 2])).toBeCloseTo(water, 9);
    const slope = Math.hypot(1, 0.2, 0.1);
    expect(waterLengthReference(cube, slabs, [-100, -20, -10], [100, 20, 10])).toBeCloseTo(water * slope, 9);
    expect(waterLengthReference(cube, slabs, [-100, 1, 2], [-10, 1, 2])).toBeCloseTo(30 + 10 * 0.25, 9);
  });

  it('is zero for a ray that misses, and counts only what lies between source and point', () => {
    expect(waterLengthReference(cube, water, [-1000, 60, 0], [1000, 60, 0])).toBe(0);
    expect(waterLengthReference(cube, water, [100, 0.5, 0.5], [200, 0.5, 0.5])).toBe(0);
    expect(waterLengthReference(cube, water, [0.5, 0.5, 0.5], [0.5, 0.5, 31])).toBeCloseTo(30.5, 9);
  });

  it('projects onto the isocentre plane', () => {
    const beamTable = beamRow([0, 0, 0], [0, 0, 1], 1000);
    const positions = f32(0, 0, 0, 0, 10, 0, 500, 0, 0, 20, -500, 0, 5, 5, -1500, 0);
    const s = { beams: 1, points: 4, grid: cube };
    const { xMm, yMm, inverseSquare } = radiologicalDepthReference(s, water, positions, beamTable);
    const radius = [...xMm].map((x, i) => Math.hypot(x, yMm[i]));
    for (const [i, wanted] of [0, 10 / 1.5, 20 / 0.5, 0].entries()) expect(radius[i]).toBeCloseTo(wanted, 9);
    for (const [i, wanted] of [1, 1 / 2.25, 4, 0].entries()) expect(inverseSquare[i]).toBeCloseTo(wanted, 12);
  });
});

describe('dose-objective', () => {
  const codes = Object.keys(OBJECTIVE_CODES) as ObjectiveCode[];

  function term(code: ObjectiveCode, voxels: number[], referenceGy = 30): ObjectiveTerm {
    return { code, weight: 7, referenceGy, exponent: 3.5, volume: code === 'max-dvh' ? 0.4 : 0.8, voxels };
  }

  it('takes the values that the formulas give by hand', () => {
    const dose = f32(10, 20, 40, 50);
    const value = (code: ObjectiveCode): number =>
      doseObjectiveReference([{ ...term(code, [0, 1, 2, 3]), weight: 1, volume: 0.5 }], dose).objective;
    expect(value('squared-deviation')).toBe((400 + 100 + 100 + 400) / 4);
    expect(value('squared-overdosing')).toBe((100 + 400) / 4);
    expect(value('squared-underdosing')).toBe((400 + 100) / 4);
    expect(value('mean-dose-linear')).toBe(0);
    expect(value('mean-dose-quadratic')).toBe(0);
    // D(0.5) = 40: of the doses above 30, only 40 is not beyond it; of those below 30, none reaches it.
    expect(value('max-dvh')).toBe(100 / 4);
    expect(value('min-dvh')).toBe(0);
    expect(value('eud')).toBeCloseTo((((10 ** 3.5 + 20 ** 3.5 + 40 ** 3.5 + 50 ** 3.5) / 4) ** (1 / 3.5) - 30) ** 2, 9);
  });

  it('the EUD of a uniform dose is that dose, and of exponent 1 the mean', () => {
    const uniform = doseObjectiveReference([term('eud', [0, 1, 2])], f32(41, 41, 41));
    expect(uniform.objective).toBeCloseTo(7 * 11 ** 2, 9);
    const mean = doseObjectiveReference([{ ...term('eud', [0, 1]), exponent: 1 }], f32(10, 30));
    expect(mean.objective).toBeCloseTo(7 * 10 ** 2, 9);
  });

  it('D(V) is of rank ceil(V N)', () => {
    const doses = [5, 1, 4, 2, 3];
    expect([0, 0.2, 0.21, 0.5, 0.95, 1].map((v) => doseAtVolume(doses, v))).toEqual([5, 5, 4, 3, 1, 1]);
  });

  for (const code of codes) {
    it(`the derivative of ${code} agrees with finite differences, seed 311`, () => {
      const random = seededRandom(311);
      const dose = Float64Array.from({ length: 40 }, () => 1 + 60 * random());
      const voxels = Array.from({ length: 30 }, (_, i) => i + 5);
      // D(V) is held constant in the derivative: keep the voxel of that rank out of the finite differences.
      const rankDose = doseAtVolume(
        voxels.map((v) => dose[v]),
        term(code, voxels).volume ?? 0,
      );
      const { gradient } = doseObjectiveReference([term(code, voxels)], dose);
      const h = 1e-5;
      for (let v = 0; v < dose.length; v++) {
        if (dose[v] === rankDose && code.endsWith('-dvh')) continue;
        const shifted = [h, -h].map((d) => {
          const moved = dose.slice();
          moved[v] += d;
          return doseObjectiveReference([term(code, voxels)], moved).objective;
        });
        expect(gradient[v]).toBeCloseTo((shifted[0] - shifted[1]) / (2 * h), 5);
      }
      expect(gradient[0]).toBe(0);
    });
  }
});

describe('rank-select and dose-histogram', () => {
  it('selects by rank', () => {
    const values = f32(3, -1, Number.NaN, 7, 0);
    const table = u32(0, 4, 0, 0, 0, 4, 3, 0, 4, 7, 1, 0, 7, 7, 0, 0);
    const selected = rankSelectReference(values, table, u32(0, 1, 3, 4, 2, 0, 3));
    expect([...selected]).toEqual([7, -1, 7, 0]);
  });

  it('every rank of a list is the list sorted', () => {
    const random = seededRandom(321);
    const values = Float32Array.from({ length: 50 }, () => normal(random));
    const all = Uint32Array.from(values, (_, i) => i);
    const table = Uint32Array.from(Array.from(all, (rank) => [0, 50, rank, 0]).flat());
    expect([...rankSelectReference(values, table, all)]).toEqual([...values].sort((a, b) => b - a));
  });

  it('counts what lies in each bin, beyond them and nowhere', () => {
    const values = f32(-5, 0, 0.49, 0.5, 1.2, 99, Number.NaN);
    const shape = { bins: 3, low: 0, binWidth: 0.5 };
    const counts = doseHistogramReference(shape, values, u32(0, 7, 0, 0, 3, 4, 0, 0), u32(0, 1, 2, 3, 4, 5, 6));
    expect([...counts]).toEqual([3, 1, 2, 1, 0, 1, 0, 0]);
  });
});

describe('inverse-kinematics', () => {
  // Two joints about z, 0.4 m apart, the tip 0.3 m out.
  const joint = (x: number, dof: number): number[] => [1, 0, 0, 0, 1, 0, 0, 0, 1, x, 0, 0, 0, dof, 1, 0];
  const arm = f32(...joint(0, 0), ...joint(0.4, 1), ...joint(0.3, 0));
  const shape = { joints: 2, dofs: 2, starts: 2, startsPerTarget: 2, iterations: 30, task: 0, lengthM: 0.2 } as const;
  const pi = Math.PI;

  it('finds the elbow of a planar arm up and down, by the law of cosines', () => {
    const [x, y] = [0.35, 0.42];
    const limits = f32(-pi, pi, 1, 0, -pi, pi, 1, 0);
    const target = f32(1, 0, 0, 0, 1, 0, 0, 0, 1, x, y, 0);
    const { solution, residual } = inverseKinematicsReference(shape, { arm, limits }, target, f32(0.1, 1, 1.5, -1));
    const elbow = Math.acos((x * x + y * y - 0.4 ** 2 - 0.3 ** 2) / (2 * 0.4 * 0.3));
    for (const [i, bend] of [elbow, -elbow].entries()) {
      const shoulder = Math.atan2(y, x) - Math.atan2(0.3 * Math.sin(bend), 0.4 + 0.3 * Math.cos(bend));
      // Half the squared error stops below 1e-12: a few micrometres over the arm, with float32 tables.
      expect(solution[2 * i]).toBeCloseTo(shoulder, 5);
      expect(solution[2 * i + 1]).toBeCloseTo(bend, 5);
    }
    expect(Math.max(...residual)).toBeLessThan(1e-6);
  });

  it('stops at a limit, at the nearest point that is left', () => {
    // The shoulder is held at zero: the tip runs on a circle about (0.4, 0); nearest to (0.4, 0.5) is its top.
    const limits = f32(0, 1e-9, 1, 0, -pi, pi, 1, 0);
    const target = f32(1, 0, 0, 0, 1, 0, 0, 0, 1, 0.4, 0.5, 0);
    const { solution, residual } = inverseKinematicsReference(shape, { arm, limits }, target, f32(0, 0.8, 0, 2.5));
    for (const i of [0, 1]) {
      expect(solution[2 * i + 1]).toBeCloseTo(pi / 2, 4);
      expect(residual[2 * i]).toBeCloseTo(0.2, 6);
    }
  });
});
