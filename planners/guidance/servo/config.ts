import type { RobotModel } from '../../../engine/core/robot.ts';
import type { ToolModel } from '../../motion/rcm/tool.ts';
import type { Fixture } from '../fixtures/fixture.ts';

/** Set-points keep a trocar within this, unless a servo is told otherwise [m]. */
export const TROCAR_TOLERANCE_M = 9e-5;

export interface ServoConfig {
  readonly model: RobotModel;
  readonly tool: ToolModel;
  /** Where the shaft must pass [m, base frame]; left out for arms that hold it by their mechanism, or need none. */
  readonly trocarM?: readonly [number, number, number];
  readonly fixtures?: readonly Fixture[];
  /** Time between set-points [s]; default 0.001. */
  readonly periodSec?: number;
  /** How fast an error of the tip is taken back [1/s]; higher follows closer and rings earlier. Default 25. */
  readonly gainPerSec?: number;
  /** Speed of the tip that is never asked for more [m/s]; default 0.25. */
  readonly maxSpeedMps?: number;
  /** Speed of turning that is never asked for more [rad/s]; default 1.5. */
  readonly maxTurnRadPerSec?: number;
  /**
   * Speed towards a fixture per distance from it [1/s]; higher comes nearer the boundary faster and brakes harder there.
   * Default: half of what the slowest joint's jerk lets its acceleration change by.
   */
  readonly approachPerSec?: number;
  /** Error of the trocar that set-points keep within, also on the way to rest [m]; default {@link TROCAR_TOLERANCE_M}. */
  readonly trocarToleranceM?: number;
  /** How far set-points may come beyond a fixture's boundary [m]; default 2e-5. */
  readonly fixtureToleranceM?: number;
  /** Least length of shaft through the trocar [m]; default 0.005. */
  readonly insertionM?: number;
  /** How strongly joints are drawn to the middle of their ranges where the task leaves them free [1/s]; default 0.2. */
  readonly postureGainPerSec?: number;
}

/** Where the tip should be at the end of the cycle, base frame. */
export interface ServoGoal {
  /** [3] m */
  readonly positionM: Float64Array;
  /** [3] m/s */
  readonly velocityMps: Float64Array;
  /** [9] rotation of the tool frame, column-major; with a trocar only what it says of the roll about the shaft counts. */
  readonly rotation: Float64Array;
  /** [3] rad/s */
  readonly turnRadPerSec: Float64Array;
  /** Whether `rotation` counts. */
  turns: boolean;
}

/** Codes of a cycle. */
export const SERVO_OK = 0;
/** The set-point is from the motion to rest: the way asked for would have broken a limit. */
export const SERVO_STOPPING = 1;
/** The programme of the cycle has no solution; the set-point is from the motion to rest. */
export const SERVO_INFEASIBLE = 2;
/** A value of the goal is not finite; the set-point is from the motion to rest. */
export const SERVO_BAD_INPUT = 3;
/** The motion to rest goes on until the programme can take over smoothly. */
export const SERVO_RESTING = 4;
