/**
 * What the timing of a path works on, preallocated: waypoints without repetitions and without those that lie on a straight
 * line, segments between them, corners at them, and the motion as pieces of constant jerk of all joints.
 *
 * Segment k leads from waypoint k to k + 1. Corner k rounds waypoint k: the velocity turns from `speedIn` along the segment
 * before to `speedOut` along the segment after in `turnSec` seconds, by an S-curve of both at once.
 */
export interface PathTiming {
  readonly joints: number;
  readonly maxWaypoints: number;
  readonly maxVelocity: Float64Array;
  readonly perAcceleration: Float64Array;
  readonly perJerk: Float64Array;
  /** Waypoints in use, and their positions [waypoints][joints]. */
  count: number;
  readonly points: Float64Array;
  /** Unit directions of the segments [segments][joints], and for each its length and limits along it. */
  readonly directions: Float64Array;
  readonly lengths: Float64Array;
  readonly speedLimits: Float64Array;
  readonly accelerationLimits: Float64Array;
  readonly jerkLimits: Float64Array;
  /** Of each corner: distance from the polyline for each metre or radian cut off, which is the sine of its angle. */
  readonly sines: Float64Array;
  /** Of each corner: how far it may stay from the segments beside it. */
  readonly budgets: Float64Array;
  readonly speedIn: Float64Array;
  readonly speedOut: Float64Array;
  readonly turnSec: Float64Array;
  /** Share of the turn in which the acceleration rises, at most a half; as long again it falls. */
  readonly riseShare: Float64Array;
  /** Duration of the straight part of each segment [s]. */
  readonly straightSec: Float64Array;
  /** Of each corner: whether changing its speeds was tried in vain since it or a neighbour changed. */
  readonly settled: Uint8Array;
  pieceCount: number;
  /** Waypoint in use at which a piece is a corner, or minus one minus the one at which its segment begins. */
  readonly piecePlaces: Int32Array;
  /** Start of each piece [s], and one more for the end. */
  readonly pieceStart: Float64Array;
  /** Position, velocity, acceleration and jerk of each joint where a piece starts: [pieces][4][joints]. */
  readonly pieceStates: Float64Array;
  readonly ramp: Float64Array;
  /** Number in the given path of each waypoint in use. */
  readonly origins: Int32Array;
  /** Of the waypoints given: how far the motion may stay from the path there, whether each stays, and what leaving out those that follow costs. */
  readonly allowed: Float64Array;
  readonly kept: Uint8Array;
  readonly thinned: Float64Array;
  readonly stack: Int32Array;
}

/** Up, hold, down, cruise, down, hold, up of a straight part, and the three of a corner. */
const PIECES_PER_WAYPOINT = 10;

export function createPathTiming(joints: number, maxWaypoints: number): PathTiming {
  const each = (): Float64Array => new Float64Array(maxWaypoints);
  const pieces = PIECES_PER_WAYPOINT * maxWaypoints;
  return {
    joints,
    maxWaypoints,
    maxVelocity: new Float64Array(joints),
    perAcceleration: new Float64Array(joints),
    perJerk: new Float64Array(joints),
    count: 0,
    points: new Float64Array(maxWaypoints * joints),
    directions: new Float64Array(maxWaypoints * joints),
    lengths: each(),
    speedLimits: each(),
    accelerationLimits: each(),
    jerkLimits: each(),
    sines: each(),
    budgets: each(),
    speedIn: each(),
    speedOut: each(),
    turnSec: each(),
    riseShare: each(),
    straightSec: each(),
    settled: new Uint8Array(maxWaypoints),
    pieceCount: 0,
    piecePlaces: new Int32Array(pieces),
    pieceStart: new Float64Array(pieces + 1),
    pieceStates: new Float64Array(4 * joints * pieces),
    ramp: new Float64Array(2),
    origins: new Int32Array(maxWaypoints),
    allowed: each(),
    kept: new Uint8Array(maxWaypoints),
    thinned: each(),
    stack: new Int32Array(2 * maxWaypoints + 4),
  };
}

/** Waypoints nearer to each other than this are one [rad or m, over all joints]. */
const SAME_POINT = 1e-9;
/** Segments whose unit directions differ by less than this are one. */
const SAME_DIRECTION = 1e-9;

/** Takes over the waypoints [given][joints] that are kept, without repetitions and those on a straight line; segments and corners. */
export function setGeometry(path: PathTiming, waypoints: ArrayLike<number>, given: number): void {
  const { joints, points, directions, lengths, budgets, allowed, origins, kept, thinned } = path;
  let last = 0;
  let off = thinned[0];
  origins[0] = 0;
  for (let i = 0; i < joints; i++) points[i] = waypoints[i];
  for (let k = 1; k < given; k++) {
    if (kept[k] === 0) continue;
    const length = distanceTo(path, last, waypoints, k);
    if (length > SAME_POINT) {
      for (let i = 0; i < joints; i++) {
        directions[last * joints + i] = (waypoints[k * joints + i] - points[last * joints + i]) / length;
      }
      // Straight on: the segment before grows.
      if (last > 0 && difference(path, last - 1, last) < SAME_DIRECTION) {
        last--;
        off = Math.max(off, budgets[last]);
      }
      lengths[last] = distanceTo(path, last, waypoints, k);
      for (let i = 0; i < joints; i++) {
        points[(last + 1) * joints + i] = waypoints[k * joints + i];
        directions[last * joints + i] = (waypoints[k * joints + i] - points[last * joints + i]) / lengths[last];
      }
      budgets[last] = off;
      last++;
      origins[last] = k;
    }
    off = thinned[k];
  }
  path.count = last + 1;
  for (let k = 0; k < last; k++) limitSegment(path, k);
  // From what each segment is off to what each corner may be, backward so that nothing is overwritten too early.
  for (let k = last - 1; k > 0; k--) {
    budgets[k] = Math.max(0, allowed[origins[k]] - Math.max(budgets[k - 1], budgets[k]));
    path.sines[k] = sineOf(path, k);
  }
}

function distanceTo(path: PathTiming, k: number, waypoints: ArrayLike<number>, given: number): number {
  const { joints, points } = path;
  let square = 0;
  for (let i = 0; i < joints; i++) {
    const step = waypoints[given * joints + i] - points[k * joints + i];
    square += step * step;
  }
  return Math.sqrt(square);
}

function difference(path: PathTiming, k: number, l: number): number {
  const { joints, directions } = path;
  let square = 0;
  for (let i = 0; i < joints; i++) {
    const step = directions[l * joints + i] - directions[k * joints + i];
    square += step * step;
  }
  return Math.sqrt(square);
}

function limitSegment(path: PathTiming, k: number): void {
  const { joints, directions, maxVelocity, perAcceleration, perJerk } = path;
  let v = 0;
  let a = 0;
  let j = 0;
  for (let i = 0; i < joints; i++) {
    const d = Math.abs(directions[k * joints + i]);
    v = Math.max(v, d / maxVelocity[i]);
    a = Math.max(a, d * perAcceleration[i]);
    j = Math.max(j, d * perJerk[i]);
  }
  path.speedLimits[k] = 1 / v;
  path.accelerationLimits[k] = 1 / a;
  path.jerkLimits[k] = 1 / j;
}

/** From the half-angle, which does not cancel: sin t = 2 sin(t/2) cos(t/2). */
function sineOf(path: PathTiming, k: number): number {
  const half = 0.5 * difference(path, k - 1, k);
  return half < 1 ? 2 * half * Math.sqrt(1 - half * half) : 0;
}
