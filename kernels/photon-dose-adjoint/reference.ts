import type { PhotonDoseShape } from '../photon-dose-forward/index.ts';
import { doseElements, type PhotonDoseTables } from '../photon-dose-forward/reference.ts';

/**
 * The transpose of photon-dose-forward in float64: each element of the dose matrix, as the forward reference writes it
 * down, sends its voxel's gradient to its node. Conventions as there; the maps are not divided into parts.
 */
export function photonDoseAdjointReference(
  s: PhotonDoseShape,
  t: PhotonDoseTables,
  gradient: ArrayLike<number>,
): { fine: Float64Array; coarse: Float64Array } {
  const fine = new Float64Array(s.beams * s.fineRows * s.fineStride);
  const coarse = new Float64Array(4 * s.beams * s.coarseSize ** 2);
  for (let beam = 0; beam < s.beams; beam++) {
    for (let voxel = 0; voxel < s.voxels; voxel++) {
      if (gradient[voxel] === 0) continue;
      for (const { map, index, weight } of doseElements(s, t, beam, voxel)) {
        (map === 'fine' ? fine : coarse)[index] += weight * gradient[voxel];
      }
    }
  }
  return { fine, coarse };
}
