import { inputError } from '../../../core/errors.ts';
import type { Vec3 } from '../../../core/grid.ts';
import type { AxisOrientation } from '../../../core/oriented-grid.ts';
import { axisOrientation } from '../orientation.ts';
import { pixelLayout } from '../pixels.ts';
import type { DicomFile } from '../read.ts';
import { SAME_MM } from './slices.ts';

export interface PlacedSlice {
  readonly file: DicomFile;
  readonly positionMm: Vec3;
  readonly alongMm: number;
}

export interface PlacedSlices {
  readonly orientation: AxisOrientation;
  /** Between rows, between columns [mm]. */
  readonly spacing: readonly number[];
  readonly rows: number;
  readonly columns: number;
  readonly slices: readonly PlacedSlice[];
}

/** Checks that all slices are alike, and sorts them along their normal. */
export function sortedSlices(files: readonly DicomFile[], warnings: string[]): PlacedSlices {
  const [first] = files;
  const orientation = axisOrientation(first.dataset);
  const normalAxis = orientation.axes[2];
  const normalSign = orientation.signs[2];
  const spacing = first.dataset.needNumbers('PixelSpacing', 2);
  if (!spacing.every((mm) => mm > 0 && mm <= 100)) {
    throw first.dataset.bad('PixelSpacing', `${spacing.join('\\')} mm is outside 0 to 100 mm`);
  }
  const { rows, columns } = pixelLayout(first);
  const like = {
    Rows: [rows],
    Columns: [columns],
    PixelSpacing: spacing,
    ImageOrientationPatient: first.dataset.numbers('ImageOrientationPatient'),
  };
  const frame = first.dataset.text('FrameOfReferenceUID');
  const slices = files.map((file): PlacedSlice => {
    const frames = file.dataset.number('NumberOfFrames') ?? 1;
    if (frames !== 1) throw file.dataset.bad('NumberOfFrames', `${frames} in a CT image, which has one`);
    for (const [keyword, wanted] of Object.entries(like)) {
      const found = file.dataset.numbers(keyword);
      if (found.length === wanted.length && found.every((v, n) => Math.abs(v - wanted[n]) <= 1e-4)) continue;
      throw file.dataset.bad(
        keyword,
        `${found.join('\\')}, but ${first.name} of the same series has ${wanted.join('\\')}`,
      );
    }
    if (file.dataset.text('FrameOfReferenceUID') !== frame) {
      throw file.dataset.bad('FrameOfReferenceUID', `it is not that of ${first.name} of the same series`);
    }
    const [x, y, z] = file.dataset.needNumbers('ImagePositionPatient', 3);
    const positionMm: Vec3 = [x, y, z];
    return { file, positionMm, alongMm: normalSign * positionMm[normalAxis] };
  });
  slices.sort((a, b) => a.alongMm - b.alongMm);
  return { orientation, spacing, rows, columns, slices: withoutCopies(slices, warnings) };
}

function withoutCopies(slices: readonly PlacedSlice[], warnings: string[]): PlacedSlice[] {
  const kept: PlacedSlice[] = [];
  for (const slice of slices) {
    const last = kept[kept.length - 1];
    if (last === undefined || slice.alongMm - last.alongMm > SAME_MM) {
      kept.push(slice);
      continue;
    }
    if (last.file.sopInstanceUid !== slice.file.sopInstanceUid) {
      throw inputError(
        'dicom/same-position',
        `${last.file.name} and ${slice.file.name} are different images at the same position, ${slice.alongMm.toFixed(2)} mm`,
        'two scans in one series (phases of breathing, contrast)? give the files of one of them',
      );
    }
    warnings.push(`${slice.file.name} is the same image as ${last.file.name}; one of them was left out.`);
  }
  return kept;
}

/** A gantry that was tilted moves its slices across as well as along. */
export function refuseShear(name: string, { slices, orientation, rows, columns, spacing }: PlacedSlices): void {
  const [a, b] = [slices[0], slices[slices.length - 1]];
  const across = [0, 1, 2].filter((axis) => axis !== orientation.axes[2]);
  const limit = 0.1 * Math.min(...spacing);
  for (const { file, positionMm } of slices) {
    for (const axis of across) {
      const off = positionMm[axis] - a.positionMm[axis];
      if (Math.abs(off) <= limit) continue;
      const whole = b.positionMm[axis] - a.positionMm[axis];
      const tilt = (Math.atan2(Math.abs(whole), b.alongMm - a.alongMm) * 180) / Math.PI;
      throw inputError(
        'dicom/gantry-tilt',
        `${name}: from ${a.file.name} to ${file.name} the images (${columns} x ${rows}) move across by ${off.toFixed(2)} mm (limit ${limit.toFixed(2)}), as with a gantry tilt of ${tilt.toFixed(1)} deg`,
        'resample the series to an upright one first',
      );
    }
  }
}
