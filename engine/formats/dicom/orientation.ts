import type { Vec3 } from '../../core/grid.ts';
import { type AxisOrientation, nearestAxes } from '../../core/oriented-grid.ts';
import type { Dataset } from './dataset.ts';

/** Largest angle between an image's axes and the patient's that is taken for none [deg]: 0.2 mm over 500 mm. */
const SLACK_DEG = 0.025;

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
  const normal: Vec3 = [
    row[1] * column[2] - row[2] * column[1],
    row[2] * column[0] - row[0] * column[2],
    row[0] * column[1] - row[1] * column[0],
  ];
  const found = nearestAxes([row, column, normal]);
  if (found !== undefined && found.angleDeg <= SLACK_DEG) return found.orientation;
  throw dataset.bad(
    keyword,
    `the image is turned by ${found?.angleDeg.toFixed(2) ?? 45} deg from the patient's axes (limit ${SLACK_DEG}): oblique images and gantry tilt are not read; resample it first`,
  );
}
