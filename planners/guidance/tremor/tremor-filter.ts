import { BRIDGED, COASTING, type FilterCode, HORIZON_TOO_LONG, OK, TIME_BACKWARDS, WARMING_UP } from '../codes.ts';
import { type GuardOptions, SampleGuard } from '../guard.ts';
import type { SampleFilter, SignalModel } from '../predictor.ts';

/** Axes that are estimated together: translations, rotations. */
export interface AxisGroup {
  readonly first: number;
  readonly count: number;
  readonly model: SignalModel;
}

/** Several groups of axes as one model. */
class Groups implements SignalModel {
  readonly maxHorizonSec: number;
  readonly warmUpSec: number;
  readonly #parts: readonly { readonly group: AxisGroup; readonly x: Float64Array; readonly out: Float64Array }[];

  constructor(groups: readonly AxisGroup[]) {
    this.maxHorizonSec = Math.min(...groups.map(({ model }) => model.maxHorizonSec));
    this.warmUpSec = Math.max(...groups.map(({ model }) => model.warmUpSec));
    this.#parts = groups.map((group) => ({
      group,
      x: new Float64Array(group.count),
      out: new Float64Array(group.count),
    }));
  }

  reset(x: Float64Array): void {
    for (let p = 0; p < this.#parts.length; p++) {
      const part = this.#parts[p];
      gather(x, part.group.first, part.x);
      part.group.model.reset(part.x);
    }
  }

  update(x: Float64Array): void {
    for (let p = 0; p < this.#parts.length; p++) {
      const part = this.#parts[p];
      gather(x, part.group.first, part.x);
      part.group.model.update(part.x);
    }
  }

  predict(aheadSec: number, out: Float64Array): void {
    for (let p = 0; p < this.#parts.length; p++) {
      const part = this.#parts[p];
      part.group.model.predict(aheadSec, part.out);
      for (let i = 0; i < part.group.count; i++) out[part.group.first + i] = part.out[i];
    }
  }
}

function gather(x: Float64Array, first: number, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = x[first + i];
}

export interface TremorFilterParts extends GuardOptions {
  readonly name: string;
  readonly horizonSec: number;
  readonly accelerations: boolean;
  readonly groups: readonly AxisGroup[];
}

/**
 * A tremor estimator behind its guard. `step` writes to out f64[2 * axes]: first, for each axis, the tremor at the time of the
 * sample plus the horizon (displacement, [m] or [rad]); then the steady value, the sample without its present tremor
 * (where samples are accelerations: 0, since they do not tell the position).
 *
 * A canceller that acts `horizonSec` later subtracts the first part; a robot that follows the hand is given the second.
 */
export class TremorFilter implements SampleFilter {
  readonly name: string;
  readonly axes: number;
  readonly rateHz: number;
  readonly horizonSec: number;
  readonly #model: SignalModel;
  readonly #guard: SampleGuard;
  readonly #accelerations: boolean;
  readonly #now: Float64Array;
  readonly #ahead: Float64Array;

  constructor(parts: TremorFilterParts) {
    this.name = parts.name;
    this.axes = parts.axes;
    this.rateHz = parts.rateHz;
    this.horizonSec = parts.horizonSec;
    this.#accelerations = parts.accelerations;
    this.#model = new Groups(parts.groups);
    this.#guard = new SampleGuard(this.#model, parts);
    this.#now = new Float64Array(parts.axes);
    this.#ahead = new Float64Array(parts.axes);
  }

  /** Longest horizon that the filter predicts [s]. */
  get maxHorizonSec(): number {
    return this.#model.maxHorizonSec;
  }

  reset(): void {
    this.#guard.reset();
    this.#now.fill(0);
    this.#ahead.fill(0);
  }

  step(sample: Float64Array, out: Float64Array): FilterCode {
    if (!(this.horizonSec <= this.#model.maxHorizonSec)) return this.#pass(sample, out, HORIZON_TOO_LONG);
    const code = this.#guard.take(sample);
    if (code === TIME_BACKWARDS) return this.#hold(out, code);
    if (code !== OK && code !== WARMING_UP && code !== COASTING && code !== BRIDGED)
      return this.#pass(sample, out, code);
    const { coasted, behindSec, lateSec } = this.#guard;
    this.#model.predict(Math.min(this.horizonSec + lateSec, this.#model.maxHorizonSec), this.#ahead);
    if (coasted === 0) {
      if (this.horizonSec === 0) this.#now.set(this.#ahead);
      else this.#model.predict(behindSec, this.#now);
    }
    return this.#hold(out, code);
  }

  /** The tremor predicted last; steady is the last sample taken without its tremor. */
  #hold(out: Float64Array, code: FilterCode): FilterCode {
    const { last } = this.#guard;
    for (let a = 0; a < this.axes; a++) {
      out[a] = this.#ahead[a];
      out[this.axes + a] = this.#accelerations ? 0 : last[a] - this.#now[a];
    }
    return code;
  }

  /** No tremor; steady is the sample, or the last good one where it is not finite. */
  #pass(sample: Float64Array, out: Float64Array, code: FilterCode): FilterCode {
    const { last } = this.#guard;
    this.#now.fill(0);
    this.#ahead.fill(0);
    for (let a = 0; a < this.axes; a++) {
      out[a] = 0;
      const value = sample[1 + a];
      out[this.axes + a] = this.#accelerations ? 0 : Number.isFinite(value) ? value : last[a];
    }
    return code;
  }
}
