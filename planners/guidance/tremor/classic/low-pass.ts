import type { SignalModel } from '../../predictor.ts';

/**
 * For comparison: what a second-order Butterworth low-pass leaves out counts as tremor. It predicts nothing: the tremor
 * of now stands for that to come. Trapezoidal state-variable form.
 */
export class LowPass implements SignalModel {
  readonly maxHorizonSec = 1;
  readonly warmUpSec: number;
  readonly #g: number;
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  readonly #tremor: Float64Array;

  /** @param cutoffHz lower takes out more and lags more */
  constructor(axes: number, rateHz: number, cutoffHz: number) {
    this.#g = Math.tan((Math.PI * cutoffHz) / rateHz);
    this.warmUpSec = 1 / cutoffHz;
    this.#first = new Float64Array(axes);
    this.#second = new Float64Array(axes);
    this.#tremor = new Float64Array(axes);
  }

  reset(x: Float64Array): void {
    this.#first.fill(0);
    this.#second.set(x);
    this.#tremor.fill(0);
  }

  update(x: Float64Array): void {
    const g = this.#g;
    const scale = 1 / (1 + g * (g + Math.SQRT2));
    for (let a = 0; a < x.length; a++) {
      const high = (x[a] - this.#second[a] - (g + Math.SQRT2) * this.#first[a]) * scale;
      const band = g * high + this.#first[a];
      this.#first[a] = g * high + band;
      const low = g * band + this.#second[a];
      this.#second[a] = g * band + low;
      this.#tremor[a] = x[a] - low;
    }
  }

  predict(_aheadSec: number, out: Float64Array): void {
    out.set(this.#tremor);
  }
}
