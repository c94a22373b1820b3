import { type Grid, type Vec3, voxelCentreMm } from '../../../../engine/core/grid.ts';
import type { Patient } from '../../../../engine/core/patient.ts';

/** A patient on a grid of our choice, its structures given as solids [mm]; the body is everything. */
export function patientOf(
  grid: Grid,
  solids: Readonly<Record<string, (x: number, y: number, z: number) => boolean>>,
): Patient {
  const count = grid.size[0] * grid.size[1] * grid.size[2];
  const all = Uint32Array.from({ length: count }, (_, voxel) => voxel);
  const centre = [0, 0, 0];
  const structures = Object.entries(solids).map(([name, solid]) => ({
    name,
    voxels: all.filter((voxel) => {
      voxelCentreMm(grid, voxel, centre);
      return solid(centre[0], centre[1], centre[2]);
    }),
  }));
  return {
    id: 'made',
    ct: { grid, data: new Float32Array(count), unit: 'HU' },
    structureSet: { grid, structures },
    doseVoxels: all,
    warnings: [],
    source: { kind: 'phantom', path: 'made' },
  };
}

export function gridAround(size: Vec3, spacingMm: Vec3): Grid {
  const originMm = size.map((n, axis) => (-(n - 1) / 2) * spacingMm[axis]) as unknown as Vec3;
  return { size, spacingMm, originMm };
}

/**
 * Signed distance [mm] from a point to the surface of the union of the voxels' cells, by brute force in float64: outside the
 * nearest cell, inside the nearest cell of all others (the grid is continued by cells that are not in the region).
 */
export function exactDistanceMm(grid: Grid, voxels: Uint32Array, p: Vec3): number {
  const inside = new Set(voxels);
  const [nx, ny, nz] = grid.size;
  const toCell = (i: number, j: number, k: number): number => {
    const gap = [i, j, k].map((n, axis) =>
      Math.max(0, Math.abs(p[axis] - grid.originMm[axis] - n * grid.spacingMm[axis]) - grid.spacingMm[axis] / 2),
    );
    return Math.hypot(...gap);
  };
  let toRegion = Number.POSITIVE_INFINITY;
  let toRest = Number.POSITIVE_INFINITY;
  for (let k = -1; k <= nz; k++) {
    for (let j = -1; j <= ny; j++) {
      for (let i = -1; i <= nx; i++) {
        const known = i >= 0 && j >= 0 && k >= 0 && i < nx && j < ny && k < nz;
        if (known && inside.has(i + nx * (j + ny * k))) toRegion = Math.min(toRegion, toCell(i, j, k));
        else toRest = Math.min(toRest, toCell(i, j, k));
      }
    }
  }
  return toRegion > 0 ? toRegion : -toRest;
}
