import type { JointTrajectory } from '../../engine/core/joint-trajectory.ts';
import type { JointLimits } from '../../engine/core/robot.ts';

/** A trajectory begins so near to where the robot is [rad or m], and at no more than this share of the greatest velocity. */
const NEAR_START = 1e-3;
const AT_REST_SHARE = 1e-3;
/** Rounding that limits forgive, as a share of them. */
export const SLACK = 1e-3;
/**
 * How far the cubic between two points may miss the velocity of the second of them, as a share of what the acceleration's limit
 * allows in that time: timed paths change their jerk between points, and miss by up to 2 %.
 */
const MOST_KICK = 0.05;

/**
 * Everything that would make a trajectory unfit to be followed: sizes, times, where it begins, rest at both ends, and the exact
 * extremes of each cubic against the limits of its joint. Each cubic has to meet the next point: what it misses, over the time
 * that it takes, stays within the slack of the limits, so that steps between points are no way around them. Text is
 * made where there is a fault only, and whatever is no number is one.
 *
 * @param from [joints] where the robot is [rad or m]
 * @returns why it is not followed: the joint, the value and the limit
 */
export function trajectoryFault(
  course: JointTrajectory,
  limits: readonly JointLimits[],
  from: Float64Array,
): string | undefined {
  return sizeFault(course) ?? endFault(course, limits, from) ?? courseFault(course, limits);
}

function sizeFault({ jointNames, timeSec, positions, velocities, accelerations }: JointTrajectory): string | undefined {
  const joints = jointNames.length;
  const points = timeSec.length;
  if (points < 2) return `${points} points: 2 are needed`;
  const wrong = (list: Float64Array, what: string) =>
    list.length === joints * points
      ? undefined
      : `${list.length} ${what} for ${points} points of ${joints} joints: ${joints * points} are needed`;
  const fault =
    wrong(positions, 'positions') ?? wrong(velocities, 'velocities') ?? wrong(accelerations, 'accelerations');
  if (fault !== undefined) return fault;
  if (timeSec[0] !== 0) return `its first point is at ${timeSec[0]} s, not at 0 s`;
  for (let n = 1; n < points; n++) {
    if (!(timeSec[n] > timeSec[n - 1])) return `point ${n} is at ${timeSec[n]} s, not after the one before it`;
  }
  return Number.isFinite(timeSec[points - 1]) ? undefined : `its last point is at ${timeSec[points - 1]} s`;
}

/** It begins where the robot is, and begins and ends at rest. */
function endFault(
  { jointNames, positions, velocities, timeSec }: JointTrajectory,
  limits: readonly JointLimits[],
  from: Float64Array,
): string | undefined {
  const joints = jointNames.length;
  const last = joints * (timeSec.length - 1);
  for (let j = 0; j < joints; j++) {
    const name = jointNames[j];
    if (!(Math.abs(positions[j] - from[j]) <= NEAR_START)) {
      return `it begins with joint ${name} at ${positions[j].toFixed(4)}, and the robot is at ${from[j].toFixed(4)}`;
    }
    const slow = AT_REST_SHARE * limits[j].velocity;
    if (!(Math.abs(velocities[j]) <= slow && Math.abs(velocities[last + j]) <= slow)) {
      return `joint ${name} is not at rest at its beginning and end`;
    }
  }
  return undefined;
}

function courseFault(course: JointTrajectory, limits: readonly JointLimits[]): string | undefined {
  const { timeSec } = course;
  const joints = limits.length;
  for (let n = 0; n + 1 < timeSec.length; n++) {
    for (let j = 0; j < joints; j++) {
      const fault = segmentFault(course, n, j, limits[j]);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

/** Of joint j between points n and n + 1: the acceleration is linear, so the extremes lie at its ends and where a derivative is zero. */
function segmentFault(
  { jointNames, timeSec, positions, velocities, accelerations }: JointTrajectory,
  n: number,
  j: number,
  limit: JointLimits,
): string | undefined {
  const { lower, upper, velocity, acceleration } = limit;
  const at = n * jointNames.length + j;
  const next = at + jointNames.length;
  const dt = timeSec[n + 1] - timeSec[n];
  const [p, v, a, b] = [positions[at], velocities[at], accelerations[at], accelerations[next]];
  const jerk = (b - a) / dt;
  const velocityAt = (t: number): number => v + t * (a + (t * jerk) / 2);
  const positionAt = (t: number): number => p + t * (v + t * (a / 2 + (t * jerk) / 6));
  const isInside = (t: number): boolean => t > 0 && t < dt;
  const about = (): string => `at ${timeSec[n].toFixed(3)} s joint ${jointNames[j]}`;

  const steepest = Math.max(Math.abs(a), Math.abs(b));
  if (!(steepest <= (1 + SLACK) * acceleration)) {
    return `${about()} accelerates at ${steepest.toFixed(3)} a second squared, above its limit of ${acceleration}`;
  }
  // The velocity turns where the acceleration passes zero.
  const top = isInside(-a / jerk) ? velocityAt(-a / jerk) : v;
  const fastest = Math.max(Math.abs(v), Math.abs(top), Math.abs(velocityAt(dt)), Math.abs(velocities[next]));
  if (!(fastest <= (1 + SLACK) * velocity)) {
    return `${about()} moves at ${fastest.toFixed(4)} a second, above its limit of ${velocity}`;
  }
  const slack = SLACK * Math.min(1, upper - lower);
  const [least, most] = [lower - slack, upper + slack];
  const beyond = (q: number): string | undefined =>
    q >= least && q <= most ? undefined : `${about()} is at ${q.toFixed(4)}, outside ${lower} to ${upper}`;
  const first = turningSec(v, a, jerk, 1);
  const second = turningSec(v, a, jerk, -1);
  const fault =
    beyond(p) ??
    beyond(positionAt(dt)) ??
    beyond(positions[next]) ??
    (isInside(first) ? beyond(positionAt(first)) : undefined) ??
    (isInside(second) ? beyond(positionAt(second)) : undefined);
  if (fault !== undefined) return fault;

  const jump = Math.abs(positionAt(dt) - positions[next]);
  if (!(jump <= SLACK * velocity * dt)) return `${about()} jumps by ${jump.toPrecision(2)} to the next point`;
  const kick = Math.abs(velocityAt(dt) - velocities[next]);
  if (kick <= MOST_KICK * acceleration * dt) return undefined;
  return `${about()} changes its velocity by ${kick.toPrecision(2)} a second at once at the next point`;
}

/** Times at which v + a t + jerk t^2 / 2 is zero, without cancellation; NaN where there is none. */
function turningSec(v: number, a: number, jerk: number, which: 1 | -1): number {
  const q = -(a + (a < 0 ? -1 : 1) * Math.sqrt(a * a - 2 * jerk * v));
  return which === 1 ? q / jerk : (2 * v) / q;
}
