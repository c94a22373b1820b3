import { seededRandom } from '../../engine/core/random.ts';
import type { Source } from './source.ts';

export interface TrackingSourceOptions {
  readonly seed: number;
  readonly rateHz: number;
  readonly axes?: number;
  /** Amplitude of the whole [m]: default 10 mm. */
  readonly amplitudeM?: number;
  /** Highest frequency [Hz]: default 1; the motion has `lines` sines up to it, weaker as 1/f^2. */
  readonly highestHz?: number;
  readonly lines?: number;
}

/** Voluntary motion that follows a moving target: a sum of slow sines with random phases. */
export class TrackingSource implements Source {
  readonly axes: number;
  readonly rateHz: number;
  readonly #hz: Float64Array;
  readonly #amplitude: Float64Array;
  readonly #phase: Float64Array;
  #k = 0;

  constructor(options: TrackingSourceOptions) {
    const { axes = 3, amplitudeM = 0.01, highestHz = 1, lines = 5 } = options;
    const random = seededRandom(options.seed);
    this.axes = axes;
    this.rateHz = options.rateHz;
    this.#hz = Float64Array.from({ length: lines }, (_, i) => (highestHz * (i + 1)) / lines);
    const shape = this.#hz.map((hz) => (this.#hz[0] / hz) ** 2);
    const total = Math.hypot(...shape);
    this.#amplitude = shape.map((value) => (amplitudeM * value) / total);
    this.#phase = Float64Array.from({ length: lines * axes }, () => 2 * Math.PI * random());
  }

  next(out: Float64Array): void {
    const time = this.#k++ / this.rateHz;
    const lines = this.#hz.length;
    for (let a = 0; a < this.axes; a++) {
      let sum = 0;
      for (let i = 0; i < lines; i++) {
        sum += this.#amplitude[i] * Math.sin(2 * Math.PI * this.#hz[i] * time + this.#phase[a * lines + i]);
      }
      out[a] = sum;
    }
  }
}
