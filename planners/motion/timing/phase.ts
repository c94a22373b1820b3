import {
  A_TARGET,
  type Axis,
  LIMIT_A_MAX,
  LIMIT_A_MIN,
  LIMIT_JERK,
  LIMIT_V_MAX,
  LIMIT_V_MIN,
  P_START,
  P_TARGET,
  V_START,
  V_TARGET,
} from './axis.ts';
import { B_COUNT } from './brake.ts';
import { checkTask } from './check.ts';
import { OK } from './codes.ts';
import { composeMotion, findDurations } from './motion.ts';
import { PIECE } from './segments.ts';

/** Velocities and accelerations of collinear states differ by less than this share of the largest. */
const COLLINEAR = 1e-12;

/**
 * Moves all joints along one straight line, when start and target states lie on it: the joint that goes farthest is planned
 * under the limits of all, scaled to it, and the others follow in proportion. Returns the duration [s], or NaN when the
 * states are not collinear, or the start is outside the scaled limits, or the target cannot be held within them.
 */
export function straightMotion(axes: readonly Axis[], line: Axis): number {
  let leader = 0;
  let farthest = 0;
  for (let i = 0; i < axes.length; i++) {
    const way = Math.abs(axes[i].task[P_TARGET] - axes[i].task[P_START]);
    if (way > farthest) {
      farthest = way;
      leader = i;
    }
  }
  if (!(farthest > 0)) return Number.NaN;
  line.task.set(axes[leader].task);
  const whole = line.task[P_TARGET] - line.task[P_START];
  for (let i = 0; i < axes.length; i++) {
    const { task } = axes[i];
    const share = (task[P_TARGET] - task[P_START]) / whole;
    for (let slot = V_START; slot <= A_TARGET; slot++) {
      if (slot === P_TARGET) continue;
      const wanted = share * line.task[slot];
      if (!(Math.abs(task[slot] - wanted) <= COLLINEAR * (Math.abs(task[slot]) + Math.abs(line.task[slot])))) {
        return Number.NaN;
      }
    }
    scaleLimits(line.task, task, share);
  }
  if (checkTask(line.task) !== OK) return Number.NaN;
  findDurations(line);
  const duration = line.stretches[0];
  if (line.brake[B_COUNT] > 0 || !(duration < Number.POSITIVE_INFINITY)) return Number.NaN;
  composeMotion(line, duration);
  for (let i = 0; i < axes.length; i++) follow(axes[i], line, whole);
  return duration;
}

function scaleLimits(line: Float64Array, task: Float64Array, share: number): void {
  const forward = share >= 0;
  const size = Math.abs(share);
  if (size === 0) return;
  const upV = forward ? task[LIMIT_V_MAX] : -task[LIMIT_V_MIN];
  const downV = forward ? task[LIMIT_V_MIN] : -task[LIMIT_V_MAX];
  const upA = forward ? task[LIMIT_A_MAX] : -task[LIMIT_A_MIN];
  const downA = forward ? task[LIMIT_A_MIN] : -task[LIMIT_A_MAX];
  line[LIMIT_V_MAX] = Math.min(line[LIMIT_V_MAX], upV / size);
  line[LIMIT_V_MIN] = Math.max(line[LIMIT_V_MIN], downV / size);
  line[LIMIT_A_MAX] = Math.min(line[LIMIT_A_MAX], upA / size);
  line[LIMIT_A_MIN] = Math.max(line[LIMIT_A_MIN], downA / size);
  line[LIMIT_JERK] = Math.min(line[LIMIT_JERK], task[LIMIT_JERK] / size);
}

function follow(axis: Axis, line: Axis, whole: number): void {
  const { task, pieces, brake } = axis;
  const share = (task[P_TARGET] - task[P_START]) / whole;
  const count = line.pieceCount;
  for (let n = 0; n < count; n++) {
    const o = PIECE * n;
    pieces[o] = line.pieces[o];
    pieces[o + 1] = task[P_START] + share * (line.pieces[o + 1] - line.task[P_START]);
    for (let c = 2; c < PIECE; c++) pieces[o + c] = share * line.pieces[o + c];
  }
  const end = PIECE * (count - 1);
  pieces[end + 1] = task[P_TARGET];
  pieces[end + 2] = task[V_TARGET];
  pieces[end + 3] = task[A_TARGET];
  axis.pieceCount = count;
  brake[B_COUNT] = 0;
}
