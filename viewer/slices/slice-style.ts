import { computed } from '@preact/signals';
import { MOST_GAMMA } from '../state/colors.ts';
import { doseStyle, type Quantity, windowing } from '../state/display.ts';
import { coldestGy, differenceMostGy, hottestGy } from '../state/dose-display.ts';

/** First and last value on the scale of colours; what is less than `cutoff` is not coloured. */
export interface Scale {
  readonly first: number;
  readonly last: number;
  readonly cutoff: number;
}

export interface SliceStyle {
  readonly window: { readonly centre: number; readonly width: number };
  readonly scales: Readonly<Record<Quantity, Scale>>;
  /** Of the colours, 0 to 1. */
  readonly opacity: number;
}

/** How all slices are shown. */
export const sliceStyle = computed<SliceStyle>(() => {
  const dose = { first: 0, last: hottestGy.value, cutoff: Math.max(1e-3, coldestGy.value) };
  const most = differenceMostGy.value;
  return {
    window: windowing.value,
    opacity: doseStyle.value.showsWash ? doseStyle.value.opacity : 0,
    scales: {
      plan: dose,
      other: dose,
      // Below a fiftieth of the scale a difference is no more than rounding.
      difference: { first: -most, last: most, cutoff: most / 50 },
      gamma: { first: 0, last: MOST_GAMMA, cutoff: 0 },
    },
  };
});
