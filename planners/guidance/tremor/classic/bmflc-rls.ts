import { RecursiveLeastSquares } from '../../rls.ts';
import type { WeightUpdate } from './bmflc.ts';

/** Recursive least squares with exponential forgetting; one inverse correlation serves all axes. */
export class RlsUpdate implements WeightUpdate {
  readonly #squares: RecursiveLeastSquares;
  readonly #forget: number;
  readonly #level: number;
  readonly #ridge: number;
  readonly #views: Float64Array[] = [];

  /**
   * @param memorySec raising it averages longer and follows later
   * @param ridge share of a regressor's power that pulls weights to zero: raising it steadies lines that lie close
   * @param level inverse correlation at the start: raising it trusts the first samples more
   */
  constructor(size: number, rateHz: number, memorySec: number, level: number, ridge: number) {
    this.#squares = new RecursiveLeastSquares(size);
    this.#forget = Math.exp(-1 / (memorySec * rateHz));
    this.#level = level;
    this.#ridge = ridge;
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
    this.#squares.leak(regressor, this.#ridge);
    for (let a = 0; a < errors.length; a++) {
      this.#squares.correct(this.#views[a], -this.#views[a][this.#squares.leaking]);
    }
  }
}
