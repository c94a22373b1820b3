import type { WeightUpdate } from './bmflc.ts';

/** Least mean squares: each weight moves along the error's slope, w += 2 mu e x. */
export class LmsUpdate implements WeightUpdate {
  readonly #step: number;

  /** @param step mu a sample: raising it follows faster and lets more noise in; stable below 1 / lines */
  constructor(step: number) {
    this.#step = step;
  }

  reset(): void {}

  update(regressor: Float64Array, weights: Float64Array, errors: Float64Array): void {
    const size = regressor.length;
    for (let a = 0; a < errors.length; a++) {
      const step = 2 * this.#step * errors[a];
      for (let i = 0; i < size; i++) weights[a * size + i] += step * regressor[i];
    }
  }
}
