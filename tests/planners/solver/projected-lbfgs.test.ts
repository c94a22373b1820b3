import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '../../../engine/compute/device.ts';
import { seededRandom } from '../../../engine/core/random.ts';
import { openDevice } from '../../../kernels/device.ts';
import type { ObjectiveTerm as ReferenceTerm } from '../../../kernels/dose-objective/reference.ts';
import { doseObjectiveReference } from '../../../kernels/dose-objective/reference.ts';
import { type FluenceResult, optimizeFluence } from '../../../planners/radiation/fluence/optimize.ts';
import { type ObjectiveTerm, termNumbers } from '../../../planners/radiation/objectives/dose-objective.ts';
import type { LbfgsConfig, LbfgsHooks } from '../../../planners/solver/projected-lbfgs.ts';
import { dataFolder } from '../../support/data.ts';
import { minimizeSpectral, times } from '../../support/spectral-projected-gradient.ts';
import { exactDose, exactMatrix } from '../radiation/dose/exact-dose.ts';
import { convexObjective, cShape, type FluenceCase, openKbpPatient } from './fluence-cases.ts';

let device: Device;
beforeAll(async () => {
  // one thread: the problems are small, and the bits do not depend on it
  device = await openDevice({ prefer: 'wasm', threads: 1 });
});
afterAll(() => device.close());

/** A case with its matrix, and the functions of the weights in float64. */
function exact(c: FluenceCase) {
  const { matrix, bixels } = exactMatrix(c.setup);
  const voxels = matrix.length / bixels;
  const objective = convexObjective(c.plan.terms);
  const slope = new Float64Array(voxels);
  const value = (w: Float32Array): number => objective(times(matrix, Float64Array.from(w), voxels), slope);
  /** Length of P(w - g) - w. */
  const projectedGradient = (w: Float32Array): number => {
    value(w);
    let sum = 0;
    for (let j = 0; j < bixels; j++) {
      let g = 0;
      for (let v = 0; v < voxels; v++) g += slope[v] * matrix[v * bixels + j];
      sum += (Math.max(0, w[j] - g) - w[j]) ** 2;
    }
    return Math.sqrt(sum);
  };
  return { matrix, bixels, voxels, objective, value, projectedGradient };
}

const plan = (
  c: FluenceCase,
  config?: LbfgsConfig,
  hooks?: LbfgsHooks & { start?: Float32Array },
): Promise<FluenceResult> => optimizeFluence(c.plan.operator, c.plan.terms, c.aims, config, hooks);

/** Compares the planner with the independent solver on the explicit matrix, run to the end. */
function expectNearOptimum(c: FluenceCase, result: FluenceResult): void {
  const { matrix, bixels, objective, value } = exact(c);
  const optimum = minimizeSpectral({ matrix, bixels, objective }, new Float64Array(bixels).fill(1));
  expect(optimum.projectedGradient).toBeLessThan(1e-6);
  expect(value(result.weights)).toBeLessThanOrEqual(1.01 * optimum.value);
  // the value that the device reports is the one of its own maps and float32
  expect(Math.abs(result.value / value(result.weights) - 1)).toBeLessThan(0.002);
}

// Measured at the default stop, value over the optimum in float64: C-shape 1.0013 after 44
// iterations, pt_143 on this coarse grid 1.0039 after 120. The same comparison in full, too long for a test: pt_143, 9 beams,
// bixels of 5 mm, all 8142 voxels, 4320.83 after 188 iterations over 4300.74: 1.0047; on a dose grid of 6 mm (2393 voxels, 1075 bixels, nearly undetermined): 1.0097.
describe('the default stop is within 1 % of the optimum in float64', () => {
  it('C-shape, 5 beams, bixels of 10 mm, voxels of 7 mm', async () => {
    const c = await cShape(device, 7, 10);
    const result = await plan(c);
    expect(result.stop).toBe('converged');
    expectNearOptimum(c, result);
  });

  const data = dataFolder();
  it.skipIf(data === undefined)('OpenKBP pt_143, 5 beams, bixels of 10 mm, voxels of 7 mm', async () => {
    const folder = join(data ?? '', 'openkbp', 'train-pats', 'pt_143');
    const c = await openKbpPatient(device, folder, { gridMm: 7, bixelMm: 10, beams: 5 });
    const result = await plan(c);
    expect(result.stop).toBe('converged');
    expectNearOptimum(c, result);
  });
});

describe('on a small C-shape', () => {
  let c: FluenceCase;
  let e: ReturnType<typeof exact>;
  let result: FluenceResult;
  beforeAll(async () => {
    c = await cShape(device, 10, 12);
    e = exact(c);
    result = await plan(c);
  });

  it('the explicit matrix is the one of the reference, entry by entry summed (seed 61)', () => {
    const random = seededRandom(61);
    const w = Float32Array.from({ length: e.bixels }, random);
    const points = [0, Math.floor(e.voxels / 3), Math.floor(e.voxels / 2), e.voxels - 1];
    const dose = times(e.matrix, Float64Array.from(w), e.voxels);
    exactDose(c.setup, w, points).forEach((d, i) => {
      expect(dose[points[i]] / d).toBeCloseTo(1, 11);
    });
  });

  it("the float64 objective is that of the kernel's reference (seed 62)", () => {
    const random = seededRandom(62);
    const doses = Float64Array.from({ length: e.voxels }, () => 70 * random());
    const mean: ObjectiveTerm = {
      objective: { structure: 'S', weight: 3, function: 'mean-dose', parameters: { doseGy: 1, kind: 'linear' } },
      voxels: Uint32Array.of(1, 5, 8),
    };
    const terms = [...c.plan.terms, mean];
    const slope = new Float64Array(e.voxels);
    const value = convexObjective(terms)(doses, slope);
    const reference = doseObjectiveReference(
      terms.map(({ objective, voxels }): ReferenceTerm => {
        const { code, referenceGy } = termNumbers(objective, voxels.length);
        return { code, referenceGy, weight: objective.weight, voxels: Array.from(voxels) };
      }),
      doses,
    );
    expect(value / reference.objective).toBeCloseTo(1, 12);
    slope.forEach((s, v) => {
      expect(Math.abs(s - reference.gradient[v])).toBeLessThan(1e-12);
    });
  });

  it('weights are never negative, the value never rises and the reports agree', async () => {
    expect(result.weights.every((w) => w >= 0)).toBe(true);
    expect(result.weights.some((w) => w === 0)).toBe(true);
    expect(result.trace.length).toBe(result.iteration + 1);
    expect(result.trace.at(-1)).toBe(result.value);
    for (let i = 1; i < result.trace.length; i++) expect(result.trace[i]).toBeLessThanOrEqual(result.trace[i - 1]);
    expect(result.evaluations).toBeGreaterThan(result.iteration);
    // the dose belongs to the weights
    const dose = times(e.matrix, Float64Array.from(result.weights), e.voxels);
    const largest = Math.max(...dose);
    dose.forEach((d, v) => {
      expect(Math.abs(result.dose[v] - d)).toBeLessThan(0.005 * largest);
    });
  });

  it('reports the projected gradient, and a long run brings it down', async () => {
    const long = await plan(c, { tolerance: 0, maxIterations: 200 });
    const shown = (r: FluenceResult): number => r.projectedGradientNorm / r.initialProjectedGradientNorm;
    expect(result.projectedGradientNorm / e.projectedGradient(result.weights)).toBeGreaterThan(0.7);
    expect(result.projectedGradientNorm / e.projectedGradient(result.weights)).toBeLessThan(1.4);
    expect(shown(result)).toBeLessThan(0.05);
    expect(shown(long)).toBeLessThan(1e-3);
    expect(long.value).toBeLessThanOrEqual(result.value);
    expect(result.value).toBeLessThanOrEqual(1.01 * long.value);
  });

  it('started at its own result it stops at once and no worse', async () => {
    const again = await plan(c, {}, { start: result.weights });
    expect(again.trace[0]).toBeCloseTo(result.value, 1);
    expect(again.value).toBeLessThanOrEqual(again.trace[0]);
    expect(again.iteration).toBeLessThan(result.iteration);
  });

  it('ends at the limit of iterations, when cancelled, and repeats itself bit by bit', async () => {
    const three = await plan(c, { maxIterations: 3 });
    expect([three.stop, three.iteration]).toEqual(['iteration limit', 3]);
    const controller = new AbortController();
    const seen: number[] = [];
    const stopped = await plan(
      c,
      {},
      {
        signal: controller.signal,
        onIteration: ({ iteration, value }) => {
          seen.push(value);
          if (iteration === 5) controller.abort();
        },
      },
    );
    expect([stopped.stop, stopped.iteration]).toEqual(['cancelled', 5]);
    expect(seen).toEqual(stopped.trace.slice(1));
    const again = await plan(c);
    expect(Buffer.compare(Buffer.from(again.weights.buffer), Buffer.from(result.weights.buffer))).toBe(0);
    expect(again.trace).toEqual(result.trace);
  });

  it('longer histories and shorter ones reach the same optimum', async () => {
    for (const history of [3, 30]) {
      const other = await plan(c, { history });
      expect(other.value).toBeLessThan(1.01 * result.value);
    }
  });

  it('an objective that is met at the start is left alone', async () => {
    const parameters = { doseGy: 900 };
    const voxels = Uint32Array.from({ length: e.voxels }, (_, v) => v);
    const terms: ObjectiveTerm[] = [
      { objective: { structure: 'S', weight: 1, function: 'squared-overdosing', parameters }, voxels },
    ];
    const start = new Float32Array(e.bixels).fill(0.5);
    const met = await optimizeFluence(c.plan.operator, terms, c.aims, {}, { start });
    expect([met.value, met.iteration, met.projectedGradientNorm]).toEqual([0, 0, 0]);
    expect(met.weights).toEqual(start);
  });

  it('numbers that overflow end in an error that says so', async () => {
    const start = new Float32Array(e.bixels).fill(1e30);
    await expect(plan(c, {}, { start })).rejects.toMatchObject({ code: 'solver/not-finite' });
  });
});

it('a warm start at an optimum stays there', async () => {
  const whole = await cShape(device, 5, 10, Number.POSITIVE_INFINITY);
  const long = await plan(whole, { tolerance: 1e-5 });
  const again = await plan(whole, {}, { start: long.weights });
  expect(again.value).toBeLessThanOrEqual(1.0001 * long.value);
  expect(again.iteration).toBeLessThan(long.iteration);
});
