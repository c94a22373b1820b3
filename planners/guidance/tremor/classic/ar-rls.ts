import type { SignalModel } from '../../predictor.ts';
import { dot, RecursiveLeastSquares } from '../../rls.ts';
import { FrontBand } from './front.ts';

export interface ArSettings {
  readonly order: number;
  /** Between one sample that it looks at and the next [s]. */
  readonly spacingSec: number;
  readonly memorySec: number;
  /** Share of a regressor's power that pulls weights to zero: raising it steadies them where samples are alike. */
  readonly ridge: number;
}

/**
 * Direct multi-step prediction by autoregression: a weighted sum of past band-passed samples, learnt by recursive least squares
 * for the horizon itself; all axes share the weights of an axis of its own.
 */
export class ArRls implements SignalModel {
  readonly maxHorizonSec = 0.5;
  readonly warmUpSec = 2;
  readonly #front: FrontBand;
  readonly #axes: number;
  readonly #order: number;
  readonly #stride: number;
  readonly #ahead: number;
  readonly #horizonSec: number;
  readonly #forget: number;
  readonly #ridge: number;
  readonly #past: Float64Array;
  readonly #length: number;
  readonly #regressor: Float64Array;
  readonly #squares: readonly RecursiveLeastSquares[];
  readonly #weights: readonly Float64Array[];
  #at = 0;
  #count = 0;

  constructor(
    axes: number,
    rateHz: number,
    range: readonly [number, number],
    horizonSec: number,
    settings: ArSettings,
  ) {
    this.#front = new FrontBand(axes, rateHz, range);
    this.#axes = axes;
    this.#order = settings.order;
    this.#stride = Math.max(1, Math.round(settings.spacingSec * rateHz));
    this.#horizonSec = horizonSec;
    this.#ahead = Math.round(horizonSec * rateHz);
    this.#ridge = settings.ridge;
    this.#forget = Math.exp(-1 / (settings.memorySec * rateHz));
    this.#length = this.#stride * (settings.order - 1) + this.#ahead + 1;
    this.#past = new Float64Array(axes * this.#length);
    this.#regressor = new Float64Array(settings.order);
    this.#squares = Array.from({ length: axes }, () => new RecursiveLeastSquares(settings.order));
    this.#weights = Array.from({ length: axes }, () => new Float64Array(settings.order));
  }

  reset(x: Float64Array): void {
    this.#front.reset(x);
    this.#past.fill(0);
    this.#at = 0;
    this.#count = 0;
    for (let a = 0; a < this.#axes; a++) this.#weights[a].fill(0);
  }

  update(x: Float64Array): void {
    this.#front.update(x);
    this.#at = (this.#at + 1) % this.#length;
    this.#count++;
    for (let a = 0; a < this.#axes; a++) {
      const value = this.#front.values[a];
      this.#past[a * this.#length + this.#at] = value;
      if (this.#ahead === 0) continue;
      this.#gather(a, this.#ahead);
      if (this.#count <= this.#length) {
        // Its scale is not known before there are samples.
        const power = dot(this.#regressor, this.#regressor);
        this.#squares[a].reset(power > 0 ? (100 * this.#order) / power : 0);
        continue;
      }
      const error = value - dot(this.#weights[a], this.#regressor);
      this.#squares[a].regress(this.#regressor, this.#forget, 1);
      this.#squares[a].correct(this.#weights[a], error);
      this.#squares[a].leak(this.#regressor, this.#ridge);
      this.#squares[a].correct(this.#weights[a], -this.#weights[a][this.#squares[a].leaking]);
    }
  }

  predict(aheadSec: number, out: Float64Array): void {
    for (let a = 0; a < this.#axes; a++) {
      if (this.#ahead === 0 || aheadSec < 0.5 * this.#horizonSec) out[a] = this.#front.values[a];
      else {
        this.#gather(a, 0);
        out[a] = dot(this.#weights[a], this.#regressor);
      }
    }
  }

  /** The samples that were the latest `back` samples ago. */
  #gather(a: number, back: number): void {
    for (let i = 0; i < this.#order; i++) {
      const at = (this.#at + 2 * this.#length - back - i * this.#stride) % this.#length;
      this.#regressor[i] = this.#past[a * this.#length + at];
    }
  }
}
