import type { FilterCode } from './codes.ts';

/**
 * What runs once a sample inside a control loop: no allocation, no throw.
 *
 * `sample` is f64[1 + axes]: time [s], then the axes (translations [m], rotations as rotation vector [rad], or their
 * accelerations). What `out` holds is said where the filter is made.
 */
export interface SampleFilter {
  readonly name: string;
  readonly axes: number;
  readonly rateHz: number;
  readonly horizonSec: number;
  step(sample: Float64Array, out: Float64Array): FilterCode;
  /** Forgets everything. */
  reset(): void;
}

/** An estimator behind the guard of {@link SampleGuard}: gets clean samples at its rate. */
export interface SignalModel {
  /** Longest horizon that it can predict [s]. */
  readonly maxHorizonSec: number;
  /** Time from the start until its estimates are worth having [s]. */
  readonly warmUpSec: number;
  /** Starts from rest at x f64[axes]. */
  reset(x: Float64Array): void;
  /** Takes the next sample, one period after the last. */
  update(x: Float64Array): void;
  /** Writes to out f64[axes] what is predicted `aheadSec` after the last sample. */
  predict(aheadSec: number, out: Float64Array): void;
}
