import type { Vec3 } from '../../../../engine/core/grid.ts';
import { readDicom } from '../../../../engine/formats/dicom/read.ts';
import { derivedUid, SOP_CLASS } from '../../../../engine/formats/dicom/uids.ts';
import { type DicomRecord, writeDicom } from '../../../../engine/formats/dicom/write.ts';

/** Whole HU that differ everywhere. */
export function testHu(x: number, y: number, z: number): number {
  return Math.round(3 * x + 7 * y - 5 * z);
}

export interface StackOptions {
  /** ImageOrientationPatient. */
  readonly orientation?: readonly number[];
  /** Positions along the normal [mm]. */
  readonly alongMm?: readonly number[];
  readonly series?: string;
  /** HU by where they are; default {@link testHu}. */
  readonly hu?: (x: number, y: number, z: number) => number;
  readonly columns?: number;
  readonly rows?: number;
  /** Centre of the first pixel of the first slice [mm]. */
  readonly firstMm?: Vec3;
  /** Changes the record of a slice. */
  readonly edit?: (record: DicomRecord, slice: number) => DicomRecord;
}

export const ROWS = 5;
export const COLUMNS = 7;
const SPACING = [2, 3] as const;
const FIRST: Vec3 = [11, -20, 31];

/** Files of a CT that was scanned in any direction along the patient's axes; its HU are {@link testHu} of where they are. */
export function stackFiles({
  orientation = [1, 0, 0, 0, 1, 0],
  alongMm = [0, 4, 8, 12],
  series = 'a',
  hu = testHu,
  columns = COLUMNS,
  rows = ROWS,
  firstMm = FIRST,
  edit,
}: StackOptions) {
  const [rx, ry, rz, cx, cy, cz] = orientation;
  const normal = [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx];
  return alongMm.map((along, slice) => {
    const position = firstMm.map((mm, a) => mm + along * normal[a]);
    const stored = new Int16Array(rows * columns);
    for (let j = 0, n = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++, n++) {
        const p = position.map((mm, a) => mm + i * SPACING[1] * orientation[a] + j * SPACING[0] * orientation[3 + a]);
        stored[n] = hu(p[0], p[1], p[2]) + 1024;
      }
    }
    const record: DicomRecord = {
      SOPClassUID: SOP_CLASS.ctImage,
      SOPInstanceUID: derivedUid(series, String(slice)),
      SeriesInstanceUID: derivedUid(series),
      StudyInstanceUID: derivedUid('study'),
      FrameOfReferenceUID: derivedUid('frame'),
      PatientID: 'P1',
      Rows: rows,
      Columns: columns,
      PixelSpacing: [...SPACING],
      ImageOrientationPatient: orientation,
      ImagePositionPatient: position,
      BitsAllocated: 16,
      BitsStored: 16,
      HighBit: 15,
      PixelRepresentation: 1,
      RescaleSlope: 1,
      RescaleIntercept: -1024,
      PixelData: new Uint8Array(stored.buffer),
    };
    return readDicom(`slice${slice}`, writeDicom(edit?.(record, slice) ?? record));
  });
}
