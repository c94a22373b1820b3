import { mat4, quat } from 'gl-matrix';
import type { Transform } from '../../../../engine/core/frames.ts';
import type { Vec3 } from '../../../../engine/core/grid.ts';
import type { Random } from '../../../../engine/core/random.ts';
import type { JointLimits, JointType, RobotModel, TriangleMesh } from '../../../../engine/core/robot.ts';

const limits: JointLimits = { lower: -2.8, upper: 2.8, velocity: 2, acceleration: 15, jerk: 500, effort: 50 };

/** Pose at x, y, z, turned by the given angle about the given axis. */
export function poseAt(x: number, y: number, z: number, angle = 0, axis: Vec3 = [0, 0, 1]): Transform {
  const q = quat.setAxisAngle(quat.create(), axis as [number, number, number], angle);
  // gl-matrix keeps quaternions in float32; normalised again the pose is rigid to float64.
  const w = Math.hypot(...(q as unknown as number[]));
  const m = mat4.fromRotationTranslation(
    new Float64Array(16) as unknown as mat4,
    [q[0] / w, q[1] / w, q[2] / w, q[3] / w],
    [x, y, z],
  );
  return m as unknown as Float64Array;
}

interface Part {
  readonly type?: JointType;
  readonly parent?: number;
  readonly origin: Transform;
  readonly axis?: Vec3;
  readonly limits?: Partial<JointLimits>;
  readonly mimic?: { readonly joint: number; readonly multiplier: number; readonly offset: number };
  /** x, y, z, radius [m, link frame] */
  readonly spheres?: readonly (readonly [number, number, number, number])[];
}

/** A robot whose link i + 1 hangs on part i's joint; neighbouring links are not checked against each other. */
export function robotOf(parts: readonly Part[], base: Part['spheres'] = []): RobotModel {
  const spheres = [base, ...parts.map((part) => part.spheres ?? [])];
  const joints = parts.map((part, i) => {
    const type = part.type ?? 'revolute';
    return {
      name: `joint${i}`,
      type,
      parent: part.parent ?? i,
      child: i + 1,
      origin: part.origin,
      axis: part.axis ?? ([0, 0, 1] as const),
      ...(type === 'fixed' ? {} : { limits: { ...limits, ...part.limits } }),
      ...(part.mimic === undefined ? {} : { mimic: part.mimic }),
    };
  });
  return {
    name: 'test',
    links: spheres.map((_, i) => ({ name: `link${i}`, visual: [], collision: [] })),
    joints,
    active: joints.flatMap(({ type, mimic }, i) => (type === 'fixed' || mimic !== undefined ? [] : [i])),
    spheres: {
      link: Uint16Array.from(spheres.flatMap((own, i) => own.map(() => i))),
      sphere: Float64Array.from(spheres.flat(2)),
    },
    ignoredPairs: new Set(joints.map(({ parent, child }) => parent * spheres.length + child)),
  };
}

const chain = [0, 0.07, 0.14, 0.21];

/** An arm of three turning joints in a plane and spheres along its links. */
export const planarArm = robotOf([
  { origin: poseAt(0, 0, 0), spheres: chain.map((x) => [x, 0, 0, 0.04]) },
  { origin: poseAt(0.28, 0, 0), spheres: chain.map((x) => [x, 0, 0, 0.04]) },
  { origin: poseAt(0.28, 0, 0), spheres: chain.map((x) => [x, 0, 0, 0.03]) },
]);

/** Seven joints in space, among them a slide and a follower, tilted axes, a branch and links that are fixed together. */
export const oddArm = robotOf(
  [
    { origin: poseAt(0, 0, 0.3), spheres: [[0, 0, 0, 0.07]] },
    {
      origin: poseAt(0.05, 0.02, 0.1, Math.PI / 2, [1, 0, 0]),
      spheres: [
        [0, 0, 0.05, 0.05],
        [0.1, 0.1, 0, 0.05],
      ],
    },
    { origin: poseAt(0.2, 0.1, 0, 0.7, [0, 0, 1]), axis: [0.6, 0, 0.8], spheres: [[0.1, 0, 0, 0.05]] },
    {
      type: 'prismatic',
      origin: poseAt(0.15, 0, 0.05, -0.4, [0, 1, 0]),
      axis: [1, 0, 0],
      limits: { lower: -0.05, upper: 0.2 },
      spheres: [[0.05, 0, 0, 0.04]],
    },
    { type: 'fixed', origin: poseAt(0.1, 0, 0, 1.1, [0.6, 0.8, 0]), spheres: [[0, 0, 0.05, 0.03]] },
    { origin: poseAt(0, 0, 0.08, -Math.PI / 2, [1, 0, 0]), axis: [0, -1, 0], spheres: [[0, 0.05, 0.05, 0.03]] },
    {
      parent: 5,
      origin: poseAt(0, 0.03, 0.02),
      axis: [1, 0, 0],
      mimic: { joint: 5, multiplier: -0.5, offset: 0.3 },
      spheres: [[0, 0, 0.06, 0.02]],
    },
    {
      origin: poseAt(0, 0, 0.05, Math.PI, [1, 0, 0]),
      type: 'continuous',
      spheres: [[0.03, 0, -0.05, 0.025]],
      limits: { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY },
    },
  ],
  [[0, 0, 0.05, 0.1]],
);

/** A configuration within the limits, uniform; of a joint without limits within half a turn. */
export function randomConfiguration(model: RobotModel, random: Random): Float64Array {
  return Float64Array.from(model.active, (j) => {
    const { lower, upper } = model.joints[j].limits as JointLimits;
    if (!Number.isFinite(lower)) return (2 * random() - 1) * Math.PI;
    return lower + random() * (upper - lower);
  });
}

/** A closed box as twelve triangles. */
export function boxMesh(hx: number, hy: number, hz: number): TriangleMesh {
  const vertices = Float32Array.from({ length: 24 }, (_, i) => {
    const corner = Math.floor(i / 3);
    return [corner & 1 ? hx : -hx, corner & 2 ? hy : -hy, corner & 4 ? hz : -hz][i % 3];
  });
  const quads = [
    [0, 2, 3, 1],
    [4, 5, 7, 6],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 4, 6, 2],
    [1, 3, 7, 5],
  ];
  return { vertices, triangles: Uint32Array.from(quads.flatMap(([a, b, c, d]) => [a, b, c, a, c, d])) };
}
