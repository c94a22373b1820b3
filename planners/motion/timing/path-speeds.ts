import { timeStraight, turnCorner } from './corners.ts';
import type { PathTiming } from './path.ts';

/** Factors by which a corner's speeds are tried to change, coarse to fine. */
const FACTORS = [2, 1.4, 1.15, 1.05, 1.02];
const SWEEPS = 6;

/**
 * Betters the corners' speeds one corner at a time: faster, slower, only out, only in, or a stop, which a small deviation
 * can make the quicker choice. A change stays when both segments and the turn together become quicker and the deviation
 * is kept, so the motion is possible at every moment.
 */
export function betterSpeeds(path: PathTiming): void {
  const last = path.count - 1;
  for (let f = 0; f < FACTORS.length; f++) {
    path.settled.fill(0);
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      let changed = false;
      for (let i = 1; i < last; i++) {
        const k = sweep % 2 === 0 ? i : last - i;
        if (path.settled[k] === 1) continue;
        if (betterCorner(path, k, FACTORS[f])) {
          changed = true;
          path.settled[k - 1] = 0;
          path.settled[k + 1] = 0;
        } else {
          path.settled[k] = 1;
        }
      }
      if (!changed) break;
    }
  }
}

function betterCorner(path: PathTiming, k: number, factor: number): boolean {
  let changed = false;
  for (let move = 0; move < 6; move++) {
    // Both up, both down, out up, out down, in up, in down.
    const by = move % 2 === 0 ? factor : 1 / factor;
    if (tryCorner(path, k, move < 2 || move > 3 ? by : 1, move < 4 ? by : 1)) changed = true;
  }
  return tryCorner(path, k, 0, 0) || changed;
}

function tryCorner(path: PathTiming, k: number, byIn: number, byOut: number): boolean {
  const speedIn = path.speedIn[k];
  const speedOut = path.speedOut[k];
  const newIn = Math.min(speedIn * byIn, path.speedLimits[k - 1]);
  const newOut = Math.min(speedOut * byOut, path.speedLimits[k]);
  if (newIn === speedIn && newOut === speedOut) return false;
  const turn = path.turnSec[k];
  const rise = path.riseShare[k];
  const before = path.straightSec[k - 1];
  const after = path.straightSec[k];
  const old = before + turn + after;
  if (turnCorner(path, k, newIn, newOut)) {
    const time = timeStraight(path, k - 1) + path.turnSec[k] + timeStraight(path, k);
    if (time < old * (1 - 1e-9)) return true;
  }
  path.speedIn[k] = speedIn;
  path.speedOut[k] = speedOut;
  path.turnSec[k] = turn;
  path.riseShare[k] = rise;
  path.straightSec[k - 1] = before;
  path.straightSec[k] = after;
  return false;
}
