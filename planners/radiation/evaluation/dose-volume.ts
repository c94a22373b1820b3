/** Doses of the voxels of one region [Gy], ascending; all voxels have the same volume. */
export type SortedDoses = Float32Array | Float64Array;

/**
 * How a dose at an absolute volume is defined. The dose at a percentage of the volume, D_x%, is the same in both: the
 * percentile 100 - x with linear interpolation, as {@link percentile}.
 *
 * - `openkbp`: the OpenKBP challenge's own definition: the percentile 100 - 100 n / N with
 *   n = max(1, round(V / v)) voxels, halves rounded to even.
 * - `interpolated-volume`: the cumulative dose-volume curve through the points (k v, d_k), k = 1..N, with d_1 the
 *   hottest voxel, linear between them, and d_1 below the first.
 *
 * Here V is the volume asked for, v that of a voxel and N the number of voxels.
 */
export type DoseVolumeConvention = 'openkbp' | 'interpolated-volume';

/** A sorted copy. */
export function sortDoses(doses: Float32Array): Float32Array;
export function sortDoses(doses: Float64Array): Float64Array;
export function sortDoses(doses: SortedDoses): SortedDoses {
  return doses.slice().sort();
}

/** Mean dose [Gy]; NaN without voxels, like every function here. Takes doses in any order. */
export function meanDose(doses: SortedDoses): number {
  let sum = 0;
  for (let n = 0; n < doses.length; n++) sum += doses[n];
  return sum / doses.length;
}

export function minDose(doses: SortedDoses): number {
  return doses.length === 0 ? Number.NaN : doses[0];
}

export function maxDose(doses: SortedDoses): number {
  return doses.length === 0 ? Number.NaN : doses[doses.length - 1];
}

/** numpy's `percentile(doses, q, method='linear')`: position q / 100 (N - 1) among the ascending doses. */
export function percentile(doses: SortedDoses, q: number): number {
  if (doses.length === 0 || !(q >= 0 && q <= 100)) return Number.NaN;
  return valueAt(doses, (q / 100) * (doses.length - 1));
}

/** D_x%: the dose that the hottest x percent of the region receive at least [Gy]. */
export function doseAtVolumePercent(doses: SortedDoses, volumePercent: number): number {
  return percentile(doses, 100 - volumePercent);
}

/**
 * D_V: the dose that the hottest V cm^3 of the region receive at least [Gy], by the given convention; NaN where the
 * region is smaller than V.
 */
export function doseAtVolumeCc(
  doses: SortedDoses,
  volumeCc: number,
  voxelVolumeMm3: number,
  convention: DoseVolumeConvention,
): number {
  const count = doses.length;
  const voxels = (volumeCc * 1000) / voxelVolumeMm3;
  if (convention === 'openkbp') {
    const rounded = Math.max(1, roundHalfEven(voxels));
    return percentile(doses, 100 - (rounded / count) * 100);
  }
  return voxels > count || count === 0 ? Number.NaN : valueAt(doses, count - Math.max(1, voxels));
}

/** V_d: the part of the region that receives at least the given dose [percent]. */
export function volumePercentAtDose(doses: SortedDoses, doseGy: number): number {
  let low = 0;
  let high = doses.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (doses[middle] < doseGy) low = middle + 1;
    else high = middle;
  }
  return ((doses.length - low) / doses.length) * 100;
}

/**
 * Generalised equivalent uniform dose (mean(d^a))^(1/a) [Gy] (Niemierko 1999): a = 1 is the mean, large a approaches the
 * maximum, negative a is for targets (then 0 as soon as one voxel has no dose); a must not be 0.
 */
export function generalisedEud(doses: SortedDoses, a: number): number {
  const scale = a > 0 ? maxDose(doses) : minDose(doses);
  if (!(scale > 0)) return scale;
  let sum = 0;
  for (let n = 0; n < doses.length; n++) sum += (doses[n] / scale) ** a;
  return scale * (sum / doses.length) ** (1 / a);
}

/** Linear interpolation at a fractional position of the array. */
function valueAt(doses: SortedDoses, position: number): number {
  const lower = Math.min(Math.floor(position), doses.length - 1);
  const upper = Math.min(lower + 1, doses.length - 1);
  return doses[lower] + (doses[upper] - doses[lower]) * (position - lower);
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
