import type { Volume } from '../../core/grid.ts';
import type { Patient, Structure } from '../../core/patient.ts';
import { type WrittenFile, writeCtSeries } from './ct/write.ts';
import { writeRtDose } from './dose/write.ts';
import type { StudyInfo } from './modules.ts';
import { outline } from './structures/outline.ts';
import { roiType, writeRtStructureSet } from './structures/write.ts';
import type { StudyPatient } from './study/patient.ts';
import { derivedUid } from './uids.ts';

/** What objects of one patient share. */
export interface DicomContext {
  readonly study: StudyInfo;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string;
  readonly structureSetUid: string | undefined;
  /** Of the program that writes them. */
  readonly softwareVersion: string;
}

/** The study that the patient's own files are of. */
export function contextOf(
  { ct, structures }: Pick<StudyPatient, 'ct' | 'structures'>,
  softwareVersion: string,
): DicomContext {
  return {
    study: ct.study,
    seriesInstanceUid: ct.seriesInstanceUid,
    frameOfReferenceUid: ct.frameOfReferenceUid,
    structureSetUid: structures?.sopInstanceUid,
    softwareVersion,
  };
}

/** A study made for a patient that does not come from DICOM files: the same patient and version, the same UIDs. */
export function newContext({ id, source }: Patient, softwareVersion: string): DicomContext {
  const key = [source.kind, source.path.replace(/^.*[\\/]/, ''), source.sha256 ?? '', softwareVersion];
  return {
    study: {
      patientId: nameIn(id),
      patientName: nameIn(id),
      patientBirthDate: '',
      patientSex: '',
      studyInstanceUid: derivedUid(...key, 'study'),
      studyId: '1',
      studyDate: '',
      studyTime: '',
      studyDescription: nameIn(`${source.kind} ${id}`),
      accessionNumber: '',
      referringPhysicianName: '',
    },
    seriesInstanceUid: derivedUid(...key, 'ct'),
    frameOfReferenceUid: derivedUid(...key, 'frame of reference'),
    structureSetUid: derivedUid(...key, 'structure set'),
    softwareVersion,
  };
}

/** CT and structures of a patient as files. */
export function imageFiles(patient: Patient, context: DicomContext): WrittenFile[] {
  const { grid } = patient.ct;
  const { study, seriesInstanceUid, frameOfReferenceUid, softwareVersion } = context;
  const equipment = { softwareVersion };
  const description = study.studyDescription;
  const ct = writeCtSeries({
    volume: patient.ct,
    study,
    seriesInstanceUid,
    frameOfReferenceUid,
    description,
    equipment,
  });
  const structureSetUid = context.structureSetUid ?? derivedUid(seriesInstanceUid, 'structure set');
  const bytes = writeRtStructureSet({
    study,
    sopInstanceUid: structureSetUid,
    seriesInstanceUid: derivedUid(structureSetUid, 'series'),
    label: 'isocenter',
    equipment,
    rois: regionsOf(patient).map(({ name, voxels }, n) => ({
      number: n + 1,
      name: nameIn(name),
      type: roiType(name),
      color: undefined,
      contours: outline(voxels, grid),
    })),
    image: {
      seriesInstanceUid,
      frameOfReferenceUid,
      slices: ct.map(({ sopInstanceUid }, k) => ({ sopInstanceUid, zMm: grid.originMm[2] + k * grid.spacingMm[2] })),
    },
  });
  return [...ct, { name: 'RS.dcm', bytes, sopInstanceUid: structureSetUid }];
}

/** Structures, and the body where none of them is: who plans on the files finds it by its type. */
function regionsOf({ structureSet: { structures }, doseVoxels }: Patient): readonly Structure[] {
  if (structures.some(({ name }) => roiType(name) === 'EXTERNAL')) return structures;
  return [...structures, { name: 'External', voxels: doseVoxels }];
}

/** A name as DICOM takes it: 64 characters at most, no separator of values or of a name's parts, no control characters. */
function nameIn(text: string): string {
  return text.replace(/[\\^=\p{Cc}]/gu, '_').slice(0, 64);
}

export interface DoseObject {
  readonly name: string;
  readonly volume: Volume;
  readonly summationType: 'PLAN' | 'BEAM';
  readonly comment: string;
}

/** Doses as files of one series. `key` tells one plan's doses from another's. */
export function doseFiles(doses: readonly DoseObject[], context: DicomContext, key: string): WrittenFile[] {
  const { study, frameOfReferenceUid, structureSetUid, softwareVersion } = context;
  return doses.map(({ name, volume, summationType, comment }, n) => {
    const sopInstanceUid = derivedUid(study.studyInstanceUid, key, name);
    const bytes = writeRtDose({
      volume,
      study,
      sopInstanceUid,
      seriesInstanceUid: derivedUid(study.studyInstanceUid, key, 'doses'),
      frameOfReferenceUid,
      summationType,
      comment,
      instanceNumber: n + 1,
      equipment: { softwareVersion },
      ...(structureSetUid === undefined ? {} : { structureSetUid }),
    });
    return { name, bytes, sopInstanceUid };
  });
}
