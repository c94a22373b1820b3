import { basename, resolve } from 'node:path';
import type { InputRecord } from '../../engine/core/provenance.ts';
import type { DicomChoice } from '../../engine/formats/dicom/study/choose.ts';
import { patientOfFiles, type StudyPatient } from '../../engine/formats/dicom/study/patient.ts';
import type { Session } from '../session.ts';
import { type DicomFolder, readDicomFolder } from './folder.ts';

/** A patient from a folder of DICOM files. */
export interface DicomPatient extends StudyPatient {
  readonly inputs: readonly InputRecord[];
  readonly folder: DicomFolder;
}

/** Reads the patient of a folder. @throws IsocenterError `dicom/...` */
export async function readDicomPatient(path: string, choice: DicomChoice, session: Session): Promise<DicomPatient> {
  const folder = await readDicomFolder(path, session);
  const { sha256 } = folder.input;
  const source = { name: basename(resolve(path)), path, ...(sha256 === null ? {} : { sha256 }) };
  return { ...(await patientOfFiles(folder.files, choice, source)), inputs: [folder.input], folder };
}
