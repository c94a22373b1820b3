import type { JointLimits } from '../../../engine/core/robot.ts';
import type { RobotState } from '../../../planners/guidance/messages.ts';

/** Older set-points are not sent [s], and none older than so many periods where these are longer. */
const MOST_AGE_SEC = 0.02;
const MOST_PERIODS = 3;
/** From one set-point to the next a joint goes no further than at its greatest velocity in this time [s]. */
const REACH_SEC = 0.05;

export interface SetpointContext {
  readonly state: RobotState;
  /** Whether the loop leads the robot. */
  readonly moves: boolean;
  /** Since the loop made the set-point [s]. */
  readonly ageSec: number;
}

/**
 * Which set-points of the loop go out to a robot that others control: fresh ones, that go on from the one before. After a hang of
 * the thread that sends, the loop is elsewhere by now: then nothing is sent until the robot is armed again where it really is.
 */
export class SetpointGate {
  readonly #reach: Float64Array;
  readonly #mostAgeSec: number;
  readonly #last: Float64Array;
  #hasLast = false;
  #isShut = false;
  #before: RobotState = 'DISABLED';

  constructor(limits: readonly JointLimits[], periodSec: number) {
    this.#reach = Float64Array.from(limits, ({ velocity }) => REACH_SEC * velocity);
    this.#mostAgeSec = Math.max(MOST_AGE_SEC, MOST_PERIODS * periodSec);
    this.#last = new Float64Array(limits.length);
  }

  /** @returns `pause` once where the loop has to come to rest, since the robot cannot follow */
  judge(setpoint: Float64Array, { state, moves, ageSec }: SetpointContext): 'send' | 'skip' | 'pause' {
    const isArmedAnew = state === 'ENABLED' && this.#before !== 'ENABLED';
    this.#before = state;
    if (!moves || isArmedAnew) {
      this.#hasLast = false;
      this.#isShut = false;
    }
    const leads = moves && (state === 'ENABLED' || (state === 'PAUSED' && this.#isOnItsWay(setpoint)));
    if (!leads || this.#isShut || !(ageSec <= this.#mostAgeSec)) return 'skip';
    if (this.#hasLast && !this.#isInReach(setpoint)) {
      this.#isShut = true;
      return 'pause';
    }
    this.#last.set(setpoint);
    this.#hasLast = true;
    return 'send';
  }

  /** A robot that is PAUSED is brought to rest, and then left alone. */
  #isOnItsWay(setpoint: Float64Array): boolean {
    return this.#hasLast && setpoint.some((q, i) => q !== this.#last[i]);
  }

  #isInReach(setpoint: Float64Array): boolean {
    return setpoint.every((q, i) => Math.abs(q - this.#last[i]) <= this.#reach[i]);
  }
}
