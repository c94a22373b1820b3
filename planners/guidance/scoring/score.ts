import { butterworthBandPass, zeroPhase } from '../tremor/biquad.ts';
import { createTremorFilter, type TremorFilterName } from '../tremor/create.ts';
import { type ScoreCase, VOLUNTARY_HZ } from './case.ts';
import { lowPassZeroPhase } from './low-pass.ts';
import { valueAt } from './resample.ts';

/** How a filter did on a case at one latency. */
export interface TremorScore {
  /** 1 - RMS(tremor - estimate) / RMS(tremor), axes pooled [%]: the estimate at time t of the tremor at t + latency. */
  readonly tremorReductionPct: number | null;
  /** The same of error and tremor within the band of the tremor alone [%]. */
  readonly inBandReductionPct: number | null;
  /** 1 - RMS(output - voluntary) / RMS(input - voluntary) [%]: the output is the input at t + latency less the estimate; null where the truth is not known. */
  readonly voluntaryErrorReductionPct: number | null;
  /** By how much the output below 2 Hz lags behind the voluntary motion [ms]; null where that is not known. */
  readonly voluntaryLagMs: number | null;
  /** Change of its amplitude [%]; null where it is not known. */
  readonly voluntaryChangePct: number | null;
  /** Error of the estimate, root mean square over all axes [unit of the signal]. */
  readonly errorRms: number;
}

/** What a filter estimates at each sample for `latencySec` later, f64[samples] for each axis, and how long the steps took [us]. */
export interface Estimates {
  readonly tremor: readonly Float64Array[];
  readonly stepUs: Float64Array;
}

/** Steps a filter through a case as a control loop would. */
export function runFilter(
  { signal, rateHz, kind }: ScoreCase,
  name: TremorFilterName,
  latencySec: number,
  parameters: Readonly<Record<string, number>> = {},
): Estimates {
  const axes = signal.length;
  const filter = createTremorFilter({
    name,
    rateHz,
    axes,
    horizonSec: latencySec,
    kind,
    maxSpeed: Number.POSITIVE_INFINITY,
    parameters,
  });
  const sample = new Float64Array(1 + axes);
  const out = new Float64Array(2 * axes);
  const count = signal[0].length;
  const tremor = signal.map(() => new Float64Array(count));
  const stepUs = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    sample[0] = k / rateHz;
    for (let a = 0; a < axes; a++) sample[1 + a] = signal[a][k];
    const began = performance.now();
    filter.step(sample, out);
    stepUs[k] = 1000 * (performance.now() - began);
    for (let a = 0; a < axes; a++) tremor[a][k] = out[a];
  }
  return { tremor, stepUs };
}

/** Judges estimates made `latencySec` ahead. */
export function scoreEstimates(c: ScoreCase, estimates: readonly Float64Array[], latencySec: number): TremorScore {
  const shift = latencySec * c.rateHz;
  const first = c.leaveOut[0];
  const last = c.signal[0].length - c.leaveOut[1] - Math.ceil(shift);
  const band = butterworthBandPass(c.bandHz[0], c.bandHz[1], c.rateHz);
  let [errors, tremors, bandErrors, bandTremors, outputs, inputs] = [0, 0, 0, 0, 0, 0];
  let [slopes, squares, lags, changes] = [0, 0, 0, 0];
  for (let a = 0; a < c.signal.length; a++) {
    const later = (x: Float64Array): Float64Array => x.map((_, k) => valueAt(x, k + shift));
    const whole = Math.abs(shift - Math.round(shift)) < 1e-9;
    const move = whole ? (x: Float64Array) => shifted(x, Math.round(shift)) : later;
    const [signal, tremor, voluntary] = [c.signal[a], c.tremor[a], c.voluntary[a]].map(move);
    const error = estimates[a].map((value, k) => value - tremor[k]);
    const inBand = zeroPhase(band, error, 2 * c.rateHz);
    const tremorInBand = zeroPhase(band, tremor, 2 * c.rateHz);
    const output = signal.map((value, k) => value - estimates[a][k]);
    const slow = lowPassZeroPhase(output, VOLUNTARY_HZ, c.rateHz);
    const meant = lowPassZeroPhase(voluntary, VOLUNTARY_HZ, c.rateHz);
    const middle = mean(meant, first, last);
    for (let k = first; k < last; k++) {
      errors += error[k] ** 2;
      tremors += tremor[k] ** 2;
      bandErrors += inBand[k] ** 2;
      bandTremors += tremorInBand[k] ** 2;
      outputs += (output[k] - voluntary[k]) ** 2;
      inputs += (signal[k] - voluntary[k]) ** 2;
      // Output = gain * voluntary(t - lag), to first order: projected on the motion and on its slope.
      const slope = 0.5 * c.rateHz * (meant[k + 1] - meant[k - 1]);
      const value = meant[k] - middle;
      slopes += slope * slope;
      squares += value * value;
      lags -= (slow[k] - meant[k]) * slope;
      changes += (slow[k] - meant[k]) * value;
    }
  }
  const reduction = (left: number, of: number): number | null => (of > 0 ? 100 * (1 - Math.sqrt(left / of)) : null);
  return {
    tremorReductionPct: reduction(errors, tremors),
    inBandReductionPct: reduction(bandErrors, bandTremors),
    voluntaryErrorReductionPct: c.voluntaryKnown ? reduction(outputs, inputs) : null,
    voluntaryLagMs: c.voluntaryKnown && slopes > 0 ? (1000 * lags) / slopes : null,
    voluntaryChangePct: c.voluntaryKnown && squares > 0 ? (100 * changes) / squares : null,
    errorRms: Math.sqrt(errors / (c.signal.length * (last - first))),
  };
}

function shifted(x: Float64Array, by: number): Float64Array {
  return x.map((_, k) => x[Math.min(x.length - 1, k + by)]);
}

function mean(x: Float64Array, first: number, last: number): number {
  let sum = 0;
  for (let k = first; k < last; k++) sum += x[k];
  return sum / (last - first);
}
