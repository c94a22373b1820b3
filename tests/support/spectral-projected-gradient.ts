/** A smooth function of the dose = matrix w of weights w >= 0, in float64. */
export interface DenseFluenceProblem {
  /** [voxels][bixels], row by row. */
  readonly matrix: Float64Array;
  readonly bixels: number;
  /** The value at a dose; writes the derivative by every voxel's dose. */
  readonly objective: (dose: Float64Array, slope: Float64Array) => number;
}

export interface SpectralResult {
  readonly weights: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** Length of P(w - g) - w at the end, over that at the start. */
  readonly projectedGradient: number;
}

const SUFFICIENT = 1e-4;
const MEMORY = 10;
const STEP_LIMITS = [1e-30, 1e30] as const;

/**
 * Minimises by the spectral projected gradient method with a nonmonotone line search: algorithm SPG2 of E. Birgin, J. M.
 * Martinez and M. Raydan (SIAM Journal on Optimization 10 (2000) 1196), memory 10, sufficient decrease 1e-4, step lengths
 * after Barzilai and Borwein. Shares nothing with the planner's optimiser; slow, and meant to run to the very end: it stops
 * when the projected gradient has fallen to `tolerance` times the first one.
 */
export function minimizeSpectral(
  problem: DenseFluenceProblem,
  start: ArrayLike<number>,
  tolerance = 1e-6,
  maxIterations = 100_000,
): SpectralResult {
  const { bixels: n, objective, matrix } = problem;
  const voxels = matrix.length / n;
  let w = Float64Array.from(start);
  let dose = times(matrix, w, voxels);
  const slope = new Float64Array(voxels);
  const trialDose = new Float64Array(voxels);
  let value = objective(dose, slope);
  let gradient = transposedTimes(matrix, slope, n);
  const first = projectedNorm(w, gradient);
  let best = { weights: w, value };
  const recent = [value];
  let length = 1 / projectedNorm(w, gradient, Math.max);
  let iterations = 0;
  let left = first;
  while (left > tolerance * first && iterations < maxIterations) {
    const direction = w.map((x, i) => Math.max(0, x - length * gradient[i]) - x);
    const descent = dotProduct(direction, gradient);
    const change = times(matrix, direction, voxels);
    const bar = Math.max(...recent);
    let step = 1;
    let trial = 0;
    for (;;) {
      for (let v = 0; v < voxels; v++) trialDose[v] = dose[v] + step * change[v];
      trial = objective(trialDose, slope);
      if (trial <= bar + SUFFICIENT * step * descent || step < 1e-12) break;
      const parabola = (-0.5 * step * step * descent) / (trial - value - step * descent);
      step = parabola >= 0.1 && parabola <= 0.9 * step ? parabola : step / 2;
    }
    const next = w.map((x, i) => Math.max(0, x + step * direction[i]));
    // the dose anew now and then, against the drift of adding up
    dose = iterations % 50 === 49 ? times(matrix, next, voxels) : trialDose.slice();
    value = iterations % 50 === 49 ? objective(dose, slope) : trial;
    const nextGradient = transposedTimes(matrix, slope, n);
    let ss = 0;
    let sy = 0;
    for (let i = 0; i < n; i++) {
      ss += (next[i] - w[i]) ** 2;
      sy += (next[i] - w[i]) * (nextGradient[i] - gradient[i]);
    }
    length = sy <= 0 ? STEP_LIMITS[1] : Math.min(STEP_LIMITS[1], Math.max(STEP_LIMITS[0], ss / sy));
    w = next;
    gradient = nextGradient;
    if (value < best.value) best = { weights: w, value };
    recent.push(value);
    if (recent.length > MEMORY) recent.shift();
    left = projectedNorm(w, gradient);
    iterations++;
  }
  return { ...best, iterations, projectedGradient: left / first };
}

/** Length of P(w - g) - w, or with `Math.max` its largest entry. */
function projectedNorm(w: Float64Array, g: Float64Array, reduce?: typeof Math.max): number {
  let sum = 0;
  for (let i = 0; i < w.length; i++) {
    const move = Math.abs(Math.max(0, w[i] - g[i]) - w[i]);
    sum = reduce ? reduce(sum, move) : sum + move * move;
  }
  return reduce ? sum : Math.sqrt(sum);
}

function dotProduct(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** matrix w */
export function times(matrix: Float64Array, w: Float64Array, voxels: number): Float64Array {
  const n = w.length;
  const out = new Float64Array(voxels);
  for (let v = 0, at = 0; v < voxels; v++, at += n) {
    let a = 0;
    let b = 0;
    let j = 0;
    for (; j + 1 < n; j += 2) {
      a += matrix[at + j] * w[j];
      b += matrix[at + j + 1] * w[j + 1];
    }
    if (j < n) a += matrix[at + j] * w[j];
    out[v] = a + b;
  }
  return out;
}

/** matrix' slope; rows whose slope is zero are passed over. */
function transposedTimes(matrix: Float64Array, slope: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n);
  for (let v = 0, at = 0; v < slope.length; v++, at += n) {
    const s = slope[v];
    if (s === 0) continue;
    for (let j = 0; j < n; j++) out[j] += s * matrix[at + j];
  }
  return out;
}
