import { inputError } from '../../engine/core/errors.ts';
import { type CtFiles, ctSeriesAmong } from '../../engine/formats/dicom/ct/read.ts';
import type { DicomFile } from '../../engine/formats/dicom/read.ts';
import { readSpatialRegistration, type SpatialRegistration } from '../../engine/formats/dicom/registration/read.ts';
import { type RtStructureSet, readRtStructureSet } from '../../engine/formats/dicom/structures/read.ts';
import { SOP_CLASS } from '../../engine/formats/dicom/uids.ts';

/** What picks one of several patients, series and structure sets. */
export interface DicomChoice {
  readonly patientId?: string | undefined;
  /** SeriesInstanceUID of the CT, or the end of it. */
  readonly series?: string | undefined;
  /** SOPInstanceUID of the structure set, the end of it, or its label. */
  readonly structureSet?: string | undefined;
}

/** The files of one patient. @throws IsocenterError `dicom/patients` where there are several and none is chosen */
export function filesOfPatient(files: readonly DicomFile[], { patientId }: DicomChoice): readonly DicomFile[] {
  const byId = new Map<string, DicomFile[]>();
  for (const file of files) {
    const id = file.dataset.text('PatientID') ?? '';
    const known = byId.get(id);
    if (known === undefined) byId.set(id, [file]);
    else known.push(file);
  }
  if (patientId !== undefined) {
    const own = byId.get(patientId);
    if (own !== undefined) return own;
    throw inputError(
      'dicom/patients',
      `there is no patient ${patientId}; there are: ${patients(byId)}`,
      'give --patient-id',
    );
  }
  if (byId.size === 1) return files;
  throw inputError(
    'dicom/patients',
    `the folder holds ${byId.size} patients: ${patients(byId)}`,
    'give --patient-id with one of them',
  );
}

function patients(byId: ReadonlyMap<string, readonly DicomFile[]>): string {
  return [...byId].map(([id, own]) => `${id === '' ? '(no id)' : id} (${own.length} files)`).join(', ');
}

/** The CT to plan on, and the structures drawn on it. */
export function chooseImage(
  files: readonly DicomFile[],
  choice: DicomChoice,
): { readonly ct: CtFiles; readonly structures: RtStructureSet | undefined; readonly notes: readonly string[] } {
  const sets = files.filter(({ sopClassUid }) => sopClassUid === SOP_CLASS.rtStructureSet).map(readRtStructureSet);
  const structures = chosenSet(sets, choice);
  const all = ctSeriesAmong(files);
  if (all.length === 0) {
    throw inputError('dicom/no-ct', 'there is no CT among the files', 'give the folder with the CT images as well');
  }
  const listed = (series: readonly CtFiles[]): string =>
    series
      .map((s) => `${s.seriesInstanceUid} (${s.files.length} images, ${s.description || 'no description'})`)
      .join('; ');
  const { series: wanted } = choice;
  if (wanted !== undefined) {
    const found = all.filter(({ seriesInstanceUid }) => seriesInstanceUid.endsWith(wanted));
    if (found.length === 1) return { ct: found[0], structures, notes: [] };
    throw inputError(
      'dicom/series',
      `--series ${wanted} is that of ${found.length} series; there are: ${listed(all)}`,
      'give all of its UID',
    );
  }
  if (all.length === 1) return { ct: all[0], structures, notes: [] };
  const drawnOn = all.find(({ seriesInstanceUid }) => seriesInstanceUid === structures?.seriesInstanceUid);
  if (drawnOn !== undefined) {
    const notes = [
      `Of ${all.length} CT series the one is used on which the structures were drawn: ${listed([drawnOn])}.`,
    ];
    return { ct: drawnOn, structures, notes };
  }
  throw inputError(
    'dicom/series',
    `there are ${all.length} CT series: ${listed(all)}`,
    'give --series with the UID of one',
  );
}

function chosenSet(sets: readonly RtStructureSet[], { structureSet }: DicomChoice): RtStructureSet | undefined {
  const listed = sets.map(({ label, file, sopInstanceUid }) => `${label || file} (${sopInstanceUid})`).join('; ');
  if (structureSet !== undefined) {
    const found = sets.filter(
      ({ label, sopInstanceUid }) => label === structureSet || sopInstanceUid.endsWith(structureSet),
    );
    if (found.length === 1) return found[0];
    throw inputError(
      'dicom/structure-sets',
      `--structure-set ${structureSet} is that of ${found.length} structure sets; there are: ${listed || 'none'}`,
      'give its label, or all of its UID',
    );
  }
  if (sets.length <= 1) return sets[0];
  throw inputError(
    'dicom/structure-sets',
    `there are ${sets.length} structure sets: ${listed}`,
    'give --structure-set with one',
  );
}

/** Registrations among the files. */
export function registrationsAmong(files: readonly DicomFile[]): SpatialRegistration[] {
  return files
    .filter(({ sopClassUid }) => sopClassUid === SOP_CLASS.spatialRegistration)
    .flatMap((file) => readSpatialRegistration(file));
}
