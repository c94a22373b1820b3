import type { JointLimits } from '../../../engine/core/robot.ts';
import { OK, type TimingCode } from '../timing/codes.ts';
import type { PathTiming } from '../timing/path.ts';
import { type PathLimits, timePath } from '../timing/path-timing.ts';

/** Whether the straight edge between two configurations is free at any resolution. */
export type EdgeCheck = (from: Float64Array, to: Float64Array) => boolean;

/**
 * Deviations from the polyline that are tried, largest first [rad or m, over all joints]; with the last the motion stops at
 * every waypoint and stays on edges that are proven already.
 */
const DEVIATIONS = [0.2, 0.08, 0.03, 0.01, 0.003, 0];
/** A piece of motion counts as its chords where it is nearer to them than this: a tenth of the checker's room for rounding. */
const CHORD_DEVIATION = 1e-6;

export interface FreeTiming {
  readonly code: TimingCode;
  /** The deviation that was free [rad or m]. */
  readonly deviation: number;
}

/** A motion as pieces of constant jerk. */
type Pieces = Pick<PathTiming, 'joints' | 'pieceCount' | 'pieceStart' | 'pieceStates'>;

/** Limits of a path's timing: shares of those of the joints. */
export function pathLimits(
  limits: readonly JointLimits[],
  velocityScale: number,
  accelerationScale: number,
): PathLimits {
  return {
    velocity: limits.map((l) => velocityScale * l.velocity),
    acceleration: limits.map((l) => accelerationScale * l.acceleration),
    jerk: limits.map((l) => accelerationScale * l.jerk),
  };
}

/**
 * Times a path whose edges are free [count][joints] from rest to rest: corners are rounded as far as the motion along its
 * whole length stays free, by the same proof as for the path's edges.
 */
export function timeFreePath(
  timing: PathTiming,
  waypoints: ArrayLike<number>,
  count: number,
  limits: PathLimits,
  isFree: EdgeCheck,
  deviations: readonly number[] = DEVIATIONS,
): FreeTiming {
  for (const deviation of deviations) {
    const code = timePath(timing, waypoints, count, limits, deviation);
    if (code !== OK || deviation === 0 || isMotionFree(timing, isFree)) return { code, deviation };
  }
  return { code: timePath(timing, waypoints, count, limits, 0), deviation: 0 };
}

/** Whether a timed motion is free along its whole length, piece by piece, each as chords that it hardly leaves. */
export function isMotionFree(timing: Pieces, isFree: EdgeCheck): boolean {
  const { joints, pieceCount, pieceStart } = timing;
  const from = new Float64Array(joints);
  const to = new Float64Array(joints);
  if (pieceCount > 0) stateInPiece(timing, 0, 0, from);
  for (let n = 0; n < pieceCount; n++) {
    const time = pieceStart[n + 1] - pieceStart[n];
    if (!(time > 0)) continue;
    const chords = Math.max(
      1,
      Math.ceil(time * Math.sqrt(sidewaysAcceleration(timing, n, time) / (8 * CHORD_DEVIATION))),
    );
    for (let c = 1; c <= chords; c++) {
      stateInPiece(timing, n, (time * c) / chords, to);
      if (!isFree(from, to)) return false;
      from.set(to);
    }
  }
  return true;
}

function stateInPiece({ joints, pieceStates }: Pieces, piece: number, t: number, out: Float64Array): void {
  const o = 4 * joints * piece;
  for (let i = 0; i < joints; i++) {
    const v = pieceStates[o + joints + i];
    const a = pieceStates[o + 2 * joints + i];
    const j = pieceStates[o + 3 * joints + i];
    out[i] = pieceStates[o + i] + t * (v + t * (0.5 * a + (t * j) / 6));
  }
}

/** Greatest acceleration across the chord of a piece [rad/s^2 or m/s^2, over all joints]: what bends it away. */
function sidewaysAcceleration(timing: Pieces, piece: number, time: number): number {
  const { joints, pieceStates } = timing;
  const o = 4 * joints * piece;
  let square = 0;
  const along = [0, 0];
  const total = [0, 0];
  for (let i = 0; i < joints; i++) {
    const v = pieceStates[o + joints + i];
    const a = pieceStates[o + 2 * joints + i];
    const j = pieceStates[o + 3 * joints + i];
    const step = time * (v + time * (0.5 * a + (time * j) / 6));
    const late = a + time * j;
    square += step * step;
    along[0] += step * a;
    along[1] += step * late;
    total[0] += a * a;
    total[1] += late * late;
  }
  if (square === 0) return Math.sqrt(Math.max(total[0], total[1]));
  const across = (k: 0 | 1): number => Math.max(0, total[k] - (along[k] * along[k]) / square);
  return Math.sqrt(Math.max(across(0), across(1)));
}
