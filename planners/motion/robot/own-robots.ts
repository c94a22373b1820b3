import { inputError } from '../../../engine/core/errors.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import { builtinRobot, builtinRobotNames, builtinTip, isBuiltin } from './registry.ts';

/** A robot that does not ship with isocenter. Plain data: it is posted to the threads that need it, each of which adds it for itself. */
export interface OwnRobot {
  /** No built-in robot has it. */
  readonly name: string;
  readonly model: RobotModel;
  /** The link whose frame is the tool's. */
  readonly tip: string;
  /** [joints] where it stands at first [rad or m]; at rest where it is left out. */
  readonly stand?: Float64Array;
}

const own = new Map<string, OwnRobot>();

/**
 * From now on {@link robotNamed} knows it in this thread.
 *
 * @throws IsocenterError `robot/name` for that of a built-in robot, `robot/tip` for a tip that is no link of it
 */
export function addRobot(robot: OwnRobot): void {
  const { name, model, tip } = robot;
  if (isBuiltin(name)) {
    throw inputError('robot/name', `${name} is a built-in robot`, 'give the robot another name');
  }
  if (!model.links.some((link) => link.name === tip)) {
    const leaves = tipsOf(model).join(', ');
    throw inputError('robot/tip', `${name} has no link ${tip}`, `links at the end of it: ${leaves}`);
  }
  own.set(name, robot);
}

/** This thread forgets a robot that was added; those that ship stay. */
export function removeRobot(name: string): void {
  own.delete(name);
}

/** A robot that ships, or one that was added to this thread. @throws IsocenterError `robot/unknown` */
export function robotNamed(name: string): RobotModel {
  return own.get(name)?.model ?? builtinRobot(name);
}

/** The link whose frame is the tool's. @throws IsocenterError `robot/unknown` */
export function tipNamed(name: string): string {
  const tip = own.get(name)?.tip;
  if (tip !== undefined) return tip;
  if (isBuiltin(name)) return builtinTip[name];
  throw inputError('robot/unknown', `there is no robot ${name}`, 'choose a built-in one, or give its URDF');
}

/** Where a robot that was added stands at first, if it was said. */
export function standNamed(name: string): Float64Array | undefined {
  return own.get(name)?.stand;
}

/** Of all robots that this thread knows, those that were added before those that ship. */
export function knownRobots(): readonly string[] {
  return [...own.keys(), ...builtinRobotNames];
}

/** What links are called that are there to work with, and not only to be seen. */
const WORKING = /tcp|tool|tip|grasp|flange|ee$/i;

/** Links that carry no other, that of the most moving joints below it first, and of these one that is called a tip. */
export function tipsOf({ links, joints, active }: RobotModel): string[] {
  const moving = new Set(active);
  const depths = links.map(() => 0);
  const carries = links.map(() => false);
  // Joints come after those that they hang on.
  joints.forEach(({ parent, child }, j) => {
    carries[parent] = true;
    depths[child] = depths[parent] + (moving.has(j) ? 1 : 0);
  });
  return links
    .map(({ name }, link) => ({ name, depth: depths[link], isLeaf: !carries[link] }))
    .filter(({ isLeaf }) => isLeaf)
    .sort((a, b) => b.depth - a.depth || Number(WORKING.test(b.name)) - Number(WORKING.test(a.name)))
    .map(({ name }) => name);
}
