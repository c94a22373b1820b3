import { inputError } from '../../engine/core/errors.ts';
import type { MotionRequest } from '../../engine/core/motion-request.ts';
import { activeNames, type RobotModel } from '../../engine/core/robot.ts';
import { groupJoints, type Srdf } from '../../engine/formats/srdf.ts';
import type { MotionTarget } from '../../planners/motion/planning/goals.ts';
import { lockJoints } from '../../planners/motion/robot/lock-joints.ts';

/** A motion request in terms of a robot whose joints are all planned for: the others are held where they start. */
export interface MotionQuestion {
  readonly model: RobotModel;
  readonly start: Float64Array;
  readonly goal: MotionTarget;
  readonly notes: readonly string[];
}

/**
 * Finds out which joints a request is about: those of its group where an SRDF says so, else those of its goal, else all.
 *
 * @param path what messages call the request
 * @throws IsocenterError `request/...` for joints and links that the robot lacks, and for positions that are missing
 */
export function motionQuestion(
  robot: RobotModel,
  srdf: Srdf | undefined,
  request: MotionRequest,
  path: string,
): MotionQuestion {
  const { start, goal } = request;
  const known = new Set(robot.joints.map((joint) => joint.name));
  const unknown = (name: string, where: string): Error =>
    inputError(
      'request/unknown-joint',
      `${path}: the ${where} names joint ${name}, which robot ${robot.name} lacks`,
      `its joints: ${activeNames(robot).join(', ')}`,
    );
  for (const name of Object.keys(start)) if (!known.has(name)) throw unknown(name, 'start');
  if (goal.kind === 'joints') {
    for (const name of Object.keys(goal.positions)) if (!known.has(name)) throw unknown(name, 'goal');
  }
  const wanted = plannedJoints(robot, srdf, request);
  const held: Record<string, number> = {};
  for (const name of activeNames(robot)) if (!wanted.includes(name)) held[name] = start[name] ?? 0;
  const model = lockJoints(robot, held);
  const position = (positions: Readonly<Record<string, number>>, name: string, where: string): number => {
    const value = positions[name];
    if (value !== undefined) return value;
    throw inputError(
      'request/missing-joint',
      `${path}: the ${where} has no position for joint ${name}`,
      `give one for each of ${wanted.join(', ')}`,
    );
  };
  const names = activeNames(model);
  return {
    model,
    start: Float64Array.from(names, (name) => position(start, name, 'start')),
    goal:
      goal.kind === 'joints'
        ? { kind: 'joints', q: Float64Array.from(names, (name) => position(goal.positions, name, 'goal')) }
        : { ...goal, link: linkIndex(model, goal.link, path) },
    notes: Object.entries(held).map(([name, value]) => `Joint ${name} is held at ${value}.`),
  };
}

function plannedJoints(robot: RobotModel, srdf: Srdf | undefined, { group, goal }: MotionRequest): string[] {
  if (srdf?.groups.some(({ name }) => name === group)) return groupJoints(robot, srdf, group);
  if (goal.kind === 'joints') return activeNames(robot).filter((name) => Object.hasOwn(goal.positions, name));
  return activeNames(robot);
}

function linkIndex(model: RobotModel, name: string, path: string): number {
  const index = model.links.findIndex((link) => link.name === name);
  if (index >= 0) return index;
  throw inputError(
    'request/unknown-link',
    `${path}: the goal is for link ${name}, which robot ${model.name} lacks`,
    `its links: ${model.links.map((link) => link.name).join(', ')}`,
  );
}
