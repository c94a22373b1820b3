import type { SignalModel } from '../../predictor.ts';
import { FrontBand } from './front.ts';

export interface WflcSettings {
  /** Step of the two weights a sample at 1 kHz. */
  readonly weightStep: number;
  /** Step of the frequency, of which it moves per sample at 1 kHz relative to the error. */
  readonly frequencyStep: number;
}

/**
 * Weighted-frequency Fourier linear combiner (Riviere, Rader and Thakor 1998), one harmonic, on the band-passed signal; its
 * frequency step is normalised by the power of the weights. Prediction advances the phase by the horizon and by
 * what the band-pass held back.
 */
export class Wflc implements SignalModel {
  readonly maxHorizonSec = 0.5;
  readonly warmUpSec = 2;
  readonly #front: FrontBand;
  readonly #rateHz: number;
  readonly #range: readonly [number, number];
  readonly #accelerations: boolean;
  readonly #weightStep: number;
  readonly #frequencyStep: number;
  readonly #phase: Float64Array;
  readonly #omega: Float64Array;
  readonly #sine: Float64Array;
  readonly #cosine: Float64Array;

  constructor(
    axes: number,
    rateHz: number,
    range: readonly [number, number],
    accelerations: boolean,
    settings: WflcSettings,
  ) {
    this.#front = new FrontBand(axes, rateHz, range);
    this.#rateHz = rateHz;
    this.#range = range;
    this.#accelerations = accelerations;
    this.#weightStep = (settings.weightStep * 1000) / rateHz;
    this.#frequencyStep = settings.frequencyStep * (1000 / rateHz) ** 2;
    this.#phase = new Float64Array(axes);
    this.#omega = new Float64Array(axes);
    this.#sine = new Float64Array(axes);
    this.#cosine = new Float64Array(axes);
  }

  reset(x: Float64Array): void {
    this.#front.reset(x);
    this.#phase.fill(0);
    this.#omega.fill((2 * Math.PI * Math.sqrt(this.#range[0] * this.#range[1])) / this.#rateHz);
    this.#sine.fill(0);
    this.#cosine.fill(0);
  }

  update(x: Float64Array): void {
    this.#front.update(x);
    const low = (2 * Math.PI * this.#range[0]) / this.#rateHz;
    const high = (2 * Math.PI * this.#range[1]) / this.#rateHz;
    for (let a = 0; a < x.length; a++) {
      const phase = (this.#phase[a] + this.#omega[a]) % (2 * Math.PI);
      this.#phase[a] = phase;
      const s = Math.sin(phase);
      const c = Math.cos(phase);
      const error = this.#front.values[a] - this.#sine[a] * s - this.#cosine[a] * c;
      const power = this.#sine[a] ** 2 + this.#cosine[a] ** 2;
      if (power > 0) {
        const slope = (error * (this.#sine[a] * c - this.#cosine[a] * s)) / power;
        const omega = this.#omega[a] + 2 * this.#frequencyStep * Math.max(-1, Math.min(1, slope));
        this.#omega[a] = Math.min(high, Math.max(low, omega));
      }
      this.#sine[a] += 2 * this.#weightStep * error * s;
      this.#cosine[a] += 2 * this.#weightStep * error * c;
    }
  }

  predict(aheadSec: number, out: Float64Array): void {
    for (let a = 0; a < out.length; a++) {
      const hz = (this.#omega[a] * this.#rateHz) / (2 * Math.PI);
      const undo = this.#front.undo(hz, this.#accelerations);
      const phase = this.#phase[a] + 2 * Math.PI * hz * aheadSec;
      const s = Math.sin(phase);
      const c = Math.cos(phase);
      const inPhase = this.#sine[a] * s + this.#cosine[a] * c;
      const quadrature = this.#sine[a] * c - this.#cosine[a] * s;
      out[a] = undo[0] * inPhase + undo[1] * quadrature;
    }
  }
}
