import { basename, resolve } from 'node:path';
import { isPatientPosition } from '../../engine/core/frames.ts';
import type { Patient, StructureSet } from '../../engine/core/patient.ts';
import { type CtSeries, readCtSeries } from '../../engine/formats/dicom/ct/read.ts';
import { type RtStructureSet, structureSetOn } from '../../engine/formats/dicom/structures/read.ts';
import { BODY_HU, bodyOfCt } from '../inputs/body.ts';
import type { InputRecord } from '../inputs/files.ts';
import type { Session } from '../session.ts';
import { chooseImage, type DicomChoice, filesOfPatient } from './choose.ts';
import { type DicomFolder, readDicomFolder } from './folder.ts';
import { imagesMissing } from './references.ts';
import { structuresInFrame } from './registration.ts';

/** A patient from a folder of DICOM files, with what its own files will refer to. */
export interface DicomPatient {
  readonly patient: Patient;
  readonly inputs: readonly InputRecord[];
  readonly folder: DicomFolder;
  readonly ct: CtSeries;
  readonly structures: RtStructureSet | undefined;
}

/**
 * Reads the patient of a folder: one CT series and, where there is one, the structure set drawn on it.
 *
 * @throws IsocenterError `dicom/...`
 */
export async function readDicomPatient(path: string, choice: DicomChoice, session: Session): Promise<DicomPatient> {
  const folder = await readDicomFolder(path, session);
  const files = filesOfPatient(folder.files, choice);
  const { ct: series, structures, notes } = chooseImage(files, choice);
  const ct = await readCtSeries(series);
  const { grid } = ct.volume;
  const warnings = [...notes, ...ct.warnings];
  let structureSet: StructureSet = { grid, structures: [] };
  if (structures !== undefined) {
    warnings.push(...imagesMissing(files, structures.sopInstanceUid));
    const drawn = structuresInFrame(ct.frameOfReferenceUid, structures, files, warnings);
    const placed = structureSetOn(drawn, grid);
    structureSet = placed.structureSet;
    warnings.push(...placed.warnings);
  }
  const position = ct.patientPosition;
  if (position !== '' && !isPatientPosition(position)) {
    warnings.push(
      `PatientPosition ${JSON.stringify(position)} is not known: beams are placed as for head first supine.`,
    );
  }
  const patient: Patient = {
    id: ct.study.patientId || basename(resolve(path)),
    ct: ct.volume,
    structureSet,
    doseVoxels: bodyOf(ct, structures, structureSet, warnings),
    ...(isPatientPosition(position) ? { position } : {}),
    warnings,
    source: { kind: 'dicom', path, ...(folder.input.sha256 === null ? {} : { sha256: folder.input.sha256 }) },
  };
  return { patient, inputs: [folder.input], folder, ct, structures };
}

/** The voxels of the body: the region of type EXTERNAL, one that is called so, or what is denser than air. */
function bodyOf(
  { volume }: CtSeries,
  drawn: RtStructureSet | undefined,
  { structures }: StructureSet,
  warnings: string[],
): Uint32Array {
  const byType = drawn?.rois.findIndex(({ type, contours }) => type === 'EXTERNAL' && contours.length > 0) ?? -1;
  const body = byType >= 0 ? structures[byType] : structures.find(({ name }) => /^(external|body|skin)$/i.test(name));
  if (body !== undefined && body.voxels.length > 0) return body.voxels;
  warnings.push(
    `No structure of type EXTERNAL: what is above ${BODY_HU} HU, and what that encloses, counts as the body, the couch too.`,
  );
  return bodyOfCt(volume);
}
