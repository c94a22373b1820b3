import type { Transform } from './frames.ts';
import type { Vec3 } from './grid.ts';

/** Triangles of a mesh: three vertices each, counter-clockwise from outside where the file keeps to that. */
export interface TriangleMesh {
  /** x, y, z of each vertex; times the `scale` of its shape, [m] in the shape's frame. */
  readonly vertices: Float32Array;
  /** Three vertex numbers a triangle. */
  readonly triangles: Uint32Array;
  /** Red, green, blue of each vertex, 0 to 1 (sRGB), where the file has them. */
  readonly colors?: Float32Array;
  /** Unit normal of each vertex, where they have been made. */
  readonly normals?: Float32Array;
}

/**
 * A solid in its own frame, centred on the origin; cylinders and capsules stand along z. A capsule's length is that of its
 * cylindrical part. A mesh's `scale` carries the vertices of `mesh`, or those of the file `uri` where `mesh` is left out, to
 * metres; the reader of URDF applies it to the meshes that it loads, whose scale is 1 then.
 */
export type Shape =
  | { readonly kind: 'box'; readonly sizeM: Vec3 }
  | { readonly kind: 'sphere'; readonly radiusM: number }
  | { readonly kind: 'cylinder'; readonly radiusM: number; readonly lengthM: number }
  | { readonly kind: 'capsule'; readonly radiusM: number; readonly lengthM: number }
  | { readonly kind: 'mesh'; readonly uri: string; readonly scale: Vec3; readonly mesh?: TriangleMesh };

/** A solid and where it is: `pose` carries a point of the shape's frame to the frame of what holds it. */
export interface PlacedShape {
  readonly shape: Shape;
  readonly pose: Transform;
  /** Red, green, blue, opacity, 0 to 1 (sRGB), of what is only seen. */
  readonly color?: readonly [number, number, number, number];
}

export interface Inertial {
  readonly massKg: number;
  /** Frame of the inertia in the link: origin at the centre of mass. */
  readonly pose: Transform;
  /** ixx, ixy, ixz, iyy, iyz, izz [kg m^2]. */
  readonly inertia: readonly [number, number, number, number, number, number];
}

export interface RobotLink {
  readonly name: string;
  readonly visual: readonly PlacedShape[];
  readonly collision: readonly PlacedShape[];
  readonly inertial?: Inertial;
}

export type JointType = 'revolute' | 'continuous' | 'prismatic' | 'fixed';

/** Limits of a joint [rad or m, and per s, s^2, s^3]. A continuous joint has infinite `lower` and `upper`. */
export interface JointLimits {
  readonly lower: number;
  readonly upper: number;
  readonly velocity: number;
  readonly acceleration: number;
  readonly jerk: number;
  /** [N m or N] */
  readonly effort: number;
}

export interface RobotJoint {
  readonly name: string;
  readonly type: JointType;
  /** Index of the link that it hangs on. */
  readonly parent: number;
  /** Index of the link that it carries. */
  readonly child: number;
  /** From the joint frame, at position zero, to the parent link's frame. */
  readonly origin: Transform;
  /** Unit vector in the joint frame: it turns about it or slides along it. */
  readonly axis: Vec3;
  /** Of a joint that moves. */
  readonly limits?: JointLimits;
  /** Follows another joint: position = multiplier * position of joints[joint] + offset. */
  readonly mimic?: { readonly joint: number; readonly multiplier: number; readonly offset: number };
}

/** Spheres that cover the robot: for sphere s, its link, centre [m, link frame] and radius [m]. */
export interface CollisionSpheres {
  readonly link: Uint16Array;
  /** x, y, z, radius of each sphere [m, link frame]. */
  readonly sphere: Float64Array;
}

/**
 * A robot: a tree of links, immutable. SI and ROS REP-103 (m, rad, s, N). A configuration q holds the positions of the
 * `active` joints in their order; all others are fixed or follow one of them.
 */
export interface RobotModel {
  readonly name: string;
  /** Link 0 is the root: the base frame. */
  readonly links: readonly RobotLink[];
  /** Every joint after the one that its parent link hangs on; joint j carries a link that no other joint carries. */
  readonly joints: readonly RobotJoint[];
  /** Indices into `joints` of the joints that q moves: neither fixed nor mimicking. */
  readonly active: readonly number[];
  readonly spheres: CollisionSpheres;
  /** Pairs of links, lower index first, that are never checked against each other, packed as a * links.length + b. */
  readonly ignoredPairs: ReadonlySet<number>;
}

/** Limits of the active joints, in the order of q. */
export function activeLimits(model: RobotModel): JointLimits[] {
  return model.active.map((j) => model.joints[j].limits as JointLimits);
}

/** Names of the active joints, in the order of q. */
export function activeNames(model: RobotModel): string[] {
  return model.active.map((j) => model.joints[j].name);
}
