import { compose, type Transform } from '../../../engine/core/frames.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import type { GoalTolerance } from '../../../engine/core/motion-request.ts';
import type { Random } from '../../../engine/core/random.ts';
import type { PlacedShape, Shape } from '../../../engine/core/robot.ts';

/** How far what is reached is from the pose that was asked for. */
export interface GoalDeviation {
  /** [m] */
  readonly positionM: number;
  /** [rad] */
  readonly angleRad: number;
}

/** Solutions of inverse kinematics are as near as this to what was sampled [m, rad]; samples keep it from the edge. */
const INSET = 2e-7;

/**
 * A pose within the tolerances of `pose`: a place in one of the regions, uniform in its middle part of the size `share`, and a
 * turn of at most `share` of what each axis allows.
 */
export function poseWithin(pose: Transform, tolerance: GoalTolerance, share: number, random: Random): Transform {
  const { regions, rotation } = tolerance;
  const out = pose.slice();
  if (regions.length > 0) {
    const region = regions[Math.floor(random() * regions.length)];
    out.set(placeIn(region, share, random), 12);
  }
  if (rotation === undefined) return out;
  const most = rotation.rad.map((rad, axis) => {
    // Beyond a quarter turn about the middle axis the same rotation has other angles.
    const largest = rotation.as === 'euler' && axis === 1 ? Math.PI / 2 : Math.PI;
    return share * Math.max(0, Math.min(rad, largest) - INSET);
  });
  const angles = most.map((largest) => (2 * random() - 1) * largest) as unknown as Vec3;
  const turned = compose(out, rotation.as === 'euler' ? eulerXyz(angles) : rotationVector(angles));
  turned.set(out.subarray(12, 15), 12);
  return turned;
}

function placeIn({ shape, pose: t }: PlacedShape, share: number, random: Random): Vec3 {
  const [x, y, z] = pointOf(shape, random).map((value) => share * value);
  return [0, 1, 2].map((r) => t[r] * x + t[4 + r] * y + t[8 + r] * z + t[12 + r]) as unknown as Vec3;
}

/** Uniform in a solid around the origin, a hair inside. */
function pointOf(shape: Shape, random: Random): Vec3 {
  const within = (half: number): number => (2 * random() - 1) * Math.max(0, half - INSET);
  if (shape.kind === 'box') return [within(shape.sizeM[0] / 2), within(shape.sizeM[1] / 2), within(shape.sizeM[2] / 2)];
  if (shape.kind === 'sphere') {
    const radius = Math.max(0, shape.radiusM - INSET) * Math.cbrt(random());
    const z = 2 * random() - 1;
    const flat = radius * Math.sqrt(1 - z * z);
    const angle = 2 * Math.PI * random();
    return [flat * Math.cos(angle), flat * Math.sin(angle), radius * z];
  }
  if (shape.kind === 'mesh') return [0, 0, 0];
  const radius = Math.max(0, shape.radiusM - INSET) * Math.sqrt(random());
  const angle = 2 * Math.PI * random();
  return [radius * Math.cos(angle), radius * Math.sin(angle), within(shape.lengthM / 2)];
}

/** About x, then about the new y, then about the newest z. */
function eulerXyz([a, b, c]: Vec3): Transform {
  return compose(compose(rotationVector([a, 0, 0]), rotationVector([0, b, 0])), rotationVector([0, 0, c]));
}

/** Rodrigues' formula; a vector longer than half a turn is shortened to it. */
function rotationVector(v: Vec3): Transform {
  const length = Math.hypot(v[0], v[1], v[2]);
  const angle = Math.min(length, Math.PI);
  const [x, y, z] = length > 0 ? v.map((value) => value / length) : [1, 0, 0];
  const [s, k] = [Math.sin(angle), 1 - Math.cos(angle)];
  const c = 1 - k;
  return Float64Array.of(
    c + k * x * x,
    k * x * y + s * z,
    k * x * z - s * y,
    0,
    k * x * y - s * z,
    c + k * y * y,
    k * y * z + s * x,
    0,
    k * x * z + s * y,
    k * y * z - s * x,
    c + k * z * z,
    0,
    0,
    0,
    0,
    1,
  );
}
