/** Lags that a pattern is made of, in strides. */
const LAGS = 8;
const STRIDE = 2;
/** The kernel's width is the distance of this nearest pattern. */
const NEAREST = 12;
/** Weight of where a marker is against how it got there. */
const LEVEL = 0.3;

/**
 * Prediction by recall: moments of the past at which the markers had come a similar way, and where they went from there
 * (kernel regression on the last {@link LAGS} displacements of all axes).
 */
export class Recall {
  readonly #axes: number;
  readonly #ahead: number;
  readonly #capacity: number;
  readonly #size: number;
  readonly #patterns: Float64Array;
  readonly #positions: Float64Array;
  readonly #pattern: Float64Array;
  readonly #distances: Float64Array;
  readonly #nearest = new Float64Array(NEAREST + 1);
  readonly #origin: Float64Array;
  #count = 0;

  /**
   * @param ahead horizon in samples
   * @param capacity samples that it remembers
   */
  constructor(axes: number, ahead: number, capacity: number) {
    this.#axes = axes;
    this.#ahead = ahead;
    this.#capacity = capacity;
    this.#size = axes * (LAGS + 1);
    this.#patterns = new Float64Array(capacity * this.#size);
    this.#positions = new Float64Array(capacity * axes);
    this.#pattern = new Float64Array(this.#size);
    this.#distances = new Float64Array(capacity);
    this.#origin = new Float64Array(axes);
  }

  reset(x: Float64Array): void {
    this.#origin.set(x);
    this.#count = 0;
  }

  update(x: Float64Array): void {
    const slot = this.#count % this.#capacity;
    for (let a = 0; a < this.#axes; a++) this.#positions[slot * this.#axes + a] = x[a] - this.#origin[a];
    for (let a = 0; a < this.#axes; a++) {
      const here = this.#positions[slot * this.#axes + a];
      for (let l = 1; l <= LAGS; l++) {
        const back = Math.min(l * STRIDE, this.#count, this.#capacity - 1);
        const then = this.#positions[((this.#count - back) % this.#capacity) * this.#axes + a];
        this.#pattern[a * (LAGS + 1) + l - 1] = then - here;
      }
      this.#pattern[a * (LAGS + 1) + LAGS] = LEVEL * here;
    }
    this.#patterns.set(this.#pattern, slot * this.#size);
    this.#count++;
  }

  /** Displacement from the last sample to `ahead` samples later, f64[axes]. */
  predict(out: Float64Array): void {
    out.fill(0);
    const last = this.#count - 1 - this.#ahead;
    const first = Math.max(LAGS * STRIDE, this.#count - this.#capacity + LAGS * STRIDE);
    if (last - first < 2 * NEAREST) return;
    this.#nearest.fill(Number.POSITIVE_INFINITY);
    for (let k = first; k <= last; k++) {
      const at = (k % this.#capacity) * this.#size;
      let sum = 0;
      for (let i = 0; i < this.#size; i++) {
        const difference = this.#patterns[at + i] - this.#pattern[i];
        sum += difference * difference;
      }
      this.#distances[k % this.#capacity] = sum;
      this.#rank(sum);
    }
    const width = this.#nearest[NEAREST];
    if (!(width > 0)) return;
    let total = 0;
    for (let k = first; k <= last; k++) {
      const slot = k % this.#capacity;
      const weight = Math.exp(-this.#distances[slot] / width);
      if (weight < 1e-9) continue;
      total += weight;
      const later = ((k + this.#ahead) % this.#capacity) * this.#axes;
      for (let a = 0; a < this.#axes; a++) {
        out[a] += weight * (this.#positions[later + a] - this.#positions[slot * this.#axes + a]);
      }
    }
    for (let a = 0; a < this.#axes; a++) out[a] /= total;
  }

  /** Keeps the least distances, in order. */
  #rank(distance: number): void {
    const list = this.#nearest;
    if (distance >= list[NEAREST]) return;
    let i = NEAREST;
    while (i > 0 && list[i - 1] > distance) {
      list[i] = list[i - 1];
      i--;
    }
    list[i] = distance;
  }
}
