import { toHalfFloat } from 'three/src/extras/DataUtils.js';
import type { DvhCurve, PatientView } from './messages.ts';

const DVH_STEPS = 256;

/** Spreads a dose on dose voxels over the patient's grid, for the texture too; returns its maximum [Gy]. */
export function spreadDose(view: PatientView, gy: Float32Array): number {
  const { dose, doseHalf, doseVoxels } = view;
  let most = 0;
  for (let n = 0; n < gy.length; n++) {
    // Rounding in float32 may leave a dose far from every beam a hair below zero.
    const value = Math.max(0, gy[n]);
    dose[doseVoxels[n]] = value;
    doseHalf[doseVoxels[n]] = toHalfFloat(value);
    if (value > most) most = value;
  }
  return most;
}

/** Cumulative dose-volume curves of all structures, in equal steps up to just above the maximum. */
export function dvhCurves(view: PatientView, maxGy: number): { stepGy: number; curves: DvhCurve[] } {
  const stepGy = Math.max(1e-3, (1.02 * maxGy) / (DVH_STEPS - 1));
  const counts = new Uint32Array(DVH_STEPS);
  const curves = view.structures.map(({ name, voxels }) => {
    counts.fill(0);
    for (let n = 0; n < voxels.length; n++) {
      counts[Math.min(DVH_STEPS - 1, Math.floor(view.dose[voxels[n]] / stepGy))]++;
    }
    const volumePercent = new Float32Array(DVH_STEPS);
    let above = 0;
    for (let bin = DVH_STEPS - 1; bin >= 0; bin--) {
      above += counts[bin];
      volumePercent[bin] = voxels.length === 0 ? 0 : (100 * above) / voxels.length;
    }
    return { structure: name, volumePercent };
  });
  return { stepGy, curves };
}
