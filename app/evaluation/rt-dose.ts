import { inputError } from '../../engine/core/errors.ts';
import { voxelCount } from '../../engine/core/grid.ts';
import type { Patient } from '../../engine/core/patient.ts';
import { resample, sameGrid } from '../../engine/core/resample.ts';
import { type RtDose, readRtDose } from '../../engine/formats/dicom/dose/read.ts';
import type { DicomFile } from '../../engine/formats/dicom/read.ts';
import { withoutRepeats } from '../../engine/formats/dicom/study/choose.ts';
import { SOP_CLASS } from '../../engine/formats/dicom/uids.ts';
import type { DicomPatient } from '../dicom/patient.ts';

/**
 * The dose of a plan among the files of a patient's folder, or all doses of beams of one plan, to be added up.
 *
 * @throws IsocenterError `evaluate/no-dose`, `evaluate/doses`
 */
export function dosesOfFolder({ folder, ct }: DicomPatient, sumBeams: boolean): readonly DicomFile[] {
  const hint = 'give --dose FILE';
  const id = ct.study.patientId;
  const doses = withoutRepeats(
    folder.files.filter(
      ({ sopClassUid, dataset }) => sopClassUid === SOP_CLASS.rtDose && (dataset.text('PatientID') ?? '') === id,
    ),
  );
  if (doses.length === 0) {
    throw inputError('evaluate/no-dose', `${folder.path} holds no RT Dose of patient ${id}`, hint);
  }
  // Doses on another image of the patient are no choice; where there are only such, reading them says so.
  const onCt = doses.filter(({ dataset }) =>
    ['', ct.frameOfReferenceUid].includes(dataset.text('FrameOfReferenceUID') ?? ''),
  );
  const candidates = onCt.length > 0 ? onCt : doses;
  const ofType = (type: string) => candidates.filter(({ dataset }) => dataset.text('DoseSummationType') === type);
  if (sumBeams) return beamsOfOnePlan(ofType('BEAM'), folder.path);
  const ofPlans = ofType('PLAN');
  const found = ofPlans.length > 0 ? ofPlans : candidates;
  if (found.length === 1) return found;
  const names = found.map(({ name }) => name).join(', ');
  const onlyBeams = ofType('BEAM').length === found.length;
  throw inputError(
    'evaluate/doses',
    `${folder.path} holds ${found.length} doses${onlyBeams ? ' of beams' : ''}: ${names}`,
    onlyBeams ? `${hint}, or add them up with --sum-beams` : hint,
  );
}

function beamsOfOnePlan(beams: readonly DicomFile[], path: string): readonly DicomFile[] {
  const hint = 'give --dose FILE';
  if (beams.length === 0) throw inputError('evaluate/no-dose', `${path} holds no RT Dose of a beam`, hint);
  // Doses of a plan that is not named, as ours, share their series.
  const planOf = ({ dataset }: DicomFile): string =>
    dataset.items('ReferencedRTPlanSequence')[0]?.text('ReferencedSOPInstanceUID') ??
    dataset.text('SeriesInstanceUID') ??
    '';
  const plans = new Set(beams.map(planOf));
  if (plans.size === 1) return beams;
  throw inputError(
    'evaluate/doses',
    `${path} holds doses of beams of ${plans.size} plans or series: ${[...plans].join(', ')}`,
    'put the beams of one plan into a folder with the CT and the structures',
  );
}

/**
 * The sum of doses on the grid of the patient's structures. What is no dose of a whole plan, or does not cover the structures, is
 * said.
 *
 * @param dicom the patient's own files, where it has any: the dose has to lie in their frame of reference
 */
export async function onStructures(
  files: readonly DicomFile[],
  dicom: DicomPatient | undefined,
  patient: Patient,
): Promise<{ dose: Float32Array; warnings: readonly string[] }> {
  const warnings: string[] = [];
  const { grid } = patient.structureSet;
  const sum = new Float32Array(voxelCount(grid));
  for (const file of files) {
    const rt = await readRtDose(file);
    warnings.push(...rt.warnings, ...doubts(rt, files.length > 1, dicom));
    if (sameGrid(rt.volume.grid, grid)) {
      for (let v = 0; v < sum.length; v++) sum[v] += rt.volume.data[v];
      continue;
    }
    const { data } = resample(rt.volume, grid, Number.NaN);
    warnings.push(
      `${rt.file} was interpolated (trilinear) to the grid of the structures; outside of it the dose counts as 0.`,
      ...beyondDose(rt.file, data, patient),
    );
    for (let v = 0; v < sum.length; v++) if (!Number.isNaN(data[v])) sum[v] += data[v];
  }
  if (files.length > 1) warnings.push(`The doses of ${files.length} beams were added up.`);
  return { dose: sum, warnings };
}

/** What a reader should know of a dose before trusting what comes of it. */
function doubts(rt: RtDose, isPart: boolean, dicom: DicomPatient | undefined): string[] {
  const { file, doseType, summationType, frameOfReferenceUid: found } = rt;
  if (doseType === 'ERROR') {
    throw inputError(
      'evaluate/dose-type',
      `${file}: (3004,0004) DoseType is ERROR: it holds differences of doses`,
      'give a dose',
    );
  }
  const said: string[] = [];
  if (doseType === 'EFFECTIVE')
    said.push(`${file} holds effective doses (weighted for biological effect), judged as they are.`);
  if (!isPart && !['', 'PLAN', 'MULTI_PLAN'].includes(summationType)) {
    said.push(`${file} is the dose of ${summationType}, perhaps not of the whole plan: it is judged as it is.`);
  }
  if (dicom === undefined) return said;
  const { frameOfReferenceUid: wanted, study } = dicom.ct;
  if (found === '' || wanted === '') {
    said.push(
      `${found === '' ? file : 'The CT'} names no frame of reference: the dose is taken to lie in that of the CT.`,
    );
  } else if (found !== wanted) {
    throw inputError(
      'dicom/frame-mismatch',
      `${file} lies in frame of reference ${found}, the CT in ${wanted}`,
      'give the dose that was computed on this CT',
    );
  }
  if (rt.study.patientId !== study.patientId) {
    said.push(`${file} is of patient ${rt.study.patientId || '(no id)'}, the CT of ${study.patientId || '(no id)'}.`);
  }
  return said;
}

/** Structures that reach beyond the grid of a dose (there `dose` is not a number). */
function beyondDose(file: string, dose: Float32Array, { structureSet }: Patient): string[] {
  const beyond = structureSet.structures.flatMap(({ name, voxels }) => {
    let count = 0;
    for (const v of voxels) if (Number.isNaN(dose[v])) count++;
    return count === 0 ? [] : [`${name} ${Math.max(0.1, (100 * count) / voxels.length).toFixed(1)} %`];
  });
  return beyond.length === 0 ? [] : [`${file} does not cover all of: ${beyond.join(', ')} of the volume lie outside.`];
}
