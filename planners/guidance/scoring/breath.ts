import type { Tracks } from '../../../engine/formats/tracks/csv.ts';
import { BreathPredictor } from '../respiration/create.ts';

/** Rate that breathing is scored at [Hz]. */
export const BREATH_HZ = 10;
const WARM_UP_SEC = 30;

export interface BreathScore {
  /** RMS(prediction error) / RMS(motion over the horizon), axes pooled, after 30 s. */
  readonly relativeError: number;
  /** Time of each step [us]. */
  readonly stepUs: Float64Array;
}

/** A path at even times of {@link BREATH_HZ}, by straight lines; gaps stay within what the predictor would bridge. */
export function breathTracks({ timesSec, values }: Pick<Tracks, 'timesSec' | 'values'>): Float64Array[] {
  const start = timesSec[0];
  const length = Math.floor((timesSec[timesSec.length - 1] - start) * BREATH_HZ + 1e-9) + 1;
  return values.map((x) => {
    let j = 0;
    return Float64Array.from({ length }, (_, k) => {
      const time = start + k / BREATH_HZ;
      while (j + 2 < timesSec.length && timesSec[j + 1] <= time) j++;
      const part = Math.min(1, (time - timesSec[j]) / (timesSec[j + 1] - timesSec[j]));
      return x[j] + part * (x[j + 1] - x[j]);
    });
  });
}

/** Steps the predictor through tracks at {@link BREATH_HZ} and compares with no prediction. */
export function scoreBreath(tracks: readonly Float64Array[], horizonSec: number): BreathScore {
  const axes = tracks.length;
  const count = tracks[0].length;
  const ahead = Math.round(horizonSec * BREATH_HZ);
  const predictor = new BreathPredictor({ rateHz: BREATH_HZ, axes, horizonSec });
  const sample = new Float64Array(1 + axes);
  const out = new Float64Array(axes);
  const stepUs = new Float64Array(count);
  let [errors, moves] = [0, 0];
  for (let k = 0; k < count; k++) {
    sample[0] = k / BREATH_HZ;
    for (let a = 0; a < axes; a++) sample[1 + a] = tracks[a][k];
    const began = performance.now();
    predictor.step(sample, out);
    stepUs[k] = 1000 * (performance.now() - began);
    if (k < WARM_UP_SEC * BREATH_HZ || k + ahead >= count) continue;
    for (let a = 0; a < axes; a++) {
      errors += (out[a] - tracks[a][k + ahead]) ** 2;
      moves += (tracks[a][k] - tracks[a][k + ahead]) ** 2;
    }
  }
  return { relativeError: Math.sqrt(errors / moves), stepUs };
}
