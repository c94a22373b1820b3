import { chainJacobian } from '../kinematics/chain.ts';
import { choleskySolve } from '../kinematics/cholesky.ts';
import { type Shaft, setShaft, shaftErrorM, shaftJacobian } from './shaft.ts';

/** Both rows of the trocar and all of the tip are met. */
export const RCM_VELOCITY_MET = 0;
/** A velocity limit slows all joints down alike, or a position limit stops one. */
export const RCM_VELOCITY_SLOWED = 1;
/** Near a singular configuration the motion asked for is not met. */
export const RCM_VELOCITY_SINGULAR = 2;
/** A value is not finite; all velocities are zero. */
export const RCM_VELOCITY_BAD_INPUT = 3;

/** What a cycle of {@link rcmVelocity} needs, preallocated. */
export interface RcmServo {
  readonly shaft: Shaft;
  /** [1/s] how fast errors of the trocar and of the tip are taken back. */
  readonly gainPerSec: number;
  /** [dofs] the result [rad/s or m/s], joints of the chain. */
  readonly velocity: Float64Array;
  /** Distance of the trocar from the shaft at the configuration given [m]. */
  readonly state: { rcmErrorM: number };
  readonly limits: Float64Array;
  readonly rows: Float64Array;
  readonly point: Float64Array;
  readonly wanted: Float64Array;
  readonly gram: Float64Array;
  readonly multiplier: Float64Array;
}

export function createRcmServo(shaft: Shaft, gainPerSec = 20): RcmServo {
  const { chain, model } = shaft;
  const n = chain.dofs;
  return {
    shaft,
    gainPerSec,
    velocity: new Float64Array(n),
    state: { rcmErrorM: 0 },
    limits: Float64Array.from(
      chain.columns,
      (c) => model.joints[model.active[c]].limits?.velocity ?? Number.POSITIVE_INFINITY,
    ),
    rows: new Float64Array(6 * n),
    point: new Float64Array(6 * n),
    wanted: new Float64Array(5),
    gram: new Float64Array(25),
    multiplier: new Float64Array(5),
  };
}

/**
 * Joint velocities for one control cycle, with a trocar that moves (breathing): the shaft follows it,
 *
 *   [J_rcm; J_tip] qdot = [v_trocar across the shaft + gain * error; v_tip + gain * error of the tip],
 *
 * least squares with a little damping. Where a joint would exceed its velocity limit all slow down together; the rows of the trocar
 * then lag as the tip does, and `gainPerSec` takes the lag back. No allocation, no throw.
 *
 * @param x [dofs of the chain] configuration now
 * @param trocar where it is now [m, base frame] and how it moves [m/s]
 * @param tip where the tip should be now [m, base frame] and how it should move [m/s]
 * @returns RCM_VELOCITY_MET or what stands against it; `servo.velocity` holds the velocities
 */
export function rcmVelocity(
  servo: RcmServo,
  x: Float64Array,
  trocar: { readonly positionM: ArrayLike<number>; readonly velocityMps: ArrayLike<number> },
  tip: { readonly positionM: ArrayLike<number>; readonly velocityMps: ArrayLike<number> },
): number {
  const { shaft, velocity, rows, point, wanted, gram, multiplier, limits, gainPerSec, state } = servo;
  const { chain, unit, local, tipBase } = shaft;
  const { dofs: n, pose: p } = chain;
  for (let r = 0; r < 3; r++) shaft.trocar[r] = trocar.positionM[r];
  setShaft(shaft, x);
  state.rcmErrorM = shaftErrorM(shaft);
  const v = trocar.velocityMps;
  wanted[0] = p[0] * v[0] + p[1] * v[1] + p[2] * v[2] + gainPerSec * local[0];
  wanted[1] = p[4] * v[0] + p[5] * v[1] + p[6] * v[2] + gainPerSec * local[1];
  let sum = wanted[0] + wanted[1];
  for (let r = 0; r < 3; r++) {
    wanted[2 + r] = tip.velocityMps[r] + gainPerSec * (tip.positionM[r] - tipBase[r]);
    sum += wanted[2 + r];
  }
  velocity.fill(0);
  if (!Number.isFinite(sum)) return RCM_VELOCITY_BAD_INPUT;
  shaftJacobian(shaft, rows);
  chainJacobian(chain, tipBase[0], tipBase[1], tipBase[2], point);
  for (let r = 0; r < 3; r++) for (let c = 0; c < n; c++) rows[(2 + r) * n + c] = point[r * n + c] * unit[c];
  let trace = 0;
  for (let a = 0; a < 5; a++) {
    for (let b = 0; b <= a; b++) {
      let dot = 0;
      for (let c = 0; c < n; c++) dot += rows[a * n + c] * rows[b * n + c];
      gram[a * 5 + b] = dot;
    }
    trace += gram[a * 5 + a];
    multiplier[a] = wanted[a];
  }
  for (let a = 0; a < 5; a++) gram[a * 5 + a] += 1e-9 * trace;
  if (!choleskySolve(gram, 5, multiplier)) return RCM_VELOCITY_SINGULAR;
  let slow = 1;
  for (let c = 0; c < n; c++) {
    let value = 0;
    for (let a = 0; a < 5; a++) value += rows[a * n + c] * multiplier[a];
    velocity[c] = unit[c] * value;
    const speed = Math.abs(velocity[c]);
    if (slow * speed > limits[c]) slow = limits[c] / speed;
  }
  let missing = 0;
  for (let a = 0; a < 5; a++) {
    let got = 0;
    for (let c = 0; c < n; c++) got += (rows[a * n + c] * velocity[c]) / unit[c];
    missing = Math.max(missing, Math.abs(got - wanted[a]));
  }
  // At a position limit a joint does not go on.
  let stopped = false;
  for (let c = 0; c < n; c++) {
    velocity[c] *= slow;
    const out = velocity[c] > 0 ? x[c] >= chain.upper[c] : x[c] <= chain.lower[c];
    if (out && velocity[c] !== 0) {
      velocity[c] = 0;
      stopped = true;
    }
  }
  if (missing > 1e-3) return RCM_VELOCITY_SINGULAR;
  return slow < 1 || stopped ? RCM_VELOCITY_SLOWED : RCM_VELOCITY_MET;
}
