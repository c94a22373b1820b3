import type { ServoArm } from './arm.ts';
import type { QuadraticProgramme } from './quadratic-programme.ts';
import type { TrackingLimits } from './tip-motion.ts';

/** What joints can do for a part of the task, from the programme that was solved last. */
export interface TipLimits {
  readonly arm: ServoArm;
  readonly qp: QuadraticProgramme;
  /** [dofs] velocities from which a joint comes to rest soon, at half its acceleration and jerk. */
  readonly brakable: Float64Array;
  readonly projected: Float64Array;
  readonly effort: Float64Array;
}

/**
 * Joints are not asked for velocities from which they need longer to rest: with a trocar, whose curve a motion to rest must
 * follow, three times as long as accelerations take to build up, within bounds [s].
 */
const SOON_SEC = { least: 0.15, most: 0.3, free: 1 };
const SPEED_SHARE = 0.8;

export function createTipLimits(arm: ServoArm, qp: QuadraticProgramme): TipLimits {
  const slowest = 3 * Math.max(...Array.from(arm.jerk, (jerk, i) => arm.acceleration[i] / jerk));
  const soon = arm.hasTrocar ? Math.max(SOON_SEC.least, Math.min(SOON_SEC.most, slowest)) : SOON_SEC.free;
  return {
    arm,
    qp,
    brakable: Float64Array.from(arm.velocity, (velocity, i) => {
      const a = arm.acceleration[i] / 2;
      const jerk = arm.jerk[i] / 2;
      const reached = soon < (2 * a) / jerk ? (jerk * soon * soon) / 4 : a * (soon - a / jerk);
      return Math.min(velocity, reached);
    }),
    projected: new Float64Array(arm.dofs),
    effort: new Float64Array(arm.dofs),
  };
}

/**
 * Sets speed, acceleration and jerk of one part of the task from how far joints move for it: a unit of it in any direction
 * asks a joint for at most the length of its row of the weighted inverse H^-1 J' w.
 *
 * @param share of what the joints can do that is asked for
 * @param rows [count][dofs] of the task, by joints in their units
 */
export function setLimitsOf(
  { arm, qp: { basis }, brakable, projected, effort }: TipLimits,
  rows: Float64Array,
  first: number,
  count: number,
  scaled: boolean,
  weight: number,
  share: number,
  out: TrackingLimits,
): void {
  const { dofs: n, shaft } = arm;
  const { response } = out;
  effort.fill(0);
  for (let r = 0; r < count; r++) {
    // H^-1 = basis basis'
    for (let c = 0; c < n; c++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += basis[k * n + c] * rows[(first + r) * n + k] * (scaled ? 1 : shaft.unit[k]);
      projected[c] = weight * sum;
    }
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let c = 0; c < n; c++) sum += basis[i * n + c] * projected[c];
      sum *= shaft.unit[i];
      effort[i] += sum * sum;
      response[3 * i + r] = sum / (SPEED_SHARE * brakable[i]);
    }
  }
  let acceleration = Number.POSITIVE_INFINITY;
  let jerk = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    const each = Math.sqrt(effort[i]) + 1e-9;
    acceleration = Math.min(acceleration, arm.acceleration[i] / each);
    jerk = Math.min(jerk, arm.jerk[i] / each);
  }
  out.acceleration = share * acceleration;
  out.jerk = share * jerk;
}
