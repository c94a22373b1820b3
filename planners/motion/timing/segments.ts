import { A0, AF, CRUISE, HOLD1, HOLD2, JERK, PEAK1, PEAK2 } from './extremal.ts';

/**
 * Pieces of constant jerk of one joint: piece i starts at `time` [s] with position, velocity and acceleration, and holds
 * its jerk until the next. Slots of a Float64Array of `PIECES_SIZE`: for each piece five numbers.
 */
export const PIECE = 5;
/** Brake, seven phases of each side merged, and the state after the end. */
export const MAX_PIECES = 3 + 14 + 1;
export const PIECES_SIZE = PIECE * MAX_PIECES;

/** Phases of one side in order of time: seven durations [s] into `out`. */
export const PHASES = 7;
const PAUSE = 3;

export function phaseDurations(x: Float64Array, out: Float64Array, at: number): void {
  const perJerk = 1 / x[JERK];
  const a1 = x[PEAK1];
  const a2 = x[PEAK2];
  const cruise = x[CRUISE];
  out[at] = (a1 - x[A0]) * perJerk;
  out[at + 1] = x[HOLD1];
  // A pause is at zero acceleration; without one the two halves of the fall are one.
  out[at + 2] = (cruise > 0 ? a1 : a1 - a2) * perJerk;
  out[at + 3] = cruise;
  out[at + 4] = cruise > 0 ? -a2 * perJerk : 0;
  out[at + 5] = x[HOLD2];
  out[at + 6] = (x[AF] - a2) * perJerk;
}

/** Direction of the jerk in phase i of a side: +, 0, -, 0, -, 0, +. */
function direction(i: number): number {
  return i === 0 || i === 6 ? 1 : i === 2 || i === 4 ? -1 : 0;
}

/** Where the next piece starts: time, position, velocity, acceleration. */
export const CURSOR_SIZE = 4;

/** Appends a piece of constant jerk and moves the cursor to its end; returns the number of pieces. */
export function appendPiece(
  pieces: Float64Array,
  count: number,
  cursor: Float64Array,
  time: number,
  jerk: number,
): number {
  if (!(time > 0)) return count;
  const i = PIECE * count;
  const p = cursor[1];
  const v = cursor[2];
  const a = cursor[3];
  pieces[i] = cursor[0];
  pieces[i + 1] = p;
  pieces[i + 2] = v;
  pieces[i + 3] = a;
  pieces[i + 4] = jerk;
  cursor[0] += time;
  cursor[1] = p + time * (v + time * (0.5 * a + (time * jerk) / 6));
  cursor[2] = v + time * (a + 0.5 * time * jerk);
  cursor[3] = a + time * jerk;
  return count + 1;
}

/**
 * Appends the motion that is `share` of the leading side and the rest of the lagging one, both of the same duration: limits
 * form a convex set, so a mean of two motions that keep them keeps them too.
 *
 * @param phases durations of the leading side [7], then of the lagging side [7]; used up
 */
export function appendMean(
  pieces: Float64Array,
  count: number,
  cursor: Float64Array,
  phases: Float64Array,
  jerk: number,
  share: number,
): number {
  let n = count;
  let i = share > 0 ? 0 : PHASES;
  let k = share < 1 ? 0 : PHASES;
  while (i < PHASES || k < PHASES) {
    const left = i < PHASES ? phases[i] : Number.POSITIVE_INFINITY;
    const right = k < PHASES ? phases[PHASES + k] : Number.POSITIVE_INFINITY;
    const step = Math.min(left, right);
    // Both pause: what rounding left of the acceleration would grow with the square of a long time.
    if (i === PAUSE && k === PAUSE && step > 0) cursor[3] = 0;
    const rate = (i < PHASES ? share * direction(i) : 0) - (k < PHASES ? (1 - share) * direction(k) : 0);
    n = appendPiece(pieces, n, cursor, step, jerk * rate);
    if (i < PHASES) {
      phases[i] = left - step;
      if (left <= step) i++;
    }
    if (k < PHASES) {
      phases[PHASES + k] = right - step;
      if (right <= step) k++;
    }
  }
  return n;
}

/** State at `time` [s] of pieces: position, velocity, acceleration, jerk into `out`. Before the first and after the last they go on. */
export function pieceStateAt(pieces: Float64Array, count: number, time: number, out: Float64Array): void {
  let i = 0;
  while (i + 1 < count && pieces[PIECE * (i + 1)] <= time) i++;
  const o = PIECE * i;
  const t = time - pieces[o];
  const v = pieces[o + 2];
  const a = pieces[o + 3];
  const j = pieces[o + 4];
  out[0] = pieces[o + 1] + t * (v + t * (0.5 * a + (t * j) / 6));
  out[1] = v + t * (a + 0.5 * t * j);
  out[2] = a + t * j;
  out[3] = j;
}
