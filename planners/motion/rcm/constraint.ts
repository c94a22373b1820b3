import { chainJacobian } from '../kinematics/chain.ts';
import type { Constraint } from '../kinematics/constraint.ts';
import { insertionM, type Shaft, setShaft, shaftJacobian } from './shaft.ts';

/** What is asked besides the trocar: nothing, how deep the shaft is in it, the tip's place, or also how the tool is rolled about its shaft. */
export type RcmTask = 'trocar' | 'depth' | 'tip' | 'tip-roll';

const ROWS: Readonly<Record<RcmTask, number>> = { trocar: 2, depth: 3, tip: 5, 'tip-roll': 6 };

export interface RcmTolerance {
  /** Largest remote-centre error [m]. */
  readonly rcmToleranceM: number;
  /** Largest error of the tip [m] and of the roll [rad]. */
  readonly tipToleranceM: number;
  readonly rollToleranceRad: number;
  /** Least length of shaft that stays through the trocar, and on the near side of it [m]. */
  readonly insertionM: number;
  readonly outsideM: number;
}

/**
 * The remote centre of motion as equations on the joints: the trocar on the shaft's line (rows 0 and 1), at its place on the shaft
 * (2), or the tip at its target (2 to 4) and the roll (5), all over the shaft's characteristic length or in radians. It is met only where the trocar
 * also sits on the shaft, at least `outsideM` from its beginning and `insertionM` from its end.
 */
export interface RcmConstraint extends Constraint {
  readonly shaft: Shaft;
  readonly task: RcmTask;
  /** Wanted place of the trocar along the shaft, from its beginning [m]. */
  placeM: number;
  /** Wanted tip [m, base frame]. */
  readonly tip: Float64Array;
  /** Wanted direction of the tool frame's x [base frame]; what of it lies along the shaft does not count. */
  readonly roll: Float64Array;
}

/** @param limits [dofs] of the joints; those of the robot where they are left out */
export function createRcmConstraint(
  shaft: Shaft,
  task: RcmTask,
  tolerance: RcmTolerance,
  limits: { readonly lower: Float64Array; readonly upper: Float64Array } = shaft.chain,
): RcmConstraint {
  const { chain, unit } = shaft;
  const point = new Float64Array(6 * chain.dofs);
  const constraint: RcmConstraint = {
    shaft,
    task,
    placeM: 0,
    tip: new Float64Array(3),
    roll: Float64Array.of(1, 0, 0),
    dofs: chain.dofs,
    rows: ROWS[task],
    lower: limits.lower,
    upper: limits.upper,
    unit,
    error: new Float64Array(6),
    jacobian: new Float64Array(6 * chain.dofs),
    evaluate: (x) => rcmEquations(constraint, x),
    differentiate: () => rcmDerivatives(constraint, point),
    isMet: () => isMet(constraint, tolerance),
  };
  return constraint;
}

function rcmEquations({ shaft, task, placeM, tip, roll, error }: RcmConstraint, x: Float64Array): number {
  setShaft(shaft, x);
  const { local, tipBase, lengthM, chain } = shaft;
  error[0] = local[0] / lengthM;
  error[1] = local[1] / lengthM;
  let sum = error[0] * error[0] + error[1] * error[1];
  if (task === 'depth') {
    error[2] = (local[2] - placeM) / lengthM;
    return (sum + error[2] * error[2]) / 2;
  }
  if (task !== 'trocar') {
    for (let r = 0; r < 3; r++) {
      error[2 + r] = (tip[r] - tipBase[r]) / lengthM;
      sum += error[2 + r] * error[2 + r];
    }
  }
  if (task === 'tip-roll') {
    const p = chain.pose;
    const rx = p[0] * roll[0] + p[1] * roll[1] + p[2] * roll[2];
    const ry = p[4] * roll[0] + p[5] * roll[1] + p[6] * roll[2];
    error[5] = Math.atan2(ry, rx);
    sum += error[5] * error[5];
  }
  return sum / 2;
}

function rcmDerivatives({ shaft, task, roll, jacobian: j }: RcmConstraint, point: Float64Array): void {
  const { chain, unit, lengthM, tipBase } = shaft;
  const { dofs: n, pose: p } = chain;
  const rows = task === 'depth' ? 3 : 2;
  shaftJacobian(shaft, j, rows);
  for (let i = 0; i < rows * n; i++) j[i] /= lengthM;
  if (task === 'trocar' || task === 'depth') return;
  chainJacobian(chain, tipBase[0], tipBase[1], tipBase[2], point);
  for (let r = 0; r < 3; r++) {
    for (let c = 0; c < n; c++) j[(2 + r) * n + c] = (point[r * n + c] * unit[c]) / lengthM;
  }
  if (task === 'tip') return;
  // The wanted direction in the tool frame turns against the tool: d atan2(ry, rx) = -wz + rz (wx rx + wy ry) / (rx^2 + ry^2).
  const rx = p[0] * roll[0] + p[1] * roll[1] + p[2] * roll[2];
  const ry = p[4] * roll[0] + p[5] * roll[1] + p[6] * roll[2];
  const rz = p[8] * roll[0] + p[9] * roll[1] + p[10] * roll[2];
  const flat = Math.max(1e-12, rx * rx + ry * ry);
  for (let c = 0; c < n; c++) {
    const ox = point[3 * n + c];
    const oy = point[4 * n + c];
    const oz = point[5 * n + c];
    const wx = p[0] * ox + p[1] * oy + p[2] * oz;
    const wy = p[4] * ox + p[5] * oy + p[6] * oz;
    const wz = p[8] * ox + p[9] * oy + p[10] * oz;
    j[5 * n + c] = unit[c] * (wz - (rz * (wx * rx + wy * ry)) / flat);
  }
}

function isMet({ shaft, task, error }: RcmConstraint, t: RcmTolerance): boolean {
  const { local, lengthM } = shaft;
  if (!(Math.sqrt(local[0] * local[0] + local[1] * local[1]) <= t.rcmToleranceM)) return false;
  if (!(local[2] >= t.outsideM && insertionM(shaft) >= t.insertionM)) return false;
  if (task === 'trocar') return true;
  if (task === 'depth') return Math.abs(lengthM * error[2]) <= t.tipToleranceM;
  const tip = lengthM * Math.sqrt(error[2] * error[2] + error[3] * error[3] + error[4] * error[4]);
  if (!(tip <= t.tipToleranceM)) return false;
  return task === 'tip' || Math.abs(error[5]) <= t.rollToleranceRad;
}
