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

/** Farther than this from the rate asked for is another rate. */
const RATE_SLACK = 0.2;
/** Samples before the rate is judged. */
const RATE_SAMPLES = 50;
/** Samples that the mean of their steps is taken over. */
const MEAN_SAMPLES = 200;
/** How far the median of the steps between samples moves at each of them [periods]. */
const MEDIAN_STEP = 0.005;
/** Samples so near to a point of the model's grid are on it [periods]. */
const ON_GRID = 1e-3;
/** A longer step between samples is a gap [periods]. */
const GAP = 1.75;

/**
 * Stands before a {@link SignalModel}: repeats, NaN, gaps, jumps, clocks that run backwards and wrong rates end here, each with
 * its code.
 *
 * The model runs on a regular grid of its own periods, which begins with the first sample; what it is given lies on the
 * straight line between the samples before and after a point of the grid. So samples may come unevenly, in bursts, with some
 * missing, or from a clock that is a little off: the model's time never drifts from theirs. Samples that are on the grid pass
 * bit by bit.
 */
export class SampleGuard {
  readonly #model: SignalModel;
  readonly #axes: number;
  readonly #period: number;
  readonly #maxGap: number;
  readonly #maxSpeed: number;
  readonly #last: Float64Array;
  readonly #modelled: Float64Array;
  #time = Number.NaN;
  #modelTime = 0;
  #startedAt = 0;
  #meanStep: number;
  #medianStep: number;
  #accepted = 0;
  #mismatched = false;
  /** Periods since the last sample that was taken. */
  coasted = 0;

  constructor(model: SignalModel, { axes, rateHz, maxGapSec, maxSpeed }: GuardOptions) {
    this.#model = model;
    this.#axes = axes;
    this.#period = 1 / rateHz;
    this.#maxGap = maxGapSec;
    this.#maxSpeed = maxSpeed;
    this.#meanStep = this.#period;
    this.#medianStep = this.#period;
    this.#last = new Float64Array(axes);
    this.#modelled = new Float64Array(axes);
  }

  /** Forgets everything. */
  reset(): void {
    this.#time = Number.NaN;
    this.#forgetRate();
    this.coasted = 0;
  }

  /** The sample that was taken last. */
  get last(): Float64Array {
    return this.#last;
  }

  /** What the model was given last: the signal {@link behindSec} before {@link last}. */
  get modelled(): Float64Array {
    return this.#modelled;
  }

  /** How far the model's time is behind the last sample [s], less than a period. */
  get behindSec(): number {
    return Math.max(0, this.#time - this.#modelTime);
  }

  /** How far the model's time is behind the present one [s]: {@link behindSec} and the periods coasted. */
  get lateSec(): number {
    return this.behindSec + this.coasted * this.#period;
  }

  /** Takes `sample` f64[1 + axes] (time first) and brings the model up to it. */
  take(sample: Float64Array): FilterCode {
    for (let i = 0; i <= this.#axes; i++) if (!Number.isFinite(sample[i])) return this.#coast();
    const time = sample[0];
    if (Number.isNaN(this.#time)) return this.#restart(sample, this.#model.warmUpSec > 0 ? WARMING_UP : OK);
    const dt = time - this.#time;
    if (dt < 0) return TIME_BACKWARDS;
    if (dt === 0) return this.#coast();
    if (dt > this.#maxGap) {
      this.#forgetRate();
      return this.#restart(sample, RESTARTED);
    }
    const farthest = this.#maxSpeed * Math.max(dt, this.#period);
    for (let a = 0; a < this.#axes; a++) {
      if (Math.abs(sample[1 + a] - this.#last[a]) > farthest) return this.#restart(sample, JUMP);
    }
    if (!this.#isOfRate(dt)) {
      this.#mismatched = true;
      this.#remember(sample);
      return RATE_MISMATCH;
    }
    if (this.#mismatched) return this.#restart(sample, RESTARTED);
    this.#advance(sample, dt);
    this.#remember(sample);
    if (dt > GAP * this.#period) return BRIDGED;
    return time - this.#startedAt < this.#model.warmUpSec ? WARMING_UP : OK;
  }

  /** Gives the model the points of its grid that lie between the last sample and this one. */
  #advance(sample: Float64Array, dt: number): void {
    const time = sample[0];
    for (;;) {
      const due = this.#modelTime + this.#period;
      const left = time - due;
      if (left < -ON_GRID * this.#period) return;
      const onGrid = left < ON_GRID * this.#period;
      const share = onGrid ? 1 : Math.max(0, (due - this.#time) / dt);
      for (let a = 0; a < this.#axes; a++) {
        const value = sample[1 + a];
        this.#modelled[a] = onGrid ? value : this.#last[a] + share * (value - this.#last[a]);
      }
      this.#model.update(this.#modelled);
      this.#modelTime = onGrid ? time : due;
    }
  }

  /**
   * Whether samples come at the model's rate: neither their mean step (which bursts leave alone) nor its median (which missing
   * samples leave alone) tells of another one.
   */
  #isOfRate(dt: number): boolean {
    this.#accepted++;
    const share = Math.max(1 / this.#accepted, 1 / MEAN_SAMPLES);
    this.#meanStep += share * (Math.min(dt, 4 * this.#period) - this.#meanStep);
    this.#medianStep += Math.sign(dt - this.#medianStep) * MEDIAN_STEP * this.#period;
    if (this.#accepted < RATE_SAMPLES) return true;
    const off = Math.min(Math.abs(this.#meanStep - this.#period), Math.abs(this.#medianStep - this.#period));
    return off <= RATE_SLACK * this.#period;
  }

  #forgetRate(): void {
    this.#meanStep = this.#period;
    this.#medianStep = this.#period;
    this.#accepted = 0;
    this.#mismatched = false;
  }

  #coast(): FilterCode {
    this.coasted++;
    return Number.isNaN(this.#time) || this.coasted * this.#period > this.#maxGap ? LOST : COASTING;
  }

  #restart(sample: Float64Array, code: FilterCode): FilterCode {
    this.#remember(sample);
    this.#modelTime = this.#time;
    this.#modelled.set(this.#last);
    this.#startedAt = this.#time;
    this.#mismatched = false;
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
