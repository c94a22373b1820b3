import { inputError } from '../../../engine/core/errors.ts';
import { createFixtureSet } from '../fixtures/set.ts';
import { createServoArm, differentiateArm, placeArm, type ServoArm } from './arm.ts';
import {
  SERVO_BAD_INPUT,
  SERVO_INFEASIBLE,
  SERVO_OK,
  SERVO_RESTING,
  SERVO_STOPPING,
  type ServoConfig,
  type ServoGoal,
  TROCAR_TOLERANCE_M,
} from './config.ts';
import { canTakeOver, nextPace } from './pace.ts';
import { createServoProgramme, type ServoProgramme, setProgramme, setTipLimits } from './programme.ts';
import { QP_BAD_INPUT, QP_SOLVED, solveQuadraticProgramme } from './quadratic-programme.ts';
import { BLOCKED_BY, createStopPlanner, planStop, type StopPlanner } from './stop.ts';
import { createStopMotion, type StopMotion, stopStateAt } from './stop-motion.ts';
import { createTipMotion, proposeTipMotion, restTipMotion, type TipMotion, updateTipMotion } from './tip-motion.ts';

/**
 * The control cycle of an arm: preallocated by {@link createServo}, set to a state by {@link startServo}, advanced by
 * {@link stepServo}. At every moment it holds a motion to rest from its present state that was checked on its way;
 * a cycle only leaves that motion for a state from which there is another.
 */
export interface Servo {
  readonly arm: ServoArm;
  readonly periodSec: number;
  readonly programme: ServoProgramme;
  readonly motion: TipMotion;
  readonly stopPlanner: StopPlanner;
  /** [dofs] the set-point: rad or m, and per s and s^2, of the joints of the chain. */
  readonly q: Float64Array;
  readonly v: Float64Array;
  readonly a: Float64Array;
  readonly trocarToleranceM: number;
  readonly fixtureToleranceM: number;
  /** Cycles whose set-point came from the motion to rest, and of those the ones whose programme had no solution. */
  readonly counts: { cycles: number; slowed: number; stopping: number; infeasible: number };
  readonly blockedBy: Int32Array;
  /** Figures of the present set-point. */
  readonly figures: { trocarErrorM: number; fixtureM: number; speedMps: number };
  readonly next: { readonly q: Float64Array; readonly v: Float64Array; readonly a: Float64Array };
  stop: StopMotion;
  spare: StopMotion;
  /** Cycles of `stop` that were carried out. */
  stopCycle: number;
  /** How far beyond a fixture it started [m]. */
  beyondM: number;
  throttle: number;
  /** No goal. */
  readonly stay: ServoGoal;
}

/** @throws IsocenterError `servo/...` for settings that make no sense, `fixture/bad` */
export function createServo(config: ServoConfig): Servo {
  const periodSec = config.periodSec ?? 1e-3;
  if (!(periodSec >= 1e-4 && periodSec <= 0.02)) {
    throw inputError('servo/period', `a cycle of ${periodSec} s`, 'give 0.0001 to 0.02 s');
  }
  const fixtures = createFixtureSet(config.fixtures ?? [], config.trocarM === undefined ? 0 : 1);
  const arm = createServoArm(config.model, config.tool, fixtures, config.trocarM, config.insertionM ?? 0.005);
  for (let i = 0; i < arm.dofs; i++) {
    const values = [arm.velocity[i], arm.acceleration[i], arm.jerk[i]];
    if (values.every((value) => value > 0 && Number.isFinite(value))) continue;
    const name = config.model.joints[config.model.active[arm.shaft.chain.columns[i]]].name;
    const what = `joint ${name} has limits of ${values.join(', ')} (velocity, acceleration, jerk)`;
    throw inputError('servo/limits', what, 'give all three, above 0 and finite: --limits FILE');
  }
  const slowest = Math.min(...Array.from(arm.jerk, (jerk, i) => jerk / arm.acceleration[i]));
  const trocarToleranceM = config.trocarToleranceM ?? TROCAR_TOLERANCE_M;
  const fixtureToleranceM = config.fixtureToleranceM ?? 2e-5;
  const motion = createTipMotion();
  const programme = createServoProgramme(arm, motion, {
    periodSec,
    gainPerSec: config.gainPerSec ?? Math.min(25, slowest),
    maxSpeedMps: config.maxSpeedMps ?? 0.25,
    maxTurnRadPerSec: config.maxTurnRadPerSec ?? 1.5,
    approachPerSec: config.approachPerSec ?? Math.min(20, 0.8 * slowest),
    postureGainPerSec: config.postureGainPerSec ?? 0.2,
  });
  const numbers = () => new Float64Array(arm.dofs);
  return {
    arm,
    periodSec,
    programme,
    motion,
    stopPlanner: createStopPlanner(arm, { periodSec, trocarM: trocarToleranceM, beyondM: fixtureToleranceM }),
    q: numbers(),
    v: numbers(),
    a: numbers(),
    trocarToleranceM,
    fixtureToleranceM,
    counts: { cycles: 0, slowed: 0, stopping: 0, infeasible: 0 },
    blockedBy: new Int32Array(BLOCKED_BY.length),
    figures: { trocarErrorM: 0, fixtureM: 0, speedMps: 0 },
    next: { q: numbers(), v: numbers(), a: numbers() },
    stop: createStopMotion(arm.dofs, fixtures.slots),
    spare: createStopMotion(arm.dofs, fixtures.slots),
    stopCycle: 0,
    beyondM: 0,
    throttle: 1,
    stay: {
      positionM: new Float64Array(3),
      velocityMps: new Float64Array(3),
      rotation: new Float64Array([1, 0, 0, 0, 1, 0, 0, 0, 1]),
      turnRadPerSec: new Float64Array(3),
      turns: false,
    },
  };
}

/** Why a state cannot be started from; undefined where it can. At rest it begins. */
export type StartFault = 'limits' | 'trocar' | 'insertion' | 'fixture' | 'not-finite';

/** Sets the servo at rest at `q` [dofs]. No allocation. */
export function startServo(servo: Servo, q: ArrayLike<number>): StartFault | undefined {
  const { arm } = servo;
  for (let i = 0; i < arm.dofs; i++) {
    if (!Number.isFinite(q[i])) return 'not-finite';
    servo.q[i] = q[i];
    servo.v[i] = 0;
    servo.a[i] = 0;
  }
  placeArm(arm, servo.q);
  for (let i = 0; i < arm.dofs; i++) if (!(q[i] >= arm.lower[i] && q[i] <= arm.upper[i])) return 'limits';
  if (arm.hasTrocar && !(arm.now.trocarErrorM <= servo.trocarToleranceM)) return 'trocar';
  if (arm.hasTrocar && !(arm.now.roomM >= 0)) return 'insertion';
  if (!(arm.now.fixtureM >= 0)) return 'fixture';
  servo.beyondM = 0;
  servo.throttle = 1;
  servo.stopCycle = 0;
  differentiateArm(arm);
  const rests = planStop(servo.stopPlanner, servo.q, servo.v, servo.a, 0, servo.stop);
  setFigures(servo);
  restTipMotion(servo.motion);
  // What the joints can do here: known from a programme that is solved once.
  setProgramme(servo.programme, servo.stay, servo.q, servo.v, servo.a, 0, servo.stop);
  solveQuadraticProgramme(servo.programme.qp);
  setTipLimits(servo.programme);
  return rests ? undefined : 'limits';
}

/**
 * One cycle towards the goal: fills `q`, `v` and `a` with the next set-point, which is within all limits whatever the goal is.
 * No allocation, no throw.
 *
 * @returns a code of config.ts
 */
export function stepServo(servo: Servo, goal: ServoGoal): number {
  let code = isGoalFinite(goal) ? SERVO_OK : SERVO_BAD_INPUT;
  // A stop that has begun is left where the programme can take over without turning back.
  if (code === SERVO_OK)
    code =
      servo.stopCycle > 0 && !canTakeOver(servo.motion, servo.programme.tip, servo.programme.trocar)
        ? SERVO_RESTING
        : propose(servo, goal, servo.throttle, true);
  servo.counts.cycles++;
  if (code === SERVO_STOPPING || code === SERVO_INFEASIBLE) {
    // What cannot be stopped at this pace can mostly be slowed down where it goes.
    servo.counts.slowed++;
    servo.blockedBy[servo.stopPlanner.blockedBy]++;
    servo.throttle = Math.max(0.05, 0.9 * servo.throttle);
    placeArm(servo.arm, servo.q);
    differentiateArm(servo.arm);
    code = propose(servo, goal, 0, code === SERVO_STOPPING);
  } else if (code === SERVO_OK) {
    servo.throttle = nextPace(servo.throttle, servo.spare.trocarErrorM / servo.trocarToleranceM, servo.periodSec);
  }
  if (code === SERVO_OK) accept(servo);
  else {
    servo.counts.stopping++;
    if (code === SERVO_INFEASIBLE) servo.counts.infeasible++;
    servo.throttle = Math.max(0.05, 0.8 * servo.throttle);
    followStop(servo);
  }
  setFigures(servo);
  return code;
}

/** One cycle of the motion to rest, whatever is asked: for a latched stop, a fault or silence. */
export function haltServo(servo: Servo): void {
  servo.counts.cycles++;
  followStop(servo);
  setFigures(servo);
}

/** Whether the set-point does not move. */
export function isAtRest({ v, a }: Servo): boolean {
  for (let i = 0; i < v.length; i++) if (v[i] !== 0 || a[i] !== 0) return false;
  return true;
}

/** The next state by the programme, in `next`, with a motion to rest from it in `spare`. */
function propose(servo: Servo, goal: ServoGoal, throttle: number, withFixtures: boolean): number {
  const { arm, programme, q, v, a, next, periodSec: t } = servo;
  const { dofs: n, shaft } = arm;
  setProgramme(programme, goal, q, v, a, throttle, servo.stop);
  // Rows of fixtures can stand against each other; the motion to rest keeps off them without.
  if (!withFixtures) programme.qp.count = 2 * n;
  const solved = solveQuadraticProgramme(programme.qp);
  if (solved !== QP_BAD_INPUT) setTipLimits(programme);
  if (solved !== QP_SOLVED) return SERVO_INFEASIBLE;
  servo.stopPlanner.blockedBy = 0;
  for (let i = 0; i < n; i++) {
    // The programme meets its bounds to rounding; the limits are met exactly.
    const change = Math.max(
      -arm.jerk[i] * t,
      Math.min(arm.jerk[i] * t, (programme.qp.x[i] * shaft.unit[i] - v[i]) / t - a[i]),
    );
    next.a[i] = Math.max(-arm.acceleration[i], Math.min(arm.acceleration[i], a[i] + change));
    next.v[i] = v[i] + t * next.a[i];
    next.q[i] = q[i] + t * next.v[i];
    if (!(Math.abs(next.v[i]) <= arm.velocity[i] && next.q[i] >= arm.lower[i] && next.q[i] <= arm.upper[i])) {
      return SERVO_STOPPING;
    }
  }
  proposeTipMotion(servo.motion, arm, next.v, t);
  placeArm(arm, next.q);
  const { now } = arm;
  if (!(now.trocarErrorM <= servo.trocarToleranceM)) return SERVO_STOPPING;
  if (arm.hasTrocar && !(now.roomM >= 0)) return SERVO_STOPPING;
  if (!(now.fixtureM >= -servo.fixtureToleranceM - servo.beyondM)) return SERVO_STOPPING;
  const rests = planStop(servo.stopPlanner, next.q, next.v, next.a, servo.beyondM, servo.spare);
  return rests ? SERVO_OK : SERVO_STOPPING;
}

function accept(servo: Servo): void {
  servo.q.set(servo.next.q);
  servo.v.set(servo.next.v);
  servo.a.set(servo.next.a);
  const { stop } = servo;
  servo.stop = servo.spare;
  servo.spare = stop;
  servo.stopCycle = 0;
}

function followStop(servo: Servo): void {
  servo.stopCycle = Math.min(servo.stopCycle + 1, servo.stop.length);
  placeArm(servo.arm, servo.q);
  differentiateArm(servo.arm);
  stopStateAt(servo.stop, servo.periodSec, servo.stopCycle, servo.q, servo.v, servo.a);
  proposeTipMotion(servo.motion, servo.arm, servo.v, servo.periodSec);
}

/** The arm at the set-point: what the next cycle starts from. */
function setFigures(servo: Servo): void {
  const { arm, figures, motion } = servo;
  placeArm(arm, servo.q);
  differentiateArm(arm);
  updateTipMotion(motion, arm, servo.v, servo.periodSec);
  figures.trocarErrorM = arm.now.trocarErrorM;
  figures.fixtureM = arm.now.fixtureM;
  figures.speedMps = Math.hypot(motion.twist[0], motion.twist[1], motion.twist[2]);
}

function isGoalFinite(goal: ServoGoal): boolean {
  let sum = 0;
  for (let r = 0; r < 3; r++) sum += goal.positionM[r] + goal.velocityMps[r];
  if (goal.turns) {
    for (let r = 0; r < 3; r++) sum += goal.turnRadPerSec[r];
    for (let r = 0; r < 9; r++) sum += goal.rotation[r];
  }
  return Number.isFinite(sum);
}
