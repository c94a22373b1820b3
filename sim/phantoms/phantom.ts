import { inputError } from '../../engine/core/errors.ts';
import { type Grid, voxelCount } from '../../engine/core/grid.ts';
import type { Patient } from '../../engine/core/patient.ts';
import type { Solid } from './solid.ts';

/** Hounsfield units of the phantoms' materials. */
export const tissueHu = { air: -1000, lung: -740, water: 0, bone: 700 } as const;

/** A phantom as geometry, before it is cut into voxels. Centred on the origin, lengths in mm, LPS. */
export interface Phantom {
  readonly name: string;
  /** What stands in a list of phantoms. */
  readonly summary: string;
  /** Half the extent of the body along x, y and z [mm]. */
  readonly halfExtentMm: readonly [number, number, number];
  /** The body; becomes the structure `External` and the dose voxels. */
  readonly body: Solid;
  /** Regions; one with `hu` consists of that material [HU], everything else in the body is water. */
  readonly structures: readonly { readonly name: string; readonly solid: Solid; readonly hu?: number }[];
}

const finestVoxelMm = 0.5;
const coarsestVoxelMm = 20;
const mostVoxels = 2 ** 26;
/** Air voxels around the body on every side. */
const margin = 2;

/**
 * Cuts a phantom into cubic voxels: a voxel belongs to a region when its centre does. The grid is symmetric about the
 * origin and holds the body with two voxels of air around it.
 *
 * @param voxelMm side of a voxel [mm], 0.5 to 20
 */
export function voxelise(phantom: Phantom, voxelMm: number, recipe: string): Patient {
  const grid = phantomGrid(phantom, voxelMm);
  const hu = new Float32Array(voxelCount(grid)).fill(tissueHu.air);
  const body = voxelsIn(phantom.body, grid);
  for (const voxel of body) hu[voxel] = tissueHu.water;
  const structures = phantom.structures.map((region) => {
    const voxels = voxelsIn(region.solid, grid);
    if (region.hu !== undefined) for (const voxel of voxels) hu[voxel] = region.hu;
    return { name: region.name, voxels };
  });
  const warnings = structures
    .filter(({ voxels }) => voxels.length === 0)
    .map(({ name }) => `${name} of phantom ${phantom.name} holds no voxel of ${voxelMm} mm.`);
  return {
    id: phantom.name,
    ct: { grid, data: hu, unit: 'HU' },
    structureSet: { grid, structures: [...structures, { name: 'External', voxels: body }] },
    doseVoxels: body,
    warnings,
    source: { kind: 'phantom', path: recipe },
  };
}

function phantomGrid(phantom: Phantom, voxelMm: number): Grid {
  if (!(voxelMm >= finestVoxelMm && voxelMm <= coarsestVoxelMm)) {
    throw inputError(
      'phantom/voxel-size',
      `Phantom ${phantom.name}: voxel size ${voxelMm} mm is outside ${finestVoxelMm} to ${coarsestVoxelMm} mm.`,
      'Choose a voxel size from 1 to 5 mm; 3 mm is the default.',
    );
  }
  const [nx, ny, nz] = phantom.halfExtentMm.map((half) => Math.ceil((2 * half) / voxelMm - 1e-9) + 2 * margin);
  if (nx * ny * nz > mostVoxels) {
    throw inputError(
      'phantom/too-many-voxels',
      `Phantom ${phantom.name} at ${voxelMm} mm has ${nx * ny * nz} voxels; the limit is ${mostVoxels}.`,
      'Choose larger voxels.',
    );
  }
  return {
    size: [nx, ny, nz],
    spacingMm: [voxelMm, voxelMm, voxelMm],
    originMm: [-((nx - 1) / 2) * voxelMm, -((ny - 1) / 2) * voxelMm, -((nz - 1) / 2) * voxelMm],
  };
}

function voxelsIn(solid: Solid, grid: Grid): Uint32Array {
  const [nx, ny, nz] = grid.size;
  const [dx, dy, dz] = grid.spacingMm;
  const [x0, y0, z0] = grid.originMm;
  const voxels = new Uint32Array(nx * ny * nz);
  let count = 0;
  let voxel = 0;
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, voxel++) {
        if (solid(x0 + i * dx, y0 + j * dy, z0 + k * dz)) voxels[count++] = voxel;
      }
    }
  }
  return voxels.slice(0, count);
}
