import { inputError } from '../../../engine/core/errors.ts';
import { type Grid, type Vec3, voxelCentreMm } from '../../../engine/core/grid.ts';
import type { Patient } from '../../../engine/core/patient.ts';

export const DOSE_GRID_MM = { least: 0.5, most: 20 } as const;

/**
 * The patient with structures and dose voxels on a dose grid of another spacing than the CT; the CT itself stays. A dose
 * voxel belongs to what the CT voxel around its centre belongs to.
 */
export function onDoseGrid(patient: Patient, spacingMm: number): Patient {
  if (!(spacingMm >= DOSE_GRID_MM.least && spacingMm <= DOSE_GRID_MM.most)) {
    throw inputError(
      'dose-grid/spacing',
      `dose grid spacing ${spacingMm} mm is outside ${DOSE_GRID_MM.least} to ${DOSE_GRID_MM.most} mm`,
      'give --dose-grid a spacing in mm, for example 3',
    );
  }
  const from = patient.structureSet.grid;
  const size = from.size.map((n, a) => Math.max(1, Math.floor((n * from.spacingMm[a]) / spacingMm))) as unknown as Vec3;
  const originMm = from.originMm.map((o, a) => o - from.spacingMm[a] / 2 + spacingMm / 2) as unknown as Vec3;
  const grid: Grid = { size, spacingMm: [spacingMm, spacingMm, spacingMm], originMm };
  const source = nearestVoxels(grid, from);
  const select = (voxels: Uint32Array): Uint32Array => {
    const member = new Uint8Array(from.size[0] * from.size[1] * from.size[2]);
    for (const voxel of voxels) member[voxel] = 1;
    const out: number[] = [];
    for (let v = 0; v < source.length; v++) if (member[source[v]] === 1) out.push(v);
    return Uint32Array.from(out);
  };
  const structures = patient.structureSet.structures.map((s) => ({ name: s.name, voxels: select(s.voxels) }));
  return { ...patient, structureSet: { grid, structures }, doseVoxels: select(patient.doseVoxels) };
}

/** For each voxel of `grid`, the voxel of `from` that holds its centre. */
function nearestVoxels(grid: Grid, from: Grid): Uint32Array {
  const axis = (a: 0 | 1 | 2): number[] =>
    Array.from({ length: grid.size[a] }, (_, i) => {
      const mm = grid.originMm[a] + i * grid.spacingMm[a];
      return Math.min(from.size[a] - 1, Math.max(0, Math.round((mm - from.originMm[a]) / from.spacingMm[a])));
    });
  const [xs, ys, zs] = [axis(0), axis(1), axis(2)];
  const out = new Uint32Array(xs.length * ys.length * zs.length);
  let v = 0;
  for (const z of zs) for (const y of ys) for (const x of xs) out[v++] = x + from.size[0] * (y + from.size[1] * z);
  return out;
}

/** x, y, z [mm] and one unused float for each voxel: the dose points of an operator. */
export function voxelPositions(grid: Grid, voxels: Uint32Array): Float32Array {
  const out = new Float32Array(4 * voxels.length);
  const p = new Float64Array(3);
  for (let v = 0; v < voxels.length; v++) {
    voxelCentreMm(grid, voxels[v], p);
    out.set(p, 4 * v);
  }
  return out;
}
