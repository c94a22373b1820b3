import { A_TARGET, type Axis, LIMIT_A_MAX, LIMIT_A_MIN, LIMIT_V_MAX, LIMIT_V_MIN, P_TARGET, V_TARGET } from './axis.ts';
import { A_MAX, A_MIN, A0, AF, GOAL, JERK, prepareSide, TOUCH, V_MAX, V0, VF } from './extremal.ts';

/** Distances below this share of the positions, and below this alone, are rounding [unit of the joint]. */
const TOUCH_RELATIVE = 4e-15;
const TOUCH_ABSOLUTE = 1e-12;

/** Prepares the leading side from the state after the brake, under a jerk [unit of the joint / s^3]. */
export function fillLead(axis: Axis, jerk: number): void {
  const { task, cursor, lead: x } = axis;
  const v0 = cursor[2];
  const a0 = cursor[3];
  const vf = task[V_TARGET];
  const af = task[A_TARGET];
  x[V0] = v0;
  x[A0] = a0;
  x[VF] = vf;
  x[AF] = af;
  x[JERK] = jerk;
  // What is outside by rounding widens the limit by as much, so that the formulas stay consistent.
  x[A_MAX] = Math.max(task[LIMIT_A_MAX], a0, af);
  x[A_MIN] = Math.min(task[LIMIT_A_MIN], a0, af);
  const before = a0 > 0 ? v0 + (0.5 * a0 * a0) / jerk : v0;
  const after = af < 0 ? vf + (0.5 * af * af) / jerk : vf;
  x[V_MAX] = Math.max(task[LIMIT_V_MAX], before, after);
  x[GOAL] = task[P_TARGET] - cursor[1];
  x[TOUCH] = TOUCH_ABSOLUTE + TOUCH_RELATIVE * (Math.abs(task[P_TARGET]) + Math.abs(cursor[1]));
  prepareSide(x);
}

/** Prepares the lagging side: everything mirrored. */
export function fillLag(axis: Axis, jerk: number): void {
  const { task, cursor, lag: x } = axis;
  const v0 = -cursor[2];
  const a0 = -cursor[3];
  const vf = -task[V_TARGET];
  const af = -task[A_TARGET];
  x[V0] = v0;
  x[A0] = a0;
  x[VF] = vf;
  x[AF] = af;
  x[JERK] = jerk;
  x[A_MAX] = Math.max(-task[LIMIT_A_MIN], a0, af);
  x[A_MIN] = Math.min(-task[LIMIT_A_MAX], a0, af);
  const before = a0 > 0 ? v0 + (0.5 * a0 * a0) / jerk : v0;
  const after = af < 0 ? vf + (0.5 * af * af) / jerk : vf;
  x[V_MAX] = Math.max(-task[LIMIT_V_MIN], before, after);
  x[GOAL] = cursor[1] - task[P_TARGET];
  x[TOUCH] = TOUCH_ABSOLUTE + TOUCH_RELATIVE * (Math.abs(task[P_TARGET]) + Math.abs(cursor[1]));
  prepareSide(x);
}
