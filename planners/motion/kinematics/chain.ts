import { inputError } from '../../../engine/core/errors.ts';
import type { Transform } from '../../../engine/core/frames.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';

/**
 * The joints between the root of a robot and a tip frame on one of its links, compiled: fixed joints are folded away and
 * every remaining joint turns about, or slides along, its own local z. {@link chainForward} fills what lies under
 * "at the present configuration".
 */
export interface KinematicChain {
  readonly model: RobotModel;
  /** Moving joints on the way, mimicking ones included. */
  readonly length: number;
  /** Number of active joints that move the tip. */
  readonly dofs: number;
  /** [dofs] for each of them its index in q. */
  readonly columns: Int32Array;
  /** [length][12] rotation (column-major, 9) and translation from a joint's frame to the previous joint's. */
  readonly fixed: Float64Array;
  /** [12] from the tip to the last joint's frame. */
  readonly tip: Float64Array;
  /** [length] 1 for a prismatic joint. */
  readonly slides: Uint8Array;
  /** [length] which of the `dofs` moves it; its position is scale * q + offset. */
  readonly dof: Int32Array;
  readonly scale: Float64Array;
  readonly offset: Float64Array;
  /** [dofs] limits of the active joints; infinite where a joint is continuous. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** [m] no point of the tip is farther from the first joint's origin; infinite where a sliding joint is unlimited. */
  readonly reachM: number;
  /** At the present configuration, in the base frame: [length][3] axis and [length][3] origin of each joint. */
  readonly axes: Float64Array;
  readonly origins: Float64Array;
  /** At the present configuration: tip to base, column-major 4 x 4. */
  readonly pose: Transform;
}

interface Step {
  fixed: Float64Array;
  joint: number;
}

/**
 * Compiles the chain from the root to `tip`, a frame given in the frame of link `link`.
 *
 * @throws IsocenterError `kinematics/link` for a link that the robot does not have, `kinematics/fixed-link` where no joint
 * moves it
 */
export function createChain(model: RobotModel, link: number, tip?: Transform): KinematicChain {
  if (model.links[link] === undefined) {
    throw inputError(
      'kinematics/link',
      `${model.name} has no link number ${link}`,
      `it has ${model.links.length} links`,
    );
  }
  const path: number[] = [];
  for (let at = link, j = model.joints.length - 1; j >= 0; j--) {
    if (model.joints[j].child !== at) continue;
    path.unshift(j);
    at = model.joints[j].parent;
  }
  const steps: Step[] = [];
  let pending: Float64Array = unit();
  for (const j of path) {
    const joint = model.joints[j];
    pending = times(pending, fromTransform(joint.origin));
    if (joint.type === 'fixed') continue;
    const align = rotationTaking(joint.axis);
    steps.push({ fixed: times(pending, align), joint: j });
    pending = transposed(align);
  }
  if (steps.length === 0) {
    throw inputError(
      'kinematics/fixed-link',
      `no joint moves link ${model.links[link].name} of ${model.name}`,
      'choose a link further out',
    );
  }
  return assemble(model, steps, tip === undefined ? pending : times(pending, fromTransform(tip)));
}

function assemble(model: RobotModel, steps: readonly Step[], tip: Float64Array): KinematicChain {
  const length = steps.length;
  const scale = new Float64Array(length).fill(1);
  const offset = new Float64Array(length);
  const column = steps.map(({ joint }, k) => {
    let mover = joint;
    for (let m = model.joints[mover].mimic; m !== undefined; m = model.joints[mover].mimic) {
      offset[k] += scale[k] * m.offset;
      scale[k] *= m.multiplier;
      mover = m.joint;
    }
    return model.active.indexOf(mover);
  });
  const columns = Int32Array.from([...new Set(column)].sort((a, b) => a - b));
  const limits = Array.from(columns, (c) => model.joints[model.active[c]].limits);
  const lower = Float64Array.from(limits, (l) => l?.lower ?? Number.NEGATIVE_INFINITY);
  const upper = Float64Array.from(limits, (l) => l?.upper ?? Number.POSITIVE_INFINITY);
  const dof = Int32Array.from(column, (c) => columns.indexOf(c));
  const slides = Uint8Array.from(steps, ({ joint }) => (model.joints[joint].type === 'prismatic' ? 1 : 0));
  let reachM = Math.hypot(tip[9], tip[10], tip[11]);
  for (let k = 0; k < length; k++) {
    if (k > 0) reachM += Math.hypot(steps[k].fixed[9], steps[k].fixed[10], steps[k].fixed[11]);
    if (slides[k]) {
      const ends = [lower[dof[k]], upper[dof[k]]].map((q) => Math.abs(scale[k] * q + offset[k]));
      reachM += Math.max(...ends);
    }
  }
  const pose = new Float64Array(16);
  pose[15] = 1;
  return {
    model,
    length,
    dofs: columns.length,
    columns,
    fixed: Float64Array.from(steps.flatMap((step) => [...step.fixed])),
    tip,
    slides,
    dof,
    scale,
    offset,
    lower,
    upper,
    reachM,
    axes: new Float64Array(3 * length),
    origins: new Float64Array(3 * length),
    pose,
  };
}

/**
 * Forward kinematics of the chain at `x` ([dofs], the active joints that move it): fills `axes`, `origins` and `pose`.
 * float64, no allocation.
 */
export function chainForward(chain: KinematicChain, x: Float64Array): void {
  const { length, fixed, tip, slides, dof, scale, offset, axes, origins, pose } = chain;
  let r0 = 1;
  let r1 = 0;
  let r2 = 0;
  let r3 = 0;
  let r4 = 1;
  let r5 = 0;
  let r6 = 0;
  let r7 = 0;
  let r8 = 1;
  let px = 0;
  let py = 0;
  let pz = 0;
  for (let k = 0; k <= length; k++) {
    const f = k < length ? fixed : tip;
    const i = k < length ? 12 * k : 0;
    const tx = f[i + 9];
    const ty = f[i + 10];
    const tz = f[i + 11];
    px += r0 * tx + r3 * ty + r6 * tz;
    py += r1 * tx + r4 * ty + r7 * tz;
    pz += r2 * tx + r5 * ty + r8 * tz;
    // The new columns of the rotation, before the joint moves.
    const ax = r0 * f[i] + r3 * f[i + 1] + r6 * f[i + 2];
    const ay = r1 * f[i] + r4 * f[i + 1] + r7 * f[i + 2];
    const az = r2 * f[i] + r5 * f[i + 1] + r8 * f[i + 2];
    const bx = r0 * f[i + 3] + r3 * f[i + 4] + r6 * f[i + 5];
    const by = r1 * f[i + 3] + r4 * f[i + 4] + r7 * f[i + 5];
    const bz = r2 * f[i + 3] + r5 * f[i + 4] + r8 * f[i + 5];
    const cx = r0 * f[i + 6] + r3 * f[i + 7] + r6 * f[i + 8];
    const cy = r1 * f[i + 6] + r4 * f[i + 7] + r7 * f[i + 8];
    const cz = r2 * f[i + 6] + r5 * f[i + 7] + r8 * f[i + 8];
    r6 = cx;
    r7 = cy;
    r8 = cz;
    let s = 0;
    let c = 1;
    if (k < length) {
      const position = scale[k] * x[dof[k]] + offset[k];
      axes[3 * k] = cx;
      axes[3 * k + 1] = cy;
      axes[3 * k + 2] = cz;
      origins[3 * k] = px;
      origins[3 * k + 1] = py;
      origins[3 * k + 2] = pz;
      if (slides[k]) {
        px += position * cx;
        py += position * cy;
        pz += position * cz;
      } else {
        s = Math.sin(position);
        c = Math.cos(position);
      }
    }
    r0 = c * ax + s * bx;
    r1 = c * ay + s * by;
    r2 = c * az + s * bz;
    r3 = c * bx - s * ax;
    r4 = c * by - s * ay;
    r5 = c * bz - s * az;
  }
  pose[0] = r0;
  pose[1] = r1;
  pose[2] = r2;
  pose[4] = r3;
  pose[5] = r4;
  pose[6] = r5;
  pose[8] = r6;
  pose[9] = r7;
  pose[10] = r8;
  pose[12] = px;
  pose[13] = py;
  pose[14] = pz;
}

/**
 * Geometric Jacobian at the present configuration of the point (x, y, z) [m, base frame] carried by the tip: row r of
 * [6][dofs] is how the point moves along base axis r (0 to 2) and how the tip turns about it (3 to 5).
 */
export function chainJacobian(chain: KinematicChain, x: number, y: number, z: number, out: Float64Array): void {
  const { length, dofs: n, axes, origins, slides, dof, scale } = chain;
  out.fill(0, 0, 6 * n);
  for (let k = 0; k < length; k++) {
    const c = dof[k];
    const ax = scale[k] * axes[3 * k];
    const ay = scale[k] * axes[3 * k + 1];
    const az = scale[k] * axes[3 * k + 2];
    if (slides[k]) {
      out[c] += ax;
      out[n + c] += ay;
      out[2 * n + c] += az;
      continue;
    }
    const dx = x - origins[3 * k];
    const dy = y - origins[3 * k + 1];
    const dz = z - origins[3 * k + 2];
    out[c] += ay * dz - az * dy;
    out[n + c] += az * dx - ax * dz;
    out[2 * n + c] += ax * dy - ay * dx;
    out[3 * n + c] += ax;
    out[4 * n + c] += ay;
    out[5 * n + c] += az;
  }
}

// Rotation (column-major, 9) and translation (3) in one array of 12.

function unit(): Float64Array {
  return Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0);
}

function fromTransform(t: Transform): Float64Array {
  return Float64Array.of(t[0], t[1], t[2], t[4], t[5], t[6], t[8], t[9], t[10], t[12], t[13], t[14]);
}

function times(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(12);
  for (let c = 0; c < 4; c++) {
    for (let r = 0; r < 3; r++) {
      out[3 * c + r] = a[r] * b[3 * c] + a[3 + r] * b[3 * c + 1] + a[6 + r] * b[3 * c + 2] + (c === 3 ? a[9 + r] : 0);
    }
  }
  return out;
}

/** The inverse of a pure rotation. */
function transposed(a: Float64Array): Float64Array {
  return Float64Array.of(a[0], a[3], a[6], a[1], a[4], a[7], a[2], a[5], a[8], 0, 0, 0);
}

/** A rotation that takes z to the unit vector `axis`; exact where the axis is a coordinate axis. */
function rotationTaking(axis: readonly number[]): Float64Array {
  const [x, y, z] = axis;
  if (x === 0 && y === 0 && z > 0) return unit();
  // First column: the coordinate axis least along `axis`, made perpendicular to it.
  const least = Math.abs(x) <= Math.abs(y) && Math.abs(x) <= Math.abs(z) ? 0 : Math.abs(y) <= Math.abs(z) ? 1 : 2;
  const u = [0, 1, 2].map((r) => (r === least ? 1 : 0) - axis[least] * axis[r]);
  const norm = Math.hypot(u[0], u[1], u[2]);
  const [a, b, c] = u.map((value) => value / norm);
  return Float64Array.of(a, b, c, y * c - z * b, z * a - x * c, x * b - y * a, x, y, z, 0, 0, 0);
}
