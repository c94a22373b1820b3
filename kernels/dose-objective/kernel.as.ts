import { pointerAt, u32At } from '../support/args.as';

// Codes of the terms, as in index.ts.
const SQUARED_DEVIATION: i32 = 0;
const SQUARED_OVERDOSING: i32 = 1;
const SQUARED_UNDERDOSING: i32 = 2;
const MEAN_LINEAR: i32 = 3;
const MEAN_QUADRATIC: i32 = 4;
const EUD: i32 = 5;
const MAX_DVH: i32 = 6;
const MIN_DVH: i32 = 7;

const TERM: usize = 32;
const STATE: usize = 16;

// What a dose of an equivalent uniform dose is divided by before it is raised to k, so that no power overflows: the
// largest dose of the structure for k > 0, the smallest for k < 0.
// @ts-ignore: decorator
@inline
function eudScale(selected: f64, exponent: f64): f64 {
  if (exponent < 0) return max<f64>(selected, 0.001);
  return selected > 0 ? selected : 1;
}

// Task = one chunk of one term's voxels: the sum of d, or of (d / scale)^k for an equivalent uniform dose.
export function objectiveMoments(begin: i32, end: i32, args: usize): void {
  const dose = pointerAt(args, 1);
  const terms = pointerAt(args, 2);
  const chunks = pointerAt(args, 3);
  const termVoxels = pointerAt(args, 4);
  const selected = pointerAt(args, 5);
  const partials = pointerAt(args, 6);
  for (let task = begin; task < end; task++) {
    const chunk = chunks + (<usize>task << 4);
    const index = <usize>load<u32>(chunk);
    const term = terms + index * TERM;
    const last = load<u32>(chunk, 8);
    const exponent = <f64>load<f32>(term, 12);
    let sum: f64 = 0;
    if (<i32>load<f32>(term) == EUD) {
      const perScale = 1 / eudScale(<f64>load<f32>(selected + (index << 2)), exponent);
      for (let i = load<u32>(chunk, 4); i < last; i++) {
        const d = <f64>load<f32>(dose + (<usize>load<u32>(termVoxels + (<usize>i << 2)) << 2));
        sum += Math.pow((exponent < 0 && d == 0 ? 0.001 : d) * perScale, exponent);
      }
    } else {
      for (let i = load<u32>(chunk, 4); i < last; i++) {
        sum += <f64>load<f32>(dose + (<usize>load<u32>(termVoxels + (<usize>i << 2)) << 2));
      }
    }
    store<f32>(partials + (<usize>task << 2), <f32>sum);
  }
}

// One task: what a term needs to know of all its voxels, before the gradient of each can be written.
export function objectiveStates(begin: i32, end: i32, args: usize): void {
  const termCount = <i32>u32At(args, 0);
  const terms = pointerAt(args, 2);
  const chunkStarts = pointerAt(args, 3);
  const partials = pointerAt(args, 4);
  const selected = pointerAt(args, 5);
  const states = pointerAt(args, 6);
  for (let t = 0; t < termCount; t++) {
    const term = terms + <usize>t * TERM;
    const state = states + <usize>t * STATE;
    const kind = <i32>load<f32>(term);
    const weight = <f64>load<f32>(term, 4);
    const reference = <f64>load<f32>(term, 8);
    const exponent = <f64>load<f32>(term, 12);
    const count = <f64>load<f32>(term, 16);
    let sum: f64 = 0;
    const last = load<u32>(chunkStarts + (<usize>(t + 1) << 2));
    for (let c = load<u32>(chunkStarts + (<usize>t << 2)); c < last; c++) sum += <f64>load<f32>(partials + (<usize>c << 2));
    let value: f64 = 0;
    let slope: f64 = 0;
    let eud: f64 = 0;
    if (kind == MEAN_LINEAR) {
      const off = sum / count - reference;
      value = weight * abs(off);
      slope = off > 0 ? weight / count : off < 0 ? -weight / count : 0;
    } else if (kind == MEAN_QUADRATIC) {
      const off = sum / count - reference;
      value = weight * off * off;
      slope = (2 * weight * off) / count;
    } else if (kind == EUD) {
      const mean = sum / count;
      const scale = eudScale(<f64>load<f32>(selected + (<usize>t << 2)), exponent);
      eud = mean > 0 ? scale * Math.pow(mean, 1 / exponent) : mean == 0 ? 0 : NaN;
      const off = eud - reference;
      value = weight * off * off;
      slope = mean > 0 ? (2 * weight * off) / count : mean == 0 ? 0 : NaN;
    }
    store<f32>(state, <f32>value);
    store<f32>(state, <f32>slope, 4);
    store<f32>(state, load<f32>(selected + (<usize>t << 2)), 8);
    store<f32>(state, <f32>eud, 12);
  }
}

// Task = one chunk of voxels: the gradient of each, and the chunk's part of the terms that are sums over voxels.
export function objectiveGradient(begin: i32, end: i32, args: usize): void {
  const voxels = <i32>u32At(args, 0);
  const chunk = <i32>u32At(args, 1);
  const dose = pointerAt(args, 2);
  const terms = pointerAt(args, 3);
  const states = pointerAt(args, 4);
  const voxelStarts = pointerAt(args, 5);
  const voxelTerms = pointerAt(args, 6);
  const gradient = pointerAt(args, 7);
  const partials = pointerAt(args, 8);
  for (let task = begin; task < end; task++) {
    const first = task * chunk;
    const last = min(first + chunk, voxels);
    let sum: f64 = 0;
    let from = load<u32>(voxelStarts + (<usize>first << 2));
    for (let v = first; v < last; v++) {
      const to = load<u32>(voxelStarts + (<usize>(v + 1) << 2));
      const d = load<f32>(dose + (<usize>v << 2));
      let slope: f32 = 0;
      for (; from < to; from++) {
        const index = <usize>load<u32>(voxelTerms + (<usize>from << 2));
        const term = terms + index * TERM;
        const kind = <i32>load<f32>(term);
        const off = d - load<f32>(term, 8);
        if (kind == SQUARED_OVERDOSING) {
          if (off <= 0) continue;
        } else if (kind == SQUARED_UNDERDOSING) {
          if (off >= 0) continue;
        } else if (kind == MEAN_LINEAR || kind == MEAN_QUADRATIC) {
          slope += load<f32>(states + index * STATE, 4);
          continue;
        } else if (kind == EUD) {
          const state = states + index * STATE;
          const share = <f64>(d == 0 ? <f32>0.001 : d) / <f64>load<f32>(state, 12);
          const weighted = load<f32>(state, 4);
          if (weighted != 0) slope += weighted * <f32>Math.pow(share, <f64>load<f32>(term, 12) - 1);
          continue;
        } else if (kind == MAX_DVH) {
          if (off < 0 || d > load<f32>(states + index * STATE, 8)) continue;
        } else if (kind == MIN_DVH) {
          if (off > 0 || d < load<f32>(states + index * STATE, 8)) continue;
        }
        const scale = load<f32>(term, 20); // weight / voxel count
        sum += <f64>(scale * off * off);
        slope += 2 * scale * off;
      }
      store<f32>(gradient + (<usize>v << 2), slope);
    }
    store<f32>(partials + (<usize>task << 2), <f32>sum);
  }
}

// One task: objective[0] = all partial sums plus the terms that are functions of a whole structure.
export function objectiveSum(begin: i32, end: i32, args: usize): void {
  const termCount = <i32>u32At(args, 0);
  const chunkCount = <i32>u32At(args, 1);
  const states = pointerAt(args, 2);
  const partials = pointerAt(args, 3);
  const objective = pointerAt(args, 4);
  let sum: f64 = 0;
  for (let c = 0; c < chunkCount; c++) sum += <f64>load<f32>(partials + (<usize>c << 2));
  for (let t = 0; t < termCount; t++) sum += <f64>load<f32>(states + <usize>t * STATE);
  store<f32>(objective, <f32>sum);
}
