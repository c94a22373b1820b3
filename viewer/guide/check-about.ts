import { inputError } from '../../engine/core/errors.ts';
import { activeNames } from '../../engine/core/robot.ts';
import type { RobotAbout } from '../../planners/guidance/messages.ts';
import { knownRobots, robotNamed } from '../../planners/motion/robot/own-robots.ts';

/**
 * Holds what is told of a robot against what this page knows of it: drawing and planning rely on that.
 *
 * @throws IsocenterError `guide/unknown-robot`, `guide/other-robot`
 */
export function checkAbout({ robot, joints, tip, tool }: RobotAbout): void {
  if (!knownRobots().includes(robot)) {
    const hint = 'open its URDF in this page first, or load the page again: it may be older than the server';
    throw inputError('guide/unknown-robot', `the robot is ${robot}, which this page does not know`, hint);
  }
  const model = robotNamed(robot);
  const own = activeNames(model);
  const hint = `here it has the joints ${own.join(', ')}: give the page the same robot`;
  if (own.join() !== joints.join()) {
    throw inputError('guide/other-robot', `${robot} is said to have the joints ${joints.join(', ')}`, hint);
  }
  for (const link of [tip, tool?.link]) {
    if (link === undefined || model.links.some(({ name }) => name === link)) continue;
    throw inputError('guide/other-robot', `${robot} is said to have a link ${link}`, hint);
  }
}
