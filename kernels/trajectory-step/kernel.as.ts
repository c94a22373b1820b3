import { f32At, pointerAt, u32At } from '../support/args.as';

// Numbers of reference.ts and index.ts.
const ARMIJO: f32 = 1e-4;
const MAX_TRIES: f32 = 10;
const LEAST_CURVATURE: f32 = 1e-6;
const STATE_BYTES: usize = 256;
const CURVATURES: i32 = 16;
const ALPHAS: i32 = 32;
const VALUE: i32 = 0;
const STEP: i32 = 1;
const SLOPE: i32 = 2;
const PAIRS: i32 = 3;
const NEWEST: i32 = 4;
const TRIES: i32 = 5;
const STATUS: i32 = 6;
const ACCEPTED: i32 = 7;
const GAMMA: i32 = 8;

// @ts-ignore: decorator
@inline
function real(p: usize, index: i32): f32 {
  return load<f32>(p + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
function put(p: usize, index: i32, v: f32): void {
  store<f32>(p + ((<usize>index) << 2), v);
}

function dot(a: usize, b: usize, n: i32): f32 {
  let sums = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const at = (<usize>i) << 2;
    sums = f32x4.add(sums, f32x4.mul(v128.load(a + at), v128.load(b + at)));
  }
  let sum =
    f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
  for (; i < n; i++) sum += real(a, i) * real(b, i);
  return sum;
}

// out = a + by * b
function addScaled(out: usize, a: usize, by: f32, b: usize, n: i32): void {
  const factor = f32x4.splat(by);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const at = (<usize>i) << 2;
    v128.store(out + at, f32x4.add(v128.load(a + at), f32x4.mul(factor, v128.load(b + at))));
  }
  for (; i < n; i++) put(out, i, real(a, i) + by * real(b, i));
}

// out = by * metric * v; out is not v.
function applyMetric(out: usize, metric: usize, v: usize, free: i32, joints: i32, by: f32): void {
  const scales = metric + ((<usize>(free * free)) << 2);
  for (let k = 0; k < free; k++) {
    const target = out + ((<usize>(k * joints)) << 2);
    for (let j = 0; j < joints; j++) put(target, j, 0);
    for (let l = 0; l < free; l++) {
      addScaled(target, target, real(metric, k * free + l), v + ((<usize>(l * joints)) << 2), joints);
    }
    for (let j = 0; j < joints; j++) put(target, j, by * real(scales, j) * real(target, j));
  }
  put(out, free * joints, by * real(scales, joints) * real(v, free * joints));
}

// Task = a seed.
export function trajectoryStep(begin: i32, end: i32, args: usize): void {
  const free = <i32>u32At(args, 1);
  const joints = <i32>u32At(args, 2);
  const stride = <usize>u32At(args, 3) << 2;
  const history = <i32>u32At(args, 4);
  const n = free * joints + 1;
  const metric = pointerAt(args, 12);
  for (let seed = begin; seed < end; seed++) {
    const trial = pointerAt(args, 7) + <usize>seed * stride;
    const value = load<f32>(pointerAt(args, 8) + ((<usize>seed) << 4));
    const gradient = pointerAt(args, 9) + <usize>seed * stride;
    const x = pointerAt(args, 10) + <usize>seed * 3 * stride;
    const g = x + stride;
    const d = g + stride;
    const moves = pointerAt(args, 11) + <usize>(seed * 2 * history) * stride;
    const changes = moves + <usize>history * stride;
    const state = pointerAt(args, 13) + <usize>seed * STATE_BYTES;
    if (real(state, STATUS) == 2) continue;
    const fresh = real(state, STATUS) == 0;
    const step = real(state, STEP);
    let anew = false;
    if (fresh || value <= real(state, VALUE) + ARMIJO * step * real(state, SLOPE)) {
      if (fresh) {
        put(state, PAIRS, 0);
        put(state, NEWEST, 0);
        put(state, GAMMA, 1);
        put(state, ACCEPTED, 0);
        put(state, STATUS, 1);
      } else {
        const slot = (<i32>real(state, NEWEST) + 1) % history;
        const move = moves + <usize>slot * stride;
        const change = changes + <usize>slot * stride;
        addScaled(move, trial, -1, x, n);
        addScaled(change, gradient, -1, g, n);
        const curvature = dot(move, change, n);
        if (curvature > LEAST_CURVATURE * sqrt<f32>(dot(move, move, n) * dot(change, change, n))) {
          put(state, NEWEST, <f32>slot);
          put(state, PAIRS, min<f32>(<f32>history, real(state, PAIRS) + 1));
          put(state, CURVATURES + slot, 1 / curvature);
          // The direction's place serves as scratch: it is about to be made anew.
          applyMetric(d, metric, change, free, joints, 1);
          put(state, GAMMA, curvature / dot(change, d, n));
        }
        put(state, ACCEPTED, real(state, ACCEPTED) + 1);
      }
      memory.copy(x, trial, (<usize>n) << 2);
      memory.copy(g, gradient, (<usize>n) << 2);
      put(state, VALUE, value);
      anew = true;
    } else {
      put(state, TRIES, real(state, TRIES) + 1);
      if (real(state, TRIES) > MAX_TRIES) {
        if (real(state, PAIRS) == 0) {
          put(state, STATUS, 2);
          memory.copy(trial, x, (<usize>n) << 2);
          continue;
        }
        put(state, PAIRS, 0);
        put(state, GAMMA, 1);
        anew = true;
      } else {
        const slope = step * real(state, SLOPE);
        const bend = value - real(state, VALUE) - slope;
        const best: f32 = bend > 0 ? -slope / (2 * bend) : 0.5;
        put(state, STEP, step * min<f32>(0.5, max<f32>(0.1, best)));
      }
    }
    if (anew) {
      direction(args, metric, state, moves, changes, stride, history, g, d, trial, free, joints);
      if (!(real(state, SLOPE) < 0) && real(state, PAIRS) > 0) {
        put(state, PAIRS, 0);
        put(state, GAMMA, 1);
        direction(args, metric, state, moves, changes, stride, history, g, d, trial, free, joints);
      }
      put(state, STEP, 1);
      put(state, TRIES, 0);
    }
    addScaled(trial, x, real(state, STEP), d, n);
  }
}

// d = -H g by the two loops over the pairs, shortened, and its slope; `q` is scratch.
function direction(
  args: usize, metric: usize, state: usize, moves: usize, changes: usize, stride: usize, history: i32,
  g: usize, d: usize, q: usize, free: i32, joints: i32,
): void {
  const n = free * joints + 1;
  const pairs = <i32>real(state, PAIRS);
  const newest = <i32>real(state, NEWEST);
  memory.copy(q, g, (<usize>n) << 2);
  for (let age = 0; age < pairs; age++) {
    const slot = (newest - age + history) % history;
    const alpha = real(state, CURVATURES + slot) * dot(moves + <usize>slot * stride, q, n);
    put(state, ALPHAS + age, alpha);
    addScaled(q, q, -alpha, changes + <usize>slot * stride, n);
  }
  applyMetric(d, metric, q, free, joints, real(state, GAMMA));
  for (let age = pairs - 1; age >= 0; age--) {
    const slot = (newest - age + history) % history;
    const beta = real(state, CURVATURES + slot) * dot(changes + <usize>slot * stride, d, n);
    addScaled(d, d, real(state, ALPHAS + age) - beta, moves + <usize>slot * stride, n);
  }
  let largest: f32 = 0;
  for (let i = 0; i < n - 1; i++) largest = max<f32>(largest, abs<f32>(real(d, i)));
  let short = min<f32>(1, f32At(args, 5) / largest);
  short = min<f32>(short, f32At(args, 6) / abs<f32>(real(d, n - 1)));
  for (let i = 0; i < n; i++) put(d, i, -short * real(d, i));
  put(state, SLOPE, dot(g, d, n));
}
