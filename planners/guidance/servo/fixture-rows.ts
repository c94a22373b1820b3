import { approachBound, type FixtureSet } from '../fixtures/set.ts';
import type { StopMotion } from './stop-motion.ts';
import { factorToLimit, type TipMotion, type TrackingLimits } from './tip-motion.ts';

/** Share of the speed towards a fixture that its row allows which is asked for. */
const SOFTLY = 0.5;
/** The same for the place where it would come to rest, which has the way there behind it. */
const REST_SOFTLY = 0.7;
/** Share of the way to rest that is kept free there: along curved boundaries the velocity follows the wanted one late. */
const REST_SHARE = 0.03;
/** Rounds in which the wanted velocity goes through fixtures one by one. */
const ROUNDS = 3;

/**
 * Takes from the wanted velocity of the tip what leads too fast towards fixtures, both from where it is and from where it
 * would come to rest, slower than their rows would: the loops after it then brake in time, and the rows seldom act. What
 * several fixtures leave is found by going through them in turn.
 */
export function approachFixtures(
  { slots, distanceM, gradients }: FixtureSet,
  stop: StopMotion,
  approachPerSec: number,
  tip: TrackingLimits,
  wanted: Float64Array,
): void {
  for (let round = 0; round < ROUNDS; round++) {
    for (let f = 0; f < slots; f++) {
      // No faster than half of what the tip can brake stops in time.
      const braked = -Math.sqrt(factorToLimit(tip, tip.acceleration, gradients, 3 * f) * Math.max(0, distanceM[f]));
      leave(gradients, f, Math.max(braked, approachBound(distanceM[f], SOFTLY * approachPerSec)), wanted);
      const atRest = stop.restDistanceM[f] - REST_SHARE * stop.wayM;
      leave(stop.restGradients, f, approachBound(atRest, REST_SOFTLY * approachPerSec), wanted);
    }
  }
}

/** Adds to the velocity along a gradient until it rises at `bound` [m/s]. */
function leave(gradients: Float64Array, f: number, bound: number, wanted: Float64Array): void {
  const x = gradients[3 * f];
  const y = gradients[3 * f + 1];
  const z = gradients[3 * f + 2];
  const square = x * x + y * y + z * z;
  const over = bound - (x * wanted[0] + y * wanted[1] + z * wanted[2]);
  if (!(over > 0) || square < 1e-12) return;
  wanted[0] += (over / square) * x;
  wanted[1] += (over / square) * y;
  wanted[2] += (over / square) * z;
}

/**
 * The least rate at which a distance must rise along gradient f: that of its row, or what the tip can do in a cycle where that
 * is less, so that no row asks joints for all they have at the trocar's cost. The motion to rest guards what is left.
 */
export function fixtureBound(
  gradients: Float64Array,
  f: number,
  bound: number,
  { twist, change, curvature }: TipMotion,
  tip: TrackingLimits,
  periodSec: number,
): number {
  let rate = 0;
  let rise = 0;
  let bend = 0;
  for (let r = 0; r < 3; r++) {
    rate += gradients[3 * f + r] * twist[r];
    rise += gradients[3 * f + r] * change[r];
    bend += gradients[3 * f + r] * curvature[r];
  }
  const acceleration = factorToLimit(tip, tip.acceleration, gradients, 3 * f);
  const jerk = factorToLimit(tip, tip.jerk, gradients, 3 * f);
  const able = rate + periodSec * Math.min(acceleration, rise + periodSec * jerk);
  // What the arm's curvature adds by itself is not asked of the joints.
  return Math.min(bound, able) - periodSec * bend;
}
