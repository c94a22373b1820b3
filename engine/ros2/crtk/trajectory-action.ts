import { inputError } from '../../core/errors.ts';
import type { JointTrajectory } from '../../core/joint-trajectory.ts';
import {
  FOLLOW_JOINT_TRAJECTORY,
  TRAJECTORY_CODES,
  type TrajectoryFeedback,
  type TrajectoryGoal,
  type TrajectoryResult,
  trajectoryFeedbackOf,
  trajectoryGoalMessage,
  trajectoryGoalOf,
  trajectoryResultOf,
} from '../messages/follow-joint-trajectory.ts';
import type { RosMessage } from '../messages/types.ts';
import { type ActionServer, type CallOptions, GOAL_STATUS, type GoalStatus, type RosNode } from '../node/types.ts';

export interface TrajectoryOutcome {
  readonly status: GoalStatus;
  readonly result: TrajectoryResult;
}

export interface ExecuteOptions extends CallOptions {
  readonly onFeedback?: (feedback: TrajectoryFeedback) => void;
}

/** Sends this project's trajectories to a controller of joints. */
export interface TrajectoryClient {
  waitForServer(timeoutMs: number): Promise<boolean>;
  /**
   * Lets the controller carry a trajectory out, to its end. An abort of the signal asks it to cancel; how it ended is told all
   * the same. `timeoutMs` is for the answer whether the goal is taken.
   *
   * @throws IsocenterError `ros2/goal-refused`, `ros2/no-service`, `ros2/timeout`, `ros2/trajectory`
   */
  execute(goal: TrajectoryGoal, options?: ExecuteOptions): Promise<TrajectoryOutcome>;
  close(): void;
}

/** @param action `/arm_controller/follow_joint_trajectory` */
export function createTrajectoryClient(node: RosNode, action: string): TrajectoryClient {
  const client = node.createActionClient(FOLLOW_JOINT_TRAJECTORY, action);
  return {
    waitForServer: (timeoutMs) => client.waitForServer(timeoutMs),
    execute: async (goal, { onFeedback, signal, timeoutMs } = {}) => {
      const feedback =
        onFeedback === undefined ? undefined : (message: RosMessage) => onFeedback(trajectoryFeedbackOf(message));
      const limit = timeoutMs === undefined ? {} : { timeoutMs };
      const handle = await client.sendGoal(trajectoryGoalMessage(goal), feedback, limit);
      if (handle === undefined) {
        const hint = 'see its log: joints, start state and times must suit it';
        throw inputError('ros2/goal-refused', `the controller ${client.name} refuses the trajectory`, hint);
      }
      const cancel = () => void handle.cancel().catch(() => {});
      signal?.addEventListener('abort', cancel, { once: true });
      if (signal?.aborted) cancel();
      try {
        const { status, result } = await handle.outcome;
        return { status, result: trajectoryResultOf(result) };
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    },
    close: () => client.close(),
  };
}

/** A trajectory that a server carries out. */
export interface TrajectoryTask {
  readonly goal: TrajectoryGoal;
  /** [joints] for each joint of the server its place in the trajectory. */
  readonly order: readonly number[];
  /** Fires when a client asks to stop. */
  readonly cancelSignal: AbortSignal;
  /** Where the joints should be and are [rad or m], in the order of the trajectory. */
  publishFeedback(timeSec: number, desired: ArrayLike<number>, actual: ArrayLike<number>): void;
}

export interface TrajectoryServerOptions {
  readonly jointNames: readonly string[];
  /** Why a trajectory is not taken, besides joints that are not the server's; undefined where it is. */
  readonly refuse?: (goal: TrajectoryGoal) => string | undefined;
  /** A rejection aborts the goal. */
  readonly execute: (task: TrajectoryTask) => Promise<{
    readonly status: GoalStatus;
    /** A code of {@link TRAJECTORY_CODES}. */
    readonly code?: number;
    readonly message?: string;
  }>;
}

/** Takes trajectories for a robot's joints as a controller of ros2_control does: a new goal takes the place of a running one. */
export function createTrajectoryServer(node: RosNode, action: string, options: TrajectoryServerOptions): ActionServer {
  const { jointNames, refuse, execute } = options;
  let running: AbortController | undefined;
  return node.createActionServer(FOLLOW_JOINT_TRAJECTORY, action, {
    accept: (message) => {
      const reason = refusal(message);
      if (reason !== undefined) node.log('warn', `${action}: a trajectory is refused: ${reason}`);
      return reason === undefined;
    },
    execute: async (goal) => {
      running?.abort();
      const mine = new AbortController();
      running = mine;
      const wanted = trajectoryGoalOf(goal.goal);
      const names = wanted.trajectory.jointNames;
      const stop = AbortSignal.any([goal.cancelSignal, mine.signal]);
      const outcome = await execute({
        goal: wanted,
        order: jointNames.map((name) => names.indexOf(name)),
        cancelSignal: stop,
        publishFeedback: (timeSec, desired, actual) => goal.publishFeedback(feedback(names, timeSec, desired, actual)),
      });
      if (running === mine) running = undefined;
      // Replaced, not cancelled: its client did not ask for it.
      const replaced = mine.signal.aborted && !goal.cancelRequested;
      return {
        status: replaced ? GOAL_STATUS.aborted : outcome.status,
        result: {
          error_code: outcome.code ?? TRAJECTORY_CODES.successful,
          error_string: outcome.message ?? (replaced ? 'another goal took its place' : ''),
        },
      };
    },
  });

  function refusal(message: RosMessage): string | undefined {
    let goal: TrajectoryGoal;
    try {
      goal = trajectoryGoalOf(message);
    } catch (error) {
      return (error as Error).message;
    }
    return jointFault(goal.trajectory, jointNames) ?? refuse?.(goal);
  }
}

function jointFault({ jointNames, timeSec }: JointTrajectory, own: readonly string[]): string | undefined {
  const missing = own.filter((name) => !jointNames.includes(name));
  const foreign = jointNames.filter((name) => !own.includes(name));
  if (missing.length > 0) return `it does not move ${missing.join(', ')}`;
  if (foreign.length > 0) return `there is no joint ${foreign.join(', ')}`;
  return timeSec.length === 0 ? 'it has no points' : undefined;
}

function feedback(
  names: readonly string[],
  timeSec: number,
  desired: ArrayLike<number>,
  actual: ArrayLike<number>,
): RosMessage {
  const sec = Math.floor(timeSec);
  const time_from_start = { sec, nanosec: Math.min(999_999_999, Math.round((timeSec - sec) * 1e9)) };
  const point = (positions: Float64Array) => ({ positions, time_from_start });
  const error = Float64Array.from(names, (_, i) => desired[i] - actual[i]);
  return {
    joint_names: names,
    desired: point(Float64Array.from(desired)),
    actual: point(Float64Array.from(actual)),
    error: point(error),
  };
}
