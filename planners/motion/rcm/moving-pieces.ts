import type { JointLimits } from '../../../engine/core/robot.ts';
import type { PathLimits } from '../timing/path-timing.ts';
import { type CubicSpline, pieceOf } from './moving-spline.ts';

/** A motion of joints as pieces of constant jerk; it need be at rest nowhere. */
export interface JointPieces {
  readonly joints: number;
  readonly pieceCount: number;
  /** Start of each piece [s], and one more for the end. */
  readonly pieceStart: Float64Array;
  /** Position, velocity, acceleration and jerk of each joint where a piece starts: [pieces][4][joints]. */
  readonly pieceStates: Float64Array;
}

/** Pieces shorter than this are left out [s]. */
const SHORTEST_SEC = 1e-12;

/**
 * A timed motion, `slowdown` times as slow, standing still after its end, plus a spline of some of its joints: all pieces that
 * either has, so that the sum is exact.
 *
 * @param columns [channels of the spline] the joint that each channel moves
 */
export function addSpline(
  motion: JointPieces,
  slowdown: number,
  spline: CubicSpline,
  columns: ArrayLike<number>,
): JointPieces {
  const { joints } = motion;
  const { channels, time, pieces } = spline;
  const begins = mergedTimes(motion, slowdown, time);
  const pieceCount = begins.length - 1;
  const pieceStates = new Float64Array(4 * joints * pieceCount);
  for (let n = 0; n < pieceCount; n++) {
    // The middle of a piece says which piece of each it lies in, whatever rounding does to its ends.
    const middle = (begins[n] + begins[n + 1]) / 2;
    const o = 4 * joints * n;
    scaledState(motion, slowdown, begins[n], middle, pieceStates, o);
    const k = pieceOf(time, time.length - 1, middle);
    const t = begins[n] - time[k];
    for (let c = 0; c < channels; c++) {
      const s = 4 * channels * k + c;
      const v = pieces[s + channels];
      const a = pieces[s + 2 * channels];
      const j = pieces[s + 3 * channels];
      const at = o + columns[c];
      pieceStates[at] += pieces[s] + t * (v + t * (0.5 * a + (t * j) / 6));
      pieceStates[at + joints] += v + t * (a + 0.5 * t * j);
      pieceStates[at + 2 * joints] += a + t * j;
      pieceStates[at + 3 * joints] += j;
    }
  }
  return { joints, pieceCount, pieceStart: begins, pieceStates };
}

function mergedTimes(motion: JointPieces, slowdown: number, time: Float64Array): Float64Array {
  const end = time[time.length - 1];
  const inner: number[] = [...time.subarray(1, -1)];
  for (let n = 1; n <= motion.pieceCount; n++) inner.push(slowdown * motion.pieceStart[n]);
  inner.sort((a, b) => a - b);
  const times = [0];
  for (const t of inner) if (t - times[times.length - 1] > SHORTEST_SEC && end - t > SHORTEST_SEC) times.push(t);
  times.push(end);
  return Float64Array.from(times);
}

/** State of the slowed motion at `t`, by the piece that `inside` lies in. */
function scaledState(motion: JointPieces, slowdown: number, t: number, inside: number, out: Float64Array, o: number) {
  const { joints, pieceCount, pieceStart, pieceStates } = motion;
  const end = pieceStart[pieceCount];
  const still = inside >= slowdown * end;
  const n = pieceOf(pieceStart, pieceCount, inside / slowdown);
  const u = (still ? end : t / slowdown) - pieceStart[n];
  for (let i = 0; i < joints; i++) {
    const s = 4 * joints * n + i;
    const v = pieceStates[s + joints];
    const a = pieceStates[s + 2 * joints];
    const j = pieceStates[s + 3 * joints];
    out[o + i] = pieceStates[s] + u * (v + u * (0.5 * a + (u * j) / 6));
    if (still) continue;
    out[o + joints + i] = (v + u * (a + 0.5 * u * j)) / slowdown;
    out[o + 2 * joints + i] = (a + u * j) / slowdown ** 2;
    out[o + 3 * joints + i] = j / slowdown ** 3;
  }
}

export function piecesDurationSec({ pieceStart, pieceCount }: JointPieces): number {
  return pieceStart[pieceCount];
}

/** State at `timeSec` into [joints] each; before the beginning and after the end the first and the last piece go on. No allocation. */
export function piecesStateAt(
  motion: JointPieces,
  timeSec: number,
  position: Float64Array,
  velocity: Float64Array,
  acceleration: Float64Array,
): void {
  const { joints, pieceStart, pieceStates, pieceCount } = motion;
  const n = pieceOf(pieceStart, pieceCount, timeSec);
  const t = timeSec - pieceStart[n];
  for (let i = 0; i < joints; i++) {
    const s = 4 * joints * n + i;
    const v = pieceStates[s + joints];
    const a = pieceStates[s + 2 * joints];
    const j = pieceStates[s + 3 * joints];
    position[i] = pieceStates[s] + t * (v + t * (0.5 * a + (t * j) / 6));
    velocity[i] = v + t * (a + 0.5 * t * j);
    acceleration[i] = a + t * j;
  }
}

/** How a motion uses its limits. */
export interface LimitUse {
  /** Greatest velocity, acceleration and jerk of all joints as shares of their limits. */
  readonly ratios: readonly [number, number, number];
  /** The joint of each of them. */
  readonly joints: readonly [number, number, number];
  /** The joint that leaves its positions farthest, by how much [rad or m]; 0 where none does. */
  readonly outside: number;
  readonly outsideJoint: number;
}

/** Exact: extrema of a cubic, its slope and its acceleration lie at its ends and where the next derivative is zero. */
export function limitUse(
  { joints, pieceCount, pieceStart, pieceStates }: JointPieces,
  limits: PathLimits,
  positions: readonly JointLimits[],
): LimitUse {
  const ratios: [number, number, number] = [0, 0, 0];
  const which: [number, number, number] = [0, 0, 0];
  let outside = 0;
  let outsideJoint = 0;
  const note = (part: 0 | 1 | 2, joint: number, ratio: number): void => {
    if (!(ratio > ratios[part])) return;
    ratios[part] = ratio;
    which[part] = joint;
  };
  for (let n = 0; n < pieceCount; n++) {
    const time = pieceStart[n + 1] - pieceStart[n];
    for (let i = 0; i < joints; i++) {
      const o = 4 * joints * n + i;
      const q = pieceStates[o];
      const v = pieceStates[o + joints];
      const a = pieceStates[o + 2 * joints];
      const j = pieceStates[o + 3 * joints];
      const speed = (t: number): number => v + t * (a + 0.5 * t * j);
      const { lower, upper } = positions[i];
      const beyond = (t: number): void => {
        if (!(t >= 0 && t <= time)) return;
        const at = q + t * (v + t * (0.5 * a + (t * j) / 6));
        const off = Math.max(lower - at, at - upper);
        if (off > outside) {
          outside = off;
          outsideJoint = i;
        }
      };
      const still = -a / j;
      note(0, i, Math.max(Math.abs(v), Math.abs(speed(time))) / limits.velocity[i]);
      if (still > 0 && still < time) note(0, i, Math.abs(speed(still)) / limits.velocity[i]);
      note(1, i, Math.max(Math.abs(a), Math.abs(a + time * j)) / limits.acceleration[i]);
      note(2, i, Math.abs(j) / limits.jerk[i]);
      beyond(0);
      beyond(time);
      // Where the velocity is zero: by the larger root first, so that nothing cancels.
      const root = Math.sqrt(a * a - 2 * j * v);
      if (Number.isFinite(root)) {
        const sum = -(a + (a < 0 ? -root : root));
        beyond(sum / j);
        beyond((2 * v) / sum);
      }
    }
  }
  return { ratios, joints: which, outside, outsideJoint };
}
