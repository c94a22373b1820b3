import { BAD_LIMIT, BAD_PATH, NOT_FINITE, OK, type TimingCode } from './codes.ts';
import { firstSpeeds } from './corners.ts';
import { type PathTiming, setGeometry } from './path.ts';
import { layPieces } from './path-pieces.ts';
import { betterSpeeds } from './path-speeds.ts';
import { thinWaypoints } from './thinning.ts';

export interface PathLimits {
  /** Greatest velocity, acceleration and jerk of each joint [joints], in rad or m, per s, s^2, s^3. */
  readonly velocity: ArrayLike<number>;
  readonly acceleration: ArrayLike<number>;
  readonly jerk: ArrayLike<number>;
}

/**
 * Times a path through `count` waypoints [count][joints], from rest to rest. The motion stays within `maxDeviation` [rad or m,
 * over all joints] of the polyline, by leaving out waypoints and by rounding corners; with 0 it stops at every corner. A
 * number for each waypoint allows less where something is near (see {@link waypointsAt}). Between the straight parts and
 * the corners the acceleration is zero, and each piece has constant jerk, so that velocity, acceleration and jerk of every
 * joint are inside their limits along the whole motion by construction. Never throws or allocates.
 */
export function timePath(
  path: PathTiming,
  waypoints: ArrayLike<number>,
  count: number,
  limits: PathLimits,
  maxDeviation: number | ArrayLike<number>,
): TimingCode {
  path.pieceCount = 0;
  path.pieceStart[0] = 0;
  if (!(count >= 2 && count <= path.maxWaypoints)) return BAD_PATH;
  for (let i = 0; i < count * path.joints; i++) if (!Number.isFinite(waypoints[i])) return NOT_FINITE;
  for (let k = 0; k < count; k++) {
    const allowed = typeof maxDeviation === 'number' ? maxDeviation : maxDeviation[k];
    if (!(allowed >= 0 && allowed < Infinity)) return NOT_FINITE;
    path.allowed[k] = allowed;
  }
  for (let i = 0; i < path.joints; i++) {
    const v = limits.velocity[i];
    const a = limits.acceleration[i];
    const j = limits.jerk[i];
    if (!(v > 0 && v < Infinity && a > 0 && a < Infinity && j > 0 && j < Infinity)) return BAD_LIMIT;
    path.maxVelocity[i] = v;
    path.perAcceleration[i] = 1 / a;
    path.perJerk[i] = 1 / j;
  }
  thinWaypoints(path, waypoints, count);
  setGeometry(path, waypoints, count);
  if (path.count > 1) {
    firstSpeeds(path);
    betterSpeeds(path);
  }
  layPieces(path);
  return OK;
}

/** Duration of the timed path [s]. */
export function pathDurationSec(path: PathTiming): number {
  return path.pieceStart[path.pieceCount];
}

/** State at `timeSec` into [joints] each; before the start and after the end at rest there. */
export function pathStateAt(
  path: PathTiming,
  timeSec: number,
  position: Float64Array,
  velocity: Float64Array,
  acceleration: Float64Array,
  jerk: Float64Array,
): void {
  const { joints, points, count, pieceCount, pieceStart, pieceStates } = path;
  if (!(timeSec >= 0 && timeSec < pieceStart[pieceCount])) {
    const at = timeSec >= 0 ? (count - 1) * joints : 0;
    for (let i = 0; i < joints; i++) {
      position[i] = points[at + i];
      velocity[i] = acceleration[i] = jerk[i] = 0;
    }
    return;
  }
  const lo = pieceAt(path, timeSec);
  const t = timeSec - pieceStart[lo];
  const o = 4 * joints * lo;
  for (let i = 0; i < joints; i++) {
    const v = pieceStates[o + joints + i];
    const a = pieceStates[o + 2 * joints + i];
    const j = pieceStates[o + 3 * joints + i];
    position[i] = pieceStates[o + i] + t * (v + t * (0.5 * a + (t * j) / 6));
    velocity[i] = v + t * (a + 0.5 * t * j);
    acceleration[i] = a + t * j;
    jerk[i] = j;
  }
}

function pieceAt(path: PathTiming, timeSec: number): number {
  const { pieceStart } = path;
  let lo = 0;
  let hi = path.pieceCount;
  while (hi - lo > 1) {
    const middle = (lo + hi) >> 1;
    if (pieceStart[middle] <= timeSec) lo = middle;
    else hi = middle;
  }
  return lo;
}

/**
 * First and last of the given waypoints whose allowed deviation shapes the motion at `timeSec`, into out[0..1]: where the motion
 * meets something there, time the path again with less for them.
 */
export function waypointsAt(path: PathTiming, timeSec: number, out: Int32Array): void {
  const place = path.pieceCount > 0 ? path.piecePlaces[pieceAt(path, timeSec)] : -1;
  const first = place < 0 ? -1 - place : place - 1;
  const last = place < 0 ? first + 1 : place + 1;
  out[0] = path.origins[first];
  out[1] = path.origins[Math.min(last, path.count - 1)];
}

/**
 * Greatest velocity, acceleration and jerk of all joints over the whole motion as shares of their limits, into out[0..2]:
 * exact, since within a piece the acceleration is linear and the velocity has its extrema at the ends or where the acceleration is zero.
 */
export function greatestRatios(path: PathTiming, out: Float64Array): void {
  const { joints, pieceCount, pieceStart, pieceStates, maxVelocity, perAcceleration, perJerk } = path;
  out[0] = out[1] = out[2] = 0;
  for (let n = 0; n < pieceCount; n++) {
    const time = pieceStart[n + 1] - pieceStart[n];
    const o = 4 * joints * n;
    for (let i = 0; i < joints; i++) {
      const v = pieceStates[o + joints + i];
      const a = pieceStates[o + 2 * joints + i];
      const j = pieceStates[o + 3 * joints + i];
      const still = -a / j;
      const turn = still > 0 && still < time ? Math.abs(v + 0.5 * a * still) : 0;
      const speed = Math.max(Math.abs(v), Math.abs(v + time * (a + 0.5 * time * j)), turn);
      out[0] = Math.max(out[0], speed / maxVelocity[i]);
      out[1] = Math.max(out[1], Math.abs(a) * perAcceleration[i], Math.abs(a + time * j) * perAcceleration[i]);
      out[2] = Math.max(out[2], Math.abs(j) * perJerk[i]);
    }
  }
}
