import { dot, RecursiveLeastSquares } from '../rls.ts';

export interface DirectSettings {
  /** Past displacements of an axis that it looks at. */
  readonly order: number;
  /** It also looks at the other axes. */
  readonly crossed: boolean;
  readonly memorySec: number;
}

/** Prior variance of a weight is the inverse of this times a typical square of the signal. */
const STIFFNESS = 0.2;

/**
 * Direct multi-step prediction: the displacement to `ahead` samples later as a weighted sum of past displacements, learnt by
 * recursive least squares; an own regression for each axis.
 */
export class Direct {
  readonly #axes: number;
  readonly #ahead: number;
  readonly #order: number;
  readonly #crossed: boolean;
  readonly #forget: number;
  readonly #length: number;
  readonly #past: Float64Array;
  readonly #regressor: Float64Array;
  readonly #squares: readonly RecursiveLeastSquares[];
  readonly #weights: readonly Float64Array[];
  readonly #steps: Float64Array;
  #count = 0;

  constructor(axes: number, rateHz: number, ahead: number, { order, crossed, memorySec }: DirectSettings) {
    this.#axes = axes;
    this.#ahead = ahead;
    this.#order = order;
    this.#crossed = crossed;
    this.#forget = Math.exp(-1 / (memorySec * rateHz));
    this.#length = order + ahead + 1;
    this.#past = new Float64Array(axes * this.#length);
    const size = crossed ? axes * order : order;
    this.#regressor = new Float64Array(size);
    this.#squares = Array.from({ length: axes }, () => new RecursiveLeastSquares(size));
    this.#weights = Array.from({ length: axes }, () => new Float64Array(size));
    this.#steps = new Float64Array(axes);
  }

  reset(x: Float64Array): void {
    for (let a = 0; a < this.#axes; a++) {
      this.#past.fill(x[a], a * this.#length, (a + 1) * this.#length);
      this.#weights[a].fill(0);
    }
    this.#steps.fill(0);
    this.#count = 0;
  }

  update(x: Float64Array): void {
    for (let a = 0; a < this.#axes; a++) {
      const base = a * this.#length;
      this.#steps[a] += (x[a] - this.#past[base]) ** 2;
      this.#past.copyWithin(base + 1, base, base + this.#length - 1);
      this.#past[base] = x[a];
    }
    this.#count++;
    for (let a = 0; a < this.#axes; a++) {
      // A typical square of the displacement over the horizon, from the steps so far.
      const square = (this.#steps[a] / this.#count) * this.#ahead;
      if (!(square > 0)) continue;
      if (this.#count <= 2 * this.#ahead) {
        this.#squares[a].reset(1 / (STIFFNESS * this.#order * square));
        continue;
      }
      this.#gather(a, this.#ahead);
      const base = a * this.#length;
      const moved = x[a] - this.#past[base + this.#ahead];
      const error = moved - dot(this.#weights[a], this.#regressor);
      this.#squares[a].regress(this.#regressor, this.#forget, 1);
      this.#squares[a].correct(this.#weights[a], error);
    }
  }

  /** Displacement from the last sample to `ahead` samples later, f64[axes]. */
  predict(out: Float64Array): void {
    for (let a = 0; a < this.#axes; a++) {
      this.#gather(a, 0);
      out[a] = dot(this.#weights[a], this.#regressor);
    }
  }

  #gather(a: number, back: number): void {
    const others = this.#crossed ? this.#axes : 1;
    for (let b = 0; b < others; b++) {
      const base = ((a + b) % this.#axes) * this.#length + back;
      const here = this.#past[base];
      for (let i = 1; i <= this.#order; i++) this.#regressor[b * this.#order + i - 1] = this.#past[base + i] - here;
    }
  }
}
