import { activeNames } from '../../engine/core/robot.ts';
import type { RobotAbout } from '../../planners/guidance/messages.ts';
import { knownRobots, robotNamed, tipNamed } from '../../planners/motion/robot/own-robots.ts';

/** Lists of joints that are remembered, and how long they may be [characters]. */
const MOST_LISTS = 64;
const LONGEST_LIST = 4096;

/**
 * Which robot joints belong to. States come a thousand times a second: lists that fit no robot are remembered, until other robots are known.
 */
export class RobotGuesses {
  readonly #strangers = new Set<string>();
  #known = '';

  /** The robot that has these joints, if one is known. */
  of(names: readonly string[]): RobotAbout | undefined {
    const known = knownRobots().join('\n');
    if (known !== this.#known) this.#strangers.clear();
    this.#known = known;
    const list = names.join('\n');
    if (this.#strangers.has(list)) return undefined;
    const has = new Set(names);
    const robot = knownRobots().find((name) => activeNames(robotNamed(name)).every((joint) => has.has(joint)));
    if (robot !== undefined) {
      const joints = activeNames(robotNamed(robot));
      return { robot, isSimulated: false, joints, tip: tipNamed(robot), rateHz: 0, keepOuts: [], shapes: [] };
    }
    if (this.#strangers.size < MOST_LISTS && list.length < LONGEST_LIST) this.#strangers.add(list);
    return undefined;
  }
}
