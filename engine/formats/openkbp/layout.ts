import type { Grid } from '../../core/grid.ts';

/** Voxels along each side of every OpenKBP volume. */
export const openKbpSide = 128;

/** Voxels of every OpenKBP volume: 128^3. */
export const openKbpVoxelCount = openKbpSide ** 3;

/** Names of the regions that OpenKBP itself uses, targets first, in the order in which they are listed. */
export const openKbpStructureNames: readonly string[] = [
  'PTV70',
  'PTV63',
  'PTV56',
  'Brainstem',
  'SpinalCord',
  'RightParotid',
  'LeftParotid',
  'Esophagus',
  'Larynx',
  'Mandible',
];

/**
 * The grid of an OpenKBP patient, centred on the origin.
 *
 * OpenKBP stores [row = anterior to posterior, column = patient right to left, slice = superior to inferior] in C
 * order. In LPS the column is +x, the row +y and the slice -z, so that only the slices change direction.
 *
 * @param voxelMm voxel size along row, column and slice [mm], as in `voxel_dimensions.csv`
 */
export function openKbpGrid(voxelMm: readonly [number, number, number]): Grid {
  const spacingMm = [voxelMm[1], voxelMm[0], voxelMm[2]] as const;
  const half = (openKbpSide - 1) / 2;
  return {
    size: [openKbpSide, openKbpSide, openKbpSide],
    spacingMm,
    originMm: [-half * spacingMm[0], -half * spacingMm[1], -half * spacingMm[2]],
  };
}

/** Flat index on our grid (x fastest, z ascending) of the voxel with OpenKBP's index. */
export function gridIndexOfOpenKbp(openKbpIndex: number): number {
  return ((openKbpIndex >> 7) & 127) | ((openKbpIndex >> 14) << 7) | ((127 - (openKbpIndex & 127)) << 14);
}

/** OpenKBP's index (C order, slice fastest) of the voxel with the given flat index on our grid. */
export function openKbpIndexOfGrid(gridIndex: number): number {
  return (((gridIndex >> 7) & 127) << 14) | ((gridIndex & 127) << 7) | (127 - (gridIndex >> 14));
}
