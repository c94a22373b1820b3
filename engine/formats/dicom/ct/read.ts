import { inputError } from '../../../core/errors.ts';
import { type Vec3, type Volume, voxelCount } from '../../../core/grid.ts';
import { placeStack } from '../../../core/oriented-grid.ts';
import type { StudyInfo } from '../modules.ts';
import { studyInfoOf } from '../study.ts';
import { doubtsOfHu, readHu } from './hounsfield.ts';
import type { CtFiles } from './series.ts';
import { sliceSpacing } from './slices.ts';
import { refuseShear, sortedSlices } from './stack.ts';

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
  warnings.push(
    ...doubtsOfHu(
      name,
      placed.slices.map(({ file }) => file),
    ),
  );
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
