import { computed } from '@preact/signals';
import type { Rgb } from '../../engine/core/color.ts';
import { doseColor } from './colors.ts';
import { differencePercent, doseStyle, isodose } from './display.ts';
import { patient, prescriptionGy } from './workspace.ts';

export interface ShownLevel {
  readonly gy: number;
  readonly color: Rgb;
  /** With its unit. */
  readonly label: string;
  readonly hasSurface: boolean;
}

/** What percentages are of [Gy]: the prescription; without one, the largest dose that came with the patient. */
export const fullGy = computed(() => {
  if (prescriptionGy.value > 0) return prescriptionGy.value;
  let most = 0;
  for (const { gy } of patient.value?.referenceDoses ?? []) for (const dose of gy) if (dose > most) most = dose;
  return most;
});

/** Dose of the hottest colour [Gy]. */
export const hottestGy = computed(() => Math.max(1e-3, (doseStyle.value.mostPercent * fullGy.value) / 100));

/** Least dose that is coloured [Gy]. */
export const coldestGy = computed(() => (doseStyle.value.cutoffPercent * fullGy.value) / 100);

/** Largest difference of two doses on the scale of its colours [Gy]. */
export const differenceMostGy = computed(() => Math.max(1e-3, (differencePercent.value * fullGy.value) / 100));

/** The isodose levels as they are drawn. */
export const shownLevels = computed<readonly ShownLevel[]>(() => {
  const { unit, levels } = isodose.value;
  return levels.map(({ value, color, hasSurface = false }) => {
    const gy = unit === 'Gy' ? value : (value * fullGy.value) / 100;
    const label = `${Number(value.toFixed(2))} ${unit}`;
    return { gy, color: color ?? doseColor(gy / hottestGy.value), label, hasSurface };
  });
});

/** The same doses in the other unit. */
export function changeUnit(unit: '%' | 'Gy'): void {
  const rx = fullGy.value;
  if (unit === isodose.value.unit || !(rx > 0)) return;
  const factor = unit === 'Gy' ? rx / 100 : 100 / rx;
  const levels = isodose.value.levels.map((level) => ({ ...level, value: Number((level.value * factor).toFixed(3)) }));
  isodose.value = { unit, levels };
}
