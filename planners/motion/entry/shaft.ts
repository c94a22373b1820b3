import type { Vec3 } from '../../../engine/core/grid.ts';
import type { Body } from './skin.ts';

/** A straight shaft from the target outward through a skin voxel; lengths along it from the target [mm]. */
export interface Shaft {
  /** Where it leaves the body beyond the skin voxel; infinite where it leaves through an end of the image. */
  skinMm: number;
  /** Of it within the body, from the target to there. */
  tissueMm: number;
  /** Whether it meets the body once more before its end. */
  blocked: boolean;
}

/** A stay in a cell that is shorter than this [mm] is a corner touched, not a stay. */
const TOUCH_MM = 1e-6;

/**
 * Follows a shaft cell by cell (J. Amanatides, A. Woo, A fast voxel traversal algorithm, Eurographics 1987).
 *
 * @param from the target, in the body [mm]
 * @param direction unit vector outward
 * @param voxelMm distance from the target to the centre of the skin voxel
 * @param lengthMm of the shaft
 * @param out the result
 */
export function followShaft(
  body: Body,
  from: Vec3,
  direction: Vec3,
  voxelMm: number,
  lengthMm: number,
  out: Shaft,
): void {
  const { grid, mask, first, last } = body;
  const { size, spacingMm, originMm } = grid;
  const cell = [0, 0, 0];
  const step = [0, 0, 0];
  const next = [0, 0, 0];
  const perCell = [0, 0, 0];
  for (let axis = 0; axis < 3; axis++) {
    const h = spacingMm[axis];
    const d = direction[axis];
    cell[axis] = Math.round((from[axis] - originMm[axis]) / h);
    step[axis] = d > 0 ? 1 : -1;
    perCell[axis] = d === 0 ? Number.POSITIVE_INFINITY : h / Math.abs(d);
    const face = originMm[axis] + (cell[axis] + step[axis] / 2) * h;
    next[axis] = d === 0 ? Number.POSITIVE_INFINITY : (face - from[axis]) / d;
  }
  out.skinMm = Number.POSITIVE_INFINITY;
  out.tissueMm = 0;
  out.blocked = false;
  let at = 0;
  for (;;) {
    const axis = next[0] <= next[1] ? (next[0] <= next[2] ? 0 : 2) : next[1] <= next[2] ? 1 : 2;
    const until = next[axis];
    const known = cell.every((n, a) => n >= 0 && n < size[a]);
    const inBody = known && mask[cell[0] + size[0] * (cell[1] + size[1] * cell[2])] !== 0;
    const left = out.skinMm < Number.POSITIVE_INFINITY;
    if (until - at > TOUCH_MM) {
      if (inBody && left) {
        if (Math.min(until, lengthMm) - at > TOUCH_MM) out.blocked = true;
      } else if (inBody) out.tissueMm += until - at;
      else if (!left && until > voxelMm) {
        if (!known || cell[2] < first[2] || cell[2] > last[2]) return;
        out.skinMm = at;
      }
    }
    if (out.blocked || (left && until >= lengthMm) || (!known && at > voxelMm)) return;
    at = until;
    cell[axis] += step[axis];
    next[axis] += perCell[axis];
  }
}
