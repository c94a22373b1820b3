import { approachBound } from '../fixtures/set.ts';
import type { ServoArm } from './arm.ts';
import type { ServoGoal } from './config.ts';
import { approachFixtures, fixtureBound } from './fixture-rows.ts';
import { createJointBounds, type JointBounds, setJointBounds } from './joint-bounds.ts';
import { createQuadraticProgramme, type QuadraticProgramme } from './quadratic-programme.ts';
import type { StopMotion } from './stop-motion.ts';
import { createTrackingLimits, setResponse } from './tip-limits.ts';
import { approachVelocity, easeCurvature, followVelocity, type TipMotion, type TrackingLimits } from './tip-motion.ts';

/** Velocities of one cycle as a quadratic programme over joint velocities in the joints' units. */
export interface ServoProgramme {
  readonly arm: ServoArm;
  readonly motion: TipMotion;
  readonly qp: QuadraticProgramme;
  readonly settings: ProgrammeSettings;
  readonly bounds: JointBounds;
  readonly middle: Float64Array;
  /** What the joints can do where the arm is for the tip and the trocar [m/s, m/s^2, m/s^3], and for turning [rad/s, ..]. */
  readonly tip: TrackingLimits;
  readonly turn: TrackingLimits;
  readonly trocar: TrackingLimits;
  /** [9] wanted at the end of the cycle, as in {@link TipMotion} [m/s, rad/s]. */
  readonly wanted: Float64Array;
  readonly error: Float64Array;
  readonly row: Float64Array;
}

export interface ProgrammeSettings {
  readonly periodSec: number;
  readonly gainPerSec: number;
  readonly maxSpeedMps: number;
  readonly maxTurnRadPerSec: number;
  readonly approachPerSec: number;
  readonly postureGainPerSec: number;
}

/** One radian a second weighs as much as this speed of the tip [m]. */
const TURN_LENGTH_M = 0.1;
/**
 * Of the velocities that joints have by themselves (their own kept, and drawn to the middle of their ranges) against the
 * task [m^2]: where the tip moves by less than its root per radian, the task gives way instead of the joints racing.
 */
const OWN_WEIGHT = 2e-4;
/** How fast an acceleration fades that nothing asks for [1/s]. */
const FADING = 60;
/** Rows of fixtures farther away are left out: nothing approaches them so fast [m]. */
const FAR_M = 0.2;
const NO_MOTION = new Float64Array(3);
/** How fast a joint takes on the velocity that draws it to the middle [1/s]. */
const POSTURE_RATE = 5;
/** Shares of what the joints can do that are asked for: of the tip's the rest is for curvature, the trocar and fixtures. */
const TIP_SHARE = 0.5;
const TROCAR_SHARE = 0.9;
/** Of the trocar against the tip; its rows are lengths too. */
const TROCAR_WEIGHT = 400;
/** How fast an error of the trocar is taken back [1/s]. */
const TROCAR_GAIN = 60;

export function createServoProgramme(arm: ServoArm, motion: TipMotion, settings: ProgrammeSettings): ServoProgramme {
  const n = arm.dofs;
  const rows = 2 * n + 2 * arm.fixtures.slots;
  const qp = createQuadraticProgramme(n, rows);
  return {
    arm,
    motion,
    settings,
    qp,
    bounds: createJointBounds(arm, settings.periodSec),
    middle: Float64Array.from(arm.lower, (low, i) => {
      const mid = (low + arm.upper[i]) / 2;
      return Number.isFinite(mid) ? mid : 0;
    }),
    tip: createTrackingLimits(arm, settings.gainPerSec, settings.maxSpeedMps, TIP_SHARE),
    turn: createTrackingLimits(arm, settings.gainPerSec, settings.maxTurnRadPerSec, TIP_SHARE),
    trocar: createTrackingLimits(arm, TROCAR_GAIN, 1, TROCAR_SHARE),
    wanted: new Float64Array(9),
    error: new Float64Array(3),
    row: new Float64Array(n),
  };
}

/**
 * Sets the programme up for the state (q, v, a) [dofs], the arm differentiated at q and its motion known:
 *
 *   minimise  |tip velocity - wanted|^2 + |turning - wanted|^2 + |trocar rate - wanted|^2 + damping + posture + steadiness
 *   subject to  acceleration, jerk and velocity of each joint within limits, also while its acceleration is taken back;
 *               positions and fixtures approached ever slower
 *
 * Bounds of fixtures that no velocity within the joints' bounds can meet are relaxed to what can be met: the motion to rest
 * guards them, as it does the trocar.
 *
 * @param throttle share of the wanted motion, 0 to 1
 * @param stop the motion to rest from the state
 */
export function setProgramme(
  programme: ServoProgramme,
  goal: ServoGoal,
  q: Float64Array,
  v: Float64Array,
  a: Float64Array,
  throttle: number,
  stop: StopMotion,
): void {
  const { arm, qp, wanted, error, motion, settings, row } = programme;
  const { dofs: n, shaft } = arm;
  const { periodSec: t } = settings;
  setJointBounds(programme.bounds, q, v, a, stop);
  qp.h.fill(0);
  qp.g.fill(0);
  for (let r = 0; r < 3; r++) error[r] = goal.positionM[r] - shaft.tipBase[r];
  approachVelocity(error, goal.velocityMps, programme.tip, throttle, wanted, 0);
  approachFixtures(arm.fixtures, stop, settings.approachPerSec, programme.tip, wanted);
  easeCurvature(motion, programme.tip, wanted, 0);
  followVelocity(motion, programme.tip, t, wanted, 0);
  for (let r = 0; r < 3; r++) {
    for (let c = 0; c < n; c++) row[c] = arm.jacobian[r * n + c] * shaft.unit[c];
    addSquare(programme, wanted[r], 1);
  }
  if (goal.turns) {
    rotationError(shaft.chain.pose, goal.rotation, error);
    approachVelocity(error, goal.turnRadPerSec, programme.turn, throttle, wanted, 3);
    followVelocity(motion, programme.turn, t, wanted, 3);
    addTurning(programme);
  }
  if (arm.hasTrocar) {
    error[0] = shaft.local[0];
    error[1] = shaft.local[1];
    error[2] = 0;
    approachVelocity(error, NO_MOTION, programme.trocar, 1, wanted, 6);
    followVelocity(motion, programme.trocar, t, wanted, 6);
    for (let r = 0; r < 2; r++) {
      for (let c = 0; c < n; c++) row[c] = arm.trocarRows[r * n + c];
      addSquare(programme, wanted[6 + r], TROCAR_WEIGHT);
    }
  }
  for (let c = 0; c < n; c++) {
    const drawn = settings.postureGainPerSec * throttle * (programme.middle[c] - q[c]) - v[c];
    const pull =
      Math.max(-1, Math.min(1, (POSTURE_RATE * drawn) / arm.acceleration[c] / 0.2)) * 0.2 * arm.acceleration[c];
    const own = v[c] + t * (a[c] + t * FADING * (pull - a[c]));
    qp.h[c * n + c] += OWN_WEIGHT;
    qp.g[c] += (OWN_WEIGHT * own) / shaft.unit[c];
  }
  setRows(programme, stop);
}

/**
 * Sets what the joints can do for the tip, its turning and the trocar at the configuration of the programme that was solved
 * last.
 */
export function setTipLimits({ arm, qp, tip, turn, trocar, row }: ServoProgramme): void {
  setResponse(tip, arm, qp, arm.jacobian, 0, 3, false, 1, row);
  setResponse(turn, arm, qp, arm.jacobian, 3, 3, false, TURN_LENGTH_M * TURN_LENGTH_M, row);
  if (arm.hasTrocar) setResponse(trocar, arm, qp, arm.trocarRows, 0, 2, true, TROCAR_WEIGHT, row);
}

/** The rotation from the tool to the goal as a vector [rad]: half the sum of the cross products of their axes, grown to the angle. */
function rotationError(p: Float64Array, goal: Float64Array, out: Float64Array): void {
  let sx = 0;
  let sy = 0;
  let sz = 0;
  let trace = 0;
  for (let c = 0; c < 3; c++) {
    const ax = p[4 * c];
    const ay = p[4 * c + 1];
    const az = p[4 * c + 2];
    const bx = goal[3 * c];
    const by = goal[3 * c + 1];
    const bz = goal[3 * c + 2];
    sx += (ay * bz - az * by) / 2;
    sy += (az * bx - ax * bz) / 2;
    sz += (ax * by - ay * bx) / 2;
    trace += ax * bx + ay * by + az * bz;
  }
  const sine = Math.sqrt(sx * sx + sy * sy + sz * sz);
  const grow = sine > 1e-9 ? Math.atan2(sine, (trace - 1) / 2) / sine : 1;
  out[0] = grow * sx;
  out[1] = grow * sy;
  out[2] = grow * sz;
}

/** All three directions of turning, or only about the shaft where the trocar takes the others. */
function addTurning(programme: ServoProgramme): void {
  const { arm, row, wanted } = programme;
  const { dofs: n, jacobian, shaft, hasTrocar } = arm;
  const weight = TURN_LENGTH_M * TURN_LENGTH_M;
  if (!hasTrocar) {
    for (let r = 3; r < 6; r++) {
      for (let c = 0; c < n; c++) row[c] = jacobian[r * n + c] * shaft.unit[c];
      addSquare(programme, wanted[r], weight);
    }
    return;
  }
  const p = shaft.chain.pose;
  for (let c = 0; c < n; c++) {
    row[c] = (jacobian[3 * n + c] * p[8] + jacobian[4 * n + c] * p[9] + jacobian[5 * n + c] * p[10]) * shaft.unit[c];
  }
  addSquare(programme, wanted[3] * p[8] + wanted[4] * p[9] + wanted[5] * p[10], weight);
}

/** Adds weight |row . z - wanted|^2 to the objective (the factor 2 is left out everywhere). */
function addSquare({ qp, row }: ServoProgramme, wanted: number, weight: number): void {
  const { n, h, g } = qp;
  for (let i = 0; i < n; i++) {
    const scaled = weight * row[i];
    for (let j = 0; j <= i; j++) h[i * n + j] += scaled * row[j];
    g[i] += scaled * wanted;
  }
}

function setRows(programme: ServoProgramme, stop: StopMotion): void {
  const { arm, qp, bounds, settings, motion, tip } = programme;
  const { dofs: n, shaft, fixtures } = arm;
  const { rows } = qp;
  let k = 0;
  for (let i = 0; i < n; i++) {
    for (let side = 1; side >= -1; side -= 2) {
      rows.fill(0, k * n, (k + 1) * n);
      rows[k * n + i] = side;
      qp.bounds[k] = (side > 0 ? bounds.lowest[i] : -bounds.highest[i]) / shaft.unit[i];
      k++;
    }
  }
  for (let f = 0; f < 2 * fixtures.slots; f++) {
    // From where the tip is, then from where it would come to rest.
    const now = f < fixtures.slots;
    const which = now ? f : f - fixtures.slots;
    const gradients = now ? fixtures.gradients : stop.restGradients;
    const distance = now ? fixtures.distanceM[which] : stop.restDistanceM[which];
    if (distance > FAR_M) continue;
    let reachable = 0;
    for (let c = 0; c < n; c++) {
      let slope = 0;
      for (let r = 0; r < 3; r++) slope += gradients[3 * which + r] * arm.jacobian[r * n + c];
      rows[k * n + c] = slope * shaft.unit[c];
      reachable += slope * (slope > 0 ? bounds.highest[c] : bounds.lowest[c]);
    }
    const bound = approachBound(distance, settings.approachPerSec);
    const able = fixtureBound(gradients, which, bound, motion, tip, settings.periodSec);
    qp.bounds[k] = Math.min(able, reachable - 1e-9);
    k++;
  }
  qp.count = k;
}
