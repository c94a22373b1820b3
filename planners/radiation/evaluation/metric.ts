import { inputError } from '../../../engine/core/errors.ts';
import {
  type DoseVolumeConvention,
  doseAtVolumeCc,
  doseAtVolumePercent,
  generalisedEud,
  maxDose,
  meanDose,
  minDose,
  type SortedDoses,
  volumePercentAtDose,
} from './dose-volume.ts';

/** One number of a dose-volume curve, as named in clinical goals. */
export type Metric =
  | { readonly kind: 'mean' | 'max' | 'min' }
  | { readonly kind: 'dose-at-percent'; readonly volumePercent: number }
  | { readonly kind: 'dose-at-cc'; readonly volumeCc: number }
  | { readonly kind: 'volume-at-dose'; readonly doseGy: number }
  | { readonly kind: 'geud'; readonly a: number };

const simple = ['mean', 'max', 'min'] as const;

/**
 * Parses `mean`, `max`, `min`, `D95` (dose to 95 percent of the volume), `D0.1cc`, `V20Gy` (percent of the volume with
 * 20 Gy or more) or `gEUD(8)`.
 *
 * @throws IsocenterError `goal/unknown-metric` naming the text
 */
export function parseMetric(text: string): Metric {
  const kind = simple.find((name) => name === text);
  if (kind !== undefined) return { kind };
  const match = /^(?<form>D|V|gEUD\()(?<number>-?\d+(?:\.\d+)?)(?<unit>cc|Gy|\)|)$/.exec(text)?.groups;
  const value = Number(match?.number);
  const form = `${match?.form}${match?.unit}`;
  if (form === 'D' && value >= 0 && value <= 100) return { kind: 'dose-at-percent', volumePercent: value };
  if (form === 'Dcc' && value > 0) return { kind: 'dose-at-cc', volumeCc: value };
  if (form === 'VGy' && value >= 0) return { kind: 'volume-at-dose', doseGy: value };
  if (form === 'gEUD()' && value !== 0) return { kind: 'geud', a: value };
  throw inputError(
    'goal/unknown-metric',
    `Metric ${JSON.stringify(text)} is not known.`,
    'Known forms: mean, max, min, D95 (0 to 100 percent), D0.1cc (above 0), V20Gy, gEUD(8) (not 0).',
  );
}

/** Unit of a metric's value and of its limit. */
export function metricUnit(metric: Metric): 'Gy' | '%' {
  return metric.kind === 'volume-at-dose' ? '%' : 'Gy';
}

/** Value of a metric [Gy or percent, see {@link metricUnit}]; NaN without voxels or where the region is too small. */
export function metricValue(
  metric: Metric,
  doses: SortedDoses,
  voxelVolumeMm3: number,
  convention: DoseVolumeConvention,
): number {
  switch (metric.kind) {
    case 'mean':
      return meanDose(doses);
    case 'max':
      return maxDose(doses);
    case 'min':
      return minDose(doses);
    case 'dose-at-percent':
      return doseAtVolumePercent(doses, metric.volumePercent, convention);
    case 'dose-at-cc':
      return doseAtVolumeCc(doses, metric.volumeCc, voxelVolumeMm3, convention);
    case 'volume-at-dose':
      return volumePercentAtDose(doses, metric.doseGy);
    case 'geud':
      return generalisedEud(doses, metric.a);
  }
}
