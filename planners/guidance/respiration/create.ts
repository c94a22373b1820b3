import { BRIDGED, COASTING, type FilterCode, HORIZON_TOO_LONG, OK, TIME_BACKWARDS, WARMING_UP } from '../codes.ts';
import { checkSettings, SampleGuard } from '../guard.ts';
import type { SampleFilter } from '../predictor.ts';
import { BreathModel } from './breath-model.ts';

/** Longest horizon that breathing is predicted over [s]. */
export const MAX_BREATH_HORIZON_SEC = 1;

export interface BreathPredictorOptions {
  /** Rate of the samples [Hz], 5 to 50. */
  readonly rateHz: number;
  /** 1 to 9, the coordinates of one or more markers; default 3. */
  readonly axes?: number;
  /** How far ahead [s]; meant for 0.1 to 0.7, longer than {@link MAX_BREATH_HORIZON_SEC} is a result code. */
  readonly horizonSec: number;
  /** Longest gap that is bridged [s]: default 1. */
  readonly maxGapSec?: number;
  /** Faster is a jump [units of an axis / s]: default none. */
  readonly maxSpeed?: number;
}

/**
 * Predicts a target that moves with breathing, so that an arm can follow it. `step` writes to out f64[axes] where the target
 * will be at the time of the sample plus the horizon; where no prediction is given (negative codes), the sample itself.
 * Scale-free: positions in any unit.
 */
export class BreathPredictor implements SampleFilter {
  readonly name = 'breath';
  readonly axes: number;
  readonly rateHz: number;
  readonly horizonSec: number;
  readonly #model: BreathModel;
  readonly #guard: SampleGuard;

  /** @throws IsocenterError `guidance/settings` for a setting outside its limits */
  constructor(options: BreathPredictorOptions) {
    const { rateHz, axes = 3, horizonSec, maxGapSec = 1, maxSpeed = Number.POSITIVE_INFINITY } = options;
    checkSettings({ rateHz: [rateHz, 5, 50], axes: [axes, 1, 9], horizonSec: [horizonSec, 0, 10] });
    this.axes = axes;
    this.rateHz = rateHz;
    this.horizonSec = horizonSec;
    this.#model = new BreathModel(axes, rateHz, Math.min(horizonSec, MAX_BREATH_HORIZON_SEC), MAX_BREATH_HORIZON_SEC);
    this.#guard = new SampleGuard(this.#model, { axes, rateHz, maxGapSec, maxSpeed });
  }

  reset(): void {
    this.#guard.reset();
  }

  step(sample: Float64Array, out: Float64Array): FilterCode {
    if (!(this.horizonSec <= MAX_BREATH_HORIZON_SEC)) return this.#pass(sample, out, HORIZON_TOO_LONG);
    const code = this.#guard.take(sample);
    if (code !== OK && code !== WARMING_UP && code !== COASTING && code !== BRIDGED && code !== TIME_BACKWARDS) {
      return this.#pass(sample, out, code);
    }
    const { coasted, last, modelled } = this.#guard;
    this.#model.predict(this.horizonSec + coasted / this.rateHz, out);
    // The sample may be newer than what the model knows: what it predicts begins there.
    for (let a = 0; a < this.axes; a++) out[a] += last[a] - modelled[a];
    return code;
  }

  #pass(sample: Float64Array, out: Float64Array, code: FilterCode): FilterCode {
    const { last } = this.#guard;
    for (let a = 0; a < this.axes; a++) out[a] = Number.isFinite(sample[1 + a]) ? sample[1 + a] : last[a];
    return code;
  }
}
