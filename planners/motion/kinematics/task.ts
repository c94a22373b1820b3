import { chainForward, chainJacobian, type KinematicChain } from './chain.ts';
import type { Constraint } from './constraint.ts';

/** What of the target pose counts: all of it, the position alone, or the position and the direction of one tool axis. */
export type IkTask = 'pose' | 'position' | 'axis';

/**
 * A task on a chain. Rows 0 to 2 of the error are position [m] over `lengthM`, rows 3 to 5 angles [rad], so that both weigh
 * alike; a sliding joint counts in units of `lengthM` too.
 */
export interface TaskSpace extends Constraint {
  readonly chain: KinematicChain;
  readonly task: IkTask;
  readonly lengthM: number;
  /** Unit vector in the tip frame, for the task `axis`. */
  readonly toolAxis: readonly [number, number, number];
  /** Wanted pose of the tip: column-major 4 x 4 to base. For the task `axis` column 2 is the wanted direction. */
  readonly target: Float64Array;
}

export interface TaskTolerance {
  readonly positionToleranceM: number;
  readonly angleToleranceRad: number;
}

export function createTaskSpace(
  chain: KinematicChain,
  task: IkTask,
  toolAxis: readonly [number, number, number],
  { positionToleranceM, angleToleranceRad }: TaskTolerance,
): TaskSpace {
  const lengthM = characteristicLengthM(chain);
  const space: TaskSpace = {
    chain,
    task,
    lengthM,
    toolAxis,
    target: new Float64Array(16),
    dofs: chain.dofs,
    rows: task === 'position' ? 3 : 6,
    lower: chain.lower,
    upper: chain.upper,
    unit: jointUnits(chain, lengthM),
    error: new Float64Array(6),
    jacobian: new Float64Array(6 * chain.dofs),
    evaluate: (x) => taskError(space, x),
    differentiate: () => taskJacobian(space),
    isMet: () => positionErrorM(space) <= positionToleranceM && angleErrorRad(space) <= angleToleranceRad,
  };
  return space;
}

/** The length that weighs as much as one radian: a quarter of the arm's. */
export function characteristicLengthM({ reachM }: KinematicChain): number {
  return Math.max(0.02, (Number.isFinite(reachM) ? reachM : 1) / 4);
}

/** [dofs] one radian, or the characteristic length where a joint slides. */
export function jointUnits({ dofs, length, slides, dof }: KinematicChain, lengthM: number): Float64Array {
  const unit = new Float64Array(dofs).fill(1);
  for (let k = 0; k < length; k++) if (slides[k]) unit[dof[k]] = lengthM;
  return unit;
}

/** Forward kinematics at `x` [dofs] and the error there; returns half its squared length. */
function taskError(space: TaskSpace, x: Float64Array): number {
  const { chain, task, error, target, lengthM } = space;
  chainForward(chain, x);
  const pose = chain.pose;
  error[0] = (target[12] - pose[12]) / lengthM;
  error[1] = (target[13] - pose[13]) / lengthM;
  error[2] = (target[14] - pose[14]) / lengthM;
  let sum = error[0] * error[0] + error[1] * error[1] + error[2] * error[2];
  if (task !== 'position') {
    if (task === 'pose') rotationError(pose, target, error);
    else axisError(space, error);
    sum += error[3] * error[3] + error[4] * error[4] + error[5] * error[5];
  }
  return sum / 2;
}

/** How far the last evaluated configuration is from the target [m]. */
export function positionErrorM({ error, lengthM }: TaskSpace): number {
  return lengthM * Math.sqrt(error[0] * error[0] + error[1] * error[1] + error[2] * error[2]);
}

/** How far it is turned away from the target [rad]; 0 for the task `position`. */
export function angleErrorRad({ error, rows }: TaskSpace): number {
  return rows === 3 ? 0 : Math.sqrt(error[3] * error[3] + error[4] * error[4] + error[5] * error[5]);
}

/** The Jacobian of the task at the configuration that {@link taskError} saw last, by unknowns in their units. */
function taskJacobian(space: TaskSpace): void {
  const { chain, task, lengthM, jacobian: j, unit } = space;
  const { dofs: n, pose } = chain;
  chainJacobian(chain, pose[12], pose[13], pose[14], j);
  for (let c = 0; c < n; c++) {
    const scale = unit[c] / lengthM;
    j[c] *= scale;
    j[n + c] *= scale;
    j[2 * n + c] *= scale;
  }
  if (task !== 'axis') return;
  // Turning about the axis itself does not count.
  const [ax, ay, az] = space.toolAxis;
  const x = pose[0] * ax + pose[4] * ay + pose[8] * az;
  const y = pose[1] * ax + pose[5] * ay + pose[9] * az;
  const z = pose[2] * ax + pose[6] * ay + pose[10] * az;
  for (let c = 0; c < n; c++) {
    const along = x * j[3 * n + c] + y * j[4 * n + c] + z * j[5 * n + c];
    j[3 * n + c] -= along * x;
    j[4 * n + c] -= along * y;
    j[5 * n + c] -= along * z;
  }
}

/** The rotation vector that turns the pose into the target, base frame, into error[3..5]. */
function rotationError(pose: Float64Array, target: Float64Array, error: Float64Array): void {
  const xx = across(target, 0, pose, 0);
  const yy = across(target, 1, pose, 1);
  const zz = across(target, 2, pose, 2);
  const vx = (across(target, 2, pose, 1) - across(target, 1, pose, 2)) / 2;
  const vy = (across(target, 0, pose, 2) - across(target, 2, pose, 0)) / 2;
  const vz = (across(target, 1, pose, 0) - across(target, 0, pose, 1)) / 2;
  const sin = Math.sqrt(vx * vx + vy * vy + vz * vz);
  const cos = (xx + yy + zz - 1) / 2;
  const angle = Math.atan2(sin, cos);
  if (sin > 1e-7 || cos > 0) {
    const scale = sin > 1e-12 ? angle / sin : 1;
    error[3] = scale * vx;
    error[4] = scale * vy;
    error[5] = scale * vz;
    return;
  }
  // Half a turn: the axis is where the diagonal is largest.
  const k = xx >= yy && xx >= zz ? 0 : yy >= zz ? 1 : 2;
  const head = Math.sqrt(Math.max(0, (across(target, k, pose, k) + 1) / 2));
  for (let r = 0; r < 3; r++) {
    const mixed = across(target, r, pose, k) + across(target, k, pose, r);
    error[3 + r] = angle * (r === k ? head : mixed / (4 * head));
  }
}

/** Element (r, c) of A B' of two rotations. */
function across(a: Float64Array, r: number, b: Float64Array, c: number): number {
  return a[r] * b[c] + a[4 + r] * b[4 + c] + a[8 + r] * b[8 + c];
}

/** The shortest rotation vector that turns the tool axis into the wanted direction, base frame, into error[3..5]. */
function axisError({ chain: { pose }, toolAxis, target }: TaskSpace, error: Float64Array): void {
  const [ax, ay, az] = toolAxis;
  const x = pose[0] * ax + pose[4] * ay + pose[8] * az;
  const y = pose[1] * ax + pose[5] * ay + pose[9] * az;
  const z = pose[2] * ax + pose[6] * ay + pose[10] * az;
  let wx = y * target[10] - z * target[9];
  let wy = z * target[8] - x * target[10];
  let wz = x * target[9] - y * target[8];
  const cos = x * target[8] + y * target[9] + z * target[10];
  const sin = Math.sqrt(wx * wx + wy * wy + wz * wz);
  let scale = sin > 1e-12 ? Math.atan2(sin, cos) / sin : 1;
  if (sin <= 1e-12 && cos < 0) {
    // Opposite: any perpendicular axis will do.
    wx = Math.abs(x) < 0.9 ? 0 : -z;
    wy = Math.abs(x) < 0.9 ? z : 0;
    wz = Math.abs(x) < 0.9 ? -y : x;
    scale = Math.PI / Math.sqrt(wx * wx + wy * wy + wz * wz);
  }
  error[3] = scale * wx;
  error[4] = scale * wy;
  error[5] = scale * wz;
}
