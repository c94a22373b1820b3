import type { Grid, Vec3 } from '../../engine/core/grid.ts';
import type { PatientView, StructureView } from '../engine/messages.ts';

/** Places of a patient that a robot is proposed to work at. */

/** A structure that is kept out of, and how far. */
export interface KeepOutMargin {
  readonly name: string;
  readonly marginMm: number;
}

/** The tip begins so far in front of what it keeps out of, beyond the margin [mm]. */
const BEFORE_MM = 12;

/**
 * Where a tip begins [mm, LPS]: in front (anterior) of the first keep-out; in the middle of the first target where there is nothing to
 * keep out of, in that of the image where there is no target.
 */
export function tipPlace({ grid, structures }: PatientView, keepOuts: readonly KeepOutMargin[]): Vec3 {
  const first = keepOuts.find(({ name }) => structures.some((s) => s.name === name && s.voxels.length > 0));
  if (first !== undefined) {
    const { voxels } = structures.find(({ name }) => name === first.name) as StructureView;
    const { centre, front } = boxOf(grid, voxels);
    return [centre[0], front - first.marginMm - BEFORE_MM, centre[2]];
  }
  const target = structures.find(({ role, voxels }) => role === 'target' && voxels.length > 0);
  if (target !== undefined) return boxOf(grid, target.voxels).centre;
  return grid.size.map((n, a) => grid.originMm[a] + ((n - 1) / 2) * grid.spacingMm[a]) as unknown as Vec3;
}

/** Middle of the box around voxels, and its anterior face [mm]. */
export function boxOf(grid: Grid, voxels: Uint32Array): { readonly centre: Vec3; readonly front: number } {
  const [nx, ny] = grid.size;
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [-1, -1, -1];
  for (const voxel of voxels) {
    const at = [voxel % nx, Math.floor(voxel / nx) % ny, Math.floor(voxel / (nx * ny))];
    for (let a = 0; a < 3; a++) {
      low[a] = Math.min(low[a], at[a]);
      high[a] = Math.max(high[a], at[a]);
    }
  }
  const mm = (a: number, index: number): number => grid.originMm[a] + index * grid.spacingMm[a];
  return {
    centre: [0, 1, 2].map((a) => (mm(a, low[a]) + mm(a, high[a])) / 2) as unknown as Vec3,
    front: mm(1, low[1]) - grid.spacingMm[1] / 2,
  };
}
