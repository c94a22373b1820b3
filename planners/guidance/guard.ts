import { inputError } from '../../engine/core/errors.ts';
import {
  BRIDGED,
  COASTING,
  type FilterCode,
  JUMP,
  LOST,
  OK,
  RATE_MISMATCH,
  RESTARTED,
  TIME_BACKWARDS,
  WARMING_UP,
} from './codes.ts';
import type { SignalModel } from './predictor.ts';

export interface GuardOptions {
  readonly axes: number;
  /** Rate that the samples come at [Hz]. */
  readonly rateHz: number;
  /** Longest gap that is bridged, and longest time that an estimate is carried on without samples [s]. */
  readonly maxGapSec: number;
  /** Faster is a jump, not a motion [units of an axis / s]; Infinity: never. */
  readonly maxSpeed: number;
}

const RATE_SLACK = 0.2;
const RATE_SAMPLES = 50;

/**
 * Stands before a {@link SignalModel} and gives it one clean sample a period: repeats, NaN, gaps, jumps, clocks that run
 * backwards and wrong rates end here, each with its code.
 */
export class SampleGuard {
  readonly #model: SignalModel;
  readonly #axes: number;
  readonly #period: number;
  readonly #maxGap: number;
  readonly #maxSpeed: number;
  readonly #last: Float64Array;
  readonly #between: Float64Array;
  #time = Number.NaN;
  #startedAt = 0;
  #meanPeriod: number;
  #accepted = 0;
  /** Periods since the last sample that was taken. */
  coasted = 0;

  constructor(model: SignalModel, { axes, rateHz, maxGapSec, maxSpeed }: GuardOptions) {
    this.#model = model;
    this.#axes = axes;
    this.#period = 1 / rateHz;
    this.#maxGap = maxGapSec;
    this.#maxSpeed = maxSpeed;
    this.#meanPeriod = this.#period;
    this.#last = new Float64Array(axes);
    this.#between = new Float64Array(axes);
  }

  /** Forgets everything. */
  reset(): void {
    this.#time = Number.NaN;
    this.#meanPeriod = this.#period;
    this.#accepted = 0;
    this.coasted = 0;
  }

  /** The sample that was taken last. */
  get last(): Float64Array {
    return this.#last;
  }

  /** Takes `sample` f64[1 + axes] (time first) and brings the model up to it. */
  take(sample: Float64Array): FilterCode {
    for (let i = 0; i <= this.#axes; i++) if (!Number.isFinite(sample[i])) return this.#coast();
    const time = sample[0];
    if (Number.isNaN(this.#time)) return this.#restart(sample, this.#model.warmUpSec > 0 ? WARMING_UP : OK);
    const dt = time - this.#time;
    if (dt < 0) return TIME_BACKWARDS;
    if (dt < 0.05 * this.#period) return this.#coast();
    if (dt > this.#maxGap) return this.#restart(sample, RESTARTED);
    for (let a = 0; a < this.#axes; a++) {
      if (Math.abs(sample[1 + a] - this.#last[a]) > this.#maxSpeed * dt) return this.#restart(sample, JUMP);
    }
    this.#accepted++;
    const share = Math.max(1 / this.#accepted, 1 / RATE_SAMPLES);
    this.#meanPeriod += share * (Math.min(dt, 4 * this.#period) - this.#meanPeriod);
    if (this.#accepted >= RATE_SAMPLES && Math.abs(this.#meanPeriod / this.#period - 1) > RATE_SLACK) {
      this.#remember(sample);
      return RATE_MISMATCH;
    }
    const steps = Math.max(1, Math.round(dt / this.#period));
    for (let s = 1; s < steps; s++) {
      for (let a = 0; a < this.#axes; a++) {
        this.#between[a] = this.#last[a] + (s / steps) * (sample[1 + a] - this.#last[a]);
      }
      this.#model.update(this.#between);
    }
    this.#remember(sample);
    this.#model.update(this.#last);
    if (steps > 1) return BRIDGED;
    return time - this.#startedAt < this.#model.warmUpSec ? WARMING_UP : OK;
  }

  #coast(): FilterCode {
    this.coasted++;
    return Number.isNaN(this.#time) || this.coasted * this.#period > this.#maxGap ? LOST : COASTING;
  }

  #restart(sample: Float64Array, code: FilterCode): FilterCode {
    this.#remember(sample);
    this.#startedAt = sample[0];
    this.#accepted = 0;
    this.#meanPeriod = this.#period;
    this.#model.reset(this.#last);
    return code;
  }

  #remember(sample: Float64Array): void {
    this.#time = sample[0];
    this.coasted = 0;
    for (let a = 0; a < this.#axes; a++) this.#last[a] = sample[1 + a];
  }
}

/**
 * Refuses settings that no filter can work with, where the filter is made.
 *
 * @throws IsocenterError `guidance/settings`
 */
export function checkSettings(
  settings: Readonly<Record<string, readonly [value: number, low: number, high: number]>>,
): void {
  for (const [name, [value, low, high]] of Object.entries(settings)) {
    if (value >= low && value <= high) continue;
    throw inputError(
      'guidance/settings',
      `${name} = ${value} is outside ${low} to ${high}`,
      `give ${name} within ${low} to ${high}`,
    );
  }
}
