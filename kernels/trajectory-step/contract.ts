import { normal, type Random, seededRandom } from '../../engine/core/random.ts';
import { defineKernel, type KernelCase } from '../contract.ts';
import { CURVATURES, metricFloats, prepareTrajectoryStep, STATE, STATE_STRIDE, type StepShape } from './index.ts';
import { type StepSeed, trajectoryStepReference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly seed: number;
  readonly seeds: number;
  readonly free: number;
  readonly joints: number;
  readonly history: number;
  /** Pairs that are there already; -1: nothing has been evaluated yet. */
  readonly pairs: number;
  /** What the value does at the trial. */
  readonly value?: 'falls' | 'rises' | 'rises often';
  readonly nan?: boolean;
}

/**
 * Seeds in the midst of minimising a quadratic: pairs of it, a point, its gradient and direction, and a trial that the value
 * falls or rises at.
 */
function stepCase(o: Options): KernelCase<StepShape> {
  const random = seededRandom(o.seed);
  const { seeds, free, joints, history } = o;
  const n = free * joints + 1;
  const stride = Math.ceil(n / 4) * 4;
  const shape: StepShape = { seeds, free, joints, stride, history, maxMove: 0.3, maxLogMove: 0.2 };
  const curvature = Float64Array.from({ length: n }, () => 0.5 + 2 * random());
  const trial = new Float32Array(seeds * stride);
  const gradient = new Float32Array(seeds * stride);
  const point = new Float32Array(3 * seeds * stride);
  const pairs = new Float32Array(2 * history * seeds * stride);
  const state = new Float32Array(seeds * STATE_STRIDE);
  const value = new Float32Array(4 * seeds);
  const vector = (size: number): number[] => Array.from({ length: n }, () => size * normal(random));
  for (let s = 0; s < seeds; s++) {
    const x = vector(1);
    const d = vector(0.1);
    point.set(x, 3 * s * stride);
    point.set(
      x.map((v, i) => curvature[i] * v),
      (3 * s + 1) * stride,
    );
    point.set(d, (3 * s + 2) * stride);
    trial.set(
      x.map((v, i) => v + d[i]),
      s * stride,
    );
    gradient.set(
      x.map((v, i) => curvature[i] * (v + d[i])),
      s * stride,
    );
    value[4 * s] = o.value === undefined || o.value === 'falls' ? 4 : 6;
    if (o.pairs < 0) continue;
    const held = [5, 0.5, -0.8, o.pairs, (o.pairs + 1) % history, o.value === 'rises often' ? 10 : 1, 1, 7, 0.9];
    state.set(held, s * STATE_STRIDE);
    for (let slot = 0; slot < history; slot++) {
      const move = vector(0.1);
      const change = move.map((v, i) => curvature[i] * v);
      pairs.set(move, (2 * history * s + slot) * stride);
      pairs.set(change, (2 * history * s + history + slot) * stride);
      state[s * STATE_STRIDE + CURVATURES + slot] = 1 / move.reduce((sum, v, i) => sum + v * change[i], 0);
    }
  }
  if (o.nan) gradient[1] = Number.NaN;
  return {
    name: o.name,
    params: shape,
    inputs: { trial, value, gradient, point, history: pairs, metric: caseMetric(random, shape), state },
    outputs: {
      trial: { type: 'f32', length: trial.length },
      point: { type: 'f32', length: point.length },
      history: { type: 'f32', length: pairs.length },
      state: { type: 'f32', length: state.length },
    },
    nan: o.nan === true,
  };
}

/** Diagonally dominant and symmetric, hence positive. */
function caseMetric(random: Random, s: StepShape): Float32Array {
  const metric = new Float32Array(metricFloats(s));
  for (let k = 0; k < s.free; k++) {
    for (let l = 0; l <= k; l++) {
      metric[k * s.free + l] = metric[l * s.free + k] = k === l ? 1 : (0.3 * random()) / (1 + (k - l) ** 2);
    }
  }
  for (let j = 0; j <= s.joints; j++) metric[s.free * s.free + j] = 0.5 + random();
  return metric;
}

type Arrays = Readonly<Record<'trial' | 'point' | 'history' | 'state', ArrayLike<number>>>;

/** Outputs of different magnitudes apart; of the state what the next step reads. */
function parts({ params }: KernelCase<StepShape>, out: Arrays): Record<string, Float64Array> {
  const { seeds, stride } = params;
  const pick = (from: ArrayLike<number>, row: number, columns: readonly number[]): Float64Array =>
    Float64Array.from(Array.from(from).filter((_, i) => columns.includes(i % row)));
  const rows = (first: number): Float64Array =>
    Float64Array.from(Array.from(out.point).filter((_, i) => Math.floor(i / stride) % 3 === first));
  const counts = [STATE.pairs, STATE.newest, STATE.tries, STATE.status, STATE.accepted];
  return {
    trial: Float64Array.from(Array.from(out.trial).slice(0, seeds * stride)),
    x: rows(0),
    g: rows(1),
    direction: rows(2),
    history: Float64Array.from(Array.from(out.history)),
    value: pick(out.state, STATE_STRIDE, [STATE.value]),
    slope: pick(out.state, STATE_STRIDE, [STATE.slope]),
    step: pick(out.state, STATE_STRIDE, [STATE.step, STATE.gamma]),
    counts: pick(out.state, STATE_STRIDE, counts),
  };
}

function reference(c: KernelCase<StepShape>): Record<string, Float64Array> {
  const { params, inputs } = c;
  const { seeds, stride, history } = params;
  const out = {
    trial: Float64Array.from(inputs.trial),
    point: Float64Array.from(inputs.point),
    history: Float64Array.from(inputs.history),
    state: Float64Array.from(inputs.state),
  };
  for (let s = 0; s < seeds; s++) {
    const seed: StepSeed = {
      trial: out.trial.subarray(s * stride, (s + 1) * stride),
      value: inputs.value[4 * s],
      gradient: Float64Array.from(inputs.gradient.subarray(s * stride, (s + 1) * stride)),
      point: out.point.subarray(3 * s * stride, 3 * (s + 1) * stride),
      history: out.history.subarray(2 * history * s * stride, 2 * history * (s + 1) * stride),
      state: out.state.subarray(s * STATE_STRIDE, (s + 1) * STATE_STRIDE),
    };
    trajectoryStepReference(params, inputs.metric, seed);
  }
  return parts(c, out);
}

const usual = { seeds: 2, free: 13, joints: 7, history: 5, pairs: 3 };

export const trajectoryStep = defineKernel<StepShape>({
  name: 'trajectory-step',
  doc: 'one step of limited-memory BFGS for each of many small problems, line search included',
  inputs: {
    trial: 'f32[seeds][stride]',
    value: 'f32[seeds][4] the first is the value at the trial',
    gradient: 'f32[seeds][stride] at the trial',
    point: 'f32[seeds][3][stride] point, its gradient, direction',
    history: 'f32[seeds][2 history][stride] moves, changes of the gradient',
    metric: 'f32[free][free], f32[joints], f32 of the last variable',
    state: 'f32[seeds][64]',
  },
  outputs: {
    trial: 'f32[seeds][stride] the next trial',
    point: 'f32[seeds][3][stride]',
    history: 'f32[seeds][2 history][stride]',
    state: 'f32[seeds][64]',
  },
  tolerance: {
    relative: 1e-4,
    why: 'the two loops take differences of sums of some hundred products in float32, one after the other for each pair',
  },
  cases: [
    stepCase({ ...usual, name: 'the first step', seed: 601, pairs: -1 }),
    stepCase({ ...usual, name: 'a step without pairs', seed: 602, pairs: 0 }),
    stepCase({ ...usual, name: 'a step with some pairs', seed: 603 }),
    stepCase({ ...usual, name: 'a step with a full history', seed: 604, pairs: 5 }),
    stepCase({ ...usual, name: 'a shorter step', seed: 605, value: 'rises' }),
    stepCase({ ...usual, name: 'pairs dropped', seed: 606, value: 'rises often' }),
    stepCase({ ...usual, name: 'a seed that is given up', seed: 607, pairs: 0, value: 'rises often' }),
    stepCase({ ...usual, name: 'one variable and the time', seed: 608, free: 1, joints: 1 }),
    stepCase({ ...usual, name: 'many seeds and points', seed: 609, seeds: 9, free: 61, history: 10, pairs: 9 }),
    stepCase({ ...usual, name: 'NaN in a gradient', seed: 610, nan: true }),
  ],
  cost: ({ params: { seeds, free, joints, history } }) => ({
    flops: seeds * joints * free * (4 * free + 10 * history),
    bytes: 4 * seeds * joints * free * (4 * history + 12),
  }),
  reference,
  compared: (c, { trial, point, history, state }) => parts(c, { trial, point, history, state }),
  prepare: (device, { params }, b) => [
    prepareTrajectoryStep(device, params, {
      trial: b.trial,
      value: b.value,
      gradient: b.gradient,
      point: b.point,
      history: b.history,
      metric: b.metric,
      state: b.state,
    }),
  ],
});
