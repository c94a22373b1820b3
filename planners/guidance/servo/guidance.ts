import { inputError } from '../../../engine/core/errors.ts';
import { type CrtkCommand, type CrtkState, commandTransition } from '../../../engine/ros2/crtk/state.ts';
import type { PoseSteadier } from '../tremor/pose.ts';
import type { ServoConfig, ServoGoal } from './config.ts';
import { SERVO_OK } from './config.ts';
import {
  GUIDE_DISABLED,
  GUIDE_FAULT,
  GUIDE_FOLLOWING,
  GUIDE_HOLDING,
  GUIDE_JUMP,
  GUIDE_LOST,
  GUIDE_NEEDS_CLUTCH,
  GUIDE_NO_CLUTCH,
  GUIDE_NO_OPERATOR,
  GUIDE_NOT_ALIGNED,
  GUIDE_NOT_STARTED,
  GUIDE_PAUSED,
  GUIDE_SETTLING,
  GUIDE_STOPPING,
} from './guidance-codes.ts';
import { HandInput, type HandLimits, type HandSample } from './hand.ts';
import { createServo, haltServo, isAtRest, type Servo, type StartFault, startServo, stepServo } from './servo.ts';
import { multiply, multiplyTransposed, rotationVector } from './turning.ts';

export interface GuidanceConfig extends ServoConfig {
  /** Metres of the tool per metre of the hand; rotations are not scaled. Default 0.2. */
  readonly scale?: number;
  /** Whether the tool turns with the hand; with a trocar only about the shaft. Default false. */
  readonly turns?: boolean;
  /** [9] rotation from the hand's frame to the base frame, column-major; default none. */
  readonly R_base_hand?: ArrayLike<number>;
  /** Takes the tremor out; made for the rate of the hand's samples. Its steady pose leads. */
  readonly filter?: PoseSteadier;
  readonly hand?: HandLimits;
  /** Farthest that the hand's orientation may be from the tool's where it begins to lead, at first and after clutching [deg]; default 5 and 2. */
  readonly alignDeg?: { readonly first: number; readonly clutched: number };
  /** How far the goal may get ahead of a tool that is held back: beyond it the hand slips [m]; default 0.02. */
  readonly leashM?: number;
}

/**
 * The whole cycle of a hand that leads a tool: sample, clutch, scale, tremor filter, then the servo with its fixtures, trocar
 * and limits. {@link step} runs once a period inside the loop: it neither allocates nor throws nor waits.
 */
export class Guidance {
  readonly servo: Servo;
  readonly hand: HandInput;
  readonly goal: ServoGoal;
  readonly #scale: number;
  readonly #turns: boolean;
  readonly #align: { readonly first: number; readonly clutched: number };
  readonly #leashM: number;
  readonly #anchor = new Float64Array(3);
  readonly #tool = new Float64Array(9);
  readonly #turn = new Float64Array(9);
  readonly #offset = new Float64Array(9);
  readonly #vector = new Float64Array(3);
  #state: CrtkState = 'DISABLED';
  #isHomed = false;
  #leads = false;
  #needsClutch = false;
  #wasLed = false;

  constructor(config: GuidanceConfig) {
    const { scale = 0.2, R_base_hand: frame, alignDeg = { first: 5, clutched: 2 }, leashM = 0.02, filter } = config;
    if (!(scale > 0 && scale <= 10))
      throw inputError('guidance/scale', `a scale of ${scale}`, 'give above 0, up to 10');
    if (!(leashM > 0)) throw inputError('guidance/leash', `a leash of ${leashM} m`, 'give a length above 0 m');
    this.servo = createServo(config);
    this.hand = new HandInput(filter, config.hand ?? {}, checkedFrame(frame));
    this.#scale = scale;
    this.#turns = config.turns ?? false;
    this.#align = { first: (alignDeg.first * Math.PI) / 180, clutched: (alignDeg.clutched * Math.PI) / 180 };
    this.#leashM = leashM;
    this.goal = {
      positionM: new Float64Array(3),
      velocityMps: new Float64Array(3),
      rotation: new Float64Array([1, 0, 0, 0, 1, 0, 0, 0, 1]),
      turnRadPerSec: new Float64Array(3),
      turns: this.#turns,
    };
  }

  /** CRTK's state. FAULT is the latched stop. */
  get state(): CrtkState {
    return this.#state;
  }

  get isHomed(): boolean {
    return this.#isHomed;
  }

  /** Whether set-points still move. */
  get isBusy(): boolean {
    return this.#isHomed && !isAtRest(this.servo);
  }

  /**
   * The arm is at rest at `q` [dofs of the chain]; homes it where it may be led from there. Only while it is not moving.
   *
   * @returns why not
   */
  start(q: ArrayLike<number>): StartFault | 'moving' | undefined {
    if (this.isBusy) return 'moving';
    const fault = startServo(this.servo, q);
    this.#isHomed = fault === undefined;
    this.#release();
    this.#wasLed = false;
    return fault;
  }

  /**
   * A CRTK command. `home` needs {@link start} first, which knows where the arm is.
   *
   * @returns why it is not taken
   */
  command(command: CrtkCommand): string | undefined {
    const now = { state: this.#state, isHomed: this.#isHomed, isBusy: this.isBusy };
    if (command === 'home' && !this.#isHomed) return 'home needs the configuration of the arm: start(q)';
    const next = commandTransition(now, command);
    if (!next.ok) return next.why;
    if (next.state !== this.#state || next.isHomed !== this.#isHomed) this.#release();
    this.#state = next.state;
    this.#isHomed = next.isHomed;
    return undefined;
  }

  /** Comes to rest and stays there until `enable` or `disable`. */
  stop(): void {
    this.#state = 'FAULT';
    this.#release();
  }

  /**
   * One cycle: the next set-point is in `servo.q`, `servo.v` and `servo.a`.
   *
   * @returns a code of guidance-codes.ts
   */
  step(sample: HandSample, nowSec: number): number {
    if (!this.#isHomed) return GUIDE_NOT_STARTED;
    const taken = this.hand.take(sample, nowSec);
    const code = this.#mayLead(sample, taken);
    if (code !== GUIDE_FOLLOWING && code !== GUIDE_HOLDING && !(code < 0 && this.#leads)) {
      this.#leads = false;
      haltServo(this.servo);
      return code;
    }
    // What is wrong with one sample is bridged: the goal stands, its speed decays.
    this.#setGoal(nowSec, taken === GUIDE_FOLLOWING);
    const moved = stepServo(this.servo, this.goal);
    return code === GUIDE_FOLLOWING && moved !== SERVO_OK ? GUIDE_STOPPING : code;
  }

  #release(): void {
    this.#leads = false;
    this.hand.reset();
  }

  #mayLead(sample: HandSample, taken: number): number {
    if (this.#state === 'FAULT') return GUIDE_FAULT;
    if (this.#state === 'DISABLED') return GUIDE_DISABLED;
    if (this.#state === 'PAUSED') return GUIDE_PAUSED;
    const clutched = sample.clutch === true;
    if (taken === GUIDE_JUMP || taken === GUIDE_LOST) {
      // Lost before it led is silence, not a fault.
      if (this.#leads || taken === GUIDE_JUMP) this.#needsClutch = true;
      this.#leads = false;
      return taken;
    }
    if (!clutched) {
      this.#needsClutch = false;
      return GUIDE_NO_CLUTCH;
    }
    if (this.#needsClutch) return GUIDE_NEEDS_CLUTCH;
    if (sample.operatorPresent !== true) {
      // Whoever lets go has to take the clutch again.
      this.#needsClutch = this.#leads;
      return GUIDE_NO_OPERATOR;
    }
    if (this.#leads) return taken;
    if (taken !== GUIDE_FOLLOWING) return taken;
    if (!isAtRest(this.servo)) return GUIDE_SETTLING;
    if (!this.#engage()) return GUIDE_NOT_ALIGNED;
    return GUIDE_FOLLOWING;
  }

  /** From here on the tool moves with the hand: where both are now belongs together. */
  #engage(): boolean {
    const { shaft, hasTrocar } = this.servo.arm;
    const { pose } = shaft.chain;
    for (let c = 0; c < 3; c++) for (let r = 0; r < 3; r++) this.#tool[3 * c + r] = pose[4 * c + r];
    if (this.#turns) {
      multiplyTransposed(this.#tool, this.hand.rotation, this.#offset);
      rotationVector(this.#offset, this.#vector);
      const x = this.#vector[0];
      const y = this.#vector[1];
      const z = this.#vector[2];
      const about = x * pose[8] + y * pose[9] + z * pose[10];
      const off = hasTrocar ? Math.abs(about) : Math.sqrt(x * x + y * y + z * z);
      if (!(off <= (this.#wasLed ? this.#align.clutched : this.#align.first))) return false;
    }
    for (let r = 0; r < 3; r++) {
      this.#anchor[r] = shaft.tipBase[r] - this.#scale * this.hand.positionM[r];
      this.hand.velocityMps[r] = 0;
      this.hand.turnRadPerSec[r] = 0;
    }
    this.#leads = true;
    this.#wasLed = true;
    return true;
  }

  #setGoal(nowSec: number, isFresh: boolean): void {
    const { hand, goal, servo } = this;
    const tip = servo.arm.shaft.tipBase;
    const ahead = isFresh ? Math.max(0, nowSec - hand.timeSec) + servo.periodSec : 0;
    let far = 0;
    for (let r = 0; r < 3; r++) {
      goal.velocityMps[r] = this.#scale * hand.velocityMps[r];
      if (isFresh) goal.positionM[r] = this.#anchor[r] + this.#scale * hand.positionM[r] + ahead * goal.velocityMps[r];
      far += (goal.positionM[r] - tip[r]) ** 2;
    }
    const slip = Math.sqrt(far) > this.#leashM ? 1 - this.#leashM / Math.sqrt(far) : 0;
    for (let r = 0; r < 3; r++) {
      const back = slip * (tip[r] - goal.positionM[r]);
      goal.positionM[r] += back;
      this.#anchor[r] += back;
    }
    if (!this.#turns) return;
    if (isFresh) {
      multiply(this.#offset, hand.rotation, this.#turn);
      goal.rotation.set(this.#turn);
    }
    goal.turnRadPerSec.set(hand.turnRadPerSec);
  }
}

/** @throws IsocenterError `servo/...`, `fixture/bad`, `guidance/...` for settings that make no sense */
export function createGuidance(config: GuidanceConfig): Guidance {
  return new Guidance(config);
}

function checkedFrame(frame: ArrayLike<number> | undefined): Float64Array {
  const m = Float64Array.from(frame ?? [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  for (let a = 0; a < 3; a++) {
    for (let b = 0; b < 3; b++) {
      const dot = m[3 * a] * m[3 * b] + m[3 * a + 1] * m[3 * b + 1] + m[3 * a + 2] * m[3 * b + 2];
      if (m.length === 9 && Math.abs(dot - (a === b ? 1 : 0)) < 1e-6) continue;
      throw inputError('guidance/frame', 'R_base_hand is no rotation', 'give nine numbers, column by column');
    }
  }
  return m;
}
