/**
 * Weights of several predictors of the same thing, by how well each did lately: an exponential of the mean squared error
 * relative to the best one's. No allocation.
 */
export class ExpertWeights {
  readonly weights: Float64Array;
  readonly #losses: Float64Array;
  readonly #keep: number;
  readonly #sharpness: number;

  /**
   * @param keep share of the past that a new loss leaves (0 to 1): nearer 1 judges over a longer time
   * @param sharpness 0 is the plain mean; raising it follows the best expert more closely
   */
  constructor(count: number, keep: number, sharpness: number) {
    this.weights = new Float64Array(count).fill(1 / count);
    this.#losses = new Float64Array(count);
    this.#keep = keep;
    this.#sharpness = sharpness;
  }

  reset(): void {
    this.weights.fill(1 / this.weights.length);
    this.#losses.fill(0);
  }

  /** Takes the squared error of every expert on one target; expert e's is at losses[e]. */
  judge(losses: Float64Array): void {
    let least = Number.POSITIVE_INFINITY;
    for (let e = 0; e < losses.length; e++) {
      this.#losses[e] = this.#keep * this.#losses[e] + (1 - this.#keep) * losses[e];
      least = Math.min(least, this.#losses[e]);
    }
    if (!(least > 0)) return;
    let sum = 0;
    for (let e = 0; e < losses.length; e++) {
      const weight = Math.exp(-this.#sharpness * (this.#losses[e] / least - 1));
      this.weights[e] = weight;
      sum += weight;
    }
    for (let e = 0; e < losses.length; e++) this.weights[e] /= sum;
  }
}
