import { inputError } from '../../core/errors.ts';
import type { JointTrajectory } from '../../core/joint-trajectory.ts';
import { messageIn, messagesIn, numberIn, numbersIn, textIn, textsIn } from './fields.ts';
import { rosTime, secondsOf } from './time.ts';
import { type TrajectoryHeader, trajectoryMessage, trajectoryOf } from './trajectory.ts';
import type { RosMessage } from './types.ts';

/** The action that controllers of joints serve, `<controller>/follow_joint_trajectory`. */
export const FOLLOW_JOINT_TRAJECTORY = 'control_msgs/action/FollowJointTrajectory';

/** `error_code` of its result. */
export const TRAJECTORY_CODES = {
  successful: 0,
  invalidGoal: -1,
  invalidJoints: -2,
  oldHeaderTimestamp: -3,
  pathToleranceViolated: -4,
  goalToleranceViolated: -5,
} as const;

const MEANINGS: Readonly<Record<number, string>> = {
  0: 'done',
  [-1]: 'the controller takes the goal for invalid',
  [-2]: "the joints are not the controller's",
  [-3]: 'the trajectory begins in the past',
  [-4]: 'a joint left the path by more than its tolerance',
  [-5]: 'a joint did not reach the goal within its tolerance and the time allowed',
};

/** How far a joint may be off [rad or m, per s, per s^2]: 0 leaves it to the controller, -1 allows anything. */
export interface JointTolerance {
  readonly joint: string;
  readonly position?: number;
  readonly velocity?: number;
  readonly acceleration?: number;
}

export interface TrajectoryGoal {
  readonly trajectory: JointTrajectory;
  /** Along the way. */
  readonly pathTolerances?: readonly JointTolerance[];
  /** At the end. */
  readonly goalTolerances?: readonly JointTolerance[];
  /** How much later than planned the goal may be reached [s]; 0, the default, leaves it to the controller. */
  readonly goalTimeToleranceSec?: number;
}

/**
 * A goal of FollowJointTrajectory.
 *
 * @throws IsocenterError `ros2/trajectory` for tolerances of joints that the trajectory does not have
 */
export function trajectoryGoalMessage(goal: TrajectoryGoal, header: TrajectoryHeader = {}): RosMessage {
  const { trajectory, pathTolerances = [], goalTolerances = [], goalTimeToleranceSec = 0 } = goal;
  const tolerance = ({ joint, position = 0, velocity = 0, acceleration = 0 }: JointTolerance): RosMessage => {
    if (trajectory.jointNames.includes(joint)) return { name: joint, position, velocity, acceleration };
    throw inputError(
      'ros2/trajectory',
      `a tolerance is for ${joint}, which the trajectory does not move`,
      `its joints are ${trajectory.jointNames.join(', ')}`,
    );
  };
  return {
    trajectory: trajectoryMessage(trajectory, header),
    path_tolerance: pathTolerances.map(tolerance),
    goal_tolerance: goalTolerances.map(tolerance),
    goal_time_tolerance: rosTime(goalTimeToleranceSec),
  };
}

/** The goal that a client has sent, for servers: see {@link trajectoryOf} for what is refused. */
export function trajectoryGoalOf(message: RosMessage): TrajectoryGoal {
  const tolerances = (name: string): JointTolerance[] =>
    messagesIn(message, name).map((entry) => ({
      joint: textIn(entry, 'name'),
      position: numberIn(entry, 'position'),
      velocity: numberIn(entry, 'velocity'),
      acceleration: numberIn(entry, 'acceleration'),
    }));
  return {
    trajectory: trajectoryOf(messageIn(message, 'trajectory')),
    pathTolerances: tolerances('path_tolerance'),
    goalTolerances: tolerances('goal_tolerance'),
    goalTimeToleranceSec: secondsOf(messageIn(message, 'goal_time_tolerance')),
  };
}

export interface TrajectoryResult {
  readonly code: number;
  readonly ok: boolean;
  /** What the code means, and what the controller adds to it. */
  readonly text: string;
}

/** A result of FollowJointTrajectory in words. */
export function trajectoryResultOf(message: RosMessage): TrajectoryResult {
  const code = numberIn(message, 'error_code');
  const said = textIn(message, 'error_string');
  const meaning = MEANINGS[code] ?? `unknown code ${code}`;
  return { code, ok: code === TRAJECTORY_CODES.successful, text: said === '' ? meaning : `${meaning}: ${said}` };
}

/** Where the joints should be and are, while a goal is carried out [rad or m]. */
export interface TrajectoryFeedback {
  readonly jointNames: readonly string[];
  readonly desired: Float64Array;
  readonly actual: Float64Array;
  readonly error: Float64Array;
  /** Since the trajectory began [s]. */
  readonly timeSec: number;
}

export function trajectoryFeedbackOf(message: RosMessage): TrajectoryFeedback {
  const [desired, actual, error] = ['desired', 'actual', 'error'].map((name) => messageIn(message, name));
  return {
    jointNames: textsIn(message, 'joint_names'),
    desired: numbersIn(desired, 'positions'),
    actual: numbersIn(actual, 'positions'),
    error: numbersIn(error, 'positions'),
    timeSec: secondsOf(messageIn(actual, 'time_from_start')),
  };
}
