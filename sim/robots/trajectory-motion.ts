import type { JointTrajectory } from '../../engine/core/joint-trajectory.ts';
import { activeLimits, activeNames, type JointLimits, type RobotModel } from '../../engine/core/robot.ts';
import type { TrajectoryCommand } from '../../planners/guidance/messages.ts';
import { positionsAt } from '../../planners/motion/trajectory/spline.ts';

/** A trajectory begins so near to where the robot is [rad or m], and at no more than this share of the greatest velocity. */
const NEAR_START = 1e-3;
const AT_REST_SHARE = 1e-3;
/** Rounding that limits forgive, as a share of them. */
const SLACK = 1e-3;
/** How far the cubic between two points may end from the second of them: set-points jump by no more [rad or m]. */
const MOST_JUMP = 1e-4;
/** Times between two points at which limits are checked. */
const CHECKS = 4;

/** A trajectory that somebody sent: checked as a whole before anything moves, then followed point by point in its own time. */
export class TrajectoryMotion {
  readonly position: Float64Array;
  readonly #names: readonly string[];
  readonly #limits: readonly JointLimits[];
  #course: JointTrajectory | undefined;
  #timeSec = 0;
  #segment = 0;

  constructor(model: RobotModel) {
    this.#names = activeNames(model);
    this.#limits = activeLimits(model);
    this.position = new Float64Array(this.#names.length);
  }

  get isOver(): boolean {
    const times = this.#course?.timeSec;
    return times === undefined || this.#timeSec >= times[times.length - 1];
  }

  /** @returns why it is not followed: the joint, the value and the limit */
  begin(from: Float64Array, command: TrajectoryCommand): string | undefined {
    const course: JointTrajectory = {
      jointNames: this.#names,
      timeSec: Float64Array.from(command.timeSec),
      positions: Float64Array.from(command.positions),
      velocities: Float64Array.from(command.velocities),
      accelerations: Float64Array.from(command.accelerations),
    };
    const fault = this.#sizeFault(course) ?? this.#endFault(course, from) ?? this.#limitFault(course);
    if (fault !== undefined) return fault;
    this.#course = course;
    this.#timeSec = 0;
    this.#segment = 0;
    this.position.set(from);
    return undefined;
  }

  step(periodSec: number): void {
    if (this.#course === undefined) return;
    this.#timeSec += periodSec;
    this.#segment = positionsAt(this.#course, this.#timeSec, this.position, this.#segment);
    for (let j = 0; j < this.position.length; j++) {
      const { lower, upper } = this.#limits[j];
      this.position[j] = Math.min(upper, Math.max(lower, this.position[j]));
    }
  }

  #sizeFault({ timeSec, positions, velocities, accelerations }: JointTrajectory): string | undefined {
    const joints = this.#names.length;
    const wanted = joints * timeSec.length;
    for (const [name, list] of Object.entries({ positions, velocities, accelerations })) {
      if (list.length === wanted) continue;
      return `${list.length} ${name} for ${timeSec.length} points of ${joints} joints: ${wanted} are needed`;
    }
    if (timeSec[0] !== 0) return `its first point is at ${timeSec[0]} s, not at 0 s`;
    const back = timeSec.findIndex((t, n) => n > 0 && !(t > timeSec[n - 1]));
    return back < 0 ? undefined : `point ${back} is at ${timeSec[back]} s, not after the one before it`;
  }

  /** It begins where the robot is, and begins and ends at rest. */
  #endFault({ positions, velocities, timeSec }: JointTrajectory, from: Float64Array): string | undefined {
    const joints = this.#names.length;
    const last = joints * (timeSec.length - 1);
    for (let j = 0; j < joints; j++) {
      const name = this.#names[j];
      if (Math.abs(positions[j] - from[j]) > NEAR_START) {
        return `it begins with joint ${name} at ${positions[j].toFixed(4)}, and the robot is at ${from[j].toFixed(4)}`;
      }
      const slow = AT_REST_SHARE * this.#limits[j].velocity;
      if (Math.abs(velocities[j]) > slow || Math.abs(velocities[last + j]) > slow) {
        return `joint ${name} is not at rest at its beginning and end`;
      }
    }
    return undefined;
  }

  #limitFault({ timeSec, positions, velocities, accelerations }: JointTrajectory): string | undefined {
    const joints = this.#names.length;
    for (let n = 0; n + 1 < timeSec.length; n++) {
      const dt = timeSec[n + 1] - timeSec[n];
      for (let j = 0; j < joints; j++) {
        const at = n * joints + j;
        const [p, v, a] = [positions[at], velocities[at], accelerations[at]];
        const jerk = (accelerations[at + joints] - a) / dt;
        for (let c = 1; c <= CHECKS; c++) {
          const u = (c / CHECKS) * dt;
          const q = p + u * (v + u * (a / 2 + (u * jerk) / 6));
          const fault = this.#stateFault(j, timeSec[n] + u, q, v + u * (a + (u * jerk) / 2), a + u * jerk);
          if (fault !== undefined) return fault;
          if (c === CHECKS && Math.abs(q - positions[at + joints]) > MOST_JUMP) {
            return `joint ${this.#names[j]} jumps by ${Math.abs(q - positions[at + joints]).toFixed(5)} at ${timeSec[n + 1].toFixed(3)} s`;
          }
        }
      }
    }
    return undefined;
  }

  #stateFault(j: number, timeSec: number, q: number, v: number, a: number): string | undefined {
    const { lower, upper, velocity, acceleration } = this.#limits[j];
    const when = `at ${timeSec.toFixed(3)} s joint ${this.#names[j]}`;
    const slack = SLACK * Math.min(1, upper - lower);
    if (!(q >= lower - slack && q <= upper + slack)) {
      return `${when} is at ${q.toFixed(4)}, outside ${lower} to ${upper}`;
    }
    if (!(Math.abs(v) <= (1 + SLACK) * velocity)) {
      return `${when} moves at ${Math.abs(v).toFixed(4)} a second, above its limit of ${velocity}`;
    }
    if (Math.abs(a) <= (1 + SLACK) * acceleration) return undefined;
    return `${when} accelerates at ${Math.abs(a).toFixed(3)} a second squared, above its limit of ${acceleration}`;
  }
}
