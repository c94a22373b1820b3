import type { Vec3 } from '../../../engine/core/grid.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** Centroid, principal axes and moments of points that count alike. */
export interface PrincipalAxes {
  readonly centroid: Vec3;
  /** Unit vectors, that of the largest spread first. */
  readonly axes: readonly Vec3[];
  /** Mean square distance of the points from the centroid along each axis. */
  readonly variances: readonly number[];
}

export function principalAxes(points: readonly Vec3[]): PrincipalAxes {
  const centroid = centroidOf(points);
  const moments = [0, 1, 2].map((i) =>
    [0, 1, 2].map((j) => points.reduce((sum, p) => sum + (p[i] - centroid[i]) * (p[j] - centroid[j]), 0)),
  );
  const { values, vectors } = symmetricEigen(moments);
  return {
    centroid,
    axes: vectors.map(([x, y, z]) => [x, y, z] as const),
    variances: values.map((value) => Math.max(0, value) / points.length),
  };
}

export function centroidOf(points: readonly Vec3[]): Vec3 {
  const mean = (axis: number): number => points.reduce((sum, p) => sum + p[axis], 0) / points.length;
  return [mean(0), mean(1), mean(2)];
}
