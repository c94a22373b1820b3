import {
  A_START,
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
import { B_A, B_A_MAX, B_A_MIN, B_COUNT, B_JERK, B_RATE, B_TIME, B_V, B_V_MAX, B_V_MIN, brake } from './brake.ts';
import { possibleDurations } from './durations.ts';
import { evaluate, GOAL, prepareTurn, REACH } from './extremal.ts';
import { leastJerk, MEAN } from './least-jerk.ts';
import { appendMean, appendPiece, PHASES, PIECE, phaseDurations } from './segments.ts';
import { fillLag, fillLead } from './sides.ts';

/** First step: brakes, and finds the durations that are possible. */
export function findDurations(axis: Axis): void {
  const { task, brake: b, lead, lag, cursor, stretches } = axis;
  b[B_V] = task[V_START];
  b[B_A] = task[A_START];
  b[B_V_MAX] = task[LIMIT_V_MAX];
  b[B_V_MIN] = task[LIMIT_V_MIN];
  b[B_A_MAX] = task[LIMIT_A_MAX];
  b[B_A_MIN] = task[LIMIT_A_MIN];
  b[B_JERK] = task[LIMIT_JERK];
  brake(b);
  cursor[0] = 0;
  cursor[1] = task[P_START];
  cursor[2] = task[V_START];
  cursor[3] = task[A_START];
  axis.pieceCount = 0;
  for (let i = 0; i < b[B_COUNT]; i++) {
    axis.pieceCount = appendPiece(axis.pieces, axis.pieceCount, cursor, b[B_TIME + i], b[B_RATE + i]);
  }
  fillLead(axis, task[LIMIT_JERK]);
  fillLag(axis, task[LIMIT_JERK]);
  prepareTurn(lead);
  prepareTurn(lag);
  axis.stretchCount = possibleDurations(lead, lag, stretches, axis.scratch);
  if (cursor[0] > 0) for (let i = 0; i < 2 * axis.stretchCount; i++) stretches[i] += cursor[0];
}

/** Durations this near are alike [s, and relative]: where two joints have no choice left, only rounding parts them. */
const TIME_ROUNDING = 1e-11;

/** The first possible duration at or after `time` [s]. */
export function possibleFrom(axis: Axis, time: number): number {
  const { stretches, stretchCount } = axis;
  const rounding = TIME_ROUNDING * (1 + time);
  for (let i = 0; i < stretchCount; i++) {
    if (time <= stretches[2 * i + 1] + rounding) return Math.max(time, stretches[2 * i]);
  }
  return Number.NaN;
}

/** Shares nearer to 0 or 1 than this are one side alone. */
const SHARE_ROUNDING = 1e-9;

/** Second step: the motion of the given duration [s], which is possible, with the least jerk that it can be made with. */
export function composeMotion(axis: Axis, duration: number): void {
  const { task, lead, lag, cursor, phases, pieces, jerk } = axis;
  const T = duration - cursor[0];
  evaluate(lead, T);
  evaluate(lag, T);
  let share = shareOfLead(lead, lag);
  jerk[0] = task[LIMIT_JERK];
  if (share > SHARE_ROUNDING && share < 1 - SHARE_ROUNDING) {
    share = leastJerk(axis, T);
    if (share === MEAN) {
      fillLead(axis, jerk[0]);
      fillLag(axis, jerk[0]);
      evaluate(lead, T);
      evaluate(lag, T);
      share = shareOfLead(lead, lag);
    }
  }
  if (share > 0) phaseDurations(lead, phases, 0);
  if (share < 1) phaseDurations(lag, phases, PHASES);
  const n = appendMean(pieces, axis.pieceCount, cursor, phases, jerk[0], share);
  const end = PIECE * n;
  pieces[end] = duration;
  pieces[end + 1] = task[P_TARGET];
  pieces[end + 2] = task[V_TARGET];
  pieces[end + 3] = task[A_TARGET];
  pieces[end + 4] = 0;
  axis.pieceCount = n + 1;
}

/** The share of the leading side in the mean of both that goes the distance. */
function shareOfLead(lead: Float64Array, lag: Float64Array): number {
  const least = -lag[REACH];
  const share = (lead[GOAL] - least) / (lead[REACH] - least);
  return share > 0 ? Math.min(1, share) : 0;
}
