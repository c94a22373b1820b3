import { approachBound } from '../fixtures/set.ts';
import type { ServoArm } from './arm.ts';
import type { ServoGoal } from './config.ts';
import { createQuadraticProgramme, type QuadraticProgramme } from './quadratic-programme.ts';
import { approachVelocity, followVelocity, type TipMotion, type TrackingLimits } from './tip-motion.ts';

/** Velocities of one cycle as a quadratic programme over joint velocities in the joints' units. */
export interface ServoProgramme {
  readonly arm: ServoArm;
  readonly motion: TipMotion;
  readonly qp: QuadraticProgramme;
  readonly settings: ProgrammeSettings;
  /** [dofs] velocities that the joints can have at the end of the cycle [rad/s or m/s]. */
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
  readonly middle: Float64Array;
  /** What the joints can do for the tip where the arm is [m/s, m/s^2, m/s^3], and for its turning [rad/s, ..]. */
  readonly tip: TrackingLimits;
  readonly turn: TrackingLimits;
  /** [6] wanted at the end of the cycle [m/s, rad/s]. */
  readonly wanted: Float64Array;
  readonly error: Float64Array;
  readonly row: Float64Array;
  readonly projected: Float64Array;
  readonly effort: Float64Array;
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
/** How fast a joint takes on the velocity that draws it to the middle [1/s]. */
const POSTURE_RATE = 5;
/** Share of what the joints can do that the tip is asked for: the rest is for the trocar, its curvature and fixtures. */
const TIP_SHARE = 0.5;
/** Share of the speed towards a fixture that its row allows which is asked for. */
const SOFTLY = 0.5;
/** Of the trocar against the tip; its rows are lengths too. */
const TROCAR_WEIGHT = 400;
/** How fast an error of the trocar is taken back [1/s]. */
const TROCAR_GAIN = 100;

export function createServoProgramme(arm: ServoArm, motion: TipMotion, settings: ProgrammeSettings): ServoProgramme {
  const n = arm.dofs;
  const rows = 2 * n + arm.fixtures.count;
  return {
    arm,
    motion,
    settings,
    qp: createQuadraticProgramme(n, rows),
    lowest: new Float64Array(n),
    highest: new Float64Array(n),
    middle: Float64Array.from(arm.lower, (low, i) => {
      const mid = (low + arm.upper[i]) / 2;
      return Number.isFinite(mid) ? mid : 0;
    }),
    tip: { gainPerSec: settings.gainPerSec, speed: 0, acceleration: 0, jerk: 0 },
    turn: { gainPerSec: settings.gainPerSec, speed: 0, acceleration: 0, jerk: 0 },
    projected: new Float64Array(n),
    effort: new Float64Array(n),
    wanted: new Float64Array(6),
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
 */
export function setProgramme(
  programme: ServoProgramme,
  goal: ServoGoal,
  q: Float64Array,
  v: Float64Array,
  a: Float64Array,
  throttle: number,
): void {
  const { arm, qp, wanted, error, motion, settings, row } = programme;
  const { dofs: n, shaft } = arm;
  const { periodSec: t } = settings;
  setBounds(programme, q, v, a);
  qp.h.fill(0);
  qp.g.fill(0);
  for (let r = 0; r < 3; r++) error[r] = goal.positionM[r] - shaft.tipBase[r];
  approachVelocity(error, goal.velocityMps, programme.tip, throttle, wanted, 0);
  approachFixtures(programme);
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
    for (let r = 0; r < 2; r++) {
      for (let c = 0; c < n; c++) row[c] = arm.trocarRows[r * n + c];
      addSquare(programme, TROCAR_GAIN * shaft.local[r], TROCAR_WEIGHT);
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
  setRows(programme);
}

/**
 * Sets what the joints can do for the tip and its turning at the configuration of the programme that was solved last: the
 * tip moving by 1 m/s asks a joint for at most the length of its row of the weighted inverse.
 */
export function setTipLimits(programme: ServoProgramme): void {
  const { settings } = programme;
  setLimitsOf(programme, 0, programme.tip);
  programme.tip.speed = Math.min(programme.tip.speed, settings.maxSpeedMps);
  setLimitsOf(programme, 3, programme.turn);
  programme.turn.speed = Math.min(programme.turn.speed, settings.maxTurnRadPerSec);
}

function setLimitsOf({ arm, qp, effort, projected }: ServoProgramme, first: number, limits: TrackingLimits): void {
  const { dofs: n, jacobian, shaft } = arm;
  const { basis } = qp;
  effort.fill(0);
  const weight = first === 0 ? 1 : TURN_LENGTH_M * TURN_LENGTH_M;
  for (let r = first; r < first + 3; r++) {
    // H^-1 = basis basis'
    for (let c = 0; c < n; c++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += basis[k * n + c] * jacobian[r * n + k] * shaft.unit[k];
      projected[c] = weight * sum;
    }
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let c = 0; c < n; c++) sum += basis[i * n + c] * projected[c];
      effort[i] += sum * sum * shaft.unit[i] * shaft.unit[i];
    }
  }
  let speed = Number.POSITIVE_INFINITY;
  let acceleration = Number.POSITIVE_INFINITY;
  let jerk = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    const each = Math.sqrt(effort[i]) + 1e-9;
    speed = Math.min(speed, arm.velocity[i] / each);
    acceleration = Math.min(acceleration, arm.acceleration[i] / each);
    jerk = Math.min(jerk, arm.jerk[i] / each);
  }
  limits.speed = TIP_SHARE * speed;
  limits.acceleration = TIP_SHARE * acceleration;
  limits.jerk = TIP_SHARE * jerk;
}

/** Velocities that joints can have at the end of the cycle. */
function setBounds(
  { arm, lowest, highest, settings }: ServoProgramme,
  q: Float64Array,
  v: Float64Array,
  a: Float64Array,
) {
  const { periodSec: t, approachPerSec } = settings;
  for (let i = 0; i < arm.dofs; i++) {
    const jerk = arm.jerk[i];
    const limit = arm.acceleration[i];
    const least = v[i] + t * Math.max(-limit, a[i] - jerk * t);
    const most = v[i] + t * Math.min(limit, a[i] + jerk * t);
    // A velocity limit must also hold while the acceleration is taken back; a position limit is approached ever slower.
    const top = Math.min(arm.velocity[i], approachSpeed(arm.upper[i] - q[i], 0.4 * approachPerSec, 0.5 * limit));
    const bottom = -Math.min(arm.velocity[i], approachSpeed(q[i] - arm.lower[i], 0.4 * approachPerSec, 0.5 * limit));
    highest[i] = Math.max(least, Math.min(most, v[i] + t * gentlest(top - v[i], jerk, t)));
    lowest[i] = Math.min(most, Math.max(least, v[i] - t * gentlest(v[i] - bottom, jerk, t)));
    if (lowest[i] > highest[i]) {
      const middle = (lowest[i] + highest[i]) / 2;
      lowest[i] = Math.max(least, Math.min(most, middle));
      highest[i] = lowest[i];
    }
  }
}

/** Speed towards a limit that is `room` away: it falls with the room, and half the acceleration stops it in time. */
function approachSpeed(room: number, perSec: number, acceleration: number): number {
  return room > 0 ? Math.min(perSec * room, Math.sqrt(acceleration * room)) : 0;
}

/** Largest acceleration now with which, taken back by the jerk at once, a velocity rises by no more than `room`. */
function gentlest(room: number, jerk: number, t: number): number {
  // room >= 1.5 t a + a^2 / (2 jerk)
  if (room <= 0) return room / t;
  const half = 1.5 * t * jerk;
  return Math.sqrt(half * half + 2 * jerk * room) - half;
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

/**
 * Takes from the wanted velocity of the tip what leads too fast towards fixtures, slower than their rows would: the loops
 * after it then brake in time, and the rows seldom act. What several fixtures leave is found by going through them in turn.
 */
function approachFixtures({ arm: { fixtures }, wanted, settings, tip }: ServoProgramme): void {
  for (let round = 0; round < 3; round++) {
    for (let f = 0; f < fixtures.count; f++) {
      const gx = fixtures.gradients[3 * f];
      const gy = fixtures.gradients[3 * f + 1];
      const gz = fixtures.gradients[3 * f + 2];
      const square = gx * gx + gy * gy + gz * gz;
      const rate = gx * wanted[0] + gy * wanted[1] + gz * wanted[2];
      // No faster than half of what the tip can brake stops in time.
      const distance = Math.max(0, fixtures.distanceM[f]);
      const braked = -Math.sqrt(tip.acceleration * distance);
      const over = Math.max(braked, approachBound(distance, SOFTLY * settings.approachPerSec)) - rate;
      if (!(over > 0) || square < 1e-12) continue;
      wanted[0] += (over / square) * gx;
      wanted[1] += (over / square) * gy;
      wanted[2] += (over / square) * gz;
    }
  }
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

function setRows(programme: ServoProgramme): void {
  const { arm, qp, lowest, highest, settings } = programme;
  const { dofs: n, shaft, fixtures } = arm;
  const { rows, bounds } = qp;
  let k = 0;
  for (let i = 0; i < n; i++) {
    for (let side = 1; side >= -1; side -= 2) {
      rows.fill(0, k * n, (k + 1) * n);
      rows[k * n + i] = side;
      bounds[k] = (side > 0 ? lowest[i] : -highest[i]) / shaft.unit[i];
      k++;
    }
  }
  for (let f = 0; f < fixtures.count; f++) {
    const gx = fixtures.gradients[3 * f];
    const gy = fixtures.gradients[3 * f + 1];
    const gz = fixtures.gradients[3 * f + 2];
    let reachable = 0;
    for (let c = 0; c < n; c++) {
      const slope = gx * arm.jacobian[c] + gy * arm.jacobian[n + c] + gz * arm.jacobian[2 * n + c];
      rows[k * n + c] = slope * shaft.unit[c];
      reachable += slope * (slope > 0 ? highest[c] : lowest[c]);
    }
    const bound = approachBound(fixtures.distanceM[f], settings.approachPerSec);
    bounds[k] = Math.min(bound, reachable - 1e-9);
    k++;
  }
  qp.count = k;
}
