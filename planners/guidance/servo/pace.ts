import { factorToLimit, type TipMotion, type TrackingLimits } from './tip-motion.ts';

/** How fast the whole of the wanted motion is given again after it had to be slowed down [1/s]. */
const RECOVERY_PER_SEC = 2;
const SLOWING_PER_SEC = 20;
/** Share of the trocar's tolerance that motions to rest leave where nothing is slowed down. */
const TROCAR_ROOM = 0.6;
/** Speeds that count as none where a stop is left [m/s]. */
const NEAR_REST_MPS = 5e-4;
const TROCAR_REST_MPS = 1e-3;

/**
 * The share of the wanted motion for the next cycle: slowed down where the motion to rest comes near to what the trocar may
 * be off, and given again slowly.
 *
 * @param used share of the trocar's tolerance that the motion to rest takes
 */
export function nextPace(pace: number, used: number, periodSec: number): number {
  const allowed = Math.max(0.05, Math.min(1, (1 - used) / TROCAR_ROOM));
  const more = pace + RECOVERY_PER_SEC * periodSec;
  const less = pace * (1 - SLOWING_PER_SEC * periodSec);
  return Math.min(1, more, Math.max(allowed, less));
}

/**
 * Whether the programme can take over from a motion to rest without turning back: the speed that taking the accelerations
 * back costs is no more than there is, and little at the trocar.
 */
export function canTakeOver({ twist, change }: TipMotion, tip: TrackingLimits, trocar: TrackingLimits): boolean {
  const lost = 0.5 / factorToLimit(tip, tip.jerk, change, 0);
  const lostAtTrocar = 0.5 / factorToLimit(trocar, trocar.jerk, change, 6);
  return (
    lengthOf(change, 0) * lost <= lengthOf(twist, 0) + NEAR_REST_MPS &&
    lengthOf(change, 6) * lostAtTrocar <= TROCAR_REST_MPS
  );
}

function lengthOf(values: Float64Array, at: number): number {
  return Math.sqrt(values[at] * values[at] + values[at + 1] * values[at + 1] + values[at + 2] * values[at + 2]);
}
