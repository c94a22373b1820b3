import type { PhotonDoseShape } from './index.ts';

/**
 * The photon dose in float64, one matrix element at a time: dose[v] = sum over beams b, components i and map nodes of
 * q A_i(d) [coarse_i(node) B1 + narrow_i fine(node) B3], with
 *
 * - B1 the product of linear hat functions max(0, 1 - |t|) of the distance to a coarse node in cells; nodes repeat with the
 *   period of the map;
 * - B3 the product of cubic B-splines 2/3 - t^2 + |t|^3 / 2 for |t| < 1, (2 - |t|)^3 / 6 for |t| < 2 (M. Unser, IEEE Signal
 *   Processing Magazine 16 (1999) 22, eq. 6) of the distance to a fine node; a voxel whose 4 x 4 nodes are not all on the map
 *   gets nothing from it;
 * - A_i(d) linear between the rows of the depth table and constant beyond its ends;
 * - q the inverse-square factor of the voxel.
 *
 * The adjoint uses the same matrix elements, transposed.
 */
export interface PhotonDoseTables {
  readonly geometry: Float32Array;
  readonly beamTable: Float32Array;
  readonly depthTable: Float32Array;
}

export interface DoseElement {
  readonly map: 'fine' | 'coarse';
  /** Index into f32[beams][fineRows][fineStride] or f32[beams][coarseSize][coarseSize][4]. */
  readonly index: number;
  readonly weight: number;
}

export function cubicBSpline(t: number): number {
  const a = Math.abs(t);
  if (a < 1) return 2 / 3 - a * a + a ** 3 / 2;
  return a < 2 ? (2 - a) ** 3 / 6 : 0;
}

/** The row of the dose matrix that belongs to one voxel and one beam. */
export function doseElements(s: PhotonDoseShape, t: PhotonDoseTables, beam: number, voxel: number): DoseElement[] {
  const [x, y, depthMm, q] = t.geometry.subarray(4 * (beam * s.voxels + voxel), 4 * (beam * s.voxels + voxel) + 4);
  const [fineX, fineY, coarseX, coarseY, ...narrow] = t.beamTable.subarray(8 * beam, 8 * beam + 8);
  const elements: DoseElement[] = [];

  const row = Math.max(0, Math.min(depthMm / s.depthStepMm, s.depthRows - 1));
  const above = Math.min(Math.floor(row) || 0, s.depthRows - 2);
  const component = (i: number): number =>
    t.depthTable[4 * above + i] * (1 - (row - above)) + t.depthTable[4 * (above + 1) + i] * (row - above);

  const n = s.coarseSize;
  const cx = (x - coarseX) / s.coarsePitchMm;
  const cy = (y - coarseY) / s.coarsePitchMm;
  for (const j of [Math.floor(cy), Math.floor(cy) + 1]) {
    for (const i of [Math.floor(cx), Math.floor(cx) + 1]) {
      const hat = (1 - Math.abs(cx - i)) * (1 - Math.abs(cy - j));
      const node = (beam * n + (((j % n) + n) % n || 0)) * n + (((i % n) + n) % n || 0);
      for (let k = 0; k < 4; k++) elements.push({ map: 'coarse', index: 4 * node + k, weight: q * component(k) * hat });
    }
  }

  const fx = (x - fineX) / s.finePitchMm;
  const fy = (y - fineY) / s.finePitchMm;
  const left = Math.floor(fx) - 1;
  const top = Math.floor(fy) - 1;
  if (left >= 0 && left + 3 < s.fineStride && top >= 0 && top + 3 < s.fineRows) {
    const factor = q * narrow.reduce((sum, share, k) => sum + share * component(k), 0);
    for (let j = top; j < top + 4; j++) {
      for (let i = left; i < left + 4; i++) {
        const weight = factor * cubicBSpline(fx - i) * cubicBSpline(fy - j);
        elements.push({ map: 'fine', index: (beam * s.fineRows + j) * s.fineStride + i, weight });
      }
    }
  }
  return elements;
}

export function photonDoseReference(
  s: PhotonDoseShape,
  t: PhotonDoseTables,
  fine: ArrayLike<number>,
  coarse: ArrayLike<number>,
): Float64Array {
  const dose = new Float64Array(s.voxels);
  for (let beam = 0; beam < s.beams; beam++) {
    for (let voxel = 0; voxel < s.voxels; voxel++) {
      for (const { map, index, weight } of doseElements(s, t, beam, voxel)) {
        dose[voxel] += weight * (map === 'fine' ? fine[index] : coarse[index]);
      }
    }
  }
  return dose;
}
