import {
  B_A,
  B_A_MAX,
  B_A_MIN,
  B_COUNT,
  B_JERK,
  B_RATE,
  B_TIME,
  B_V,
  B_V_MAX,
  B_V_MIN,
  BRAKE_SIZE,
  brake,
} from './brake.ts';
import { MAX_STRETCHES, possibleDurations, SCRATCH_SIZE } from './durations.ts';
import {
  A_MAX,
  A_MIN,
  A0,
  AF,
  evaluate,
  GOAL,
  JERK,
  prepareSide,
  REACH,
  SIDE_SIZE,
  TOUCH,
  V_MAX,
  V0,
  VF,
} from './extremal.ts';
import { appendMean, appendPiece, CURSOR_SIZE, PHASES, PIECE, PIECES_SIZE, phaseDurations } from './segments.ts';

/** Start, target and limits of one joint: slots of `Axis.task`. */
export const P_START = 0;
export const V_START = 1;
export const A_START = 2;
export const P_TARGET = 3;
export const V_TARGET = 4;
export const A_TARGET = 5;
export const LIMIT_V_MAX = 6;
export const LIMIT_V_MIN = 7;
export const LIMIT_A_MAX = 8;
export const LIMIT_A_MIN = 9;
export const LIMIT_JERK = 10;
export const TASK_SIZE = 11;

/** One joint at work: everything between its task and its pieces, preallocated. */
export interface Axis {
  readonly task: Float64Array;
  readonly brake: Float64Array;
  readonly lead: Float64Array;
  readonly lag: Float64Array;
  /** Possible durations as pairs of begin and end [s], brake included. */
  readonly stretches: Float64Array;
  stretchCount: number;
  /** The motion: pieces of constant jerk, see segments.ts. */
  readonly pieces: Float64Array;
  pieceCount: number;
  readonly cursor: Float64Array;
  readonly phases: Float64Array;
  readonly scratch: Float64Array;
}

export function createAxis(): Axis {
  return {
    task: new Float64Array(TASK_SIZE),
    brake: new Float64Array(BRAKE_SIZE),
    lead: new Float64Array(SIDE_SIZE),
    lag: new Float64Array(SIDE_SIZE),
    stretches: new Float64Array(2 * MAX_STRETCHES),
    stretchCount: 0,
    pieces: new Float64Array(PIECES_SIZE),
    pieceCount: 0,
    cursor: new Float64Array(CURSOR_SIZE),
    phases: new Float64Array(2 * PHASES),
    scratch: new Float64Array(SCRATCH_SIZE),
  };
}

/** Distances below this share of the positions, and below this alone, are rounding [unit of the joint]. */
const TOUCH_RELATIVE = 4e-15;
const TOUCH_ABSOLUTE = 1e-12;

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
  fillLead(lead, axis);
  prepareSide(lead);
  fillLag(lag, axis);
  prepareSide(lag);
  axis.stretchCount = possibleDurations(lead, lag, stretches, axis.scratch);
  if (cursor[0] > 0) for (let i = 0; i < 2 * axis.stretchCount; i++) stretches[i] += cursor[0];
}

function fillLead(x: Float64Array, axis: Axis): void {
  const { task, cursor } = axis;
  const v0 = cursor[2];
  const a0 = cursor[3];
  const vf = task[V_TARGET];
  const af = task[A_TARGET];
  const jerk = task[LIMIT_JERK];
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
}

function fillLag(x: Float64Array, axis: Axis): void {
  const { task, lead } = axis;
  const v0 = -lead[V0];
  const a0 = -lead[A0];
  const vf = -lead[VF];
  const af = -lead[AF];
  const jerk = lead[JERK];
  x[V0] = v0;
  x[A0] = a0;
  x[VF] = vf;
  x[AF] = af;
  x[JERK] = jerk;
  x[A_MAX] = -lead[A_MIN];
  x[A_MIN] = -lead[A_MAX];
  const before = a0 > 0 ? v0 + (0.5 * a0 * a0) / jerk : v0;
  const after = af < 0 ? vf + (0.5 * af * af) / jerk : vf;
  x[V_MAX] = Math.max(-task[LIMIT_V_MIN], before, after);
  x[GOAL] = -lead[GOAL];
  x[TOUCH] = lead[TOUCH];
}

/** The first possible duration at or after `time` [s]. */
export function possibleFrom(axis: Axis, time: number): number {
  const { stretches, stretchCount } = axis;
  const rounding = 1e-12 * (1 + time);
  for (let i = 0; i < stretchCount; i++) {
    if (time <= stretches[2 * i + 1] + rounding) return Math.max(time, stretches[2 * i]);
  }
  return Number.NaN;
}

/** Second step: the motion of the given duration [s], which is possible. */
export function composeMotion(axis: Axis, duration: number): void {
  const { task, lead, lag, cursor, phases, pieces } = axis;
  const T = duration - cursor[0];
  evaluate(lead, T);
  evaluate(lag, T);
  const least = -lag[REACH];
  const range = lead[REACH] - least;
  let share = (lead[GOAL] - least) / range;
  if (!(share > 0)) share = 0;
  else if (share > 1) share = 1;
  phaseDurations(lead, phases, 0);
  phaseDurations(lag, phases, PHASES);
  const n = appendMean(pieces, axis.pieceCount, cursor, phases, task[LIMIT_JERK], share);
  const end = PIECE * n;
  pieces[end] = duration;
  pieces[end + 1] = task[P_TARGET];
  pieces[end + 2] = task[V_TARGET];
  pieces[end + 3] = task[A_TARGET];
  pieces[end + 4] = 0;
  axis.pieceCount = n + 1;
}
