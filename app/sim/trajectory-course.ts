import type { TrajectoryServerOptions, TrajectoryTask } from '../../engine/ros2/crtk/trajectory-action.ts';
import { TRAJECTORY_CODES } from '../../engine/ros2/messages/follow-joint-trajectory.ts';
import { GOAL_STATUS } from '../../engine/ros2/node/types.ts';
import { positionsAt } from '../../planners/motion/trajectory/spline.ts';
import type { SimulatedRobot } from '../../sim/robots/simulated-robot.ts';

export type TrajectoryEnd = Awaited<ReturnType<TrajectoryServerOptions['execute']>>;

/** How long joints may take to arrive after the end of a trajectory [s]. */
const SETTLE_SEC = 1;
/** A joint so near to its goal has arrived [rad or m]. */
const ARRIVED = 1e-3;
const FEEDBACK_STEPS = 50;

/** A trajectory that a simulated robot carries out, a step at a time, until its end or until another command takes over. */
export class TrajectoryCourse {
  readonly #robot: SimulatedRobot;
  readonly #task: TrajectoryTask;
  readonly #end: (end: TrajectoryEnd) => void;
  readonly #endSec: number;
  /** For each joint of the trajectory its place in the robot. */
  readonly #place: Int32Array;
  /** In the order of the trajectory. */
  readonly #wanted: Float64Array;
  readonly #actual: Float64Array;
  /** In the order of the robot. */
  readonly #target: Float64Array;
  #timeSec = 0;
  #settledSec = 0;
  #steps = 0;

  constructor(robot: SimulatedRobot, task: TrajectoryTask, end: (end: TrajectoryEnd) => void) {
    const { order, goal } = task;
    this.#robot = robot;
    this.#task = task;
    this.#end = end;
    this.#endSec = goal.trajectory.timeSec[goal.trajectory.timeSec.length - 1];
    this.#place = Int32Array.from(order, (_, i) => order.indexOf(i));
    this.#wanted = new Float64Array(order.length);
    this.#actual = new Float64Array(order.length);
    this.#target = new Float64Array(order.length);
  }

  /** Before the robot's own step. */
  step(): void {
    const { order, goal, cancelSignal, publishFeedback } = this.#task;
    const robot = this.#robot;
    this.#timeSec = Math.min(this.#endSec, this.#timeSec + robot.stepSec);
    positionsAt(goal.trajectory, this.#timeSec, this.#wanted);
    for (let i = 0; i < order.length; i++) this.#target[i] = this.#wanted[order[i]];
    const taken = robot.command(this.#target);
    if (++this.#steps % FEEDBACK_STEPS === 0) {
      for (let i = 0; i < order.length; i++) this.#actual[i] = robot.measured[this.#place[i]];
      publishFeedback(this.#timeSec, this.#wanted, this.#actual);
    }
    if (cancelSignal.aborted) this.#finish(GOAL_STATUS.canceled, TRAJECTORY_CODES.successful, 'cancelled');
    else if (!taken) this.#abort(TRAJECTORY_CODES.pathToleranceViolated, 'a point is outside the limits');
    else if (this.#timeSec >= this.#endSec) this.#settle();
  }

  /** Somebody else commands the robot now. */
  takenOver(): void {
    const { aborted } = this.#task.cancelSignal;
    const status = aborted ? GOAL_STATUS.canceled : GOAL_STATUS.aborted;
    this.#finish(status, TRAJECTORY_CODES.pathToleranceViolated, 'another command took over');
  }

  #settle(): void {
    this.#settledSec += this.#robot.stepSec;
    const { q } = this.#robot;
    let isThere = true;
    for (let i = 0; i < q.length; i++) isThere &&= Math.abs(this.#target[i] - q[i]) < ARRIVED;
    if (isThere) this.#finish(GOAL_STATUS.succeeded, TRAJECTORY_CODES.successful, '');
    else if (this.#settledSec > SETTLE_SEC) {
      this.#abort(TRAJECTORY_CODES.goalToleranceViolated, 'a joint did not arrive');
    }
  }

  #abort(code: number, message: string): void {
    this.#finish(GOAL_STATUS.aborted, code, message);
  }

  #finish(status: TrajectoryEnd['status'], code: number, message: string): void {
    this.#end({ status, code, message });
  }
}
