import type { Vec3 } from '../../../core/grid.ts';

/** A closed polygon in an axial plane of the patient. */
export interface Contour {
  /** [mm, LPS] */
  readonly zMm: number;
  /** x, y of each point [mm, LPS]; the last is joined to the first. */
  readonly points: Float64Array;
}

/** One region of interest as it was drawn. */
export interface Roi {
  readonly number: number;
  readonly name: string;
  /** RTROIInterpretedType: PTV, CTV, GTV, ORGAN, EXTERNAL, AVOIDANCE ...; empty where nobody said. */
  readonly type: string;
  /** 0 to 255 each. */
  readonly color: Vec3 | undefined;
  readonly contours: readonly Contour[];
}

/** Area that a polygon encloses [mm^2], however it is turned. */
export function polygonArea(points: Float64Array): number {
  let twice = 0;
  const count = points.length / 2;
  for (let n = 0; n < count; n++) {
    const m = (n + 1) % count;
    twice += points[2 * n] * points[2 * m + 1] - points[2 * m] * points[2 * n + 1];
  }
  return Math.abs(twice) / 2;
}
