import { BRAKE_SIZE } from './brake.ts';
import { MAX_STRETCHES, SCRATCH_SIZE } from './durations.ts';
import { SIDE_SIZE } from './extremal.ts';
import { CURSOR_SIZE, PHASES, PIECES_SIZE } from './segments.ts';

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
  /** Jerk that the motion is made with [1]. */
  readonly jerk: Float64Array;
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
    jerk: new Float64Array(1),
  };
}
