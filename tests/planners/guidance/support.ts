import type { FilterCode } from '../../../planners/guidance/codes.ts';
import type { SampleFilter } from '../../../planners/guidance/predictor.ts';

export interface Run {
  readonly codes: FilterCode[];
  /** f64[samples] for each slot of the output. */
  readonly out: Float64Array[];
}

/** Steps a filter through `count` samples given as a function of time. */
export function run(
  filter: SampleFilter,
  count: number,
  slots: number,
  signal: (axis: number, timeSec: number, k: number) => number,
): Run {
  const sample = new Float64Array(1 + filter.axes);
  const out = new Float64Array(slots);
  const all = Array.from({ length: slots }, () => new Float64Array(count));
  const codes: FilterCode[] = [];
  for (let k = 0; k < count; k++) {
    sample[0] = k / filter.rateHz;
    for (let a = 0; a < filter.axes; a++) sample[1 + a] = signal(a, sample[0], k);
    codes.push(filter.step(sample, out));
    for (let s = 0; s < slots; s++) all[s][k] = out[s];
  }
  return { codes, out: all };
}

export function rms(values: readonly number[] | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / values.length);
}

/** Mean of the middle two where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : 0.5 * (sorted[half - 1] + sorted[half]);
}
