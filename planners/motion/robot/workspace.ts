import type { RobotModel } from '../../../engine/core/robot.ts';

/**
 * What a robot's forward kinematics fills: preallocated, changed by {@link setConfiguration}; the model stays as it is.
 */
export interface RobotWorkspace {
  readonly model: RobotModel;
  /** Position of every joint of the model, fixed and mimicking ones included [rad or m]. */
  readonly jointPositions: Float64Array;
  /** For each link a column-major 4 x 4 from the link's frame to the base frame: [links][16]. */
  readonly linkPoses: Float64Array;
}

export function createWorkspace(model: RobotModel): RobotWorkspace {
  const linkPoses = new Float64Array(16 * model.links.length);
  linkPoses[0] = linkPoses[5] = linkPoses[10] = linkPoses[15] = 1;
  return { model, jointPositions: new Float64Array(model.joints.length), linkPoses };
}

/**
 * Forward kinematics: poses of all links at the configuration `q` ([active joints], from `offset` on). float64, no
 * allocation.
 */
export function setConfiguration(space: RobotWorkspace, q: ArrayLike<number>, offset = 0): void {
  const { model, jointPositions, linkPoses } = space;
  const { active, joints } = model;
  for (let i = 0; i < active.length; i++) jointPositions[active[i]] = q[offset + i];
  for (let j = 0; j < joints.length; j++) {
    const joint = joints[j];
    const { mimic } = joint;
    if (mimic !== undefined) {
      jointPositions[j] = mimic.multiplier * jointPositions[mimic.joint] + mimic.offset;
    }
    composeJoint(linkPoses, 16 * joint.parent, joint.origin, linkPoses, 16 * joint.child);
    const position = jointPositions[j];
    if (joint.type === 'prismatic') slide(linkPoses, 16 * joint.child, joint.axis, position);
    else if (joint.type !== 'fixed') turn(linkPoses, 16 * joint.child, joint.axis, position);
  }
}

/** out = a * b, rigid transforms, column-major. */
function composeJoint(a: Float64Array, ia: number, b: Float64Array, out: Float64Array, io: number): void {
  for (let c = 0; c < 4; c++) {
    const x = b[4 * c];
    const y = b[4 * c + 1];
    const z = b[4 * c + 2];
    for (let r = 0; r < 3; r++) {
      out[io + 4 * c + r] = a[ia + r] * x + a[ia + 4 + r] * y + a[ia + 8 + r] * z + (c === 3 ? a[ia + 12 + r] : 0);
    }
    out[io + 4 * c + 3] = c === 3 ? 1 : 0;
  }
}

function slide(t: Float64Array, i: number, axis: readonly number[], distance: number): void {
  for (let r = 0; r < 3; r++) {
    t[i + 12 + r] += distance * (t[i + r] * axis[0] + t[i + 4 + r] * axis[1] + t[i + 8 + r] * axis[2]);
  }
}

/** t = t * R(axis, angle), by Rodrigues' formula. */
function turn(t: Float64Array, i: number, axis: readonly number[], angle: number): void {
  const s = Math.sin(angle);
  const c = Math.cos(angle);
  const v = 1 - c;
  const [x, y, z] = axis;
  const xx = v * x * x + c;
  const yy = v * y * y + c;
  const zz = v * z * z + c;
  const xy = v * x * y;
  const xz = v * x * z;
  const yz = v * y * z;
  for (let r = 0; r < 3; r++) {
    const a = t[i + r];
    const b = t[i + 4 + r];
    const d = t[i + 8 + r];
    t[i + r] = a * xx + b * (xy + s * z) + d * (xz - s * y);
    t[i + 4 + r] = a * (xy - s * z) + b * yy + d * (yz + s * x);
    t[i + 8 + r] = a * (xz + s * y) + b * (yz - s * x) + d * zz;
  }
}

/** Where a point of a link [m, link frame] lies in the base frame [m]; written to `out`. */
export function pointOf(space: RobotWorkspace, link: number, point: ArrayLike<number>, out: Float64Array): void {
  const t = space.linkPoses;
  const i = 16 * link;
  for (let r = 0; r < 3; r++) {
    out[r] = t[i + r] * point[0] + t[i + 4 + r] * point[1] + t[i + 8 + r] * point[2] + t[i + 12 + r];
  }
}

/**
 * Geometric Jacobian of a point of a link [m, link frame] at the present configuration: column c holds how the point moves
 * (rows 0 to 2, m per unit of joint c) and how the link turns (rows 3 to 5, rad per unit), in the base frame.
 *
 * @param out [6][active joints], row by row
 */
export function geometricJacobian(
  space: RobotWorkspace,
  link: number,
  point: ArrayLike<number>,
  out: Float64Array,
): void {
  const { model, linkPoses: t } = space;
  const n = model.active.length;
  out.fill(0);
  const base = 16 * link;
  const p0 = t[base] * point[0] + t[base + 4] * point[1] + t[base + 8] * point[2] + t[base + 12];
  const p1 = t[base + 1] * point[0] + t[base + 5] * point[1] + t[base + 9] * point[2] + t[base + 13];
  const p2 = t[base + 2] * point[0] + t[base + 6] * point[1] + t[base + 10] * point[2] + t[base + 14];
  let at = link;
  // From the link to the root: only the joints on the way move it.
  for (let j = model.joints.length - 1; j >= 0; j--) {
    const joint = model.joints[j];
    if (joint.child !== at) continue;
    at = joint.parent;
    if (joint.type === 'fixed') continue;
    let scale = 1;
    let mover = j;
    for (let m = joint.mimic; m !== undefined; m = model.joints[mover].mimic) {
      scale *= m.multiplier;
      mover = m.joint;
    }
    const column = model.active.indexOf(mover);
    if (column < 0) continue;
    const i = 16 * joint.child;
    const [ax, ay, az] = joint.axis;
    const x = scale * (t[i] * ax + t[i + 4] * ay + t[i + 8] * az);
    const y = scale * (t[i + 1] * ax + t[i + 5] * ay + t[i + 9] * az);
    const z = scale * (t[i + 2] * ax + t[i + 6] * ay + t[i + 10] * az);
    if (joint.type === 'prismatic') {
      out[column] += x;
      out[n + column] += y;
      out[2 * n + column] += z;
      continue;
    }
    const dx = p0 - t[i + 12];
    const dy = p1 - t[i + 13];
    const dz = p2 - t[i + 14];
    out[column] += y * dz - z * dy;
    out[n + column] += z * dx - x * dz;
    out[2 * n + column] += x * dy - y * dx;
    out[3 * n + column] += x;
    out[4 * n + column] += y;
    out[5 * n + column] += z;
  }
}
