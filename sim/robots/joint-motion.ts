import { activeLimits, type RobotModel } from '../../engine/core/robot.ts';
import { describeTimingCode, OK } from '../../planners/motion/timing/codes.ts';
import {
  calculate,
  createOtg,
  durationSec,
  type Otg,
  setLimits,
  setState,
  setTarget,
  stateAt,
} from '../../planners/motion/timing/otg.ts';
import type { JointCourse } from './course-check.ts';

/** Joints that go together, jerk-limited, from rest to rest. */
export class JointMotion implements JointCourse {
  readonly pieces = 7;
  readonly position: Float64Array;
  readonly #otg: Otg;
  readonly #model: RobotModel;
  readonly #velocity: Float64Array;
  readonly #acceleration: Float64Array;
  readonly #zero: Float64Array;
  #endSec = 0;
  #timeSec = 0;

  constructor(model: RobotModel) {
    const joints = model.active.length;
    this.#model = model;
    this.#otg = createOtg(joints);
    this.position = new Float64Array(joints);
    this.#velocity = new Float64Array(joints);
    this.#acceleration = new Float64Array(joints);
    this.#zero = new Float64Array(joints);
  }

  get isOver(): boolean {
    return this.#timeSec >= this.#endSec;
  }

  get durationSec(): number {
    return this.#endSec;
  }

  at(timeSec: number, out: Float64Array): void {
    stateAt(this.#otg, timeSec, out, this.#velocity, this.#acceleration);
  }

  /** @returns why the motion is not made */
  begin(from: Float64Array, to: readonly number[], share: number): string | undefined {
    const limits = activeLimits(this.#model);
    if (to.length !== limits.length) return `${to.length} positions for ${limits.length} joints`;
    const bad = limits.findIndex(({ lower, upper }, i) => !(to[i] >= lower && to[i] <= upper));
    if (bad >= 0) {
      const { lower, upper } = limits[bad];
      return `joint ${this.#model.joints[this.#model.active[bad]].name} to ${to[bad]}, outside ${lower} to ${upper}`;
    }
    setState(this.#otg, from, this.#zero, this.#zero);
    setTarget(this.#otg, to, this.#zero, this.#zero);
    setLimits(this.#otg, {
      velocity: limits.map(({ velocity }) => share * velocity),
      acceleration: limits.map(({ acceleration }) => share * acceleration),
      jerk: limits.map(({ jerk }) => share * jerk),
    });
    const code = calculate(this.#otg);
    if (code !== OK) return describeTimingCode(code);
    this.#endSec = durationSec(this.#otg);
    this.#timeSec = 0;
    this.position.set(from);
    return undefined;
  }

  step(periodSec: number): void {
    this.#timeSec = Math.min(this.#endSec, this.#timeSec + periodSec);
    this.at(this.#timeSec, this.position);
  }
}
