import type { JointTrajectory } from '../../engine/core/joint-trajectory.ts';
import { activeLimits, activeNames, type JointLimits, type RobotModel } from '../../engine/core/robot.ts';
import type { TrajectoryCommand } from '../../planners/guidance/messages.ts';
import { positionsAt } from '../../planners/motion/trajectory/spline.ts';
import type { JointCourse } from './course-check.ts';
import { SLACK, trajectoryFault } from './trajectory-check.ts';

/** A trajectory that somebody sent: checked as a whole before anything moves, then followed point by point in its own time. */
export class TrajectoryMotion implements JointCourse {
  readonly position: Float64Array;
  readonly #names: readonly string[];
  readonly #limits: readonly JointLimits[];
  /** [joints] from the course to where the robot is when it begins, taken up along the way and not at once. */
  readonly #offset: Float64Array;
  #course: JointTrajectory | undefined;
  #timeSec = 0;
  #segment = 0;

  constructor(model: RobotModel) {
    this.#names = activeNames(model);
    this.#limits = activeLimits(model);
    this.position = new Float64Array(this.#names.length);
    this.#offset = new Float64Array(this.#names.length);
  }

  get isOver(): boolean {
    return this.#timeSec >= this.durationSec;
  }

  get durationSec(): number {
    return this.#course?.timeSec.at(-1) ?? 0;
  }

  get pieces(): number {
    return this.#course?.timeSec.length ?? 0;
  }

  at(timeSec: number, out: Float64Array): void {
    if (this.#course === undefined) return;
    positionsAt(this.#course, timeSec, out);
    this.#addOffset(timeSec, out);
  }

  /** @returns why it is not followed: the joint, the value and the limit */
  begin(from: Float64Array, command: TrajectoryCommand): string | undefined {
    const course: JointTrajectory = {
      jointNames: this.#names,
      timeSec: new Float64Array(command.timeSec),
      positions: new Float64Array(command.positions),
      velocities: new Float64Array(command.velocities),
      accelerations: new Float64Array(command.accelerations),
    };
    const fault = trajectoryFault(course, this.#limits, from);
    if (fault !== undefined) return fault;
    this.#course = course;
    this.#timeSec = 0;
    this.#segment = 0;
    this.position.set(from);
    for (let j = 0; j < from.length; j++) this.#offset[j] = from[j] - course.positions[j];
    return undefined;
  }

  step(periodSec: number): void {
    if (this.#course === undefined) return;
    this.#timeSec += periodSec;
    this.#segment = positionsAt(this.#course, this.#timeSec, this.position, this.#segment);
    this.#addOffset(this.#timeSec, this.position);
  }

  /** What is left of the offset then. */
  #addOffset(timeSec: number, out: Float64Array): void {
    for (let j = 0; j < this.position.length; j++) {
      const { lower, upper, velocity } = this.#limits[j];
      const most = SLACK * velocity * timeSec;
      const left = this.#offset[j] - Math.min(most, Math.max(-most, this.#offset[j]));
      out[j] = Math.min(upper, Math.max(lower, out[j] + left));
    }
  }
}
