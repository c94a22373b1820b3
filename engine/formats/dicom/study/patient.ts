import { bodyVoxels } from '../../../core/body.ts';
import { isPatientPosition } from '../../../core/frames.ts';
import type { Patient, StructureSet } from '../../../core/patient.ts';
import { type CtSeries, readCtSeries } from '../ct/read.ts';
import type { DicomFile } from '../read.ts';
import { type RtStructureSet, structureSetOn } from '../structures/read.ts';
import { chooseImage, type DicomChoice, filesOfPatient } from './choose.ts';
import { imagesMissing } from './references.ts';
import { structuresInFrame } from './registration.ts';

/** A patient from DICOM files, with what its own files will refer to. */
export interface StudyPatient {
  readonly patient: Patient;
  readonly ct: CtSeries;
  readonly structures: RtStructureSet | undefined;
}

/**
 * The patient of a set of files: one CT series and, where there is one, the structure set drawn on it.
 *
 * @param name what it is called where the files name no patient
 * @throws IsocenterError `dicom/...`
 */
export async function patientOfFiles(
  all: readonly DicomFile[],
  choice: DicomChoice,
  { name, path, sha256 }: { readonly name: string; readonly path: string; readonly sha256?: string },
): Promise<StudyPatient> {
  const files = filesOfPatient(all, choice);
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
  const external = structures?.rois.findIndex(({ type, contours }) => type === 'EXTERNAL' && contours.length > 0) ?? -1;
  const patient: Patient = {
    id: ct.study.patientId || name,
    ct: ct.volume,
    structureSet,
    doseVoxels: bodyVoxels(ct.volume, structureSet.structures, warnings, structureSet.structures[external]),
    ...(isPatientPosition(position) ? { position } : {}),
    warnings,
    source: { kind: 'dicom', path, ...(sha256 === undefined ? {} : { sha256 }) },
  };
  return { patient, ct, structures };
}
