import type { SignalModel } from '../../predictor.ts';
import { FrontBand } from './front.ts';

/** Moves the weights of every axis, given the errors that they made; the regressor is common to all axes. */
export interface WeightUpdate {
  reset(): void;
  /** @param regressor f64[2 * lines] @param weights f64[axes][2 * lines] @param errors f64[axes] */
  update(regressor: Float64Array, weights: Float64Array, errors: Float64Array): void;
}

/**
 * Band-limited multiple Fourier linear combiner (Veluvolu and Ang 2011): sines and cosines on a fixed grid of frequencies, with
 * weights that follow the band-passed signal; how they follow is the `WeightUpdate`. Each line is advanced by the horizon
 * and by what the band-pass held back; frequencies being fixed, accelerations are integrated exactly, line by line.
 */
export class Bmflc implements SignalModel {
  readonly maxHorizonSec = 0.5;
  readonly warmUpSec = 2;
  readonly #front: FrontBand;
  readonly #lines: number;
  readonly #hz: Float64Array;
  /** What undoes the front at each line, real and imaginary part. */
  readonly #undo: Float64Array;
  readonly #turnCos: Float64Array;
  readonly #turnSin: Float64Array;
  readonly #regressor: Float64Array;
  readonly #weights: Float64Array;
  readonly #errors: Float64Array;
  readonly #rule: WeightUpdate;

  constructor(
    axes: number,
    rateHz: number,
    range: readonly [number, number],
    accelerations: boolean,
    spacingHz: number,
    rule: (axes: number, size: number) => WeightUpdate,
  ) {
    this.#front = new FrontBand(axes, rateHz, range);
    this.#lines = lineCount(range, spacingHz);
    this.#hz = Float64Array.from({ length: this.#lines }, (_, i) => range[0] + i * spacingHz);
    this.#undo = new Float64Array(2 * this.#lines);
    for (let i = 0; i < this.#lines; i++) this.#undo.set(this.#front.undo(this.#hz[i], accelerations), 2 * i);
    this.#turnCos = this.#hz.map((hz) => Math.cos((2 * Math.PI * hz) / rateHz));
    this.#turnSin = this.#hz.map((hz) => Math.sin((2 * Math.PI * hz) / rateHz));
    this.#regressor = new Float64Array(2 * this.#lines);
    this.#weights = new Float64Array(2 * this.#lines * axes);
    this.#errors = new Float64Array(axes);
    this.#rule = rule(axes, 2 * this.#lines);
  }

  reset(x: Float64Array): void {
    this.#front.reset(x);
    this.#weights.fill(0);
    for (let i = 0; i < this.#lines; i++) {
      this.#regressor[2 * i] = 0;
      this.#regressor[2 * i + 1] = 1;
    }
    this.#rule.reset();
  }

  update(x: Float64Array): void {
    this.#front.update(x);
    const size = 2 * this.#lines;
    const r = this.#regressor;
    for (let i = 0; i < this.#lines; i++) {
      const s = r[2 * i] * this.#turnCos[i] + r[2 * i + 1] * this.#turnSin[i];
      const c = r[2 * i + 1] * this.#turnCos[i] - r[2 * i] * this.#turnSin[i];
      // Holds sine and cosine on the unit circle.
      const scale = 1.5 - 0.5 * (s * s + c * c);
      r[2 * i] = s * scale;
      r[2 * i + 1] = c * scale;
    }
    for (let a = 0; a < x.length; a++) {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += this.#weights[a * size + i] * r[i];
      this.#errors[a] = this.#front.values[a] - sum;
    }
    this.#rule.update(r, this.#weights, this.#errors);
  }

  predict(aheadSec: number, out: Float64Array): void {
    const size = 2 * this.#lines;
    out.fill(0);
    for (let i = 0; i < this.#lines; i++) {
      const turn = 2 * Math.PI * this.#hz[i] * aheadSec;
      const c = Math.cos(turn);
      const s = Math.sin(turn);
      const re = this.#undo[2 * i] * c - this.#undo[2 * i + 1] * s;
      const im = this.#undo[2 * i] * s + this.#undo[2 * i + 1] * c;
      // A sine advanced: sin -> re sin + im cos; cos -> re cos - im sin.
      const forSine = re * this.#regressor[2 * i] + im * this.#regressor[2 * i + 1];
      const forCosine = re * this.#regressor[2 * i + 1] - im * this.#regressor[2 * i];
      for (let a = 0; a < out.length; a++) {
        out[a] += this.#weights[a * size + 2 * i] * forSine + this.#weights[a * size + 2 * i + 1] * forCosine;
      }
    }
  }
}

/** Lines of a grid that begins at the band's lower edge and does not pass its upper edge. */
export function lineCount([lowHz, highHz]: readonly [number, number], spacingHz: number): number {
  return Math.floor((highHz - lowHz) / spacingHz + 1e-9) + 1;
}
