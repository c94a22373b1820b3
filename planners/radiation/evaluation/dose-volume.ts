/** Doses of the voxels of one region [Gy], ascending; all voxels have the same volume. */
export type SortedDoses = Float32Array | Float64Array;

/**
 * How the dose D that a part of a region receives at least is defined, of N voxels with the doses d_1 (hottest) to d_N:
 *
 * - `curve`: read off the cumulative dose-volume curve, as ICRU Report 83 does and most tools: the largest dose that at
 *   least this volume receives, d_k with k = ceil(part of N), and at least 1.
 * - `openkbp`: the OpenKBP challenge's own: percentiles with linear interpolation between voxels ({@link percentile}; matRad
 *   interpolates so too), 100 - x for D_x%, and 100 - 100 n / N for D_V with n = max(1, round(V / v)) voxels, halves
 *   rounded to even, where v is the volume of a voxel.
 *
 * They differ by less than a step of the curve: where the hottest or coldest percent of a region are a handful of voxels, that may
 * be some Gray.
 */
export type DoseVolumeConvention = 'curve' | 'openkbp';

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
  const position = (q / 100) * (doses.length - 1);
  const lower = Math.min(Math.floor(position), doses.length - 1);
  const upper = Math.min(lower + 1, doses.length - 1);
  return doses[lower] + (doses[upper] - doses[lower]) * (position - lower);
}

/** D_x%: the dose that the hottest x percent of the region receive at least [Gy]. */
export function doseAtVolumePercent(
  doses: SortedDoses,
  volumePercent: number,
  convention: DoseVolumeConvention,
): number {
  if (convention === 'openkbp') return percentile(doses, 100 - volumePercent);
  return volumePercent >= 0 && volumePercent <= 100 ? onCurve(doses, (volumePercent / 100) * doses.length) : Number.NaN;
}

/** D_V: the dose that the hottest V cm^3 of the region receive at least [Gy]; NaN where the region is smaller than V. */
export function doseAtVolumeCc(
  doses: SortedDoses,
  volumeCc: number,
  voxelVolumeMm3: number,
  convention: DoseVolumeConvention,
): number {
  const voxels = (volumeCc * 1000) / voxelVolumeMm3;
  if (convention === 'curve') return onCurve(doses, voxels);
  return percentile(doses, 100 - (Math.max(1, roundHalfEven(voxels)) / doses.length) * 100);
}

/** So much of a voxel is what rounding adds to a volume, not volume: 1e-9 of 98 % of a million voxels. */
const ROUNDING = 1e-6;

/** The largest dose that at least so many voxels receive. */
function onCurve(doses: SortedDoses, voxels: number): number {
  const rank = Math.max(1, Math.ceil(voxels - ROUNDING));
  return rank <= doses.length ? doses[doses.length - rank] : Number.NaN;
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

function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
