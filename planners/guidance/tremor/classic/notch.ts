import type { SignalModel } from '../../predictor.ts';

/**
 * For comparison: what a notch of fixed frequency takes out counts as tremor. It predicts nothing. Trapezoidal
 * state-variable form.
 */
export class Notch implements SignalModel {
  readonly maxHorizonSec = 1;
  readonly warmUpSec: number;
  readonly #g: number;
  readonly #damping: number;
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  readonly #tremor: Float64Array;

  /** @param quality centre over width: higher takes out less beside the centre and settles later */
  constructor(axes: number, rateHz: number, centreHz: number, quality: number) {
    this.#g = Math.tan((Math.PI * centreHz) / rateHz);
    this.#damping = 1 / quality;
    this.warmUpSec = quality / centreHz;
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
    const scale = 1 / (1 + g * (g + this.#damping));
    for (let a = 0; a < x.length; a++) {
      const high = (x[a] - this.#second[a] - (g + this.#damping) * this.#first[a]) * scale;
      const band = g * high + this.#first[a];
      this.#first[a] = g * high + band;
      this.#second[a] += 2 * g * band;
      this.#tremor[a] = this.#damping * band;
    }
  }

  predict(_aheadSec: number, out: Float64Array): void {
    out.set(this.#tremor);
  }
}
