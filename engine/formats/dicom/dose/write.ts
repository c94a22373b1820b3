import { inputError } from '../../../core/errors.ts';
import type { Volume } from '../../../core/grid.ts';
import { NOT_CLINICAL, type RtObjectIds, rtObject } from '../modules.ts';
import { SOP_CLASS } from '../uids.ts';
import { decimalString, writeDicom } from '../write.ts';

export interface RtDoseToWrite extends RtObjectIds {
  /** Total dose [Gy]; not negative. */
  readonly volume: Volume;
  readonly frameOfReferenceUid: string;
  /** PLAN: all beams. BEAM: one of them. */
  readonly summationType: 'PLAN' | 'BEAM';
  /** What is said of it, as `beam 3, gantry 80`. */
  readonly comment: string;
  readonly instanceNumber: number;
  readonly structureSetUid?: string;
  /** 32 (default), or 16 for readers that take no more. */
  readonly bits?: 16 | 32;
}

/**
 * An RT Dose on the volume's own grid. With 32 bits the rounding is 2.3e-10 of the maximum, with 16 it is 1.5e-5.
 *
 * @throws IsocenterError `dicom/dose` for a dose that is not finite or negative, naming the voxel
 */
export function writeRtDose(dose: RtDoseToWrite): Uint8Array {
  const { volume, bits = 32 } = dose;
  const { grid, data } = volume;
  let most = 0;
  for (let n = 0; n < data.length; n++) {
    if (!(data[n] >= 0 && data[n] < Number.POSITIVE_INFINITY)) {
      const hint = 'a dose file holds finite doses that are not negative';
      throw inputError('dicom/dose', `the dose of voxel ${n} is ${data[n]} Gy`, hint);
    }
    if (data[n] > most) most = data[n];
  }
  const levels = bits === 32 ? 2 ** 32 - 1 : 2 ** 16 - 1;
  // Rounded up as it is written, so that the maximum still fits.
  const scaling = most === 0 ? '1' : decimalString((most / levels) * (1 + 1e-9));
  const unit = Number(scaling);
  const stored = bits === 32 ? new Uint32Array(data.length) : new Uint16Array(data.length);
  for (let n = 0; n < data.length; n++) stored[n] = Math.min(levels, Math.round(data[n] / unit));
  const [columns, rows, frames] = grid.size;
  return writeDicom({
    ...rtObject(dose, SOP_CLASS.rtDose, 'RTDOSE', dose.frameOfReferenceUid),
    SeriesNumber: 3,
    InstanceNumber: dose.instanceNumber,
    ImagePositionPatient: [...grid.originMm],
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    PixelSpacing: [grid.spacingMm[1], grid.spacingMm[0]],
    SliceThickness: grid.spacingMm[2],
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    NumberOfFrames: frames,
    FrameIncrementPointer: FRAME_OFFSETS,
    Rows: rows,
    Columns: columns,
    BitsAllocated: bits,
    BitsStored: bits,
    HighBit: bits - 1,
    PixelRepresentation: 0,
    DoseUnits: 'GY',
    DoseType: 'PHYSICAL',
    DoseComment: `${dose.comment}. ${NOT_CLINICAL}`,
    DoseSummationType: dose.summationType,
    GridFrameOffsetVector: Array.from({ length: frames }, (_, k) => k * grid.spacingMm[2]),
    DoseGridScaling: scaling,
    TissueHeterogeneityCorrection: 'IMAGE',
    ReferencedStructureSetSequence:
      dose.structureSetUid === undefined
        ? undefined
        : [{ ReferencedSOPClassUID: SOP_CLASS.rtStructureSet, ReferencedSOPInstanceUID: dose.structureSetUid }],
    PixelData: new Uint8Array(stored.buffer),
  });
}

/** Tag of GridFrameOffsetVector, as a value of FrameIncrementPointer. */
const FRAME_OFFSETS = 0x3004000c;
