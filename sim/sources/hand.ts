import { normal, seededRandom } from '../../engine/core/random.ts';
import { ReachSource, type ReachSourceOptions } from './reach.ts';
import type { Source } from './source.ts';
import { TremorSource, type TremorSourceOptions } from './tremor.ts';

export interface HandOptions {
  readonly seed: number;
  readonly rateHz: number;
  readonly axes?: number;
  /** What the hand means to do; default reaches. */
  readonly voluntary?: Source;
  readonly reach?: Partial<ReachSourceOptions>;
  readonly tremor?: Partial<TremorSourceOptions>;
  /** False: a hand without tremor. */
  readonly trembles?: boolean;
  /** Noise of the sensor, root mean square [m]; default 2 um. */
  readonly noiseM?: number;
  /** Metres that a radian counts for: rotations tremble by tremor / lever. Default 0.05. */
  readonly leverM?: number;
}

/** A simulated hand: voluntary motion, tremor and the sensor's noise, and their sum as it is measured. */
export class HandSource implements Source {
  readonly axes: number;
  readonly rateHz: number;
  /** The parts of the last sample, f64[axes]. */
  readonly voluntary: Float64Array;
  readonly tremor: Float64Array;
  readonly #motion: Source;
  readonly #tremble: TremorSource | undefined;
  readonly #noise: number;
  readonly #lever: number;
  readonly #random: () => number;

  constructor(options: HandOptions) {
    const { seed, rateHz, axes = 3, noiseM = 2e-6, trembles = true, leverM = 0.05 } = options;
    this.axes = axes;
    this.rateHz = rateHz;
    this.voluntary = new Float64Array(axes);
    this.tremor = new Float64Array(axes);
    this.#motion = options.voluntary ?? new ReachSource({ ...options.reach, seed: 3 * seed + 1, rateHz, axes });
    this.#tremble = trembles ? new TremorSource({ ...options.tremor, seed: 3 * seed + 2, rateHz, axes }) : undefined;
    this.#random = seededRandom(3 * seed + 3);
    this.#noise = noiseM;
    this.#lever = leverM;
  }

  next(out: Float64Array): void {
    this.#motion.next(this.voluntary);
    this.#tremble?.next(this.tremor);
    for (let a = 0; a < this.axes; a++) {
      const unit = a < 3 ? 1 : 1 / this.#lever;
      this.tremor[a] *= this.#tremble === undefined ? 0 : unit;
      out[a] = this.voluntary[a] + this.tremor[a] + this.#noise * unit * normal(this.#random);
    }
  }
}
