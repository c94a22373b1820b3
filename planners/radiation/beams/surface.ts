import { inputError } from '../../../engine/core/errors.ts';
import { type Transform, transformPoint } from '../../../engine/core/frames.ts';
import { type Vec3, type Volume, voxelIndex } from '../../../engine/core/grid.ts';
import { type Bixels, bixelX, bixelY } from './bixels.ts';

/** Relative electron density from which on a voxel counts as the patient (matRad's ssdDensityThreshold). */
const SKIN_DENSITY = 0.05;

/**
 * Distance from the source to the skin along the beam axis [mm]. Where the axis misses the patient, the smallest distance
 * along the rays through the open bixels stands for it.
 */
export function sourceSurfaceDistance(
  density: Volume,
  sourceMm: Vec3,
  transform: Transform,
  sadMm: number,
  bixels: Bixels,
): number {
  const onAxis = firstHit(density, sourceMm, transformPoint(transform, [0, 0, 0]));
  if (onAxis !== undefined) return onAxis * sadMm;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < bixels.cells.length; i++) {
    const hit = firstHit(density, sourceMm, transformPoint(transform, [bixelX(bixels, i), bixelY(bixels, i), 0]));
    if (hit !== undefined) least = Math.min(least, hit * sadMm);
  }
  if (least < Number.POSITIVE_INFINITY) return least;
  throw inputError(
    'beams/no-patient',
    `no ray of the beam from ${sourceMm.map((c) => c.toFixed(0)).join(', ')} mm meets matter denser than ${SKIN_DENSITY} of water`,
    'check the isocentre, the CT numbers and the HU table',
  );
}

/** Fraction of the way from `a` to `b`, and as far again beyond it, at which the ray first meets matter. */
function firstHit(density: Volume, a: Vec3, b: Vec3): number | undefined {
  const { grid, data } = density;
  const dense = (t: number): boolean => {
    const i = Math.round((a[0] + t * (b[0] - a[0]) - grid.originMm[0]) / grid.spacingMm[0]);
    const j = Math.round((a[1] + t * (b[1] - a[1]) - grid.originMm[1]) / grid.spacingMm[1]);
    const k = Math.round((a[2] + t * (b[2] - a[2]) - grid.originMm[2]) / grid.spacingMm[2]);
    const inside = i >= 0 && j >= 0 && k >= 0 && i < grid.size[0] && j < grid.size[1] && k < grid.size[2];
    return inside && data[voxelIndex(grid, i, j, k)] > SKIN_DENSITY;
  };
  const step = Math.min(...grid.spacingMm) / 4 / Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
  for (let t = 0; t <= 2; t += step) {
    if (!dense(t)) continue;
    let [outside, inside] = [Math.max(0, t - step), t];
    for (let halving = 0; halving < 8; halving++) {
      const middle = (outside + inside) / 2;
      if (dense(middle)) inside = middle;
      else outside = middle;
    }
    return inside;
  }
  return undefined;
}
