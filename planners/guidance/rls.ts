/** Largest growth of the inverse correlation over its start. */
const GROWTH = 1e6;

/**
 * Recursive least squares with forgetting: weights and inverse correlation of one regression, preallocated.
 * The covariance is kept symmetric by computing one triangle and copying it.
 */
export class RecursiveLeastSquares {
  readonly size: number;
  readonly #inverse: Float64Array;
  readonly #gain: Float64Array;
  #norm = 1;
  #turn = -1;
  #ceiling = Number.POSITIVE_INFINITY;

  constructor(size: number) {
    this.size = size;
    this.#inverse = new Float64Array(size * size);
    this.#gain = new Float64Array(size);
  }

  /** Starts with the inverse correlation `level` times identity: large trusts the first samples, small the first weights. */
  reset(level: number): void {
    this.#inverse.fill(0);
    this.#turn = -1;
    this.#ceiling = GROWTH * level * this.size;
    for (let i = 0; i < this.size; i++) this.#inverse[i * this.size + i] = level;
  }

  /**
   * Takes a regressor of the given weight in the sum of squares and forgets the past by the factor `forget` (0 to 1);
   * afterwards {@link correct} moves the weights of any number of targets that share it.
   */
  regress(x: Float64Array, forget: number, weight: number): void {
    const { size } = this;
    const inverse = this.#inverse;
    const gain = this.#gain;
    let norm = forget / weight;
    for (let i = 0; i < size; i++) {
      const sum = dotAt(inverse, i * size, x, 0, size);
      gain[i] = sum;
      norm += x[i] * sum;
    }
    this.#norm = norm;
    // Without excitation forgetting would let the inverse grow without bound.
    let trace = 0;
    for (let i = 0; i < size; i++) trace += inverse[i * size + i];
    const scale = trace < this.#ceiling ? 1 / forget : 1;
    for (let i = 0; i < size; i++) {
      const share = gain[i] / norm;
      const row = i * size;
      for (let j = 0, mirror = i; j <= i; j++, mirror += size) {
        const value = (inverse[row + j] - share * gain[j]) * scale;
        inverse[row + j] = value;
        inverse[mirror] = value;
      }
    }
  }

  /**
   * Pulls one weight towards zero, every call the next one in turn, as a sample would whose regressor is that weight's alone, of
   * `ridge` times the power of `x`: keeps what the samples do not tell from growing. Then {@link correct} by
   * the negative of the weight {@link leaking}.
   */
  leak(x: Float64Array, ridge: number): void {
    const { size } = this;
    const inverse = this.#inverse;
    const turn = (this.#turn + 1) % size;
    this.#turn = turn;
    const amount = ridge * dot(x, x);
    const norm = 1 + amount * inverse[turn * size + turn];
    for (let i = 0; i < size; i++) this.#gain[i] = inverse[i * size + turn];
    for (let i = 0; i < size; i++) {
      const share = (amount * this.#gain[i]) / norm;
      for (let j = 0; j <= i; j++) {
        const value = inverse[i * size + j] - share * this.#gain[j];
        inverse[i * size + j] = value;
        inverse[j * size + i] = value;
      }
    }
    this.#norm = norm / amount;
  }

  /** The weight that {@link leak} pulled last: its error is that weight's negative. */
  get leaking(): number {
    return this.#turn;
  }

  /** Moves weights by the error that they made before {@link regress} or {@link leak}. */
  correct(weights: Float64Array, error: number): void {
    const share = error / this.#norm;
    for (let i = 0; i < this.size; i++) weights[i] += this.#gain[i] * share;
  }
}

/** Sum of products of two lists of the same length. */
export function dot(a: Float64Array, b: Float64Array): number {
  return dotAt(a, 0, b, 0, a.length);
}

/** Sum of products of `count` numbers of two lists from two places on; four sums side by side, which processors add faster. */
export function dotAt(a: Float64Array, atA: number, b: Float64Array, atB: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < count; i += 4) {
    s0 += a[atA + i] * b[atB + i];
    s1 += a[atA + i + 1] * b[atB + i + 1];
    s2 += a[atA + i + 2] * b[atB + i + 2];
    s3 += a[atA + i + 3] * b[atB + i + 3];
  }
  for (; i < count; i++) s0 += a[atA + i] * b[atB + i];
  return s0 + s1 + (s2 + s3);
}
