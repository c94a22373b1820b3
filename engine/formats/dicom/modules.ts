import type { DicomRecord } from './write.ts';

/** Who an object is about and where it belongs; what is shared by all objects of a study. */
export interface StudyInfo {
  readonly patientId: string;
  readonly patientName: string;
  /** YYYYMMDD, or empty. */
  readonly patientBirthDate: string;
  /** M, F, O, or empty. */
  readonly patientSex: string;
  readonly studyInstanceUid: string;
  readonly studyId: string;
  /** YYYYMMDD, or empty. */
  readonly studyDate: string;
  /** HHMMSS, or empty. */
  readonly studyTime: string;
  readonly studyDescription: string;
  readonly accessionNumber: string;
  readonly referringPhysicianName: string;
}

/** What wrote an object, for its provenance. */
export interface Equipment {
  readonly softwareVersion: string;
}

export const NOT_CLINICAL = 'Made by isocenter for research; not for clinical use.';

export function patientAndStudy(info: StudyInfo): DicomRecord {
  return {
    PatientName: info.patientName,
    PatientID: info.patientId,
    PatientBirthDate: orEmpty(info.patientBirthDate),
    PatientSex: orEmpty(info.patientSex),
    StudyInstanceUID: info.studyInstanceUid,
    StudyDate: orEmpty(info.studyDate),
    StudyTime: orEmpty(info.studyTime),
    ReferringPhysicianName: orEmpty(info.referringPhysicianName),
    StudyID: orEmpty(info.studyId),
    AccessionNumber: orEmpty(info.accessionNumber),
    StudyDescription: info.studyDescription === '' ? undefined : info.studyDescription,
  };
}

export function equipment({ softwareVersion }: Equipment): DicomRecord {
  return { Manufacturer: 'isocenter', ManufacturerModelName: 'isocenter', SoftwareVersions: softwareVersion };
}

export function frameOfReference(uid: string): DicomRecord {
  return { FrameOfReferenceUID: uid, PositionReferenceIndicator: [] };
}

/** What tells an RT object apart, and what wrote it. */
export interface RtObjectIds {
  readonly study: StudyInfo;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly equipment: Equipment;
}

/** The modules that all RT objects begin with: patient, study, RT series, frame of reference, equipment, SOP common. */
export function rtObject(
  { study, sopInstanceUid, seriesInstanceUid, equipment: by }: RtObjectIds,
  sopClassUid: string,
  modality: string,
  frameOfReferenceUid: string,
): DicomRecord {
  return {
    SOPClassUID: sopClassUid,
    SOPInstanceUID: sopInstanceUid,
    ...patientAndStudy(study),
    ...equipment(by),
    ...frameOfReference(frameOfReferenceUid),
    Modality: modality,
    SeriesInstanceUID: seriesInstanceUid,
    OperatorsName: [],
  };
}

/** An attribute of type 2 without a value. */
export function orEmpty(text: string): string | readonly string[] {
  return text === '' ? [] : text;
}
