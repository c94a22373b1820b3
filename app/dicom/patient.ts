import { basename, resolve } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import { inverse, isPatientPosition, type Transform } from '../../engine/core/frames.ts';
import { voxelCount } from '../../engine/core/grid.ts';
import type { Patient, StructureSet } from '../../engine/core/patient.ts';
import { type CtSeries, readCtSeries } from '../../engine/formats/dicom/ct/read.ts';
import type { SpatialRegistration } from '../../engine/formats/dicom/registration/read.ts';
import type { Contour } from '../../engine/formats/dicom/structures/contour.ts';
import { type RtStructureSet, structureSetOn } from '../../engine/formats/dicom/structures/read.ts';
import type { InputRecord } from '../inputs/files.ts';
import type { Session } from '../session.ts';
import { chooseImage, type DicomChoice, filesOfPatient, registrationsAmong } from './choose.ts';
import { type DicomFolder, readDicomFolder } from './folder.ts';

/** A patient from a folder of DICOM files, with what its own files will refer to. */
export interface DicomPatient {
  readonly patient: Patient;
  readonly inputs: readonly InputRecord[];
  readonly folder: DicomFolder;
  readonly ct: CtSeries;
  readonly structures: RtStructureSet | undefined;
}

/** Tissue is denser than that [HU]; used for the body only where nobody drew it. */
const BODY_HU = -350;

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
    const drawn = inFrameOf(ct, structures, registrationsAmong(files), warnings);
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
  warnings.push(`No structure of type EXTERNAL: all voxels above ${BODY_HU} HU count as the body, the couch too.`);
  const voxels = new Uint32Array(voxelCount(volume.grid));
  let count = 0;
  for (let v = 0; v < volume.data.length; v++) if (volume.data[v] > BODY_HU) voxels[count++] = v;
  return voxels.slice(0, count);
}

/** Structures in the CT's frame of reference: as they are, or by a registration that keeps slices in their planes. */
function inFrameOf(
  ct: CtSeries,
  set: RtStructureSet,
  registrations: readonly SpatialRegistration[],
  warnings: string[],
): RtStructureSet {
  const { frameOfReferenceUid: wanted } = ct;
  if (set.frameOfReferenceUid === wanted) return set;
  if (set.frameOfReferenceUid === '') {
    warnings.push(`${set.file} names no frame of reference: its structures are taken to lie in that of the CT.`);
    return set;
  }
  const forward = registrations.find((r) => r.fromFrameUid === set.frameOfReferenceUid && r.toFrameUid === wanted);
  const backward = registrations.find((r) => r.toFrameUid === set.frameOfReferenceUid && r.fromFrameUid === wanted);
  const T = forward?.T_to_from ?? (backward === undefined ? undefined : inverse(backward.T_to_from));
  if (T === undefined) {
    throw inputError(
      'dicom/frame-mismatch',
      `${set.file} lies in frame of reference ${set.frameOfReferenceUid}, the CT in ${wanted || 'none'}`,
      'give the structure set drawn on this CT, or the registration (REG) between the two as well',
    );
  }
  if (Math.abs(T[10] - 1) > 1e-6) {
    throw inputError(
      'dicom/frame-mismatch',
      `${(forward ?? backward)?.file} turns the slices of ${set.file} out of their planes`,
      'resample the structures onto this CT elsewhere',
    );
  }
  warnings.push(`${set.file} was brought to the CT's frame of reference by ${(forward ?? backward)?.file}.`);
  const rois = set.rois.map((roi) => ({ ...roi, contours: roi.contours.map((contour) => moved(contour, T)) }));
  return { ...set, rois };
}

function moved({ zMm, points }: Contour, T: Transform): Contour {
  const out = new Float64Array(points.length);
  for (let n = 0; n < points.length; n += 2) {
    out[n] = T[0] * points[n] + T[4] * points[n + 1] + T[12];
    out[n + 1] = T[1] * points[n] + T[5] * points[n + 1] + T[13];
  }
  return { zMm: zMm + T[14], points: out };
}
