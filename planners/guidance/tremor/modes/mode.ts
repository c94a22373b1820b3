/**
 * One hypothesis about the voluntary motion of an axis: a polynomial in time of `order` states (value and derivatives, in
 * units of the signal and of TIME_UNIT), and two states of the tremor (now, one sample ago).
 */
export interface Mode {
  readonly order: number;
  /** Of states: order + 2. */
  readonly size: number;
  /** Noise that drives the highest derivative, variance a period. */
  readonly noise: number;
}

/** Time unit of the derivatives [s]: keeps the states of a hand's motion within few powers of ten of each other. */
export const TIME_UNIT = 0.1;

export function createMode(order: number, density: number, periodSec: number): Mode {
  return { order, size: order + 2, noise: (density * density * periodSec) / TIME_UNIT };
}

/** Mean and covariance of one axis under one mode; two sets, swapped every sample. */
export interface Belief {
  mean: Float64Array;
  covariance: Float64Array;
  nextMean: Float64Array;
  nextCovariance: Float64Array;
}

export function createBelief({ size }: Mode): Belief {
  return {
    mean: new Float64Array(size),
    covariance: new Float64Array(size * size),
    nextMean: new Float64Array(size),
    nextCovariance: new Float64Array(size * size),
  };
}

/** dt^k / k!, k = 0 to 5, of one period in TIME_UNIT. */
export function taylorFactors(periodSec: number): Float64Array {
  const factors = new Float64Array(6);
  factors[0] = 1;
  for (let k = 1; k < 6; k++) factors[k] = (factors[k - 1] * periodSec) / TIME_UNIT / k;
  return factors;
}

/** Carries mean and covariance (`next...`) one period on. */
export function advance(
  mode: Mode,
  { nextMean: x, nextCovariance: p }: Belief,
  taylor: Float64Array,
  a1: number,
  a2: number,
  innovation: number,
): void {
  const { order, size } = mode;
  for (let i = 0; i < order - 1; i++) {
    let sum = x[i];
    for (let k = i + 1; k < order; k++) sum += taylor[k - i] * x[k];
    x[i] = sum;
  }
  const now = a1 * x[order] + a2 * x[order + 1];
  x[order + 1] = x[order];
  x[order] = now;
  const tremor = order * size;
  for (let i = 0; i < order - 1; i++) {
    const row = i * size;
    for (let k = i + 1; k < order; k++) {
      const factor = taylor[k - i];
      const from = k * size;
      for (let j = 0; j < size; j++) p[row + j] += factor * p[from + j];
    }
  }
  for (let j = 0; j < size; j++) {
    const value = a1 * p[tremor + j] + a2 * p[tremor + size + j];
    p[tremor + size + j] = p[tremor + j];
    p[tremor + j] = value;
  }
  // Columns; of the result only the upper triangle is wanted.
  for (let i = 0; i < size; i++) {
    const row = i * size;
    for (let j = i; j < order - 1; j++) {
      let sum = p[row + j];
      for (let k = j + 1; k < order; k++) sum += taylor[k - j] * p[row + k];
      p[row + j] = sum;
    }
    const value = a1 * p[row + order] + a2 * p[row + order + 1];
    p[row + order + 1] = p[row + order];
    p[row + order] = value;
  }
  const top = (order - 1) * (size + 1);
  p[top] += mode.noise;
  p[order * (size + 1)] += innovation;
}

/**
 * Takes a sample (the value plus the tremor, with noise) into `next...`, whose covariance is given in its upper triangle and
 * becomes whole.
 *
 * @param gain scratch f64[size]
 * @return log-likelihood of the sample but for a constant
 */
export function observe(
  mode: Mode,
  { nextMean: x, nextCovariance: p }: Belief,
  sample: number,
  noise: number,
  gain: Float64Array,
): number {
  const { order, size } = mode;
  for (let j = 0; j < size; j++) gain[j] = p[j] + (j <= order ? p[j * size + order] : p[order * size + j]);
  const spread = noise + gain[0] + gain[order];
  const error = sample - x[0] - x[order];
  const share = error / spread;
  for (let i = 0; i < size; i++) {
    x[i] += gain[i] * share;
    const part = gain[i] / spread;
    for (let j = i; j < size; j++) {
      const value = p[i * size + j] - part * gain[j];
      p[i * size + j] = value;
      p[j * size + i] = value;
    }
  }
  return -0.5 * (Math.log(spread) + error * share);
}

/** Adds to covariance p about mean x the share of a belief under another mode. */
export function addSpread(
  to: Mode,
  from: Mode,
  share: number,
  x: Float64Array,
  p: Float64Array,
  { mean, covariance }: Belief,
): void {
  for (let r = 0; r < to.size; r++) {
    const fromR = r < to.order ? (r < from.order ? r : -1) : r - to.order + from.order;
    const dr = (fromR < 0 ? 0 : mean[fromR]) - x[r];
    const row = r * to.size;
    for (let c = r; c < to.size; c++) {
      const fromC = c < to.order ? (c < from.order ? c : -1) : c - to.order + from.order;
      const dc = (fromC < 0 ? 0 : mean[fromC]) - x[c];
      const spread = fromR < 0 || fromC < 0 ? 0 : covariance[fromR * from.size + fromC];
      const value = share * (spread + dr * dc);
      p[row + c] += value;
      if (c !== r) p[c * to.size + r] += value;
    }
  }
}

/** Makes the new mean and covariance the present ones. */
export function swap(belief: Belief): void {
  const { mean, covariance } = belief;
  belief.mean = belief.nextMean;
  belief.covariance = belief.nextCovariance;
  belief.nextMean = mean;
  belief.nextCovariance = covariance;
}
