import type { PathTiming } from './path.ts';
import { rampDistance, straightTime } from './ramps.ts';

/**
 * Turns corner k from `speedIn` to `speedOut` as quickly as the joints' limits allow and writes `turnSec` and `riseShare`.
 * The velocity w d1 (1 - h) + u d2 h with an S-curve h in time keeps the direction's plane; its distance from the polyline is
 * at most sqrt(w u) G sin(angle), where G is the integral of h to the middle (h and its integral are log-concave).
 * False when that exceeds the corner's budget.
 */
export function turnCorner(path: PathTiming, k: number, speedIn: number, speedOut: number): boolean {
  const { joints, directions, perAcceleration, perJerk } = path;
  const before = (k - 1) * joints;
  const after = k * joints;
  let a = 0;
  let j = 0;
  for (let i = 0; i < joints; i++) {
    const change = Math.abs(speedOut * directions[after + i] - speedIn * directions[before + i]);
    a = Math.max(a, change * perAcceleration[i]);
    j = Math.max(j, change * perJerk[i]);
  }
  path.speedIn[k] = speedIn;
  path.speedOut[k] = speedOut;
  if (!(a > 0)) {
    path.turnSec[k] = 0;
    path.riseShare[k] = 0.5;
    return true;
  }
  // Least duration with a <= T (1 - r) and j <= T^2 r (1 - r).
  const held = a * a > j;
  const turn = held ? a + j / a : 2 * Math.sqrt(j);
  const r = held ? j / (a * turn) : 0.5;
  path.turnSec[k] = turn;
  path.riseShare[k] = r;
  const integral = (turn * (0.125 - 0.25 * r + (r * r) / 6)) / (1 - r);
  return Math.sqrt(speedIn * speedOut) * integral * path.sines[k] <= path.budgets[k];
}

/** Duration of the straight part of segment k between its corners [s]; Infinity when too short. */
export function timeStraight(path: PathTiming, k: number): number {
  const from = path.speedOut[k];
  const to = path.speedIn[k + 1];
  const time = straightTime(
    freeLength(path, k),
    from,
    to,
    path.speedLimits[k],
    path.accelerationLimits[k],
    path.jerkLimits[k],
    path.ramp,
  );
  path.straightSec[k] = time;
  return time;
}

/** Of segment k what its corners leave. */
export function freeLength(path: PathTiming, k: number): number {
  return path.lengths[k] - 0.5 * (path.speedOut[k] * path.turnSec[k] + path.speedIn[k + 1] * path.turnSec[k + 1]);
}

const HALVINGS = 30;
/** Of a segment the share that a corner may take at first. */
const FIRST_SHARE = 0.45;

/** Speeds that every corner can take with its neighbours: the greatest of each alone, then lowered until all can be reached. */
export function firstSpeeds(path: PathTiming): void {
  const last = path.count - 1;
  path.speedOut[0] = 0;
  path.turnSec[0] = 0;
  path.speedIn[last] = 0;
  path.turnSec[last] = 0;
  for (let k = 1; k < last; k++) {
    let lo = 0;
    let hi = path.budgets[k] > 0 ? Math.min(path.speedLimits[k - 1], path.speedLimits[k]) : 0;
    const room = FIRST_SHARE * Math.min(path.lengths[k - 1], path.lengths[k]);
    for (let n = 0; n < HALVINGS && hi > 0; n++) {
      const speed = n === 0 ? hi : 0.5 * (lo + hi);
      if (turnCorner(path, k, speed, speed) && 0.5 * speed * path.turnSec[k] <= room) lo = speed;
      else hi = speed;
      if (lo === hi) break;
    }
    turnCorner(path, k, lo, lo);
  }
  for (let k = 1; k < last; k++) lower(path, k, path.speedOut[k - 1], k - 1);
  for (let k = last - 1; k > 0; k--) lower(path, k, path.speedIn[k + 1], k);
  for (let k = 0; k < last; k++) timeStraight(path, k);
}

/** Lowers the speed of corner k toward that of its neighbour until `segment` between the two is long enough. */
function lower(path: PathTiming, k: number, neighbour: number, segment: number): void {
  const fits = (): boolean =>
    rampDistance(
      path.speedOut[segment],
      path.speedIn[segment + 1],
      path.accelerationLimits[segment],
      path.jerkLimits[segment],
    ) <= freeLength(path, segment);
  let hi = path.speedIn[k];
  if (hi <= neighbour || fits()) return;
  let lo = neighbour;
  for (let n = 0; n < HALVINGS; n++) {
    const speed = 0.5 * (lo + hi);
    turnCorner(path, k, speed, speed);
    if (fits()) lo = speed;
    else hi = speed;
  }
  turnCorner(path, k, lo, lo);
}
