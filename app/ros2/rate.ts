/** Intervals between messages over a sliding window: what `hz` shows. */
export class RateWindow {
  readonly #times: Float64Array;
  #count = 0;

  /** @param size intervals that count */
  constructor(size: number) {
    this.#times = new Float64Array(size + 1);
  }

  /** @param timeSec of the arrival, on a clock that never goes back */
  add(timeSec: number): void {
    this.#times[this.#count++ % this.#times.length] = timeSec;
  }

  get count(): number {
    return this.#count;
  }

  /** Undefined before the second message. Rate [Hz], intervals and their standard deviation [s]. */
  figures(): RateFigures | undefined {
    const kept = Math.min(this.#count, this.#times.length);
    if (kept < 2) return undefined;
    const at = (k: number) => this.#times[(this.#count - kept + k) % this.#times.length];
    const intervals = kept - 1;
    const mean = (at(intervals) - at(0)) / intervals;
    let least = Number.POSITIVE_INFINITY;
    let most = 0;
    let square = 0;
    for (let k = 1; k <= intervals; k++) {
      const interval = at(k) - at(k - 1);
      least = Math.min(least, interval);
      most = Math.max(most, interval);
      square += (interval - mean) ** 2;
    }
    return {
      rateHz: 1 / mean,
      minSec: least,
      maxSec: most,
      stdDevSec: Math.sqrt(square / intervals),
      window: intervals,
      messages: this.#count,
    };
  }
}

export interface RateFigures {
  readonly rateHz: number;
  readonly minSec: number;
  readonly maxSec: number;
  readonly stdDevSec: number;
  readonly window: number;
  readonly messages: number;
}
