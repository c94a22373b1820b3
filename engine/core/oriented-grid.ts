import type { Grid, Vec3 } from './grid.ts';

/** Directions of a volume's own axes as axes of the patient: which one each is, and whether it runs backwards. */
export interface AxisOrientation {
  /** For each axis of the volume: 0 x, 1 y, 2 z (LPS). */
  readonly axes: Vec3;
  /** 1 or -1 for each. */
  readonly signs: Vec3;
}

/**
 * The axes of the patient nearest to three directions, and the largest angle between them [deg]; undefined where two of them
 * are nearest to the same axis.
 */
export function nearestAxes(
  directions: readonly [Vec3, Vec3, Vec3],
): { orientation: AxisOrientation; angleDeg: number } | undefined {
  const found = directions.map(nearestAxis);
  if (new Set(found.map(({ axis }) => axis)).size < 3) return undefined;
  const angle = Math.max(...directions.map((v, n) => angleTo(v, found[n].axis)));
  return {
    orientation: {
      axes: found.map(({ axis }) => axis) as unknown as Vec3,
      signs: found.map(({ sign }) => sign) as unknown as Vec3,
    },
    angleDeg: (angle * 180) / Math.PI,
  };
}

function nearestAxis(v: Vec3): { axis: number; sign: number } {
  let axis = 0;
  for (let a = 1; a < 3; a++) if (Math.abs(v[a]) > Math.abs(v[axis])) axis = a;
  return { axis, sign: v[axis] < 0 ? -1 : 1 };
}

function angleTo(v: Vec3, axis: number): number {
  const across = Math.hypot(...v.map((x, a) => (a === axis ? 0 : x)));
  return Math.atan2(across, Math.abs(v[axis]));
}

/** Where the samples of a volume go on a grid of the patient: flat index = first + i stepI + j stepJ + k stepK. */
export interface StackPlacement {
  readonly grid: Grid;
  readonly first: number;
  /** Steps along the volume's own three axes. */
  readonly steps: Vec3;
}

/**
 * The grid of a volume with x, y and z of the patient ascending.
 *
 * @param firstMm centre of its first voxel [mm, LPS]
 * @param counts voxels along its own axes
 * @param spacings distance between them [mm]
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

/** Values in the volume's own order as values in the grid's. */
export function inGridOrder(values: ArrayLike<number>, { first, steps }: StackPlacement, counts: Vec3): Float32Array {
  const [nx, ny, nz] = counts;
  const out = new Float32Array(nx * ny * nz);
  for (let k = 0, n = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      let at = first + k * steps[2] + j * steps[1];
      for (let i = 0; i < nx; i++, n++, at += steps[0]) out[at] = values[n];
    }
  }
  return out;
}
