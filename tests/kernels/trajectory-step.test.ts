import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../engine/core/random.ts';
import { metricFloats, STATE, STATE_STRIDE, type StepShape } from '../../kernels/trajectory-step/index.ts';
import { applyMetric, trajectoryStepReference } from '../../kernels/trajectory-step/reference.ts';

type Function = (x: Float64Array) => { value: number; gradient: Float64Array };

const seed = 620;
const shape: Omit<StepShape, 'seeds'> = {
  free: 6,
  joints: 3,
  stride: 20,
  history: 8,
  maxMove: 0.5,
  maxLogMove: 0.5,
};
const n = shape.free * shape.joints + 1;

function identityMetric(): Float64Array {
  const metric = new Float64Array(metricFloats(shape)).fill(1);
  for (let k = 0; k < shape.free; k++)
    for (let l = 0; l < shape.free; l++) metric[k * shape.free + l] = k === l ? 1 : 0;
  return metric;
}

function descend(
  f: Function,
  metric: Float64Array,
  start: Float64Array,
  steps: number,
): { x: Float64Array; trace: number[]; state: Float64Array } {
  const trial = new Float64Array(shape.stride);
  trial.set(start);
  const point = new Float64Array(3 * shape.stride);
  const history = new Float64Array(2 * shape.history * shape.stride);
  const state = new Float64Array(STATE_STRIDE);
  const trace: number[] = [];
  for (let i = 0; i < steps; i++) {
    const { value, gradient } = f(trial.subarray(0, n));
    const padded = new Float64Array(shape.stride);
    padded.set(gradient);
    trajectoryStepReference(shape, metric, { trial, value, gradient: padded, point, history, state });
    trace.push(state[STATE.value]);
  }
  return { x: point.slice(0, n), trace, state };
}

describe(`trajectory-step reference (seed ${seed})`, () => {
  const random = seededRandom(seed);
  const curvature = Float64Array.from({ length: n }, () => 10 ** (3 * random()));
  const target = Float64Array.from({ length: n }, () => normal(random));
  const quadratic: Function = (x) => {
    const gradient = x.map((v, i) => curvature[i] * (v - target[i]));
    return { value: x.reduce((sum, v, i) => sum + 0.5 * curvature[i] * (v - target[i]) ** 2, 0), gradient };
  };

  it('minimises a quadratic of condition 1000 and never goes up', () => {
    const { x, trace } = descend(quadratic, identityMetric(), new Float64Array(n), 150);
    for (let i = 1; i < trace.length; i++) expect(trace[i]).toBeLessThanOrEqual(trace[i - 1]);
    expect(trace[149]).toBeLessThan(1e-8 * trace[0]);
    for (let i = 0; i < n; i++) expect(x[i]).toBeCloseTo(target[i], 4);
  });

  it('minimises chained Rosenbrock valleys', () => {
    const rosenbrock: Function = (x) => {
      const gradient = new Float64Array(n);
      let value = 0;
      for (let i = 0; i + 1 < n; i++) {
        const [a, b] = [1 - x[i], x[i + 1] - x[i] ** 2];
        value += a * a + 100 * b * b;
        gradient[i] += -2 * a - 400 * x[i] * b;
        gradient[i + 1] += 200 * b;
      }
      return { value, gradient };
    };
    const { x } = descend(rosenbrock, identityMetric(), new Float64Array(n).fill(0.2), 500);
    for (let i = 0; i < n; i++) expect(x[i]).toBeCloseTo(1, 3);
  });

  it('a metric that is the inverse Hessian makes the first step end at the minimum', () => {
    const joints = Float64Array.of(2, 5, 0.5);
    const f: Function = (x) => {
      const gradient = x.map((v, i) => (i === n - 1 ? 3 : joints[i % 3]) * (v - 0.1));
      return {
        value: x.reduce((sum, v, i) => sum + 0.5 * (i === n - 1 ? 3 : joints[i % 3]) * (v - 0.1) ** 2, 0),
        gradient,
      };
    };
    const metric = identityMetric();
    for (let j = 0; j < 3; j++) metric[36 + j] = 1 / joints[j];
    metric[39] = 1 / 3;
    expect(applyMetric(shape, metric, f(new Float64Array(n)).gradient)[4]).toBeCloseTo(-0.1, 12);
    const { x } = descend(f, metric, new Float64Array(n), 2);
    for (const v of x) expect(v).toBeCloseTo(0.1, 12);
  });

  it('no step moves farther than is allowed', () => {
    let last = new Float64Array(n);
    const watched: Function = (x) => {
      for (let i = 0; i < n; i++) expect(Math.abs(x[i] - last[i])).toBeLessThanOrEqual(1);
      last = Float64Array.from(x);
      return quadratic(x);
    };
    descend(watched, identityMetric(), new Float64Array(n), 20);
  });

  it('gives up, and stays where it is, when nothing descends', () => {
    const upside: Function = (x) => {
      const { value, gradient } = quadratic(x);
      return { value, gradient: gradient.map((g) => -g) };
    };
    const { x, state } = descend(upside, identityMetric(), new Float64Array(n), 40);
    expect(state[STATE.status]).toBe(2);
    expect([...x]).toEqual([...new Float64Array(n)]);
  });
});
