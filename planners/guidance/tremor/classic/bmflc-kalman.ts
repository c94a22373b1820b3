import type { WeightUpdate } from './bmflc.ts';

/** Kalman filter whose state is the weights, each a random walk; one covariance (in units of the noise) serves all axes. */
export class KalmanUpdate implements WeightUpdate {
  readonly #size: number;
  readonly #drift: number;
  readonly #level: number;
  readonly #covariance: Float64Array;
  readonly #gain: Float64Array;

  /**
   * @param drift variance that every weight gains a sample, relative to that of the noise: raising it follows faster
   * @param level variance of every weight at the start, relative to that of the noise
   */
  constructor(size: number, drift: number, level: number) {
    this.#size = size;
    this.#drift = drift;
    this.#level = level;
    this.#covariance = new Float64Array(size * size);
    this.#gain = new Float64Array(size);
  }

  reset(): void {
    this.#covariance.fill(0);
    for (let i = 0; i < this.#size; i++) this.#covariance[i * (this.#size + 1)] = this.#level;
  }

  update(regressor: Float64Array, weights: Float64Array, errors: Float64Array): void {
    const size = this.#size;
    const p = this.#covariance;
    const gain = this.#gain;
    let spread = 1;
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += p[i * size + j] * regressor[j];
      gain[i] = sum;
      spread += sum * regressor[i];
    }
    for (let i = 0; i < size; i++) {
      const share = gain[i] / spread;
      for (let j = 0; j <= i; j++) {
        const value = p[i * size + j] - share * gain[j];
        p[i * size + j] = value;
        p[j * size + i] = value;
      }
      p[i * (size + 1)] += this.#drift;
      for (let a = 0; a < errors.length; a++) weights[a * size + i] += share * errors[a];
    }
  }
}
