import {
  A_TARGET,
  type Axis,
  LIMIT_A_MAX,
  LIMIT_A_MIN,
  LIMIT_JERK,
  LIMIT_V_MAX,
  LIMIT_V_MIN,
  V_TARGET,
} from './axis.ts';
import { evaluate, GOAL, REACH, reachByJerk, V_MAX } from './extremal.ts';
import { fillLag, fillLead } from './sides.ts';

const STEPS = 40;
/** Less than this share of the jerk limit is never looked for: a joint at rest that stays needs none at all. */
const LEAST_SHARE = 1e-9;

/** What {@link leastJerk} found: one side alone goes the distance, or only a mean of both under the jerk `Axis.jerk`. */
export const LEAD_ALONE = 1;
export const LAG_ALONE = 0;
export const MEAN = -1;

/**
 * Finds the least jerk with which the duration T [s] is possible and leaves it in `axis.jerk`, the sides evaluated. The less the
 * jerk, the nearer to each other the two sides; at the least one of them goes the distance alone. A motion planned so
 * is found again when it is planned anew from any point on its way, and keeps a reserve of jerk to its end; a fixed share
 * of both sides does neither.
 */
export function leastJerk(axis: Axis, T: number): number {
  const { lead, lag, task } = axis;
  const full = task[LIMIT_JERK];
  const leadMiss = lead[REACH] - lead[GOAL];
  const lagMiss = lag[REACH] - lag[GOAL];
  const leadSlope = reachByJerk(lead);
  const lagSlope = reachByJerk(lag);
  const lowest = Math.min(full, Math.max(LEAST_SHARE * full, lowestJerk(axis, T) * (1 + 1e-10)));
  let least = miss(axis, true, lowest, T);
  const leads = least < 0;
  if (!leads) {
    least = miss(axis, false, lowest, T);
    // Neither side falls short: the limits of velocity, not the distance, ask for this much jerk.
    if (!(least < 0)) {
      axis.jerk[0] = lowest;
      return MEAN;
    }
  }
  const side = leads ? lead : lag;
  const rounding = 4e-15 * (Math.abs(side[GOAL]) + side[V_MAX] * T);
  let lo = lowest;
  let hi = full;
  let jerk = full;
  let off = leads ? leadMiss : lagMiss;
  let slope = leads ? leadSlope : lagSlope;
  for (let n = 0; n < STEPS; n++) {
    // The power of the jerk above the lowest that has the value and the slope here and the value there.
    const power = ((jerk - lowest) * slope) / (off - least);
    const next = lowest + (jerk - lowest) * (-least / (off - least)) ** (1 / power);
    const inside = next > lo && next < hi;
    const still = inside && Math.abs(next - jerk) <= 2e-15 * jerk;
    jerk = inside ? next : Math.sqrt(lo * hi);
    off = miss(axis, leads, jerk, T);
    if (Math.abs(off) <= rounding) {
      axis.jerk[0] = jerk;
      return leads ? LEAD_ALONE : LAG_ALONE;
    }
    if (still) break;
    slope = reachByJerk(side);
    if (off > 0) hi = jerk;
    else lo = jerk;
  }
  // The reach can grow with the root of the jerk, faster than the jerk has digits: a hair more, and a mean.
  for (let more = 4e-15; off < 0 && jerk < hi; more *= 8) {
    jerk = Math.min(hi, jerk * (1 + more));
    off = miss(axis, leads, jerk, T);
  }
  axis.jerk[0] = jerk;
  return MEAN;
}

/** How much farther than the distance a side goes under a jerk. */
function miss(axis: Axis, leads: boolean, jerk: number, T: number): number {
  const side = leads ? axis.lead : axis.lag;
  if (leads) fillLead(axis, jerk);
  else fillLag(axis, jerk);
  return evaluate(side, T) - side[GOAL];
}

/** Jerk with which the change of velocity takes T seconds, or with which start and target just keep the limits of velocity. */
function lowestJerk(axis: Axis, T: number): number {
  const { task, cursor } = axis;
  const v0 = cursor[2];
  const a0 = cursor[3];
  const vf = task[V_TARGET];
  const af = task[A_TARGET];
  const sum = a0 + af;
  const excess = 2 * (vf - v0) - T * sum;
  let jerk = (Math.abs(excess) + Math.sqrt(excess * excess + T * T * (a0 - af) * (a0 - af))) / (T * T);
  // The peak of the acceleration at that jerk; where its limit cuts it off, the duration is linear in 1 / jerk.
  const sign = excess >= 0 ? 1 : -1;
  const limit = sign > 0 ? task[LIMIT_A_MAX] : -task[LIMIT_A_MIN];
  if (0.5 * (jerk * T + sign * sum) > limit) {
    jerk = (limit - sign * sum + (0.5 * (a0 * a0 + af * af)) / limit) / (T - (sign * (vf - v0)) / limit);
  }
  jerk = Math.max(jerk, 0.5 * ratio(a0 * a0, a0 > 0 ? task[LIMIT_V_MAX] - v0 : v0 - task[LIMIT_V_MIN]));
  return Math.max(jerk, 0.5 * ratio(af * af, af < 0 ? task[LIMIT_V_MAX] - vf : vf - task[LIMIT_V_MIN]));
}

function ratio(square: number, room: number): number {
  return square > 0 ? square / Math.max(0, room) : 0;
}
