import { type DoseVolumeConvention, doseAtVolumePercent, type SortedDoses } from './dose-volume.ts';

/**
 * Paddick's conformity index TV_PIV^2 / (TV PIV) (J Neurosurg 93:219, 2000): 1 when the prescription isodose and the
 * target coincide, 0 when they do not meet. Volumes in one unit of any kind; NaN where one is 0.
 *
 * @param volumes.target the target, TV
 * @param volumes.isodose everything that receives the prescribed dose or more, PIV
 * @param volumes.covered the target's part of that, TV_PIV
 */
export function paddickIndex(volumes: { target: number; isodose: number; covered: number }): number {
  return volumes.covered ** 2 / (volumes.target * volumes.isodose);
}

/** ICRU Report 83's homogeneity index (D2% - D98%) / D50%: 0 for a uniform dose. */
export function homogeneityIndex(doses: SortedDoses, convention: DoseVolumeConvention): number {
  const at = (percent: number): number => doseAtVolumePercent(doses, percent, convention);
  return (at(2) - at(98)) / at(50);
}
