import type { Dataset } from './dataset.ts';
import type { StudyInfo } from './modules.ts';

/** Patient and study as a file names them. */
export function studyInfoOf(dataset: Dataset): StudyInfo {
  const text = (keyword: string): string => dataset.text(keyword) ?? '';
  return {
    patientId: text('PatientID'),
    patientName: text('PatientName'),
    patientBirthDate: text('PatientBirthDate'),
    patientSex: text('PatientSex'),
    studyInstanceUid: text('StudyInstanceUID'),
    studyId: text('StudyID'),
    studyDate: text('StudyDate'),
    studyTime: text('StudyTime'),
    studyDescription: text('StudyDescription'),
    accessionNumber: text('AccessionNumber'),
    referringPhysicianName: text('ReferringPhysicianName'),
  };
}
