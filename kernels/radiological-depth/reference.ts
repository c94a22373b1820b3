import type { Grid } from '../../engine/core/grid.ts';
import { DEPTH_BEAM_STRIDE } from './index.ts';

/**
 * Radiological depth in float64 after R. Siddon (Medical Physics 12 (1985) 252): all parameters at which the ray from
 * source (0) to point (1) crosses a plane between voxels are sorted; each interval between two of them lies in the voxel of
 * its midpoint and counts its length times that voxel's density; outside the grid nothing counts. The kernel walks from
 * voxel to voxel instead.
 *
 * The isocentre plane is SAD from the source, across the beam axis. A point no more than 1 mm before the source plane, or
 * behind it, has x = y = 0 and no inverse-square factor; its depth is that of the ray all the same. The numbers of the grid
 * are rounded to float32 as the launch's arguments are.
 */
export const NEAREST_MM = 1;

function crossings(from: number, to: number, planes: number): number[] {
  const found: number[] = [];
  for (let plane = 0; plane <= planes; plane++) {
    const t = (plane - from) / (to - from);
    if (t > 0 && t < 1) found.push(t);
  }
  return found;
}

/** Water-equivalent length [mm] from `source` to `point` [mm, in the grid's frame]. */
export function waterLengthReference(
  grid: Grid,
  density: ArrayLike<number>,
  source: ArrayLike<number>,
  point: ArrayLike<number>,
): number {
  const axes = [0, 1, 2] as const;
  const spacing = axes.map((a) => Math.fround(grid.spacingMm[a]));
  const corner = axes.map((a) => Math.fround(grid.originMm[a] - grid.spacingMm[a] / 2));
  const from = axes.map((a) => (source[a] - corner[a]) / spacing[a]);
  const to = axes.map((a) => (point[a] - corner[a]) / spacing[a]);
  const cuts = [0, 1, ...axes.flatMap((a) => crossings(from[a], to[a], grid.size[a]))].sort((a, b) => a - b);
  const length = Math.hypot(...axes.map((a) => point[a] - source[a]));
  let sum = 0;
  for (let i = 1; i < cuts.length; i++) {
    const middle = (cuts[i - 1] + cuts[i]) / 2;
    const [x, y, z] = axes.map((a) => Math.floor(from[a] + middle * (to[a] - from[a])));
    const inside = x >= 0 && x < grid.size[0] && y >= 0 && y < grid.size[1] && z >= 0 && z < grid.size[2];
    if (inside) sum += density[x + grid.size[0] * (y + grid.size[1] * z)] * (cuts[i] - cuts[i - 1]) * length;
  }
  return sum;
}

/** The columns of the kernel's output, [beams][points] each. */
export function radiologicalDepthReference(
  s: { readonly beams: number; readonly points: number; readonly grid: Grid },
  density: ArrayLike<number>,
  positions: Float32Array,
  beamTable: Float32Array,
): { xMm: Float64Array; yMm: Float64Array; depthMm: Float64Array; inverseSquare: Float64Array } {
  const empty = (): Float64Array => new Float64Array(s.beams * s.points);
  const out = { xMm: empty(), yMm: empty(), depthMm: empty(), inverseSquare: empty() };
  for (let beam = 0; beam < s.beams; beam++) {
    const row = beamTable.subarray(DEPTH_BEAM_STRIDE * beam, DEPTH_BEAM_STRIDE * (beam + 1));
    const source = row.subarray(0, 3);
    const sadMm = row[3];
    for (let p = 0; p < s.points; p++) {
      const point = positions.subarray(4 * p, 4 * p + 3);
      const along = (axis: number): number => {
        const unit = row.subarray(4 * axis + 4, 4 * axis + 7);
        return (point[0] - source[0]) * unit[0] + (point[1] - source[1]) * unit[1] + (point[2] - source[2]) * unit[2];
      };
      const scale = along(0) > NEAREST_MM ? sadMm / along(0) : 0;
      const i = beam * s.points + p;
      out.xMm[i] = along(1) * scale;
      out.yMm[i] = along(2) * scale;
      out.depthMm[i] = waterLengthReference(s.grid, density, source, point);
      out.inverseSquare[i] = scale * scale;
    }
  }
  return out;
}
