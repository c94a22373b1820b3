import type { Volume } from '../../engine/core/grid.ts';
import type { Patient } from '../../engine/core/patient.ts';
import { type WrittenFile, writeCtSeries } from '../../engine/formats/dicom/ct/write.ts';
import { writeRtDose } from '../../engine/formats/dicom/dose/write.ts';
import type { StudyInfo } from '../../engine/formats/dicom/modules.ts';
import { outline } from '../../engine/formats/dicom/structures/outline.ts';
import { roiType, writeRtStructureSet } from '../../engine/formats/dicom/structures/write.ts';
import { derivedUid } from '../../engine/formats/dicom/uids.ts';
import { version } from '../version.ts';
import type { DicomPatient } from './patient.ts';

/** What objects of one patient share. */
export interface DicomContext {
  readonly study: StudyInfo;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string;
  readonly structureSetUid: string | undefined;
}

const equipment = { softwareVersion: version() };

/** The study that the patient's own files are of. */
export function contextOf({ ct, structures }: DicomPatient): DicomContext {
  return {
    study: ct.study,
    seriesInstanceUid: ct.seriesInstanceUid,
    frameOfReferenceUid: ct.frameOfReferenceUid,
    structureSetUid: structures?.sopInstanceUid,
  };
}

/** A study made for a patient that does not come from DICOM files: the same patient, the same UIDs. */
export function newContext({ id, source }: Patient): DicomContext {
  const key = [source.kind, source.path.replace(/^.*[\\/]/, ''), source.sha256 ?? ''];
  return {
    study: {
      patientId: id.slice(0, 64),
      patientName: id.slice(0, 64),
      patientBirthDate: '',
      patientSex: '',
      studyInstanceUid: derivedUid(...key, 'study'),
      studyId: '1',
      studyDate: '',
      studyTime: '',
      studyDescription: `${source.kind} ${id}`.slice(0, 64),
      accessionNumber: '',
      referringPhysicianName: '',
    },
    seriesInstanceUid: derivedUid(...key, 'ct'),
    frameOfReferenceUid: derivedUid(...key, 'frame of reference'),
    structureSetUid: derivedUid(...key, 'structure set'),
  };
}

/** CT and structures of a patient as files. */
export function imageFiles(patient: Patient, context: DicomContext): WrittenFile[] {
  const { grid } = patient.ct;
  const { study, seriesInstanceUid, frameOfReferenceUid } = context;
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
    rois: patient.structureSet.structures.map(({ name, voxels }, n) => ({
      number: n + 1,
      name,
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

export interface DoseObject {
  readonly name: string;
  readonly volume: Volume;
  readonly summationType: 'PLAN' | 'BEAM';
  readonly comment: string;
}

/** Doses as files of one series. `key` tells one plan's doses from another's. */
export function doseFiles(doses: readonly DoseObject[], context: DicomContext, key: string): WrittenFile[] {
  const { study, frameOfReferenceUid, structureSetUid } = context;
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
      equipment,
      ...(structureSetUid === undefined ? {} : { structureSetUid }),
    });
    return { name, bytes, sopInstanceUid };
  });
}
