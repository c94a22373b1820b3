import { normal, type Random, seededRandom } from '../../engine/core/random.ts';
import type { Source } from './source.ts';

export interface ReachSourceOptions {
  readonly seed: number;
  readonly rateHz: number;
  /** Default 3: translations; three more are rotations, turned in proportion to the reach at `radPerM`. */
  readonly axes?: number;
  /** Length of a reach [m]: default 5 to 20 mm. */
  readonly lengthM?: readonly [number, number];
  /** Time of a reach [s]: default 0.8 to 1.5. */
  readonly timeSec?: readonly [number, number];
  /** Hold between reaches [s]: default 1 to 3. */
  readonly holdSec?: readonly [number, number];
  /** Turn of the fourth to sixth axis for a metre of reach [rad/m]: default 10. */
  readonly radPerM?: number;
}

const HOME_M = 0.02;

/**
 * Voluntary motion as minimum-jerk reaches (Flash and Hogan 1985: s = 10 u^3 - 15 u^4 + 6 u^5) from point to point about the
 * origin, with holds between them.
 */
export class ReachSource implements Source {
  readonly axes: number;
  readonly rateHz: number;
  readonly #options: Required<Omit<ReachSourceOptions, 'seed' | 'rateHz' | 'axes'>>;
  readonly #random: Random;
  readonly #from: Float64Array;
  readonly #by: Float64Array;
  #time = 0;
  #duration = 0;
  #end: number;

  constructor(options: ReachSourceOptions) {
    this.axes = options.axes ?? 3;
    this.rateHz = options.rateHz;
    this.#options = {
      lengthM: options.lengthM ?? [0.005, 0.02],
      timeSec: options.timeSec ?? [0.8, 1.5],
      holdSec: options.holdSec ?? [1, 3],
      radPerM: options.radPerM ?? 10,
    };
    this.#random = seededRandom(options.seed);
    this.#from = new Float64Array(this.axes);
    this.#by = new Float64Array(this.axes);
    // The first reach sets out within half a hold.
    this.#end = 0.5 * this.#draw(this.#options.holdSec);
  }

  next(out: Float64Array): void {
    const u = this.#duration > 0 ? Math.min(1, this.#time / this.#duration) : 1;
    const share = u * u * u * (10 - 15 * u + 6 * u * u);
    for (let a = 0; a < this.axes; a++) out[a] = this.#from[a] + share * this.#by[a];
    this.#time += 1 / this.rateHz;
    if (this.#time >= this.#end) this.#setOut();
  }

  #draw([low, high]: readonly [number, number]): number {
    return low + (high - low) * this.#random();
  }

  /** A new reach in a random direction, rather towards home the farther away the hand is. */
  #setOut(): void {
    let square = 0;
    for (let a = 0; a < this.axes; a++) this.#from[a] += this.#by[a];
    for (let a = 0; a < this.axes; a++) {
      const home = a < 3 ? HOME_M : HOME_M * this.#options.radPerM;
      this.#by[a] = normal(this.#random) - (home > 0 ? this.#from[a] / home : 0);
      if (a < 3) square += this.#by[a] * this.#by[a];
    }
    const scale = this.#draw(this.#options.lengthM) / Math.sqrt(square);
    for (let a = 0; a < this.axes; a++) this.#by[a] *= a < 3 ? scale : scale * this.#options.radPerM;
    this.#duration = this.#draw(this.#options.timeSec);
    this.#end = this.#duration + this.#draw(this.#options.holdSec);
    this.#time = 0;
  }
}
