import { mat4, quat, vec3 } from 'gl-matrix';

/** Position and quaternion x, y, z, w of a rigid transform. */
export interface Pose {
  readonly position: readonly [number, number, number];
  readonly rotation: readonly [number, number, number, number];
}

/** @param T column-major 4 x 4 */
export function poseOf(T: ArrayLike<number>): Pose {
  const matrix = T as mat4;
  const [x, y, z] = mat4.getTranslation(vec3.create(), matrix);
  const [rx, ry, rz, rw] = mat4.getRotation(quat.create(), matrix);
  return { position: [x, y, z], rotation: [rx, ry, rz, rw] };
}

/** The link's pose among those of a workspace. */
export function linkPose(linkPoses: Float64Array, link: number): Float64Array {
  return linkPoses.subarray(16 * link, 16 * link + 16);
}
