import type { Grid, Vec3 } from '../../core/grid.ts';
import type { Dataset } from './dataset.ts';

/** Largest angle between an image's axes and the patient's that is taken for none [deg]: 0.2 mm over 500 mm. */
const SLACK_DEG = 0.025;

/** Images whose rows and columns run along axes of the patient: which axis each direction is, and whether it runs backwards. */
export interface AxisOrientation {
  /** Axes (0 x, 1 y, 2 z, LPS) along a row, along a column, and of the normal. */
  readonly axes: Vec3;
  /** 1 or -1 for each. */
  readonly signs: Vec3;
}

/**
 * ImageOrientationPatient as axes.
 *
 * @throws IsocenterError `dicom/bad-value` where it is no orientation, or oblique, naming the angle
 */
export function axisOrientation(dataset: Dataset): AxisOrientation {
  const keyword = 'ImageOrientationPatient';
  const c = dataset.needNumbers(keyword, 6);
  const row: Vec3 = [c[0], c[1], c[2]];
  const column: Vec3 = [c[3], c[4], c[5]];
  const isUnit = (v: Vec3): boolean => Math.abs(Math.hypot(...v) - 1) < 1e-3;
  const dot = row[0] * column[0] + row[1] * column[1] + row[2] * column[2];
  if (!isUnit(row) || !isUnit(column) || Math.abs(dot) > 1e-3) {
    throw dataset.bad(keyword, `${c.join('\\')} are not two directions at right angles`);
  }
  const [rowAxis, rowSign] = nearestAxis(row);
  const [columnAxis, columnSign] = nearestAxis(column);
  const angle = (Math.max(angleTo(row, rowAxis), angleTo(column, columnAxis)) * 180) / Math.PI;
  if (angle > SLACK_DEG || rowAxis === columnAxis) {
    throw dataset.bad(
      keyword,
      `the image is turned by ${angle.toFixed(2)} deg from the patient's axes (limit ${SLACK_DEG}): oblique images and gantry tilt are not read; resample it first`,
    );
  }
  const normal: Vec3 = [
    row[1] * column[2] - row[2] * column[1],
    row[2] * column[0] - row[0] * column[2],
    row[0] * column[1] - row[1] * column[0],
  ];
  const [normalAxis, normalSign] = nearestAxis(normal);
  return { axes: [rowAxis, columnAxis, normalAxis], signs: [rowSign, columnSign, normalSign] };
}

function nearestAxis(v: Vec3): [axis: number, sign: number] {
  let axis = 0;
  for (let a = 1; a < 3; a++) if (Math.abs(v[a]) > Math.abs(v[axis])) axis = a;
  return [axis, v[axis] < 0 ? -1 : 1];
}

function angleTo(v: Vec3, axis: number): number {
  const across = Math.hypot(...v.map((x, a) => (a === axis ? 0 : x)));
  return Math.atan2(across, Math.abs(v[axis]));
}

/** Where the samples of a stack of images go on a grid of the patient: flat index = first + i stepI + j stepJ + k stepK. */
export interface StackPlacement {
  readonly grid: Grid;
  readonly first: number;
  /** Steps along a row, along a column, and from slice to slice. */
  readonly steps: Vec3;
}

/**
 * The grid of a stack of equally spaced images, with x, y and z of the patient ascending.
 *
 * @param firstMm centre of the first pixel of the first image
 * @param counts pixels along a row, along a column, images
 * @param spacings distance between them along a row, along a column, and along the normal (in its direction; not negative)
 */
export function placeStack(
  { axes, signs }: AxisOrientation,
  firstMm: Vec3,
  counts: Vec3,
  spacings: Vec3,
): StackPlacement {
  const size = [0, 0, 0];
  const spacingMm = [0, 0, 0];
  const originMm = [...firstMm];
  for (let n = 0; n < 3; n++) {
    size[axes[n]] = counts[n];
    spacingMm[axes[n]] = spacings[n];
    if (signs[n] < 0) originMm[axes[n]] -= (counts[n] - 1) * spacings[n];
  }
  const strides = [1, size[0], size[0] * size[1]];
  let first = 0;
  const steps = [0, 0, 0];
  for (let n = 0; n < 3; n++) {
    steps[n] = signs[n] * strides[axes[n]];
    if (signs[n] < 0) first += (counts[n] - 1) * strides[axes[n]];
  }
  return {
    grid: {
      size: size as unknown as Vec3,
      spacingMm: spacingMm as unknown as Vec3,
      originMm: originMm as unknown as Vec3,
    },
    first,
    steps: steps as unknown as Vec3,
  };
}
