import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import type { JointLimits } from '../../../engine/core/robot.ts';

/**
 * A joint motion as a uniform cubic B-spline: segments + 3 control points of each joint, [points][joints] [rad or m]. With
 * its first three and last three points alike it begins and ends at rest. Jerk is constant in each segment, acceleration
 * linear, velocity quadratic: their extremes are known exactly.
 */
export interface JointSpline {
  readonly joints: number;
  readonly control: Float64Array;
  /** Duration of a segment [s]. */
  readonly segmentSec: number;
}

export function segmentsOf(spline: Pick<JointSpline, 'joints' | 'control'>): number {
  return spline.control.length / spline.joints - 3;
}

/** Position, velocity and acceleration of joint j at knot i. */
function knot(s: JointSpline, i: number, j: number): [number, number, number] {
  const at = (k: number): number => s.control[(i + k) * s.joints + j];
  const h = s.segmentSec;
  const [a, b, c] = [at(0), at(1), at(2)];
  return [(a + 4 * b + c) / 6, (c - a) / (2 * h), (a - 2 * b + c) / (h * h)];
}

/** The spline's states at its knots, between which it is the cubic with constant jerk: an exact record of it. */
export function splineTrajectory(spline: JointSpline, jointNames: readonly string[]): JointTrajectory {
  const { joints } = spline;
  const points = segmentsOf(spline) + 1;
  const timeSec = Float64Array.from({ length: points }, (_, i) => i * spline.segmentSec);
  const positions = new Float64Array(points * joints);
  const velocities = new Float64Array(points * joints);
  const accelerations = new Float64Array(points * joints);
  for (let i = 0; i < points; i++) {
    for (let j = 0; j < joints; j++) {
      const [p, v, a] = knot(spline, i, j);
      positions[i * joints + j] = p;
      velocities[i * joints + j] = v;
      accelerations[i * joints + j] = a;
    }
  }
  return { jointNames, timeSec, positions, velocities, accelerations };
}

/** Largest |velocity|, |acceleration|, |jerk| of joint j, and its least and largest position; all exact. */
export interface Extremes {
  readonly velocity: number;
  readonly acceleration: number;
  readonly jerk: number;
  readonly lower: number;
  readonly upper: number;
}

export function splineExtremes(spline: JointSpline, j: number): Extremes {
  const h = spline.segmentSec;
  const n = segmentsOf(spline);
  let [velocity, acceleration, jerk] = [0, 0, 0];
  let [lower, upper] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const visit = (p: number): void => {
    lower = Math.min(lower, p);
    upper = Math.max(upper, p);
  };
  for (let i = 0; i < n; i++) {
    const [p0, v0, a0] = knot(spline, i, j);
    const [p1, v1, a1] = knot(spline, i + 1, j);
    const u = (a1 - a0) / h;
    velocity = Math.max(velocity, Math.abs(v0), Math.abs(v1));
    acceleration = Math.max(acceleration, Math.abs(a0), Math.abs(a1));
    jerk = Math.max(jerk, Math.abs(u));
    visit(p0);
    visit(p1);
    if (a0 * a1 < 0) {
      // The velocity turns where the acceleration passes zero.
      velocity = Math.max(velocity, Math.abs(v0 - (a0 * a0) / (2 * u)));
    }
    for (const t of turningTimes(v0, a0, u)) {
      if (t > 0 && t < h) visit(p0 + t * (v0 + t * (a0 / 2 + (t * u) / 6)));
    }
  }
  return { velocity, acceleration, jerk, lower, upper };
}

/** Times at which a velocity that starts at v with acceleration a and jerk u is zero. */
function turningTimes(v: number, a: number, u: number): number[] {
  if (u === 0) return a === 0 ? [] : [-v / a];
  const root = a * a - 2 * u * v;
  if (root < 0) return [];
  const q = -(a + Math.sign(a || 1) * Math.sqrt(root));
  return q === 0 ? [] : [q / u, (2 * v) / q];
}

/**
 * The least duration of a segment at which every joint keeps its limits on velocity, acceleration and jerk [s]; 0 for a
 * motion that stays where it is.
 */
export function leastSegmentSec(joints: number, control: Float64Array, limits: readonly JointLimits[]): number {
  let least = 0;
  for (let j = 0; j < joints; j++) {
    const { velocity, acceleration, jerk } = splineExtremes({ joints, control, segmentSec: 1 }, j);
    const limit = limits[j];
    least = Math.max(least, velocity / limit.velocity);
    least = Math.max(least, Math.sqrt(acceleration / limit.acceleration), Math.cbrt(jerk / limit.jerk));
  }
  // A rounding error more, so that the limits hold in float64 too.
  return least * (1 + 1e-10);
}

/** Positions of a trajectory at a time [s], by the cubic between its points; before and behind it, its ends. */
export function positionsAt(t: JointTrajectory, timeSec: number, out: Float64Array, hint = 0): number {
  const joints = t.jointNames.length;
  const last = t.timeSec.length - 1;
  let i = hint;
  while (i < last - 1 && t.timeSec[i + 1] <= timeSec) i++;
  const dt = last > 0 ? t.timeSec[i + 1] - t.timeSec[i] : 0;
  const u = Math.min(dt, Math.max(0, timeSec - t.timeSec[i]));
  for (let j = 0; j < joints; j++) {
    const at = i * joints + j;
    const a = t.accelerations[at];
    const jerk = dt > 0 ? (t.accelerations[at + joints] - a) / dt : 0;
    out[j] = t.positions[at] + u * (t.velocities[at] + u * (a / 2 + (u * jerk) / 6));
    // Where the points are not joined by one cubic, the end still meets the next point.
    if (dt > 0 && u >= dt) out[j] = t.positions[at + joints];
  }
  return i;
}
