import { normal, type Random, seededRandom } from '../../engine/core/random.ts';
import type { Source } from './source.ts';

export interface BreathingSourceOptions {
  readonly seed: number;
  readonly rateHz: number;
  /** Peak to peak along x, y and z [m]: default 2, 4 and 12 mm. */
  readonly rangeM?: readonly [number, number, number];
  /** Mean period [s]: default 4. */
  readonly periodSec?: number;
  /** Spread from breath to breath, of period and depth, as a share: default 0 (regular). */
  readonly irregularity?: number;
  /** Drift of the base line, root mean square after a minute [m]: default 0. */
  readonly driftM?: number;
  /** Noise of the marker's position, root mean square [m]: default 0.1 mm. */
  readonly noiseM?: number;
}

/** Lag of the axes behind the first, as a share of a breath: the path is a loop, not a line. */
const LAGS = [0, 0.03, 0.06];

/** A marker on a breathing chest: cos^4 breaths (Lujan 1999), longer out than in, an own period and depth each. */
export class BreathingSource implements Source {
  readonly axes = 3;
  readonly rateHz: number;
  readonly #options: Required<Omit<BreathingSourceOptions, 'seed' | 'rateHz'>>;
  readonly #random: Random;
  readonly #base = new Float64Array(3);
  #phase = 0;
  #period: number;
  #depth = 1;
  #lastDepth = 1;

  constructor(options: BreathingSourceOptions) {
    this.rateHz = options.rateHz;
    this.#options = {
      rangeM: options.rangeM ?? [0.002, 0.004, 0.012],
      periodSec: options.periodSec ?? 4,
      irregularity: options.irregularity ?? 0,
      driftM: options.driftM ?? 0,
      noiseM: options.noiseM ?? 1e-4,
    };
    this.#random = seededRandom(options.seed);
    this.#period = this.#options.periodSec;
  }

  next(out: Float64Array): void {
    const { rangeM, irregularity, periodSec, driftM, noiseM } = this.#options;
    const step = driftM / Math.sqrt(60 * this.rateHz);
    for (let a = 0; a < 3; a++) {
      this.#base[a] += step * normal(this.#random);
      const phase = this.#phase - LAGS[a];
      const depth = phase < 0 ? this.#lastDepth : this.#depth;
      const c = Math.cos(Math.PI * phase);
      out[a] = this.#base[a] - rangeM[a] * depth * (c * c * c * c - 0.5) + noiseM * normal(this.#random);
    }
    this.#phase += 1 / (this.#period * this.rateHz);
    if (this.#phase < 1) return;
    this.#phase -= 1;
    this.#lastDepth = this.#depth;
    this.#period = periodSec * Math.max(0.4, 1 + irregularity * normal(this.#random));
    this.#depth = Math.max(0.2, 1 + irregularity * normal(this.#random));
  }
}
