import type { Transform } from '../../../engine/core/frames.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import { chainForward, createChain, type KinematicChain } from '../kinematics/chain.ts';
import { characteristicLengthM, jointUnits } from '../kinematics/task.ts';
import type { ToolModel } from './tool.ts';

/**
 * A robot with a shaft that must pass through a point, the trocar. The tool frame stands at the shaft's origin with z along
 * the shaft; the trocar's x and y in it are the remote-centre error, two equations that stay smooth where it vanishes.
 */
export interface Shaft {
  readonly model: RobotModel;
  readonly tool: ToolModel;
  /** Up to the tool frame. */
  readonly chain: KinematicChain;
  /** Tip in the tool frame [m]. */
  readonly tip: readonly [number, number, number];
  /** That weighs as much as one radian [m]. */
  readonly lengthM: number;
  readonly unit: Float64Array;
  /** The trocar [m, base frame]; may be changed between calls. */
  readonly trocar: Float64Array;
  /** At the present configuration: the trocar in the tool frame [m]; its z is how far along the shaft it sits. */
  readonly local: Float64Array;
  /** At the present configuration: the tip in the base frame [m]. */
  readonly tipBase: Float64Array;
}

/** @throws IsocenterError as {@link createChain} */
export function createShaft(model: RobotModel, tool: ToolModel): Shaft {
  const frame = toolFrame(tool);
  const chain = createChain(model, tool.link, frame);
  const d = [0, 1, 2].map((r) => tool.tipM[r] - tool.originM[r]);
  const along = (c: number): number => frame[4 * c] * d[0] + frame[4 * c + 1] * d[1] + frame[4 * c + 2] * d[2];
  const lengthM = characteristicLengthM(chain);
  return {
    model,
    tool,
    chain,
    tip: [along(0), along(1), along(2)],
    lengthM,
    unit: jointUnits(chain, lengthM),
    trocar: new Float64Array(3),
    local: new Float64Array(3),
    tipBase: new Float64Array(3),
  };
}

/** Origin at the shaft's beginning, z along it, in the link's frame. */
function toolFrame({ originM, axis: [x, y, z] }: ToolModel): Transform {
  // x of the tool: the link axis least along the shaft, made perpendicular to it; the link's own x for a shaft along z.
  const least = Math.abs(x) <= Math.abs(y) && Math.abs(x) <= Math.abs(z) ? 0 : Math.abs(y) <= Math.abs(z) ? 1 : 2;
  const u = [x, y, z].map((value, r) => (r === least ? 1 : 0) - [x, y, z][least] * value);
  const norm = Math.hypot(u[0], u[1], u[2]);
  const [a, b, c] = u.map((value) => value / norm);
  const t = new Float64Array(16);
  t.set([a, b, c, 0, y * c - z * b, z * a - x * c, x * b - y * a, 0, x, y, z, 0, ...originM, 1]);
  return t;
}

/** Forward kinematics at `x` [dofs of the chain]: fills `local` and `tipBase`. No allocation. */
export function setShaft(shaft: Shaft, x: Float64Array): void {
  const { chain, trocar, local, tip, tipBase } = shaft;
  chainForward(chain, x);
  const p = chain.pose;
  const dx = trocar[0] - p[12];
  const dy = trocar[1] - p[13];
  const dz = trocar[2] - p[14];
  for (let r = 0; r < 3; r++) {
    local[r] = p[4 * r] * dx + p[4 * r + 1] * dy + p[4 * r + 2] * dz;
    tipBase[r] = p[r] * tip[0] + p[4 + r] * tip[1] + p[8 + r] * tip[2] + p[12 + r];
  }
}

/** Distance of the trocar from the shaft, a segment, at the configuration set last [m]. */
export function shaftErrorM({ local, tool }: Shaft): number {
  const beyond = Math.max(0, -local[2], local[2] - tool.lengthM);
  return Math.sqrt(local[0] * local[0] + local[1] * local[1] + beyond * beyond);
}

/** How much of the shaft is through the trocar at the configuration set last [m]. */
export function insertionM({ local, tool }: Shaft): number {
  return tool.lengthM - local[2];
}

/**
 * How the trocar's x and y, and with three rows its z, in the tool frame fall with the joints at the configuration set last, by unknowns
 * in their units: [rows][dofs] of `out`. The trocar stands still; seen from the tool it moves against each joint.
 */
export function shaftJacobian(shaft: Shaft, out: Float64Array, rows: 2 | 3 = 2): void {
  const { chain, trocar, unit } = shaft;
  const { length, dofs: n, axes, origins, slides, dof, scale, pose: p } = chain;
  out.fill(0, 0, rows * n);
  for (let k = 0; k < length; k++) {
    const c = dof[k];
    const weight = scale[k] * unit[c];
    const ax = axes[3 * k];
    const ay = axes[3 * k + 1];
    const az = axes[3 * k + 2];
    let vx = ax;
    let vy = ay;
    let vz = az;
    if (!slides[k]) {
      const dx = trocar[0] - origins[3 * k];
      const dy = trocar[1] - origins[3 * k + 1];
      const dz = trocar[2] - origins[3 * k + 2];
      vx = ay * dz - az * dy;
      vy = az * dx - ax * dz;
      vz = ax * dy - ay * dx;
    }
    out[c] += weight * (p[0] * vx + p[1] * vy + p[2] * vz);
    out[n + c] += weight * (p[4] * vx + p[5] * vy + p[6] * vz);
    if (rows === 3) out[2 * n + c] += weight * (p[8] * vx + p[9] * vy + p[10] * vz);
  }
}

/**
 * A bound on the remote-centre error between two configurations that a straight joint motion connects [m], given the larger
 * of the errors at its ends and the distance `rhoM` within which all its joints' axes stay of the trocar:
 *
 *   e(s) <= e_ends + (sum |dq|)^2 max(rho) / 8
 *
 * because the trocar's place in the tool frame has second derivatives by the joints of at most rho (two turning joints) or 1
 * (a turning and a sliding one), and a curve leaves its chord by at most an eighth of its second derivative.
 *
 * @param turned sum of |change| over turning joints [rad], mimicking ones included
 * @param slid the same over sliding joints [m]
 */
export function errorBetweenM(endsM: number, turned: number, slid: number, rhoM: number): number {
  return endsM + (turned * turned * rhoM + 2 * turned * slid) / 8;
}

/** At the configuration set last: the largest distance of the trocar from the origin of a turning joint [m]. */
export function trocarReachM({ chain: { length, origins, slides }, trocar }: Shaft): number {
  let farthest = 0;
  for (let k = 0; k < length; k++) {
    if (slides[k]) continue;
    const d = Math.hypot(trocar[0] - origins[3 * k], trocar[1] - origins[3 * k + 1], trocar[2] - origins[3 * k + 2]);
    farthest = Math.max(farthest, d);
  }
  return farthest;
}
