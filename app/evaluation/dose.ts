import { inputError } from '../../engine/core/errors.ts';
import type { Patient } from '../../engine/core/patient.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import { readDicom } from '../../engine/formats/dicom/read.ts';
import { looksLikeDicom } from '../../engine/formats/dicom/recognise.ts';
import { readOpenKbpDose } from '../../engine/formats/openkbp/dose.ts';
import { readSparseDose } from '../../engine/formats/sparse-dose.ts';
import type { DoseOnVoxels } from '../../planners/radiation/evaluation/evaluate.ts';
import { readInput, sha256 } from '../inputs/files.ts';
import type { LoadedPatient } from '../inputs/patient.ts';
import { dosesOfFolder, onStructures } from './rt-dose.ts';
import type { EvaluationSettings } from './run.ts';

/** A dose on the grid of the patient's structures. */
export interface LoadedDose {
  readonly dose: Float32Array | DoseOnVoxels;
  readonly inputs: readonly InputRecord[];
  readonly warnings: readonly string[];
}

/**
 * The dose to judge: an RT Dose (interpolated to the structures' grid), a csv, or the plan's dose, or the sum of the beams' doses,
 * in the patient's own DICOM folder.
 */
export async function loadDose(
  { dose: path, doseGridMm, sumBeams = false }: EvaluationSettings,
  { kind, dicom }: LoadedPatient,
  patient: Patient,
): Promise<LoadedDose> {
  if (path === undefined) {
    if (dicom === undefined) throw inputError('evaluate/no-dose', 'no dose was given', 'give --dose FILE');
    return { ...(await onStructures(dosesOfFolder(dicom, sumBeams), dicom, patient)), inputs: [] };
  }
  if (sumBeams) {
    const hint = 'leave --dose out, or --sum-beams';
    throw inputError('evaluate/sum', '--sum-beams adds up the doses of a DICOM folder, --dose names one file', hint);
  }
  const hint = 'give --dose an RT Dose file, or a csv such as dose.csv of OpenKBP or of isocenter plan';
  const bytes = await readInput(path, 'dose', hint);
  const inputs = [{ role: 'dose', name: path, sha256: sha256(bytes) }];
  if (looksLikeDicom(bytes)) return { ...(await onStructures([readDicom(path, bytes)], dicom, patient)), inputs };
  const dose =
    kind === 'openkbp' && doseGridMm === undefined
      ? readOpenKbpDose(bytes, path)
      : readSparseDose(patient.structureSet.grid, new TextDecoder().decode(bytes), path);
  return { dose, inputs, warnings: [] };
}
