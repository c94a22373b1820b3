import { freeLength } from './corners.ts';
import type { PathTiming } from './path.ts';
import { rampTime, straightTime } from './ramps.ts';

/** Writes the motion: pieces of constant jerk of the straight parts and the corners, from their speeds. */
export function layPieces(path: PathTiming): void {
  for (let k = 0; k + 1 < path.count; k++) {
    layStraight(path, k);
    if (k + 2 < path.count) layTurn(path, k + 1);
  }
}

/** Segment k between its corners: a ramp to the peak, along, a ramp down. */
function layStraight(path: PathTiming, k: number): void {
  const from = path.speedOut[k];
  const to = path.speedIn[k + 1];
  const a = path.accelerationLimits[k];
  const j = path.jerkLimits[k];
  straightTime(freeLength(path, k), from, to, path.speedLimits[k], a, j, path.ramp);
  const peak = path.ramp[0];
  const cruise = path.ramp[1];
  const start = 0.5 * from * path.turnSec[k];
  const end = path.lengths[k] - 0.5 * to * path.turnSec[k + 1];
  const upSec = rampTime(peak - from, a, j);
  const downSec = rampTime(peak - to, a, j);
  layRamp(path, k, start, from, peak - from, upSec, a, j);
  if (cruise > 0) layPiece(path, k, end - 0.5 * (peak + to) * downSec - cruise, peak, 0, 0, cruise / peak);
  layRamp(path, k, end - 0.5 * (peak + to) * downSec, peak, to - peak, downSec, a, j);
}

function layRamp(
  path: PathTiming,
  k: number,
  start: number,
  from: number,
  change: number,
  time: number,
  aMax: number,
  j: number,
): void {
  if (!(time > 0)) return;
  const sign = change < 0 ? -1 : 1;
  const held = Math.abs(change) * j > aMax * aMax;
  const rise = held ? aMax / j : 0.5 * time;
  const a = sign * j * rise;
  layPiece(path, k, start, from, 0, sign * j, rise);
  let s = start + rise * (from + (rise * a) / 6);
  let v = from + 0.5 * a * rise;
  if (held) {
    const hold = time - 2 * rise;
    layPiece(path, k, s, v, a, 0, hold);
    s += hold * (v + 0.5 * a * hold);
    v += a * hold;
  }
  layPiece(path, k, s, v, a, -sign * j, rise);
}

/** A piece along segment k that starts `s` behind its waypoint with speed, acceleration and jerk along it. */
function layPiece(path: PathTiming, k: number, s: number, v: number, a: number, j: number, time: number): void {
  if (!(time > 0)) return;
  const { joints, points, directions, pieceStates } = path;
  const o = 4 * joints * path.pieceCount;
  for (let i = 0; i < joints; i++) {
    const d = directions[k * joints + i];
    pieceStates[o + i] = points[k * joints + i] + s * d;
    pieceStates[o + joints + i] = v * d;
    pieceStates[o + 2 * joints + i] = a * d;
    pieceStates[o + 3 * joints + i] = j * d;
  }
  closePiece(path, time, -1 - k);
}

function closePiece(path: PathTiming, time: number, place: number): void {
  const n = path.pieceCount;
  path.piecePlaces[n] = place;
  path.pieceStart[n + 1] = path.pieceStart[n] + time;
  path.pieceCount = n + 1;
}

/** Corner k: the acceleration of every joint rises, is held, falls. */
function layTurn(path: PathTiming, k: number): void {
  const time = path.turnSec[k];
  if (!(time > 0)) return;
  const rise = path.riseShare[k] * time;
  const hold = Math.max(0, time - 2 * rise);
  layTurnPiece(path, k, 0, rise);
  if (hold > 0) layTurnPiece(path, k, 1, hold);
  layTurnPiece(path, k, 2, rise);
}

function layTurnPiece(path: PathTiming, k: number, phase: number, length: number): void {
  const { joints, points, directions, pieceStates } = path;
  const time = path.turnSec[k];
  const rise = path.riseShare[k] * time;
  const speedIn = path.speedIn[k];
  const speedOut = path.speedOut[k];
  const o = 4 * joints * path.pieceCount;
  // Share of the turn that the velocity has made at the start of the phase, and its integral.
  const done = phase === 0 ? 0 : phase === 1 ? (0.5 * rise) / (time - rise) : 1 - (0.5 * rise) / (time - rise);
  const early = (rise * rise) / (6 * (time - rise));
  const path1 = phase === 0 ? 0 : phase === 1 ? early : 0.5 * time - rise + early;
  const t = phase === 0 ? 0 : phase === 1 ? rise : time - rise;
  for (let i = 0; i < joints; i++) {
    const vIn = speedIn * directions[(k - 1) * joints + i];
    const change = speedOut * directions[k * joints + i] - vIn;
    const top = change / (time - rise);
    pieceStates[o + i] = points[k * joints + i] + vIn * (t - 0.5 * time) + change * path1;
    pieceStates[o + joints + i] = vIn + change * done;
    pieceStates[o + 2 * joints + i] = phase === 0 ? 0 : top;
    pieceStates[o + 3 * joints + i] = phase === 0 ? top / rise : phase === 1 ? 0 : -top / rise;
  }
  closePiece(path, length, k);
}
