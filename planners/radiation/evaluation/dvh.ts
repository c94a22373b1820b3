import { inputError } from '../../../engine/core/errors.ts';
import { maxDose, type SortedDoses } from './dose-volume.ts';

/** A dose-volume histogram in equal bins; `doseGy[n]` is the lower edge of bin n, n times the bin width. */
export interface Dvh {
  readonly binWidthGy: number;
  /** [Gy] */
  readonly doseGy: Float64Array;
  /** [percent of the region's volume] */
  readonly volumePercent: Float64Array;
}

const mostBins = 1_000_000;

/**
 * Differential histogram: `volumePercent[n]` is the part of the region with doseGy[n] <= dose < doseGy[n + 1]; the sum
 * is 100. Without voxels there are no bins.
 *
 * @param binWidthGy narrower bins follow the curve more closely and make it longer
 */
export function differentialDvh(doses: SortedDoses, binWidthGy: number): Dvh {
  const bins = binCount(doses, binWidthGy);
  const volumePercent = new Float64Array(bins);
  for (let n = 0; n < doses.length; n++) volumePercent[Math.floor(doses[n] / binWidthGy)]++;
  for (let bin = 0; bin < bins; bin++) volumePercent[bin] *= 100 / doses.length;
  return { binWidthGy, doseGy: edges(bins, binWidthGy), volumePercent };
}

/**
 * Cumulative histogram: `volumePercent[n]` is the part of the region with dose >= doseGy[n]; it starts at 100 and its
 * last value, above the maximum, is 0.
 */
export function cumulativeDvh(doses: SortedDoses, binWidthGy: number): Dvh {
  const differential = differentialDvh(doses, binWidthGy);
  const bins = differential.doseGy.length + (doses.length > 0 ? 1 : 0);
  const volumePercent = new Float64Array(bins);
  let above = 0;
  for (let bin = bins - 2; bin >= 0; bin--) {
    above += differential.volumePercent[bin];
    volumePercent[bin] = above;
  }
  if (bins > 0) volumePercent[0] = 100;
  return { binWidthGy, doseGy: edges(bins, binWidthGy), volumePercent };
}

function binCount(doses: SortedDoses, binWidthGy: number): number {
  const bins = doses.length === 0 ? 0 : Math.floor(maxDose(doses) / binWidthGy) + 1;
  if (binWidthGy > 0 && bins <= mostBins && (doses.length === 0 || doses[0] >= 0)) return bins;
  throw inputError(
    'dvh/bins',
    `Bins of ${binWidthGy} Gy for doses from ${doses[0]} to ${maxDose(doses)} Gy: the width must be positive, the doses at least 0 Gy and the bins at most ${mostBins}.`,
    'Choose a bin width of about 0.01 to 1 Gy.',
  );
}

function edges(count: number, binWidthGy: number): Float64Array {
  return Float64Array.from({ length: count }, (_, n) => n * binWidthGy);
}
