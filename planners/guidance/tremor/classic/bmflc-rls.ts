import { RecursiveLeastSquares } from '../../rls.ts';
import type { WeightUpdate } from './bmflc.ts';

/** Recursive least squares with exponential forgetting; one inverse correlation serves all axes. */
export class RlsUpdate implements WeightUpdate {
  readonly #squares: RecursiveLeastSquares;
  readonly #forget: number;
  readonly #level: number;
  readonly #views: Float64Array[] = [];

  /**
   * @param memorySec raising it averages longer and follows later
   * @param level inverse correlation at the start: raising it trusts the first samples more
   */
  constructor(size: number, rateHz: number, memorySec: number, level: number) {
    this.#squares = new RecursiveLeastSquares(size);
    this.#forget = Math.exp(-1 / (memorySec * rateHz));
    this.#level = level;
  }

  reset(): void {
    this.#squares.reset(this.#level);
  }

  update(regressor: Float64Array, weights: Float64Array, errors: Float64Array): void {
    const size = regressor.length;
    if (this.#views.length === 0) {
      for (let a = 0; a < errors.length; a++) this.#views.push(weights.subarray(a * size, (a + 1) * size));
    }
    this.#squares.regress(regressor, this.#forget, 1);
    for (let a = 0; a < errors.length; a++) this.#squares.correct(this.#views[a], errors[a]);
  }
}
