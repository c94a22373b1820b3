import { inputError } from '../../../core/errors.ts';
import type { DicomFile } from '../read.ts';
import { SOP_CLASS } from '../uids.ts';

/** The files of one CT series. */
export interface CtFiles {
  readonly patientId: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly description: string;
  readonly files: readonly DicomFile[];
}

/** Several slices in one file, of which only the name is read. */
const ENHANCED: readonly string[] = [SOP_CLASS.enhancedCtImage, SOP_CLASS.legacyConvertedEnhancedCtImage];

/**
 * Tells the CT series among files apart; other objects are left out, and so are localizers (scout views): they are projections, not
 * slices, though they come as CT images.
 *
 * @throws IsocenterError `dicom/enhanced-ct` where there are such images and no others
 */
export function ctSeriesAmong(files: readonly DicomFile[]): CtFiles[] {
  const series = new Map<string, DicomFile[]>();
  for (const file of files) {
    if (file.sopClassUid !== SOP_CLASS.ctImage || isLocalizer(file)) continue;
    const uid = file.dataset.needText('SeriesInstanceUID');
    const known = series.get(uid);
    if (known === undefined) series.set(uid, [file]);
    else known.push(file);
  }
  const enhanced = files.find(({ sopClassUid }) => ENHANCED.includes(sopClassUid));
  if (series.size === 0 && enhanced !== undefined) {
    throw inputError(
      'dicom/enhanced-ct',
      `${enhanced.name} is an Enhanced CT image (several slices in one file), which is not read`,
      'export the series as CT Image Storage, one slice a file',
    );
  }
  return [...series].map(([seriesInstanceUid, own]) => {
    const { dataset } = own[0];
    return {
      patientId: dataset.text('PatientID') ?? '',
      studyInstanceUid: dataset.text('StudyInstanceUID') ?? '',
      seriesInstanceUid,
      description: dataset.text('SeriesDescription') ?? '',
      files: own,
    };
  });
}

function isLocalizer({ dataset }: DicomFile): boolean {
  return dataset.texts('ImageType').includes('LOCALIZER');
}
