import { inputError } from '../../../engine/core/errors.ts';
import type { Patient, ReferenceDose } from '../../../engine/core/patient.ts';
import type { InputRecord } from '../../../engine/core/provenance.ts';
import type { DicomChoice } from '../../../engine/formats/dicom/study/choose.ts';
import type { StudyPatient } from '../../../engine/formats/dicom/study/patient.ts';
import type { Ask } from './ask.ts';
import { readOpenKbpPatient } from './openkbp.ts';
import type { SurveyedFile, Tell } from './survey.ts';
import { readVolumePatient } from './volumes.ts';

/** A patient as its files give it, before any protocol. */
export interface ReadPatient {
  readonly patient: Patient;
  readonly referenceDoses: readonly ReferenceDose[];
  readonly inputs: readonly InputRecord[];
  /** What was asked, of DICOM files. */
  readonly choice?: DicomChoice;
  readonly study?: StudyPatient;
}

/**
 * The patient among files: OpenKBP where there is a ct.csv, volumes where one is called ct, DICOM, or else volumes of other names.
 *
 * @throws IsocenterError `viewer/unknown-files`, and what the readers throw
 */
export async function readPatientFiles(files: readonly SurveyedFile[], ask: Ask, tell: Tell): Promise<ReadPatient> {
  const openKbp = files.filter(({ name }) => name === 'ct.csv');
  if (openKbp.length > 0) {
    const folder = await folderOf(openKbp, ask);
    return readOpenKbpPatient(
      files.filter((one) => one.folder === folder && one.kind === 'csv'),
      folder,
      tell,
    );
  }
  const volumes = files.filter(({ kind }) => kind === 'volume');
  const hasCt = volumes.some(({ name }) => /^ct\.(nii|nii\.gz|nrrd|mha)$/i.test(name));
  const dicom = files.filter(({ kind }) => kind === 'dicom');
  if (dicom.length > 0 && !hasCt) {
    const { readDicomPatient } = await import('./dicom.ts');
    return readDicomPatient(dicom, ask, tell);
  }
  if (volumes.length > 0) {
    const folder = await folderOf(volumes, ask);
    return readVolumePatient(
      volumes.filter((one) => one.folder === folder),
      folder,
      ask,
      tell,
    );
  }
  throw inputError(
    'viewer/unknown-files',
    `${files.length} file${files.length === 1 ? ' was' : 's were'} given, and none of them is a DICOM file, ct.csv, a volume (NIfTI, NRRD, MetaImage) or a session`,
    'give the folder of one patient: DICOM (CT and structure set), OpenKBP, or a CT and masks as volumes',
  );
}

/** The one folder that the files are in; asks where there are several. */
async function folderOf(files: readonly SurveyedFile[], ask: Ask): Promise<string> {
  const folders = [...new Set(files.map(({ folder }) => folder))].sort();
  if (folders.length === 1) return folders[0];
  const options = folders.map((folder) => ({ value: folder, label: folder === '' ? '(files by themselves)' : folder }));
  return ask({ text: 'Which patient?', options });
}
