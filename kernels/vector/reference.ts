/**
 * The vector entries in float64, element by element as index.ts states them. Conventions: element i of row r of the
 * history is at r * rowStride + i; sums are over the elements of one chunk in ascending order; a free variable is one that
 * is positive or has a negative gradient (the free set of projected quasi-Newton methods, D. Bertsekas, SIAM J. Control
 * Optim. 20 (1982) 221, with the active set {w = 0 and g >= 0}).
 */

const NO_INDEX = 0xffffffff;

export function gatherScaleReference(x: Float32Array, index: Uint32Array, scale: Float32Array): Float64Array {
  return Float64Array.from(index, (from, i) => (from === NO_INDEX ? 0 : scale[i] * x[from]));
}

export function gatherSumReference(
  a: Float32Array,
  b: Float32Array,
  indexA: Uint32Array,
  indexB: Uint32Array,
  scale: Float32Array,
): Float64Array {
  return Float64Array.from(scale, (s, i) => s * (a[indexA[i]] + b[indexB[i]]));
}

export function projectedStepReference(w: Float32Array, direction: Float32Array, step: number): Float64Array {
  return Float64Array.from(w, (value, i) => Math.max(0, value + step * direction[i]));
}

export function acceptStepReference(
  trial: Float32Array,
  gTrial: Float32Array,
  w: Float32Array,
  history: Float32Array,
  rowStride: number,
  rows: { readonly s: number; readonly y: number; readonly g: number },
): { w: Float64Array; history: Float64Array } {
  const next = Float64Array.from(history);
  for (let i = 0; i < w.length; i++) {
    next[rows.s * rowStride + i] = trial[i] - w[i];
    next[rows.y * rowStride + i] = gTrial[i] - history[rows.g * rowStride + i];
    next[rows.g * rowStride + i] = gTrial[i];
  }
  return { w: Float64Array.from(trial), history: next };
}

export function freeGramReference(
  w: Float32Array,
  history: Float32Array,
  rowStride: number,
  rowCount: number,
  rowG: number,
  chunk: number,
): { free: Float64Array; partials: Float64Array } {
  const n = w.length;
  const free = new Float64Array(rowStride);
  for (let i = 0; i < n; i++) free[i] = w[i] > 0 || history[rowG * rowStride + i] < 0 ? 1 : 0;
  const partials: number[] = [];
  for (let first = 0; first < Math.max(1, n); first += chunk) {
    for (let a = 0; a < rowCount; a++) {
      for (let b = 0; b <= a; b++) {
        let sum = 0;
        for (let i = first; i < Math.min(first + chunk, n); i++) {
          sum += free[i] * history[a * rowStride + i] * history[b * rowStride + i];
        }
        partials.push(sum);
      }
    }
  }
  return { free, partials: Float64Array.from(partials) };
}

export function combineRowsReference(
  history: Float32Array,
  coefficients: Float32Array,
  free: Float32Array,
  rowStride: number,
): Float64Array {
  return Float64Array.from(free, (kept, i) => {
    let sum = 0;
    for (let row = 0; row < coefficients.length; row++) sum += coefficients[row] * history[row * rowStride + i];
    return kept * sum;
  });
}

export function stepDotsReference(
  w: Float32Array,
  g: Float32Array,
  trial: Float32Array,
  chunk: number,
): { sums: Float64Array; largest: Float64Array } {
  const sums: number[] = [];
  const largest: number[] = [];
  for (let first = 0; first < Math.max(1, w.length); first += chunk) {
    let descent = 0;
    let length = 0;
    let norm = 0;
    let most = 0;
    for (let i = first; i < Math.min(first + chunk, w.length); i++) {
      const moved = trial[i] - w[i];
      const projected = Math.max(0, w[i] - g[i]) - w[i];
      descent += g[i] * moved;
      length += moved * moved;
      norm += projected * projected;
      most = Math.max(most, Math.abs(projected));
    }
    sums.push(descent, length, norm);
    largest.push(most);
  }
  return { sums: Float64Array.from(sums), largest: Float64Array.from(largest) };
}
