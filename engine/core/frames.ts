import { mat4, vec3 } from 'gl-matrix';
import type { Vec3 } from './grid.ts';

/**
 * Frames of the radiation side, all right-handed, lengths in mm.
 *
 * - **patient**: DICOM LPS. +x to the patient's left, +y to the back, +z to the head.
 * - **fixed** (IEC 61217 `f`): origin at the machine's isocentre, +x to the right of an observer who faces the gantry,
 *   +y towards the gantry, +z up.
 * - **gantry** (`g`): fixed frame turned about +y by the gantry angle, clockwise for the observer who faces the gantry;
 *   the source sits at +z.
 * - **beam** (`b`, beam limiting device): gantry frame turned about +z by the collimator angle, counter-clockwise seen from
 *   the source. Bixels and beam's-eye views are drawn in its x and y, at the isocentre plane.
 * - **support** (`s`): fixed frame turned about +z by the couch angle, counter-clockwise seen from above; the patient lies
 *   on it.
 *
 * Head first supine: +x of the support is the patient's left, +y superior, +z anterior; {@link PatientPosition} has the others.
 * Hence gantry 0 enters from anterior and gantry 90 from the patient's left:
 *
 * ```text
 *            gantry 0                     looking at the gantry, from the patient's feet:
 *               |                         the patient's left is on the observer's right
 *   270 --- patient --- 90
 *               |
 *              180
 * ```
 */
export interface BeamAngles {
  /** Gantry angle [deg, IEC 61217]. */
  readonly gantryDeg: number;
  /** Patient support (couch) angle [deg, IEC 61217]. */
  readonly couchDeg: number;
  /** Beam limiting device (collimator) angle [deg, IEC 61217]. */
  readonly collimatorDeg: number;
}

/** Rotation and translation, column-major 4 x 4 in float64: applied to a point of the second frame it gives the first. */
export type Transform = Float64Array;

/** The transform that changes nothing. */
export function identity(): Transform {
  const t = new Float64Array(16);
  t[0] = t[5] = t[10] = t[15] = 1;
  return t;
}

const radians = (deg: number): number => (deg * Math.PI) / 180;

/** How a patient lies (DICOM 0018,5100): head or feet first towards the gantry; supine, prone, or on the right or left side. */
export type PatientPosition = 'HFS' | 'HFP' | 'FFS' | 'FFP' | 'HFDR' | 'HFDL' | 'FFDR' | 'FFDL';

/** Where +x, +y and +z of the support point in the patient frame, by position. */
const supportAxes: Readonly<Record<PatientPosition, readonly number[]>> = {
  HFS: [1, 0, 0, 0, 0, 1, 0, -1, 0],
  HFP: [-1, 0, 0, 0, 0, 1, 0, 1, 0],
  FFS: [-1, 0, 0, 0, 0, -1, 0, -1, 0],
  FFP: [1, 0, 0, 0, 0, -1, 0, 1, 0],
  HFDR: [0, 1, 0, 0, 0, 1, 1, 0, 0],
  HFDL: [0, -1, 0, 0, 0, 1, -1, 0, 0],
  FFDR: [0, -1, 0, 0, 0, -1, 1, 0, 0],
  FFDL: [0, 1, 0, 0, 0, -1, -1, 0, 0],
};

export function isPatientPosition(text: string): text is PatientPosition {
  return Object.hasOwn(supportAxes, text);
}

/** From the patient support of a patient who lies in that position with `isocenterMm` (patient frame) at the isocentre. */
export function T_patient_support(isocenterMm: Vec3, position: PatientPosition = 'HFS'): Transform {
  const t = identity();
  const axes = supportAxes[position];
  for (let n = 0; n < 3; n++) {
    t.set(axes.slice(3 * n, 3 * n + 3), 4 * n);
    t[12 + n] = isocenterMm[n];
  }
  return t;
}

/** From the beam frame at the given angles to the patient frame. */
export function T_patient_beam(angles: BeamAngles, isocenterMm: Vec3, position: PatientPosition = 'HFS'): Transform {
  const t = T_patient_support(isocenterMm, position);
  mat4.rotateZ(t, t, -radians(angles.couchDeg));
  mat4.rotateY(t, t, radians(angles.gantryDeg));
  mat4.rotateZ(t, t, radians(angles.collimatorDeg));
  return t;
}

/** The inverse of a rigid transform. */
export function inverse(t: Transform): Transform {
  const out = identity();
  mat4.invert(out, t);
  return out;
}

export function transformPoint(t: Transform, p: Vec3): Vec3 {
  const out = new Float64Array(3);
  vec3.transformMat4(out, p as [number, number, number], t);
  return [out[0], out[1], out[2]];
}

/** Unit vector of axis 0, 1 or 2 of the second frame, in the first. */
export function axisOf(t: Transform, axis: 0 | 1 | 2): Vec3 {
  return [t[4 * axis], t[4 * axis + 1], t[4 * axis + 2]];
}

/** Robot side (ROS REP-103): metres. The one crossing between the two trades. */
export const MM_PER_M = 1000;

export function metresFromMm(p: Vec3): Vec3 {
  return [p[0] / MM_PER_M, p[1] / MM_PER_M, p[2] / MM_PER_M];
}

/** The product of two transforms: b first, then a. */
export function compose(a: Transform, b: Transform): Transform {
  const out = identity();
  mat4.multiply(out, a, b);
  return out;
}

/** From a position and roll, pitch and yaw about the fixed axes x, y, z, in this order [rad] (URDF). */
export function transformFromRpy(position: Vec3, rpy: Vec3): Transform {
  const t = identity();
  mat4.translate(t, t, position as [number, number, number]);
  mat4.rotateZ(t, t, rpy[2]);
  mat4.rotateY(t, t, rpy[1]);
  mat4.rotateX(t, t, rpy[0]);
  return t;
}

/** From a position and a unit quaternion x, y, z, w (ROS order). */
export function transformFromQuaternion(position: Vec3, xyzw: readonly [number, number, number, number]): Transform {
  const t = identity();
  mat4.fromRotationTranslation(t, xyzw as [number, number, number, number], position as [number, number, number]);
  return t;
}

/**
 * Whether `t` is a rigid transform: finite, its 3 x 3 part a proper rotation to 1e-6 (what is left of one that was written
 * with seven digits), its last row 0 0 0 1.
 */
export function isRigid(t: Transform): boolean {
  if (t.length !== 16 || !t.every(Number.isFinite)) return false;
  if (t[3] !== 0 || t[7] !== 0 || t[11] !== 0 || t[15] !== 1) return false;
  for (let a = 0; a < 3; a++) {
    for (let b = a; b < 3; b++) {
      const dot = t[4 * a] * t[4 * b] + t[4 * a + 1] * t[4 * b + 1] + t[4 * a + 2] * t[4 * b + 2];
      if (Math.abs(dot - (a === b ? 1 : 0)) > 1e-6) return false;
    }
  }
  return mat4.determinant(t) > 0;
}
