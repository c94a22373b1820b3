import { type Transform, transformPoint } from '../../../engine/core/frames.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import { centroidOf } from './point-set.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface RigidFit {
  /** From the frame of the moving points to that of the fixed ones, in the unit of the points. */
  readonly T_fixed_moving: Transform;
  /** Root mean square distance between the fixed points and the moved ones. */
  readonly rmsError: number;
  /** What it would be if a mirror image were allowed. */
  readonly mirroredRmsError: number;
}

/**
 * The rigid motion that carries the moving points to the fixed ones with the least sum of squared distances, in closed form:
 * B. K. P. Horn, Closed-form solution of absolute orientation using unit quaternions, J. Opt. Soc. Am. A 4 (1987) 629. A unit
 * quaternion is always a rotation, never a mirror image, whatever the noise and also for points in a plane.
 *
 * At least three pairs, not on one line.
 */
export function rigidFit(fixed: readonly Vec3[], moving: readonly Vec3[]): RigidFit {
  const cf = centroidOf(fixed);
  const cm = centroidOf(moving);
  // S[i][j] = sum over the pairs of moving_i fixed_j, both from their centroids.
  const S = [0, 1, 2].map((i) =>
    [0, 1, 2].map((j) => moving.reduce((sum, m, n) => sum + (m[i] - cm[i]) * (fixed[n][j] - cf[j]), 0)),
  );
  const [[xx, xy, xz], [yx, yy, yz], [zx, zy, zz]] = S;
  const { values, vectors } = symmetricEigen([
    [xx + yy + zz, yz - zy, zx - xz, xy - yx],
    [yz - zy, xx - yy - zz, xy + yx, zx + xz],
    [zx - xz, xy + yx, yy - xx - zz, yz + zy],
    [xy - yx, zx + xz, yz + zy, zz - xx - yy],
  ]);
  const rotation = rotationOf(vectors[0]);
  const T_fixed_moving: Transform = new Float64Array(16);
  for (let c = 0; c < 3; c++) for (let r = 0; r < 3; r++) T_fixed_moving[4 * c + r] = rotation[r][c];
  for (let r = 0; r < 3; r++) {
    T_fixed_moving[12 + r] = cf[r] - rotation[r][0] * cm[0] - rotation[r][1] * cm[1] - rotation[r][2] * cm[2];
  }
  T_fixed_moving[15] = 1;
  const squares = fixed.reduce((sum, f, n) => sum + squaredDistance(f, cf) + squaredDistance(moving[n], cm), 0);
  return {
    T_fixed_moving,
    rmsError: Math.hypot(...residuals(fixed, moving, T_fixed_moving)) / Math.sqrt(fixed.length),
    // Points mirrored in their centroid have the matrix with the opposite sign.
    mirroredRmsError: Math.sqrt(Math.max(0, squares + 2 * values[3]) / fixed.length),
  };
}

/** Distance between each fixed point and its moved partner. */
export function residuals(fixed: readonly Vec3[], moving: readonly Vec3[], T_fixed_moving: Transform): number[] {
  return moving.map((m, n) => Math.sqrt(squaredDistance(transformPoint(T_fixed_moving, m), fixed[n])));
}

function squaredDistance(a: Vec3, b: Vec3): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}

/** Rotation matrix of a unit quaternion w, x, y, z; normalised once more, so that it is orthonormal to rounding. */
function rotationOf(quaternion: readonly number[]): number[][] {
  const norm = Math.hypot(...quaternion);
  const [w, x, y, z] = quaternion.map((value) => value / norm);
  return [
    [w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z],
  ];
}
