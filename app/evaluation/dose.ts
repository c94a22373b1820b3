import { inputError } from '../../engine/core/errors.ts';
import type { Patient } from '../../engine/core/patient.ts';
import { resample, sameGrid } from '../../engine/core/resample.ts';
import { type RtDose, readRtDose } from '../../engine/formats/dicom/dose/read.ts';
import { type DicomFile, looksLikeDicom, readDicom } from '../../engine/formats/dicom/read.ts';
import { SOP_CLASS } from '../../engine/formats/dicom/uids.ts';
import { readOpenKbpDose } from '../../engine/formats/openkbp/dose.ts';
import type { DoseOnVoxels } from '../../planners/radiation/evaluation/evaluate.ts';
import { type InputRecord, readInput, sha256 } from '../inputs/files.ts';
import type { LoadedPatient } from '../inputs/patient.ts';
import { readSparseDose } from '../output/sparse-dose.ts';
import type { EvaluationSettings } from './run.ts';

/** A dose on the grid of the patient's structures. */
export interface LoadedDose {
  readonly dose: Float32Array | DoseOnVoxels;
  readonly inputs: readonly InputRecord[];
  readonly warnings: readonly string[];
}

/**
 * The dose to judge: an RT Dose (interpolated to the structures' grid), a csv, or the plan's dose that lies in the patient's own
 * DICOM folder.
 */
export async function loadDose(
  { dose: path, doseGridMm }: EvaluationSettings,
  loaded: LoadedPatient,
  patient: Patient,
): Promise<LoadedDose> {
  if (path === undefined) return { ...(await ofFolder(loaded, patient)), inputs: [] };
  const hint = 'give --dose an RT Dose file, or a csv such as dose.csv of OpenKBP or of isocenter plan';
  const bytes = await readInput(path, 'dose', hint);
  const inputs = [{ role: 'dose', name: path, sha256: sha256(bytes) }];
  if (looksLikeDicom(bytes)) return { ...(await onStructures(readDicom(path, bytes), loaded, patient)), inputs };
  const ownForm = loaded.kind === 'openkbp' && doseGridMm === undefined;
  const dose = ownForm
    ? readOpenKbpDose(bytes, path)
    : readSparseDose(patient.structureSet.grid, new TextDecoder().decode(bytes), path);
  return { dose, inputs, warnings: [] };
}

async function ofFolder({ dicom }: LoadedPatient, patient: Patient): Promise<Omit<LoadedDose, 'inputs'>> {
  const hint = 'give --dose FILE';
  if (dicom === undefined) throw inputError('evaluate/no-dose', 'no dose was given', hint);
  const id = dicom.ct.study.patientId;
  const doses = dicom.folder.files.filter(
    ({ sopClassUid, dataset }) => sopClassUid === SOP_CLASS.rtDose && (dataset.text('PatientID') ?? '') === id,
  );
  const ofPlans = doses.filter(({ dataset }) => dataset.text('DoseSummationType') === 'PLAN');
  const [first, ...others] = ofPlans.length > 0 ? ofPlans : doses;
  if (first === undefined) {
    throw inputError('evaluate/no-dose', `${dicom.folder.path} holds no RT Dose of patient ${id}`, hint);
  }
  if (others.length > 0) {
    const names = [first, ...others].map(({ name }) => name).join(', ');
    throw inputError('evaluate/doses', `${dicom.folder.path} holds ${others.length + 1} doses: ${names}`, hint);
  }
  return onStructures(first, { dicom } as LoadedPatient, patient);
}

async function onStructures(
  file: DicomFile,
  { dicom }: LoadedPatient,
  patient: Patient,
): Promise<Omit<LoadedDose, 'inputs'>> {
  const rt = await readRtDose(file);
  const warnings = [...rt.warnings];
  refuseOtherFrame(rt, dicom?.ct.frameOfReferenceUid);
  const { grid } = patient.structureSet;
  if (sameGrid(rt.volume.grid, grid)) return { dose: rt.volume.data, warnings };
  warnings.push(
    `${rt.file} was interpolated (trilinear) to the grid of the structures; outside of it the dose counts as 0.`,
  );
  return { dose: resample(rt.volume, grid).data, warnings };
}

function refuseOtherFrame({ file, frameOfReferenceUid: found }: RtDose, wanted: string | undefined): void {
  if (wanted === undefined || wanted === '' || found === '' || found === wanted) return;
  throw inputError(
    'dicom/frame-mismatch',
    `${file} lies in frame of reference ${found}, the CT in ${wanted}`,
    'give the dose that was computed on this CT',
  );
}
