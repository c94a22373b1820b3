import { inputError } from '../../engine/core/errors.ts';
import { activeNames } from '../../engine/core/robot.ts';
import type { RobotAbout } from '../../planners/guidance/messages.ts';
import { knownRobots, robotNamed } from '../../planners/motion/robot/own-robots.ts';

/** What is told of a robot and is not so of the one that this page knows by its name; undefined where all fits. */
export function misfitOf({ robot, joints, tip, tool }: RobotAbout): string | undefined {
  const model = robotNamed(robot);
  const own = activeNames(model).join(', ');
  if (own !== joints.join(', ')) return `joints: those of ${robot} are ${own}`;
  const stranger = [tip, tool?.link ?? tip].find((link) => !model.links.some(({ name }) => name === link));
  return stranger === undefined ? undefined : `tip or tool.link: ${robot} has no link ${stranger}`;
}

/**
 * Holds what a server tells of its robot against what this page knows of it: drawing and planning rely on that.
 *
 * @throws IsocenterError `guide/unknown-robot`, `guide/other-robot`
 */
export function checkAbout(about: RobotAbout): void {
  if (!knownRobots().includes(about.robot)) {
    const hint = 'open its URDF in this page first, or load the page again: it may be older than the server';
    throw inputError('guide/unknown-robot', `the robot is ${about.robot}, which this page does not know`, hint);
  }
  const misfit = misfitOf(about);
  if (misfit !== undefined) throw inputError('guide/other-robot', misfit, 'give the page the same robot');
}
