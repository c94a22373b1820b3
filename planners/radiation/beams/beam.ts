import { inputError } from '../../../engine/core/errors.ts';
import {
  axisOf,
  type BeamAngles,
  inverse,
  type PatientPosition,
  T_patient_beam,
  type Transform,
  transformPoint,
} from '../../../engine/core/frames.ts';
import { type Grid, type Vec3, type Volume, voxelCentreMm } from '../../../engine/core/grid.ts';
import { type Bixels, openBixels } from './bixels.ts';
import { sourceSurfaceDistance } from './surface.ts';

/** One static beam: where it comes from and the bixels that it may open. */
export interface Beam extends BeamAngles {
  /** Isocentre [mm, patient frame]. */
  readonly isocenterMm: Vec3;
  readonly sadMm: number;
  /** Source to skin along the beam axis [mm]; the machine's kernels follow it. */
  readonly ssdMm: number;
  readonly transform: Transform;
  /** [mm, patient frame] */
  readonly sourceMm: Vec3;
  readonly bixels: Bixels;
}

const LIMITS = { gantryDeg: [0, 360], couchDeg: [-180, 360], collimatorDeg: [-180, 360] } as const;

/** Refuses angles that are no number or outside the range of the machine's scales. */
export function checkAngles(angles: BeamAngles): void {
  for (const [field, [least, most]] of Object.entries(LIMITS) as [keyof BeamAngles, readonly [number, number]][]) {
    const value = angles[field];
    if (value >= least && value <= most) continue;
    const name = field.slice(0, -3);
    throw inputError(
      'beams/angle',
      `${name} angle ${value} deg is outside ${least} to ${most} deg`,
      `give --${name} angles on the IEC 61217 scale, separated by commas`,
    );
  }
}

/** `count` coplanar beams at equal steps from gantry 0. */
export function equispacedAngles(count: number): BeamAngles[] {
  if (!(Number.isInteger(count) && count >= 1 && count <= 360)) {
    throw inputError(
      'beams/count',
      `${count} beams: the number must be a whole one from 1 to 360`,
      'give --beams a number such as 9',
    );
  }
  return Array.from({ length: count }, (_, i) => ({ gantryDeg: (i * 360) / count, couchDeg: 0, collimatorDeg: 0 }));
}

/** Mean of the voxel centres [mm, patient frame]. */
export function centroidMm(grid: Grid, voxels: Uint32Array): Vec3 {
  const p = new Float64Array(3);
  const sum = [0, 0, 0];
  for (const voxel of voxels) {
    voxelCentreMm(grid, voxel, p);
    for (let a = 0; a < 3; a++) sum[a] += p[a];
  }
  return [sum[0] / voxels.length, sum[1] / voxels.length, sum[2] / voxels.length];
}

export interface BeamSetup {
  readonly angles: readonly BeamAngles[];
  readonly isocenterMm: Vec3;
  /** Default head first supine. */
  readonly position?: PatientPosition | undefined;
  readonly sadMm: number;
  readonly bixelMm: number;
  /** Relative electron density on the CT grid. */
  readonly density: Volume;
  /** Voxels of all targets, without duplicates, on `density.grid`. */
  readonly targetVoxels: Uint32Array;
}

/** Places the beams and opens their bixels wherever the projected targets reach within one bixel. */
export function createBeams(setup: BeamSetup): Beam[] {
  return setup.angles.map((angles) => {
    checkAngles(angles);
    const transform = T_patient_beam(angles, setup.isocenterMm, setup.position);
    const sourceMm = transformPoint(transform, [0, 0, setup.sadMm]);
    const bixels = openBixels(
      projectVoxels(setup, transform),
      setup.bixelMm,
      projectedReach(setup.density.grid, transform),
    );
    const ssdMm = sourceSurfaceDistance(setup.density, sourceMm, transform, setup.sadMm, bixels);
    return { ...angles, isocenterMm: setup.isocenterMm, sadMm: setup.sadMm, ssdMm, transform, sourceMm, bixels };
  });
}

/** Corners of the rectangle of a beam's bixels at the isocentre plane [mm, patient frame]. */
export function fieldCornersMm({ bixels, transform }: Beam): Vec3[] {
  const { firstXMm, firstYMm, columns, rows, sizeMm } = bixels;
  const left = firstXMm - sizeMm / 2;
  const low = firstYMm - sizeMm / 2;
  const right = left + columns * sizeMm;
  const high = low + rows * sizeMm;
  const corner = (x: number, y: number): Vec3 => transformPoint(transform, [x, y, 0]);
  return [corner(left, low), corner(right, low), corner(right, high), corner(left, high)];
}

/** Half the side of the least square about the beam axis that holds the field [mm, isocentre plane]. */
export function fieldHalfMm({ bixels }: Beam): number {
  const { firstXMm, firstYMm, columns, rows, sizeMm } = bixels;
  const reach = (first: number, count: number): number =>
    Math.max(Math.abs(first), Math.abs(first + (count - 1) * sizeMm)) + sizeMm / 2;
  return Math.max(reach(firstXMm, columns), reach(firstYMm, rows));
}

/** x, y of each target voxel's centre, projected from the source on the isocentre plane [mm, beam frame]. */
function projectVoxels(setup: BeamSetup, transform: Transform): Float64Array {
  const t = inverse(transform);
  const p = new Float64Array(3);
  const out = new Float64Array(2 * setup.targetVoxels.length);
  for (let i = 0; i < setup.targetVoxels.length; i++) {
    voxelCentreMm(setup.density.grid, setup.targetVoxels[i], p);
    const x = t[0] * p[0] + t[4] * p[1] + t[8] * p[2] + t[12];
    const y = t[1] * p[0] + t[5] * p[1] + t[9] * p[2] + t[13];
    const z = t[2] * p[0] + t[6] * p[1] + t[10] * p[2] + t[14];
    const magnification = setup.sadMm / (setup.sadMm - z);
    out[2 * i] = x * magnification;
    out[2 * i + 1] = y * magnification;
  }
  return out;
}

/** Half the larger extent of a voxel seen along the beam axis [mm]. */
function projectedReach(grid: Grid, transform: Transform): number {
  const extent = (axis: 0 | 1): number => {
    const u = axisOf(transform, axis);
    return u.reduce((sum, c, i) => sum + Math.abs(c) * grid.spacingMm[i], 0) / 2;
  };
  return Math.max(extent(0), extent(1));
}
