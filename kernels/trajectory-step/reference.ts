import { CURVATURES, STATE, type StepShape } from './index.ts';

/** Share of the descent that the slope promises which a step must reach (Armijo). */
export const ARMIJO = 1e-4;
/** Trials along one direction before the pairs are dropped, or before the seed is given up. */
export const MAX_TRIES = 10;
/** Least curvature of a pair, relative to the lengths of its two vectors. */
export const LEAST_CURVATURE = 1e-6;

/** What one seed's buffers hold; changed in place. */
export interface StepSeed {
  readonly trial: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  /** [3][stride] */
  readonly point: Float64Array;
  /** [2 history][stride] */
  readonly history: Float64Array;
  readonly state: Float64Array;
}

type Shape = Omit<StepShape, 'seeds'>;

function dot(a: Float64Array, b: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

/** The metric times a vector: its matrix over the control points of each joint, then the joint's scale. */
export function applyMetric(s: Shape, metric: ArrayLike<number>, v: Float64Array): Float64Array {
  const { free, joints } = s;
  const out = new Float64Array(v.length);
  for (let j = 0; j < joints; j++) {
    for (let k = 0; k < free; k++) {
      let sum = 0;
      for (let l = 0; l < free; l++) sum += metric[k * free + l] * v[l * joints + j];
      out[k * joints + j] = metric[free * free + j] * sum;
    }
  }
  out[free * joints] = metric[free * free + joints] * v[free * joints];
  return out;
}

/** The factor that keeps a direction's largest components within what one step may move. */
function shortening(s: Shape, d: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < s.free * s.joints; i++) largest = Math.max(largest, Math.abs(d[i]));
  return Math.min(1, s.maxMove / largest, s.maxLogMove / Math.abs(d[s.free * s.joints]));
}

/** One step of one seed; see index.ts. */
export function trajectoryStepReference(s: Shape, metric: ArrayLike<number>, seed: StepSeed): void {
  const n = s.free * s.joints + 1;
  const { trial, gradient, state } = seed;
  const row = (of: Float64Array, r: number): Float64Array => of.subarray(r * s.stride, r * s.stride + n);
  const [x, g, d] = [row(seed.point, 0), row(seed.point, 1), row(seed.point, 2)];
  const moves = (i: number): Float64Array => row(seed.history, i);
  const changes = (i: number): Float64Array => row(seed.history, s.history + i);
  if (state[STATE.status] === 2) return;
  const fresh = state[STATE.status] === 0;
  const step = state[STATE.step];
  const descends = seed.value <= state[STATE.value] + ARMIJO * step * state[STATE.slope];
  let anew = false;
  if (fresh || descends) {
    if (!fresh) {
      const slot = (state[STATE.newest] + 1) % s.history;
      for (let i = 0; i < n; i++) {
        moves(slot)[i] = trial[i] - x[i];
        changes(slot)[i] = gradient[i] - g[i];
      }
      const [move, change] = [moves(slot), changes(slot)];
      const curvature = dot(move, change, n);
      const lengths = Math.sqrt(dot(move, move, n) * dot(change, change, n));
      if (curvature > LEAST_CURVATURE * lengths) {
        state[STATE.newest] = slot;
        state[STATE.pairs] = Math.min(s.history, state[STATE.pairs] + 1);
        state[CURVATURES + slot] = 1 / curvature;
        state[STATE.gamma] = curvature / dot(change, applyMetric(s, metric, change), n);
      }
      state[STATE.accepted]++;
    } else {
      state[STATE.pairs] = 0;
      state[STATE.newest] = 0;
      state[STATE.gamma] = 1;
      state[STATE.accepted] = 0;
      state[STATE.status] = 1;
    }
    x.set(trial.subarray(0, n));
    g.set(gradient.subarray(0, n));
    state[STATE.value] = seed.value;
    anew = true;
  } else {
    state[STATE.tries]++;
    if (state[STATE.tries] > MAX_TRIES) {
      if (state[STATE.pairs] === 0) {
        state[STATE.status] = 2;
        trial.set(x);
        return;
      }
      state[STATE.pairs] = 0;
      state[STATE.gamma] = 1;
      anew = true;
    } else {
      // Minimum of the parabola through value, slope and trial, kept between a tenth and a half.
      const slope = step * state[STATE.slope];
      const bend = seed.value - state[STATE.value] - slope;
      const best = bend > 0 ? -slope / (2 * bend) : 0.5;
      state[STATE.step] = step * Math.min(0.5, Math.max(0.1, best));
    }
  }
  if (anew) {
    direction(s, metric, seed, g, d, moves, changes);
    if (!(state[STATE.slope] < 0) && state[STATE.pairs] > 0) {
      state[STATE.pairs] = 0;
      state[STATE.gamma] = 1;
      direction(s, metric, seed, g, d, moves, changes);
    }
    state[STATE.step] = 1;
    state[STATE.tries] = 0;
  }
  for (let i = 0; i < n; i++) trial[i] = x[i] + state[STATE.step] * d[i];
}

/** d = -H g by the two loops over the pairs, shortened; and its slope. */
function direction(
  s: Shape,
  metric: ArrayLike<number>,
  { state }: StepSeed,
  g: Float64Array,
  d: Float64Array,
  moves: (slot: number) => Float64Array,
  changes: (slot: number) => Float64Array,
): void {
  const n = g.length;
  const pairs = state[STATE.pairs];
  const slotOf = (age: number): number => (state[STATE.newest] - age + s.history) % s.history;
  const q = g.slice();
  const alpha: number[] = [];
  for (let age = 0; age < pairs; age++) {
    const slot = slotOf(age);
    alpha[age] = state[CURVATURES + slot] * dot(moves(slot), q, n);
    for (let i = 0; i < n; i++) q[i] -= alpha[age] * changes(slot)[i];
  }
  const r = applyMetric(s, metric, q).map((v) => state[STATE.gamma] * v);
  for (let age = pairs - 1; age >= 0; age--) {
    const slot = slotOf(age);
    const beta = state[CURVATURES + slot] * dot(changes(slot), r, n);
    for (let i = 0; i < n; i++) r[i] += (alpha[age] - beta) * moves(slot)[i];
  }
  const short = shortening(s, r);
  for (let i = 0; i < n; i++) d[i] = -short * r[i];
  state[STATE.slope] = dot(g, d, n);
}
