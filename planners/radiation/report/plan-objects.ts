import { voxelCount } from '../../../engine/core/grid.ts';
import type { Patient } from '../../../engine/core/patient.ts';
import { sha256 } from '../../../engine/core/sha256.ts';
import type { WrittenFile } from '../../../engine/formats/dicom/ct/write.ts';
import {
  type DicomContext,
  type DoseObject,
  doseFiles,
  imageFiles,
  newContext,
} from '../../../engine/formats/dicom/objects.ts';
import type { Plan } from '../planning/plan.ts';
import type { PlanReport } from './plan-report.ts';

/**
 * A plan's doses as DICOM files under `dicom/`; with CT and structures where the patient was no DICOM patient. What comes from DICOM
 * files refers to these.
 *
 * @param patient as it was read
 * @param study of the patient's own DICOM files
 */
export function planObjects(
  plan: Plan,
  patient: Patient,
  study: DicomContext | undefined,
  report: PlanReport,
): WrittenFile[] {
  const { settings, inputs, version } = report.provenance;
  const context = study ?? newContext(patient, version);
  // Another plan of the same patient gets other UIDs; so does what another version or device computes, if only in the last digits.
  const made = [version, report.device, { ...settings, out: undefined }, inputs.map((input) => input.sha256)];
  const key = sha256(new TextEncoder().encode(JSON.stringify(made)));
  const names = `${report.protocol} on ${report.machine}, ${report.fractions} fractions`;
  const doses: DoseObject[] = [
    { name: 'RD.dcm', volume: volumeOf(plan, plan.fluence.dose), summationType: 'PLAN', comment: names },
    ...(plan.beamDoses ?? []).map((gy, n): DoseObject => {
      const { gantryDeg, couchDeg, collimatorDeg } = plan.beams[n];
      const angles = `gantry ${gantryDeg.toFixed(1)}, couch ${couchDeg.toFixed(1)}, collimator ${collimatorDeg.toFixed(1)} deg`;
      const name = `RD.beam${String(n + 1).padStart(2, '0')}.dcm`;
      return { name, volume: volumeOf(plan, gy), summationType: 'BEAM', comment: `Beam ${n + 1}: ${angles}` };
    }),
  ];
  const files = [...(study === undefined ? imageFiles(patient, context) : []), ...doseFiles(doses, context, key)];
  return files.map((file) => ({ ...file, name: `dicom/${file.name}` }));
}

function volumeOf({ patient }: Plan, gy: Float32Array) {
  const { grid } = patient.structureSet;
  const data = new Float32Array(voxelCount(grid));
  // Rounding in float32 may leave a dose far from every beam a hair below zero.
  for (let n = 0; n < gy.length; n++) data[patient.doseVoxels[n]] = Math.max(0, gy[n]);
  return { grid, data, unit: 'Gy' };
}
