import type { Device } from '../../../engine/compute/device.ts';
import { MM_PER_M } from '../../../engine/core/frames.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import type { Patient } from '../../../engine/core/patient.ts';
import { fieldBounds } from '../collision/distance-field.ts';
import { type RegionField, regionField } from '../collision/structure-field.ts';
import { cropRegion, structureOf } from '../collision/voxel-region.ts';
import { type AvoidedStructure, LIMIT_ROUNDING } from './request.ts';
import { segmentDistance, type VoxelTree, voxelTree } from './voxel-tree.ts';

/** A structure to keep clear of, with what answers how far a path stays from it. */
export interface Guard {
  readonly structure: AvoidedStructure;
  readonly field: RegionField;
  readonly tree: VoxelTree;
}

/** Beyond the distance that matters, so that few paths of interest need more than the field [mm]. */
const FIELD_ROOM_MM = 10;
/** Steps below this [mm] are not worth taking: the tree answers exactly and at once. */
const LEAST_STEP_MM = 0.5;

export async function guardOf(
  device: Device,
  patient: Patient,
  structure: AvoidedStructure,
  comfortMm: number,
): Promise<Guard> {
  const { grid } = patient.structureSet;
  const { voxels } = structureOf(patient, structure.name);
  const region = cropRegion(grid, [voxels], structure.marginMm + comfortMm + FIELD_ROOM_MM);
  return { structure, field: await regionField(device, region), tree: voxelTree(grid, voxels) };
}

const bounds = new Float64Array(2);

/**
 * Walks along a straight path, at every point as far as the lower bound of the distance allows (sphere tracing): no point is
 * missed.
 *
 * @returns 0 where the whole path is proven to keep `farMm` from the structure; else an upper bound of its clearance [mm]
 */
export function proveClear(guard: Guard, a: Vec3, b: Vec3, farMm: number): number {
  const { field, originMm } = guard.field;
  const lengthMm = Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
  let upper = Number.POSITIVE_INFINITY;
  let s = 0;
  for (;;) {
    const t = lengthMm > 0 ? s / lengthMm : 0;
    const x = (a[0] + t * (b[0] - a[0]) - originMm[0]) / MM_PER_M;
    const y = (a[1] + t * (b[1] - a[1]) - originMm[1]) / MM_PER_M;
    const z = (a[2] + t * (b[2] - a[2]) - originMm[2]) / MM_PER_M;
    fieldBounds(field, x, y, z, bounds);
    upper = Math.min(upper, MM_PER_M * bounds[1]);
    const free = MM_PER_M * bounds[0] - farMm;
    if (free < LEAST_STEP_MM && s + free < lengthMm) return Math.max(upper, Number.MIN_VALUE);
    s += free;
    if (s >= lengthMm) return 0;
  }
}

/**
 * Least distance [mm] between a straight path and the cells of a structure's voxels, exact to rounding; 0 where it pierces
 * it. Below the structure's margin any value below it may stand.
 *
 * @returns infinite where the clearance is at least `farMm`
 */
export function clearanceMm(guard: Guard, a: Vec3, b: Vec3, farMm: number): number {
  const upper = proveClear(guard, a, b, farMm);
  if (upper === 0) return Number.POSITIVE_INFINITY;
  // A path may start within the structure, where the signed distance is negative: the clearance is not.
  const within = Math.max(upper, 0) * (1 + 1e-9) + 1e-9;
  return segmentDistance(guard.tree, a, b, within, Math.max(0, guard.structure.marginMm - 2 * LIMIT_ROUNDING));
}
