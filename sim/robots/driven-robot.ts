import type { RobotModel } from '../../engine/core/robot.ts';
import { SILENCE_MS } from '../../engine/link/limits.ts';
import type { RobotCommand, RobotMotion, RobotState } from '../../planners/guidance/messages.ts';
import { placeArm } from '../../planners/guidance/servo/arm.ts';
import type { Guidance } from '../../planners/guidance/servo/guidance.ts';
import type { HandSample } from '../../planners/guidance/servo/hand.ts';
import { haltServo, isAtRest, stepServo } from '../../planners/guidance/servo/servo.ts';
import { CourseCheck, type JointCourse } from './course-check.ts';
import { JointMotion } from './joint-motion.ts';
import type { Plant } from './plant.ts';
import { TrajectoryMotion } from './trajectory-motion.ts';

/** How fast a tip goes where nobody says [m/s]. */
const TIP_SPEED = 0.02;
/** The point that leads a tip stays so near to it [m]. */
const TIP_LEASH = 0.002;
const JOINT_SHARE = 0.2;

/** What the loop is told: a command of a viewer, or that the one who has armed the robot is gone. */
export type LoopCommand = RobotCommand | { readonly command: 'pause' };

/**
 * A robot that somebody far away drives. Disabled until it is armed; stops latch; and it comes to rest and has to be armed
 * again when the one who has armed it is silent for {@link SILENCE_MS}, or does not look. {@link step} runs in the loop.
 */
export class DrivenRobot {
  readonly guidance: Guidance;
  readonly plant: Plant;
  /** [joints] */
  readonly setpoint: Float64Array;
  state: RobotState = 'DISABLED';
  motion: RobotMotion = 'hold';
  /** Whether set-points are sent. */
  moves = false;
  clutch = false;
  /** Of guidance, in the last cycle. */
  code = 0;
  readonly #joints: JointMotion;
  readonly #trajectory: TrajectoryMotion;
  readonly #check: CourseCheck;
  readonly #target = new Float64Array(3);
  readonly #start: Float64Array;
  #tipSpeed = TIP_SPEED;

  constructor(guidance: Guidance, plant: Plant, model: RobotModel) {
    this.guidance = guidance;
    this.plant = plant;
    this.#joints = new JointMotion(model);
    this.#trajectory = new TrajectoryMotion(model);
    this.#check = new CourseCheck(guidance.servo);
    this.setpoint = plant.rest.slice();
    this.#start = new Float64Array(guidance.servo.arm.shaft.chain.columns.length);
  }

  /** Of a command that moves nothing by itself. @returns why it is not taken */
  command(command: LoopCommand): string | undefined {
    switch (command.command) {
      case 'arm':
        return this.#arm();
      case 'disarm':
        this.#brake('DISABLED');
        return undefined;
      case 'stop':
        this.#brake('FAULT');
        return undefined;
      case 'pause':
        this.pause();
        return undefined;
      case 'hand':
        return undefined;
      default:
        break;
    }
    if (this.state !== 'ENABLED') return `the robot is ${this.state}, not ENABLED`;
    switch (command.command) {
      case 'hold':
        this.#rest();
        return undefined;
      case 'clutch':
        return this.#takeHand(command.closed);
      case 'tip':
        return this.#takeTip(command.positionM, command.speedMps ?? TIP_SPEED);
      case 'joints': {
        const { positions, share = JOINT_SHARE } = command;
        return this.#takeMotion('joints', this.#joints, () => this.#joints.begin(this.setpoint, positions, share));
      }
      default:
        return this.#takeMotion('trajectory', this.#trajectory, () => this.#trajectory.begin(this.setpoint, command));
    }
  }

  /** The operator is silent or does not look: rest, until armed again. */
  pause(): void {
    if (this.state !== 'ENABLED') return;
    this.#rest();
    this.state = 'PAUSED';
  }

  /**
   * One cycle.
   *
   * @param beatAgeSec since the one who has armed it was heard
   */
  step(hand: HandSample, nowSec: number, periodSec: number, beatAgeSec: number, isHidden: boolean): void {
    if (isHidden || !(beatAgeSec <= SILENCE_MS / 1000)) this.pause();
    const { servo } = this.guidance;
    if (this.state === 'ENABLED' || this.state === 'PAUSED') {
      if (this.#isTimed) this.#stepTimed(periodSec);
      else {
        if (this.motion === 'tip') this.#stepTip(periodSec);
        else if (this.motion === 'hand') {
          hand.clutch &&= this.clutch;
          this.code = this.guidance.step(hand, nowSec);
        } else haltServo(servo);
        this.#copyServo();
      }
      if (this.moves) this.plant.command(this.setpoint);
    } else if (!isAtRest(servo)) {
      // What the servo had in mind does not count any longer: it starts anew from where the robot comes to rest.
      haltServo(servo);
    }
    this.plant.step();
    // The servo knows nothing of where a robot without set-points is.
    if (!this.moves) {
      if (this.plant.isAtRest) this.setpoint.set(this.plant.rest);
      this.#measureAt(this.plant.measured);
    }
  }

  #arm(): string | undefined {
    if (this.state === 'FAULT') return 'it was stopped: disarm first';
    if (this.state === 'ENABLED') return undefined;
    const fault = this.#startServo();
    if (fault !== undefined) return fault;
    this.plant.release();
    this.state = 'ENABLED';
    this.motion = 'hold';
    this.moves = true;
    return undefined;
  }

  /** The servo begins where the robot is. */
  #startServo(): string | undefined {
    if (!this.plant.isAtRest || !isAtRest(this.guidance.servo)) return 'it still comes to rest';
    const { columns } = this.guidance.servo.arm.shaft.chain;
    this.setpoint.set(this.plant.rest);
    for (let i = 0; i < columns.length; i++) this.#start[i] = this.setpoint[columns[i]];
    this.guidance.command('disable');
    const fault = this.guidance.start(this.#start);
    if (fault !== undefined) return `it cannot start from where it is: ${fault}`;
    this.guidance.command('enable');
    return undefined;
  }

  #brake(state: RobotState): void {
    this.plant.brake();
    this.state = state;
    this.motion = 'hold';
    this.moves = false;
    this.clutch = false;
  }

  /** To rest along the way that the servo keeps ready; a motion of joints or along a trajectory ends by itself when set-points stop. */
  #rest(): void {
    if (this.#isTimed) {
      this.moves = false;
      this.plant.brake();
    }
    this.motion = 'hold';
    this.clutch = false;
    this.guidance.command('pause');
  }

  #takeHand(closed: boolean): string | undefined {
    const fault = this.#leaveTimed();
    if (fault !== undefined) return fault;
    this.clutch = closed;
    if (closed) {
      this.motion = 'hand';
      this.guidance.command('resume');
    }
    return undefined;
  }

  #takeTip(positionM: readonly number[], speedMps: number): string | undefined {
    const fault = this.#leaveTimed();
    if (fault !== undefined) return fault;
    this.#target.set(positionM);
    this.#tipSpeed = speedMps;
    this.guidance.command('pause');
    this.clutch = false;
    this.motion = 'tip';
    return undefined;
  }

  #takeMotion(kind: 'joints' | 'trajectory', course: JointCourse, begin: () => string | undefined): string | undefined {
    if (this.#isTimed) return `${this.#motionWords} still`;
    if (!isAtRest(this.guidance.servo)) return 'it still moves: hold first';
    // After a motion was braked in the middle of its way, the next one begins where the robot is.
    const fault = this.#leaveTimed() ?? begin() ?? this.#check.fault(course);
    if (fault !== undefined) return fault;
    this.motion = kind;
    this.clutch = false;
    return undefined;
  }

  /** Whether it follows a course of its own in time, and not the servo. */
  get #isTimed(): boolean {
    return this.motion === 'joints' || this.motion === 'trajectory';
  }

  get #motionWords(): string {
    return this.motion === 'joints' ? 'the joints move' : 'it follows a trajectory';
  }

  /** After joints were braked in the middle of their way, the servo knows nothing of where the robot is. */
  #leaveTimed(): string | undefined {
    if (this.#isTimed) return `${this.#motionWords} still: hold first`;
    if (this.moves) return undefined;
    const fault = this.#startServo();
    if (fault !== undefined) return fault;
    this.plant.release();
    this.moves = true;
    return undefined;
  }

  #stepTimed(periodSec: number): void {
    const motion = this.motion === 'joints' ? this.#joints : this.#trajectory;
    motion.step(periodSec);
    this.setpoint.set(motion.position);
    this.#measureAt(this.setpoint);
    if (!motion.isOver) return;
    this.motion = 'hold';
    if (this.guidance.start(this.#start) !== undefined) this.#brake('DISABLED');
  }

  /** Puts the arm at these joints, which gives its tip, the distances to what it keeps out of and the trocar's error. */
  #measureAt(q: Float64Array): void {
    const { arm } = this.guidance.servo;
    const { columns } = arm.shaft.chain;
    for (let i = 0; i < columns.length; i++) this.#start[i] = q[columns[i]];
    placeArm(arm, this.#start);
    this.guidance.servo.figures.trocarErrorM = arm.now.trocarErrorM;
  }

  #stepTip(periodSec: number): void {
    const { goal, servo } = this.guidance;
    const tip = servo.arm.shaft.tipBase;
    const to = this.#target;
    const far = Math.hypot(to[0] - tip[0], to[1] - tip[1], to[2] - tip[2]);
    const ahead = Math.min(far, Math.max(TIP_LEASH, this.#tipSpeed * periodSec));
    const speed = far > 2 * TIP_LEASH ? this.#tipSpeed : 0;
    for (let r = 0; r < 3; r++) {
      const along = far > 0 ? (to[r] - tip[r]) / far : 0;
      goal.positionM[r] = speed > 0 ? tip[r] + this.#tipSpeed * periodSec * along : tip[r] + ahead * along;
      goal.velocityMps[r] = speed * along;
    }
    this.code = stepServo(servo, goal);
  }

  #copyServo(): void {
    const { servo } = this.guidance;
    if (!this.moves) return;
    const { columns } = servo.arm.shaft.chain;
    for (let i = 0; i < columns.length; i++) this.setpoint[columns[i]] = servo.q[i];
  }
}
