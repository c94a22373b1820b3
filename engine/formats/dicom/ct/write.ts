import { inputError } from '../../../core/errors.ts';
import type { Volume } from '../../../core/grid.ts';
import {
  type Equipment,
  equipment,
  frameOfReference,
  NOT_CLINICAL,
  patientAndStudy,
  type StudyInfo,
} from '../modules.ts';
import { derivedUid, SOP_CLASS } from '../uids.ts';
import { writeDicom } from '../write.ts';

/** A file to be written: its name, its bytes. */
export interface WrittenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sopInstanceUid: string;
}

export interface CtToWrite {
  /** [HU] */
  readonly volume: Volume;
  readonly study: StudyInfo;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string;
  readonly description: string;
  readonly equipment: Equipment;
}

/**
 * A volume as CT images, one axial slice a file, head first supine. Values are rounded to whole HU and kept within 16 bits.
 *
 * @throws IsocenterError `dicom/size` for more rows or columns than an image can have
 */
export function writeCtSeries(ct: CtToWrite): WrittenFile[] {
  const { grid, data } = ct.volume;
  const [columns, rows, slices] = grid.size;
  if (rows > 65535 || columns > 65535) {
    throw inputError(
      'dicom/size',
      `an image of ${columns} x ${rows} pixels (limit 65535)`,
      'resample the volume first',
    );
  }
  const digits = Math.max(4, String(slices).length);
  return Array.from({ length: slices }, (_, k) => {
    const stored = new Int16Array(rows * columns);
    const start = k * rows * columns;
    for (let n = 0; n < stored.length; n++) {
      stored[n] = Math.max(-32768, Math.min(32767, Math.round(data[start + n])));
    }
    const sopInstanceUid = derivedUid(ct.seriesInstanceUid, 'slice', String(k));
    const bytes = writeDicom({
      SOPClassUID: SOP_CLASS.ctImage,
      SOPInstanceUID: sopInstanceUid,
      ...patientAndStudy(ct.study),
      ...equipment(ct.equipment),
      ...frameOfReference(ct.frameOfReferenceUid),
      ImageType: ['DERIVED', 'SECONDARY', 'AXIAL'],
      Modality: 'CT',
      SeriesInstanceUID: ct.seriesInstanceUid,
      SeriesNumber: 1,
      SeriesDescription: ct.description,
      Laterality: [],
      PatientPosition: 'HFS',
      AcquisitionNumber: 1,
      InstanceNumber: k + 1,
      ImagePositionPatient: [grid.originMm[0], grid.originMm[1], grid.originMm[2] + k * grid.spacingMm[2]],
      ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
      PixelSpacing: [grid.spacingMm[1], grid.spacingMm[0]],
      SliceThickness: grid.spacingMm[2],
      SliceLocation: grid.originMm[2] + k * grid.spacingMm[2],
      KVP: [],
      ImageComments: NOT_CLINICAL,
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      Rows: rows,
      Columns: columns,
      BitsAllocated: 16,
      BitsStored: 16,
      HighBit: 15,
      PixelRepresentation: 1,
      RescaleIntercept: 0,
      RescaleSlope: 1,
      RescaleType: 'HU',
      PixelData: new Uint8Array(stored.buffer),
    });
    return { name: `CT.${String(k + 1).padStart(digits, '0')}.dcm`, bytes, sopInstanceUid };
  });
}
