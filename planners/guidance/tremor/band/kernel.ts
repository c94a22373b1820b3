import { butterworthBandPass, zeroPhase } from '../biquad.ts';

/** Samples on either side that the reference band reaches over. */
export const REACH_BACK = 100;
export const REACH_AHEAD = 40;
const FINE = 32;
const SINC_HALF = 24;

/**
 * The band of a tremor as weights on samples: a Butterworth band-pass run forward and backward, cut off smoothly. A value of the
 * band at time t is the sum of weight((t - t_i) / dt) x_i; times between samples are allowed.
 */
export class BandKernel {
  readonly #table: Float64Array;
  readonly #half: number;

  /** @param integrate the samples are second derivatives: the band is integrated twice (times -1/omega^2, exactly) */
  constructor(lowHz: number, highHz: number, rateHz: number, integrate: boolean) {
    const long = 1024;
    const impulse = new Float64Array(2 * long + 1);
    impulse[long] = 1;
    let response = zeroPhase(butterworthBandPass(lowHz, highHz, rateHz), impulse, 0);
    if (integrate) response = integrateTwice(response, 1 / rateHz);
    this.#half = REACH_BACK + 2;
    this.#table = Float64Array.from({ length: 2 * this.#half * FINE + 1 }, (_, i) =>
      interpolate(response, long + i / FINE - this.#half),
    );
  }

  /** Weight of a sample `lag` periods before the wanted time; negative lags lie after it. */
  weight(lag: number): number {
    const at = (lag + this.#half) * FINE;
    const low = Math.floor(at);
    if (low < 0 || low + 1 >= this.#table.length) return 0;
    const part = at - low;
    return this.#table[low] + (part === 0 ? 0 : part * (this.#table[low + 1] - this.#table[low]));
  }

  /** Weights of lags from -ahead to back (in steps of one period), faded at the ends; lag `lag` is at index ahead + lag. */
  weights(offset: number, ahead: number, back: number, out: Float64Array): void {
    for (let i = 0; i <= ahead + back; i++) {
      const lag = i - ahead + offset;
      const side = lag < 0 ? -lag / (ahead + 1) : lag / (back + 1);
      const fade = side < 0.5 ? 1 : 0.5 - 0.5 * Math.cos(2 * Math.PI * Math.min(1, side));
      out[i] = side >= 1 ? 0 : this.weight(lag) * fade;
    }
  }
}

function integrateTwice(x: Float64Array, dt: number): Float64Array {
  const out = x.slice();
  for (let pass = 0; pass < 2; pass++) {
    let sum = 0;
    for (let i = 0; i < out.length; i++) {
      // Trapezium rule: half of the sample before and half after.
      const value = out[i];
      sum += 0.5 * value * dt;
      out[i] = sum;
      sum += 0.5 * value * dt;
    }
    out.reverse();
  }
  return out.map((value) => -value);
}

/** Value between samples by a windowed sinc; exact at samples. */
function interpolate(x: Float64Array, at: number): number {
  const nearest = Math.round(at);
  if (Math.abs(at - nearest) < 1e-9) return x[nearest];
  let sum = 0;
  for (let i = Math.ceil(at - SINC_HALF); i <= at + SINC_HALF; i++) {
    const t = at - i;
    sum += ((x[i] * Math.sin(Math.PI * t)) / (Math.PI * t)) * (0.5 + 0.5 * Math.cos((Math.PI * t) / SINC_HALF));
  }
  return sum;
}
