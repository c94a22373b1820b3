import { voxelCount } from '../../engine/core/grid.ts';
import type { WrittenFile } from '../../engine/formats/dicom/ct/write.ts';
import type { Plan } from '../../planners/radiation/planning/plan.ts';
import { contextOf, type DoseObject, doseFiles, imageFiles, newContext } from '../dicom/objects.ts';
import { sha256 } from '../inputs/files.ts';
import type { LoadedPatient } from '../inputs/patient.ts';
import type { PlanReport } from './report.ts';

/**
 * A plan's doses as DICOM files under `dicom/`; with CT and structures where the patient was no DICOM patient. What comes from DICOM
 * files refers to these.
 */
export function planObjects(plan: Plan, loaded: LoadedPatient, report: PlanReport): WrittenFile[] {
  const { dicom, patient } = loaded;
  const context = dicom === undefined ? newContext(patient) : contextOf(dicom);
  const { settings, inputs } = report.provenance;
  // Another plan of the same patient gets other UIDs, the same plan the same.
  const key = sha256(JSON.stringify([settings, inputs]));
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
  const files = [...(dicom === undefined ? imageFiles(patient, context) : []), ...doseFiles(doses, context, key)];
  return files.map((file) => ({ ...file, name: `dicom/${file.name}` }));
}

function volumeOf({ patient }: Plan, gy: Float32Array) {
  const { grid } = patient.structureSet;
  const data = new Float32Array(voxelCount(grid));
  // Rounding in float32 may leave a dose far from every beam a hair below zero.
  for (let n = 0; n < gy.length; n++) data[patient.doseVoxels[n]] = Math.max(0, gy[n]);
  return { grid, data, unit: 'Gy' };
}
