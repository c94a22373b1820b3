import { inputError } from '../../../engine/core/errors.ts';
import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import { activeLimits, type JointLimits, type RobotModel } from '../../../engine/core/robot.ts';

/** Share of its limit that a velocity or acceleration may have where a path is to be at rest. */
const REST = 1e-6;
/** Slack of a joint's range, for positions that files give with rounded digits [rad or m]. */
const RANGE_SLACK = 1e-9;

/**
 * The limits of the robot's active joints, when they and the given path make sense.
 *
 * @throws IsocenterError `trajectory/baseline-shape`, `trajectory/not-finite`, `trajectory/limits`, `trajectory/out-of-limits`,
 * `trajectory/not-at-rest`
 */
export function checkedLimits(model: RobotModel, baseline: JointTrajectory): JointLimits[] {
  const limits = activeLimits(model);
  checkShape(model, baseline, limits.length);
  const points = baseline.timeSec.length;
  limits.forEach((limit, j) => {
    checkLimit(limit, baseline.jointNames[j]);
    for (const end of [0, points - 1]) checkEnd(limit, baseline, end, j);
  });
  return limits;
}

function checkShape(model: RobotModel, t: JointTrajectory, joints: number): void {
  const points = t.timeSec.length;
  const rows = [t.positions, t.velocities, t.accelerations];
  if (t.jointNames.length !== joints || points < 2 || rows.some((row) => row.length !== points * joints)) {
    throw inputError(
      'trajectory/baseline-shape',
      `the given path has ${points} points of ${t.jointNames.length} joints, the robot ${model.name} moves ${joints} joints`,
      'give at least two points with position, velocity and acceleration of all active joints of the robot, in their order',
    );
  }
  for (const [what, values] of Object.entries({
    time: t.timeSec,
    position: t.positions,
    velocity: t.velocities,
    acceleration: t.accelerations,
  })) {
    const bad = values.findIndex((v) => !Number.isFinite(v));
    if (bad < 0) continue;
    throw inputError(
      'trajectory/not-finite',
      `${what} ${bad} of the given path is ${values[bad]}`,
      'give a path of finite numbers',
    );
  }
  const back = t.timeSec.findIndex((time, i) => i > 0 && time < t.timeSec[i - 1]);
  if (back < 0) return;
  throw inputError(
    'trajectory/baseline-shape',
    `point ${back} of the given path is at ${t.timeSec[back]} s, the one before it at ${t.timeSec[back - 1]} s`,
    'give the points in the order of their times',
  );
}

function checkLimit(limit: JointLimits, name: string): void {
  const { velocity, acceleration, jerk } = limit;
  for (const [what, value] of Object.entries({ velocity, acceleration, jerk })) {
    if (value > 0 && Number.isFinite(value)) continue;
    throw inputError(
      'trajectory/limits',
      `the ${what} limit of joint ${name} is ${value}`,
      'give a finite limit above zero for velocity, acceleration and jerk of every joint that moves',
    );
  }
}

function checkEnd(limit: JointLimits, t: JointTrajectory, point: number, j: number): void {
  const at = point * t.jointNames.length + j;
  const where = point === 0 ? 'start' : 'goal';
  const name = t.jointNames[j];
  const q = t.positions[at];
  if (!(q >= limit.lower - RANGE_SLACK && q <= limit.upper + RANGE_SLACK)) {
    throw inputError(
      'trajectory/out-of-limits',
      `joint ${name} is at ${q} at the ${where}, its range is ${limit.lower} to ${limit.upper}`,
      'give a start and a goal inside the range of every joint',
    );
  }
  const share = Math.max(
    Math.abs(t.velocities[at]) / limit.velocity,
    Math.abs(t.accelerations[at]) / limit.acceleration,
  );
  if (share <= REST) return;
  throw inputError(
    'trajectory/not-at-rest',
    `joint ${name} moves at the ${where}: velocity ${t.velocities[at]}, acceleration ${t.accelerations[at]}`,
    'give a path that begins and ends at rest',
  );
}
