import type { ServoArm } from './arm.ts';
import type { QuadraticProgramme } from './quadratic-programme.ts';
import type { TrackingLimits } from './tip-motion.ts';

/**
 * Joints are not asked for velocities from which they need longer to rest: with a trocar, whose curve a motion to rest must
 * follow, three times as long as accelerations take to build up, within bounds [s].
 */
const SOON_SEC = { least: 0.15, most: 0.3, free: 1 };
/** Share of those velocities that the tip is asked for. */
const SPEED_SHARE = 0.8;

/** @param share of acceleration and jerk of the joints that is asked for */
export function createTrackingLimits(
  arm: ServoArm,
  gainPerSec: number,
  mostSpeed: number,
  share: number,
): TrackingLimits {
  const building = 3 * Math.max(...Array.from(arm.jerk, (jerk, i) => arm.acceleration[i] / jerk));
  const soon = arm.hasTrocar ? Math.max(SOON_SEC.least, Math.min(SOON_SEC.most, building)) : SOON_SEC.free;
  return {
    gainPerSec,
    mostSpeed,
    response: new Float64Array(3 * arm.dofs),
    velocity: Float64Array.from(arm.velocity, (velocity, i) => {
      // From which half the acceleration and half the jerk come to rest so soon.
      const a = arm.acceleration[i] / 2;
      const jerk = arm.jerk[i] / 2;
      const reached = soon < (2 * a) / jerk ? (jerk * soon * soon) / 4 : a * (soon - a / jerk);
      return SPEED_SHARE * Math.min(velocity, reached);
    }),
    acceleration: arm.acceleration.map((value) => share * value),
    jerk: arm.jerk.map((value) => share * value),
  };
}

/**
 * Sets how joints move for one part of the task where nothing stands against it, from the programme that was solved last: the
 * weighted inverse H^-1 J' w.
 *
 * @param rows [..][dofs] of the task from row `first` on; by joints in their units where they are `scaled`
 * @param projected [dofs] is overwritten
 */
export function setResponse(
  { response }: TrackingLimits,
  { dofs: n, shaft: { unit } }: ServoArm,
  { basis }: QuadraticProgramme,
  rows: Float64Array,
  first: number,
  count: number,
  scaled: boolean,
  weight: number,
  projected: Float64Array,
): void {
  for (let r = 0; r < count; r++) {
    // H^-1 = basis basis'
    for (let c = 0; c < n; c++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += basis[k * n + c] * rows[(first + r) * n + k] * (scaled ? 1 : unit[k]);
      projected[c] = weight * sum;
    }
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let c = 0; c < n; c++) sum += basis[i * n + c] * projected[c];
      response[3 * i + r] = unit[i] * sum;
    }
  }
}
