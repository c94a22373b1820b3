import { inputError } from '../../../engine/core/errors.ts';
import { type Grid, type Vec3, voxelCentreMm, voxelIndex } from '../../../engine/core/grid.ts';
import { structureOf } from '../collision/voxel-region.ts';
import type { Guard } from './clearance.ts';
import { type EntryRequest, LIMIT_ROUNDING } from './request.ts';
import type { Body } from './skin.ts';
import { segmentDistance } from './voxel-tree.ts';

/** The voxel whose cell holds the point, or -1 outside the grid. */
export function voxelAt({ size, spacingMm, originMm }: Grid, point: Vec3): number {
  const at = point.map((c, axis) => Math.round((c - originMm[axis]) / spacingMm[axis]));
  const inside = at.every((n, axis) => n >= 0 && n < size[axis]);
  return inside ? at[0] + size[0] * (at[1] + size[1] * at[2]) : -1;
}

/** Centroid of the voxels' centres, or the centre nearest to it (the first in the list where two are) where it lies outside. */
export function representativePoint(grid: Grid, voxels: Uint32Array): Vec3 {
  const sum = [0, 0, 0];
  const p = [0, 0, 0];
  for (const voxel of voxels) {
    voxelCentreMm(grid, voxel, p);
    for (let axis = 0; axis < 3; axis++) sum[axis] += p[axis];
  }
  const centroid: Vec3 = [sum[0] / voxels.length, sum[1] / voxels.length, sum[2] / voxels.length];
  if (voxels.includes(voxelAt(grid, centroid))) return centroid;
  let best: Vec3 = centroid;
  let least = Number.POSITIVE_INFINITY;
  for (const voxel of voxels) {
    voxelCentreMm(grid, voxel, p);
    const squared = p.reduce((total, c, axis) => total + (c - centroid[axis]) ** 2, 0);
    if (squared < least - 1e-9) {
      least = squared;
      best = [p[0], p[1], p[2]];
    }
  }
  return best;
}

/** @throws IsocenterError `entry/target-outside` where the target is no point of the body */
export function targetPoint(request: EntryRequest, body: Body): Vec3 {
  const { grid } = body;
  const { target, patient } = request;
  const point =
    'pointMm' in target ? target.pointMm : representativePoint(grid, structureOf(patient, target.structure).voxels);
  const voxel = point.every(Number.isFinite) ? voxelAt(grid, point) : -1;
  if (voxel >= 0 && body.mask[voxel] !== 0) return point;
  const farthest = voxelIndex(grid, grid.size[0] - 1, grid.size[1] - 1, grid.size[2] - 1);
  const corner = [0, 0, 0];
  voxelCentreMm(grid, farthest, corner);
  throw inputError(
    'entry/target-outside',
    `the target at ${point.map((c) => c.toFixed(1)).join(', ')} mm is not in the body of patient ${patient.id}`,
    `give a point of the patient frame (LPS) within ${grid.originMm.map((c) => c.toFixed(0)).join(', ')} to ${corner.map((c) => c.toFixed(0)).join(', ')} mm that lies in the body`,
  );
}

/** @throws IsocenterError `entry/target-too-close`: no path can keep a margin that its end does not */
export function requireTargetClear(target: Vec3, guards: readonly Guard[]): void {
  for (const { structure, tree, field } of guards) {
    const distance = segmentDistance(tree, target, target);
    const { size, spacingM } = field.field;
    const at = target.map((c, axis) => Math.round((c - field.originMm[axis]) / (1000 * spacingM[axis])));
    const known = at.every((n, axis) => n >= 0 && n < size[axis]);
    // Deep inside it is far from the surface too: the nearest sample is negative there.
    const inside = known && field.field.distance[at[0] + size[0] * (at[1] + size[1] * at[2])] < 0;
    if (!inside && distance >= structure.marginMm - LIMIT_ROUNDING) continue;
    const where = inside ? 'inside it' : `${distance.toFixed(1)} mm from it`;
    throw inputError(
      'entry/target-too-close',
      `no path can keep ${structure.marginMm} mm from ${structure.name}: the target is ${where}`,
      'give a smaller margin or another target, or leave the structure out',
    );
  }
}
