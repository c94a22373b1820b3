import { inputError } from '../../engine/core/errors.ts';
import { normal, type Random, seededRandom } from '../../engine/core/random.ts';
import { resonanceA1, resonanceA2, unitInnovation } from '../../planners/guidance/tremor/oscillator.ts';
import type { Source } from './source.ts';

/** Kinds of tremor: where the centre drifts [Hz] and how strong an axis is, root mean square [m]. */
export const tremorKinds = {
  /** The surgeon's hand. */
  physiological: { centreHz: [8, 12], rmsM: [50e-6, 200e-6] },
  essential: { centreHz: [4, 12], rmsM: [0.5e-3, 3e-3] },
  parkinson: { centreHz: [4, 6], rmsM: [0.5e-3, 5e-3] },
} as const;

export type TremorSourceKind = keyof typeof tremorKinds;

export interface TremorSourceOptions {
  readonly seed: number;
  readonly rateHz: number;
  /** Default 3. */
  readonly axes?: number;
  readonly kind?: TremorSourceKind;
  /** Half-power bandwidth of the resonance [Hz]: default 1. */
  readonly bandwidthHz?: number;
  /** Fastest drift of the centre [Hz/s]: default 0.2. */
  readonly driftHzPerSec?: number;
  /** Largest change of the amplitude, up or down, as a share per second: default 0 (the resonance itself waxes and wanes). */
  readonly swellPerSec?: number;
  /** Root mean square of every axis [m] instead of a draw within the kind's. */
  readonly rmsM?: number;
}

const SETTLE_SEC = 4;

/** Tremor as a resonance driven by noise, AR(2), an axis each; its centre wanders within its limits. */
export class TremorSource implements Source {
  readonly axes: number;
  readonly rateHz: number;
  /** Centre of each axis now [Hz]. */
  readonly centreHz: Float64Array;
  /** Root mean square that each axis has on average [m]. */
  readonly rmsM: Float64Array;
  readonly #random: Random;
  readonly #range: readonly [number, number];
  readonly #bandwidth: number;
  readonly #drift: number;
  readonly #swell: number;
  readonly #rate: Float64Array;
  readonly #gain: Float64Array;
  readonly #gainRate: Float64Array;
  readonly #until: Float64Array;
  readonly #last: Float64Array;
  readonly #before: Float64Array;

  /** @throws IsocenterError `source/bandwidth` for a bandwidth that is not positive */
  constructor(options: TremorSourceOptions) {
    const { axes = 3, kind = 'physiological', bandwidthHz = 1, driftHzPerSec = 0.2, swellPerSec = 0 } = options;
    if (!(bandwidthHz > 0))
      throw inputError('source/bandwidth', `bandwidth ${bandwidthHz} Hz is not above 0`, 'give a bandwidth above 0 Hz');
    this.axes = axes;
    this.rateHz = options.rateHz;
    this.#random = seededRandom(options.seed);
    this.#range = tremorKinds[kind].centreHz;
    this.#bandwidth = bandwidthHz;
    this.#drift = driftHzPerSec;
    this.#swell = swellPerSec;
    const draw = (low: number, high: number): number => low + (high - low) * this.#random();
    this.centreHz = Float64Array.from({ length: axes }, () => draw(this.#range[0], this.#range[1]));
    const [least, most] = tremorKinds[kind].rmsM;
    this.rmsM = Float64Array.from({ length: axes }, () => options.rmsM ?? draw(least, most));
    this.#rate = new Float64Array(axes);
    this.#gain = new Float64Array(axes).fill(1);
    this.#gainRate = new Float64Array(axes);
    this.#until = new Float64Array(axes);
    this.#last = new Float64Array(axes);
    this.#before = new Float64Array(axes);
    const scratch = new Float64Array(axes);
    for (let k = 0; k < SETTLE_SEC * options.rateHz; k++) this.next(scratch);
  }

  next(out: Float64Array): void {
    const period = 1 / this.rateHz;
    const a2 = resonanceA2(this.#bandwidth, period);
    for (let a = 0; a < this.axes; a++) {
      this.#wander(a, period);
      const a1 = resonanceA1(this.centreHz[a], this.#bandwidth, period);
      const push = this.rmsM[a] * Math.sqrt(unitInnovation(a1, a2)) * normal(this.#random);
      const value = a1 * this.#last[a] + a2 * this.#before[a] + push;
      this.#before[a] = this.#last[a];
      this.#last[a] = value;
      out[a] = this.#gain[a] * value;
    }
  }

  /** Piecewise constant drift, turned back at the limits. */
  #wander(a: number, period: number): void {
    this.#until[a] -= period;
    if (this.#until[a] <= 0) {
      this.#rate[a] = this.#drift * (2 * this.#random() - 1);
      this.#gainRate[a] = this.#swell * (2 * this.#random() - 1);
      this.#until[a] = 1 + 3 * this.#random();
    }
    this.centreHz[a] += this.#rate[a] * period;
    if (this.centreHz[a] > this.#range[1]) this.#rate[a] = -Math.abs(this.#rate[a]);
    if (this.centreHz[a] < this.#range[0]) this.#rate[a] = Math.abs(this.#rate[a]);
    this.centreHz[a] = Math.min(this.#range[1], Math.max(this.#range[0], this.centreHz[a]));
    const gain = this.#gain[a] * (1 + this.#gainRate[a] * period);
    this.#gain[a] = Math.min(2, Math.max(0.5, gain));
  }
}
