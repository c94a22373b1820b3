import { A_TARGET, LIMIT_A_MAX, LIMIT_A_MIN, LIMIT_JERK, LIMIT_V_MAX, LIMIT_V_MIN, P_START, V_TARGET } from './axis.ts';
import { LIMIT_SLACK } from './brake.ts';
import {
  BAD_LIMIT,
  NOT_FINITE,
  OK,
  TARGET_NOT_HOLDABLE,
  TARGET_NOT_REACHABLE,
  TARGET_OUTSIDE_LIMITS,
  type TimingCode,
} from './codes.ts';

/** Refuses a joint's task that has no answer. */
export function checkTask(task: Float64Array): TimingCode {
  for (let i = P_START; i <= A_TARGET; i++) if (!Number.isFinite(task[i])) return NOT_FINITE;
  const vMax = task[LIMIT_V_MAX];
  const vMin = task[LIMIT_V_MIN];
  const aMax = task[LIMIT_A_MAX];
  const aMin = task[LIMIT_A_MIN];
  const jerk = task[LIMIT_JERK];
  if (!(isPositive(vMax) && isPositive(-vMin) && isPositive(aMax) && isPositive(-aMin) && isPositive(jerk))) {
    return BAD_LIMIT;
  }
  const v = task[V_TARGET];
  const a = task[A_TARGET];
  const above = vMax + LIMIT_SLACK * vMax;
  const below = vMin + LIMIT_SLACK * vMin;
  if (v > above || v < below || a > aMax + LIMIT_SLACK * aMax || a < aMin + LIMIT_SLACK * aMin) {
    return TARGET_OUTSIDE_LIMITS;
  }
  const change = (0.5 * a * a) / jerk;
  if (a > 0 ? v + change > above : v - change < below) return TARGET_NOT_HOLDABLE;
  if (a > 0 ? v - change < below : v + change > above) return TARGET_NOT_REACHABLE;
  return OK;
}

function isPositive(limit: number): boolean {
  return limit > 0 && limit < Number.POSITIVE_INFINITY;
}
