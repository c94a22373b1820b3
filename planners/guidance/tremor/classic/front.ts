import { type BandPass, bandPassResponse, bandPassState, bandPassStep, butterworthBandPass } from '../biquad.ts';

/** The front passes this much beyond the band on either side: wider lags less and lets more voluntary motion in. */
const WIDEN = 1.5;

/** Edges of the front for a tremor's band [Hz]. */
export function frontRange(
  [lowHz, highHz]: readonly [number, number],
  rateHz: number,
): [lowHz: number, highHz: number] {
  return [lowHz / WIDEN, Math.min(highHz * WIDEN, 0.45 * rateHz)];
}

/** The causal band-pass before the Fourier combiners and the autoregression, with what it does to a frequency. */
export class FrontBand {
  /** Band-passed samples, f64[axes]. */
  readonly values: Float64Array;
  readonly #band: BandPass;
  readonly #rateHz: number;
  readonly #state: Float64Array;
  readonly #origin: Float64Array;
  readonly #response = new Float64Array(2);

  constructor(axes: number, rateHz: number, range: readonly [number, number]) {
    this.#band = butterworthBandPass(...frontRange(range, rateHz), rateHz);
    this.#rateHz = rateHz;
    this.#state = bandPassState(this.#band, axes);
    this.#origin = new Float64Array(axes);
    this.values = new Float64Array(axes);
  }

  reset(x: Float64Array): void {
    this.#origin.set(x);
    this.#state.fill(0);
    this.values.fill(0);
  }

  update(x: Float64Array): void {
    for (let a = 0; a < x.length; a++)
      this.values[a] = bandPassStep(this.#band, this.#state, a, x[a] - this.#origin[a]);
  }

  /**
   * What undoes the band at a frequency, as real and imaginary part; where the samples are accelerations, that of the
   * double integration -1/omega^2 besides. The same array at every call.
   */
  undo(hz: number, accelerations: boolean): Float64Array {
    bandPassResponse(this.#band, hz / this.#rateHz, this.#response);
    const square = this.#response[0] ** 2 + this.#response[1] ** 2;
    const scale = accelerations ? -1 / (2 * Math.PI * hz) ** 2 : 1;
    this.#response[0] *= scale / square;
    this.#response[1] *= -scale / square;
    return this.#response;
  }
}
