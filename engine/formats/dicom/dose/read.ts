import { inputError } from '../../../core/errors.ts';
import { type Vec3, type Volume, voxelCount } from '../../../core/grid.ts';
import { placeStack } from '../../../core/oriented-grid.ts';
import { decodePixels } from '../codecs.ts';
import type { StudyInfo } from '../modules.ts';
import { axisOrientation } from '../orientation.ts';
import { pixelLayout } from '../pixels.ts';
import type { DicomFile } from '../read.ts';
import { studyInfoOf } from '../study.ts';

/** An RT Dose. */
export interface RtDose {
  readonly file: string;
  /** Total dose [Gy] on a grid along the patient's axes. */
  readonly volume: Volume;
  readonly study: StudyInfo;
  readonly sopInstanceUid: string;
  readonly frameOfReferenceUid: string;
  /** PLAN, BEAM, FRACTION, ... */
  readonly summationType: string;
  /** PHYSICAL, EFFECTIVE or ERROR. */
  readonly doseType: string;
  /** Plan and structure set that it refers to; empty where it names none. */
  readonly planUid: string;
  readonly structureSetUid: string;
  readonly warnings: readonly string[];
}

/** Frames whose steps differ by more than this share are not equally spaced. */
const EQUAL = 0.01;

/**
 * Reads an RT Dose of 16 or 32 bits, in any orientation along the patient's axes, with frame offsets relative to the first
 * frame or absolute, ascending or descending.
 *
 * @throws IsocenterError `dicom/...` naming file, tag and value
 */
export async function readRtDose(file: DicomFile): Promise<RtDose> {
  const { dataset, name } = file;
  const warnings: string[] = [];
  const units = dataset.text('DoseUnits') ?? 'GY';
  if (units !== 'GY') {
    throw dataset.bad(
      'DoseUnits',
      `doses in ${units} are not read, because nothing says what they are relative to; GY are`,
    );
  }
  const scaling = dataset.needNumber('DoseGridScaling');
  if (!(scaling > 0)) throw dataset.bad('DoseGridScaling', `${scaling}: every dose would be 0 or negative`);
  const layout = pixelLayout(file);
  const { rows, columns, frames } = layout;
  const orientation = axisOrientation(dataset);
  const spacing = dataset.needNumbers('PixelSpacing', 2);
  if (!spacing.every((mm) => mm > 0)) throw dataset.bad('PixelSpacing', `${spacing.join('\\')} mm`);
  const [x, y, z] = dataset.needNumbers('ImagePositionPatient', 3);
  const firstMm: Vec3 = [x, y, z];
  const { offsets, step, isReversed } = frameOffsets(file, frames, orientation.signs[2] * firstMm[orientation.axes[2]]);
  const start = [...firstMm];
  start[orientation.axes[2]] += orientation.signs[2] * (isReversed ? offsets[frames - 1] : offsets[0]);
  const stack = placeStack(
    orientation,
    start as unknown as Vec3,
    [columns, rows, frames],
    [spacing[1], spacing[0], step],
  );
  const stored = await decodePixels(file);
  const data = new Float32Array(voxelCount(stack.grid));
  const [stepI, stepJ, stepK] = stack.steps;
  let negative = 0;
  for (let f = 0, n = 0; f < frames; f++) {
    const k = isReversed ? frames - 1 - f : f;
    for (let j = 0; j < rows; j++) {
      let at = stack.first + k * stepK + j * stepJ;
      for (let i = 0; i < columns; i++, n++, at += stepI) {
        if (stored[n] < 0) negative++;
        data[at] = stored[n] * scaling;
      }
    }
  }
  const doseType = dataset.text('DoseType') ?? '';
  if (negative > 0 && doseType !== 'ERROR') warnings.push(`${name}: ${negative} voxels have a negative dose.`);
  return {
    file: name,
    volume: { grid: stack.grid, data, unit: 'Gy' },
    study: studyInfoOf(dataset),
    sopInstanceUid: file.sopInstanceUid,
    frameOfReferenceUid: dataset.text('FrameOfReferenceUID') ?? '',
    summationType: dataset.text('DoseSummationType') ?? '',
    doseType,
    planUid: dataset.items('ReferencedRTPlanSequence')[0]?.text('ReferencedSOPInstanceUID') ?? '',
    structureSetUid: dataset.items('ReferencedStructureSetSequence')[0]?.text('ReferencedSOPInstanceUID') ?? '',
    warnings,
  };
}

/**
 * Where the frames lie along the normal, from the first position. The vector is relative where it begins with 0, else it holds
 * the coordinates themselves (PS3.3 C.8.8.3.2).
 */
function frameOffsets({ dataset, name }: DicomFile, frames: number, firstAlong: number) {
  if (frames === 1) return { offsets: [0], step: dataset.number('SliceThickness') || 1, isReversed: false };
  const vector = dataset.needNumbers('GridFrameOffsetVector', frames);
  const first = vector[0];
  const isAbsolute = first !== 0;
  if (isAbsolute && Math.abs(Math.abs(first) - Math.abs(firstAlong)) > 0.05) {
    throw dataset.bad(
      'GridFrameOffsetVector',
      `it begins with ${first} mm, which is neither 0 nor the first image's position, ${firstAlong} mm`,
    );
  }
  const offsets = vector.map((value) => value - first);
  const steps = offsets.slice(1).map((value, n) => value - offsets[n]);
  const mean = offsets[frames - 1] / (frames - 1);
  const odd = steps.findIndex((step) => !(Math.abs(step - mean) <= Math.max(EQUAL * Math.abs(mean), 0.01)));
  if (mean === 0 || odd >= 0) {
    const at = Math.max(0, odd);
    throw inputError(
      'dicom/frame-offsets',
      `${name}: (3004,000C) GridFrameOffsetVector: frames ${at + 1} and ${at + 2} are ${steps[at]} mm apart, the others ${mean.toFixed(3)} mm in the mean`,
      'export the dose on an equally spaced grid',
    );
  }
  return { offsets, step: Math.abs(mean), isReversed: mean < 0 };
}
