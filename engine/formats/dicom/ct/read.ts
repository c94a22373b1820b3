import { inputError } from '../../../core/errors.ts';
import { type Vec3, type Volume, voxelCount } from '../../../core/grid.ts';
import { type AxisOrientation, placeStack } from '../../../core/oriented-grid.ts';
import { decodePixels } from '../codecs.ts';
import type { StudyInfo } from '../modules.ts';
import { axisOrientation } from '../orientation.ts';
import { pixelLayout } from '../pixels.ts';
import type { DicomFile } from '../read.ts';
import { studyInfoOf } from '../study.ts';
import { SOP_CLASS } from '../uids.ts';
import { SAME_MM, sliceSpacing } from './slices.ts';

const AIR_HU = -1000;
const MOST_VOXELS = 2 ** 28;

/** One image of a series as it was stored. */
export interface CtSlice {
  readonly file: string;
  readonly sopInstanceUid: string;
  /** Centre of its first pixel [mm, LPS]. */
  readonly positionMm: Vec3;
  /** Position along the normal of the images [mm]. */
  readonly alongMm: number;
}

/** A CT as planning takes it, and what other objects refer to. */
export interface CtSeries {
  /** [HU] on a grid along the patient's axes, whatever the patient's position and the order of the files. */
  readonly volume: Volume;
  readonly study: StudyInfo;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string;
  /** HFS, HFP, FFS, FFP, HFDR, HFDL, FFDR or FFDL; empty where the files do not say. */
  readonly patientPosition: string;
  /** Ascending along their normal. */
  readonly slices: readonly CtSlice[];
  readonly warnings: readonly string[];
}

/** The files of one CT series. */
export interface CtFiles {
  readonly patientId: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly description: string;
  readonly files: readonly DicomFile[];
}

/** Tells the CT series among files apart; other objects are left out. */
export function ctSeriesAmong(files: readonly DicomFile[]): CtFiles[] {
  const series = new Map<string, DicomFile[]>();
  for (const file of files) {
    if (file.sopClassUid === SOP_CLASS.enhancedCtImage) {
      throw inputError(
        'dicom/enhanced-ct',
        `${file.name} is an Enhanced CT image (several slices in one file), which is not read`,
        'export the series as CT Image Storage, one slice a file',
      );
    }
    if (file.sopClassUid !== SOP_CLASS.ctImage) continue;
    const uid = file.dataset.needText('SeriesInstanceUID');
    const known = series.get(uid);
    if (known === undefined) series.set(uid, [file]);
    else known.push(file);
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

/**
 * Reads a CT series in any order of its files.
 *
 * @throws IsocenterError `dicom/...` naming file, tag and value, or the positions of slices that are missing
 */
export async function readCtSeries({ files, seriesInstanceUid }: CtFiles): Promise<CtSeries> {
  const warnings: string[] = [];
  const placed = sortedSlices(files, warnings);
  const { orientation, spacing, rows, columns } = placed;
  const name = `CT series ${seriesInstanceUid}`;
  if (placed.slices.length < 2) {
    throw inputError('dicom/one-slice', `${name} has a single slice (${placed.slices[0].file.name})`, 'give all of it');
  }
  refuseShear(name, placed);
  const along = sliceSpacing(
    name,
    placed.slices.map(({ alongMm }) => alongMm),
  );
  warnings.push(...along.warnings);
  const stack = placeStack(
    orientation,
    placed.slices[0].positionMm,
    [columns, rows, along.count],
    [spacing[1], spacing[0], along.spacingMm],
  );
  if (voxelCount(stack.grid) > MOST_VOXELS) {
    throw inputError(
      'dicom/too-large',
      `${name} has ${voxelCount(stack.grid)} voxels (limit ${MOST_VOXELS})`,
      'crop it',
    );
  }
  const data = new Float32Array(voxelCount(stack.grid));
  const pixels = rows * columns;
  const values = new Float32Array(pixels);
  const putSlice = (k: number, share: number, adds: boolean): void => {
    const [stepI, stepJ, stepK] = stack.steps;
    for (let j = 0, n = 0; j < rows; j++) {
      let at = stack.first + k * stepK + j * stepJ;
      for (let i = 0; i < columns; i++, n++, at += stepI) data[at] = share * values[n] + (adds ? data[at] : 0);
    }
  };
  for (const [n, { file }] of placed.slices.entries()) {
    await readHu(file, values);
    if (along.resampled === undefined) putSlice(n, 1, false);
    else {
      for (const [k, [below, share]] of along.resampled.entries()) {
        if (below === n) putSlice(k, 1 - share, false);
        else if (below + 1 === n && share > 0) putSlice(k, share, true);
      }
    }
  }
  const { dataset } = placed.slices[0].file;
  return {
    volume: { grid: stack.grid, data, unit: 'HU' },
    study: studyInfoOf(dataset),
    seriesInstanceUid,
    frameOfReferenceUid: dataset.text('FrameOfReferenceUID') ?? '',
    patientPosition: dataset.text('PatientPosition') ?? '',
    slices: placed.slices.map(({ file, positionMm, alongMm }) => ({
      file: file.name,
      sopInstanceUid: file.sopInstanceUid,
      positionMm,
      alongMm,
    })),
    warnings,
  };
}

interface PlacedSlice {
  readonly file: DicomFile;
  readonly positionMm: Vec3;
  readonly alongMm: number;
}

interface PlacedSlices {
  readonly orientation: AxisOrientation;
  /** Between rows, between columns [mm]. */
  readonly spacing: readonly number[];
  readonly rows: number;
  readonly columns: number;
  readonly slices: readonly PlacedSlice[];
}

/** Checks that all slices are alike, and sorts them along their normal. */
function sortedSlices(files: readonly DicomFile[], warnings: string[]): PlacedSlices {
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
function refuseShear(name: string, { slices, orientation, rows, columns, spacing }: PlacedSlices): void {
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

/** Hounsfield units of one image; padding is air. */
async function readHu(file: DicomFile, out: Float32Array): Promise<void> {
  const { dataset } = file;
  const stored = await decodePixels(file);
  const slope = dataset.number('RescaleSlope') ?? 1;
  const intercept = dataset.number('RescaleIntercept') ?? 0;
  if (slope === 0) throw dataset.bad('RescaleSlope', '0: all values would be alike');
  const padding = dataset.number('PixelPaddingValue');
  const limit = dataset.number('PixelPaddingRangeLimit') ?? padding;
  const [low, high] =
    padding === undefined || limit === undefined
      ? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
      : [Math.min(padding, limit), Math.max(padding, limit)];
  for (let n = 0; n < out.length; n++) {
    const value = stored[n];
    out[n] = value >= low && value <= high ? AIR_HU : slope * value + intercept;
  }
}
