import { inputError } from '../../../engine/core/errors.ts';

const HALF_WIDTH = 10;
/** Of the lower of both rates' half, the part that is kept. */
const KEPT = 0.9;

/** Mean rate of samples at rising times [Hz]. */
export function meanRateHz(timesSec: Float64Array): number {
  return (timesSec.length - 1) / (timesSec[timesSec.length - 1] - timesSec[0]);
}

/**
 * Samples at another rate, from the first on: onto an even grid of the mean rate by straight lines where times are uneven, then
 * a windowed sinc that keeps what both rates can hold and has no phase.
 *
 * @throws IsocenterError `scoring/rate` when the wanted rate is more than twice what was recorded
 */
export function resample(timesSec: Float64Array, values: Float64Array, rateHz: number): Float64Array {
  const recordedHz = meanRateHz(timesSec);
  if (rateHz > 2.5 * recordedHz) {
    throw inputError(
      'scoring/rate',
      `recorded at ${recordedHz.toFixed(1)} Hz, less than the ${(rateHz / 2.5).toFixed(0)} Hz that a score needs`,
      'give a recording of a higher rate',
    );
  }
  const even = evenly(timesSec, values);
  const ratio = recordedHz / rateHz;
  const length = Math.floor((even.length - 1) / ratio + 1e-9) + 1;
  if (Math.abs(ratio - 1) < 1e-9) return even;
  const cut = KEPT * Math.min(1, 1 / ratio);
  const half = HALF_WIDTH * Math.max(1, ratio);
  return Float64Array.from({ length }, (_, k) => {
    const centre = k * ratio;
    let sum = 0;
    let total = 0;
    for (let i = Math.ceil(centre - half); i <= centre + half; i++) {
      const t = i - centre;
      const phase = Math.PI * t * cut;
      const window = 0.54 + 0.46 * Math.cos((Math.PI * t) / half);
      const weight = (t === 0 ? 1 : Math.sin(phase) / phase) * window;
      sum += weight * even[Math.min(even.length - 1, Math.max(0, i))];
      total += weight;
    }
    return sum / total;
  });
}

/** Values at even times of the mean rate, by straight lines. */
export function evenly(timesSec: Float64Array, values: Float64Array): Float64Array {
  const n = timesSec.length;
  const period = (timesSec[n - 1] - timesSec[0]) / (n - 1);
  const out = new Float64Array(n);
  let j = 0;
  for (let k = 0; k < n; k++) {
    const time = timesSec[0] + k * period;
    while (j + 2 < n && timesSec[j + 1] <= time) j++;
    const part = (time - timesSec[j]) / (timesSec[j + 1] - timesSec[j]);
    out[k] = values[j] + Math.min(1, part) * (values[j + 1] - values[j]);
  }
  return out;
}

/** A signal without its mean. */
export function withoutMean(x: Float64Array): Float64Array {
  let sum = 0;
  for (const value of x) sum += value;
  return x.map((value) => value - sum / x.length);
}

/** Value of a band-limited signal between samples, by a windowed sinc; exact at samples. */
export function valueAt(x: Float64Array, at: number): number {
  const nearest = Math.round(at);
  if (Math.abs(at - nearest) < 1e-9) return x[Math.min(x.length - 1, Math.max(0, nearest))];
  let sum = 0;
  const half = 16;
  for (let i = Math.ceil(at - half); i <= at + half; i++) {
    const t = at - i;
    const weight = (Math.sin(Math.PI * t) / (Math.PI * t)) * (0.5 + 0.5 * Math.cos((Math.PI * t) / half));
    sum += weight * x[Math.min(x.length - 1, Math.max(0, i))];
  }
  return sum;
}
