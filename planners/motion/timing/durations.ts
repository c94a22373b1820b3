import {
  A_MAX,
  A0,
  AF,
  CRUISE_AT,
  CRUISE_FROM,
  evaluate,
  GOAL,
  JERK,
  SLOPE,
  TOUCH,
  TURN,
  V_MAX,
  V0,
  VF,
} from './extremal.ts';
import { durationOf, durationOfExtremum } from './root.ts';

/**
 * Which durations a joint can take: T is possible exactly where the side that leads has gone at least the distance and
 * the side that lags at most, because the motions of a given duration form a convex set and so their distances an
 * interval. What lies between two possible stretches is the blocked interval of Berscheid and Kroeger.
 */
export const MAX_STRETCHES = 6;

/** What {@link possibleDurations} needs beside: stretches of the leading and of the lagging side. */
export const SCRATCH_SIZE = 8;
const LAG = 4;

/** Changes of velocity closer than this to those of a single ramp are taken as one [unit of the joint / s]. */
const SNAP = 1e-13;

/**
 * Writes the stretches of possible durations [s], ascending, as pairs of begin and end (the last end is Infinity) into
 * `out` [2 * MAX_STRETCHES]; returns their number.
 *
 * @param lead the side along the axis, prepared; @param lag the side against it, prepared
 */
export function possibleDurations(
  lead: Float64Array,
  lag: Float64Array,
  out: Float64Array,
  scratch: Float64Array,
): number {
  const a0 = lead[A0];
  const af = lead[AF];
  const jerk = lead[JERK];
  const gain = lead[VF] - lead[V0];
  const rampGain = (0.5 * Math.abs(af - a0) * (a0 + af)) / jerk;
  const squares = 0.5 * (a0 * a0 + af * af);
  const up = gain >= rampGain;
  let count = 0;
  if (Math.abs(gain - rampGain) <= SNAP * (1 + Math.abs(lead[V0]) + Math.abs(lead[VF]))) {
    const ramp = Math.abs(af - a0) / jerk;
    if (Math.abs(ramp * (lead[V0] + (ramp * (2 * a0 + af)) / 6) - lead[GOAL]) <= lead[TOUCH]) {
      out[0] = ramp;
      out[1] = ramp;
      count = 1;
    }
  }
  const side = up ? lead : lag;
  let start = quickest(side);
  // Both accelerations point the way of the velocity change: the longer it takes, the less it can be kept small.
  if (side[A0] > 0 && side[AF] > 0) {
    const room = squares - jerk * Math.abs(gain);
    if (room >= 0) {
      const end = Math.max(start, (side[A0] + side[AF] - 2 * Math.sqrt(room)) / jerk);
      count = addStretches(lead, lag, start, end, out, count, scratch);
      start = Math.max(end, quickest(up ? lag : lead));
    }
  }
  return addStretches(lead, lag, start, Number.POSITIVE_INFINITY, out, count, scratch);
}

/** Shortest duration of a change of velocity that rises first [s]. */
function quickest(x: Float64Array): number {
  const a0 = x[A0];
  const af = x[AF];
  const jerk = x[JERK];
  const gain = x[VF] - x[V0];
  const squares = 0.5 * (a0 * a0 + af * af);
  const peak = Math.max(a0, af, Math.sqrt(Math.max(0, squares + jerk * gain)));
  const aMax = x[A_MAX];
  if (peak <= aMax) return (2 * peak - a0 - af) / jerk;
  return (2 * aMax - a0 - af) / jerk + Math.max(0, (gain - (aMax * aMax - squares) / jerk) / aMax);
}

/** Where both sides allow a duration between `start` and `end`. */
function addStretches(
  lead: Float64Array,
  lag: Float64Array,
  start: number,
  end: number,
  out: Float64Array,
  count: number,
  scratch: Float64Array,
): number {
  const leads = farEnough(lead, start, end, scratch, 0);
  const lags = farEnough(lag, start, end, scratch, LAG);
  let n = count;
  for (let i = 0; i < leads; i++) {
    for (let k = 0; k < lags; k++) {
      const from = Math.max(scratch[2 * i], scratch[LAG + 2 * k]);
      const to = Math.min(scratch[2 * i + 1], scratch[LAG + 2 * k + 1]);
      if (from > to) continue;
      out[2 * n] = from;
      out[2 * n + 1] = to;
      n++;
    }
  }
  return n;
}

/**
 * Where a side has gone far enough, between `start` and `end` (Infinity when open): none, one or two stretches into `out` from `at` on.
 * The slope falls until the side's turn and rises afterwards, so that the distance may grow, shrink and grow.
 */
function farEnough(x: Float64Array, start: number, end: number, out: Float64Array, at: number): number {
  const goal = x[GOAL];
  const enough = goal - x[TOUCH];
  const first = evaluate(x, start);
  const slope = x[SLOPE];
  const turn = Math.min(end, x[TURN]);
  let least = slope;
  if (turn > start) {
    evaluate(x, turn);
    least = x[SLOPE];
  }
  out[at + 1] = end;
  if (least >= 0) {
    if (first >= enough) {
      out[at] = start;
      return 1;
    }
    out[at] = rise(x, start, end);
    return out[at] <= end ? 1 : 0;
  }
  const bend = Math.max(start, turn);
  const top = slope > 0 ? durationOfExtremum(x, start, bend, false) : start;
  const most = evaluate(x, top);
  const valley = valleyBetween(x, bend, end);
  const lowest = evaluate(x, valley);
  out[at] = first >= enough ? start : most <= goal ? top : durationOf(x, goal, start, top, true, Number.NaN);
  if (lowest >= goal) return 1;
  let n = at;
  if (most >= enough) {
    out[n + 1] = most <= goal ? top : durationOf(x, goal, top, valley, false, Number.NaN);
    n += 2;
  }
  const back = valley < end ? rise(x, valley, end) : Number.POSITIVE_INFINITY;
  if (back < Number.POSITIVE_INFINITY && back <= end) {
    out[n] = back;
    out[n + 1] = end;
    n += 2;
  }
  return (n - at) / 2;
}

function valleyBetween(x: Float64Array, bend: number, end: number): number {
  const last = Math.min(end, x[CRUISE_FROM]);
  if (last <= bend) return bend;
  if (last === end) {
    evaluate(x, end);
    if (x[SLOPE] <= 0) return end;
  }
  return durationOfExtremum(x, bend, last, true);
}

/** Where a side that has gone too little at `lo`, and moves forward from then on, has gone far enough; Infinity if after `end`. */
function rise(x: Float64Array, lo: number, end: number): number {
  const goal = x[GOAL];
  const full = x[CRUISE_FROM];
  if (end <= full) {
    const last = evaluate(x, end);
    if (last < goal) return last >= goal - x[TOUCH] ? end : Number.POSITIVE_INFINITY;
    return durationOf(x, goal, lo, end, true, Number.NaN);
  }
  const beyond = goal - x[CRUISE_AT];
  if (beyond >= 0 || lo >= full) return full + beyond / x[V_MAX];
  return durationOf(x, goal, lo, full, true, full + beyond / x[V_MAX]);
}
