import { batch, signal } from '@preact/signals';
import { addRobot, knownRobots, type OwnRobot, removeRobot } from '../../planners/motion/robot/own-robots.ts';
import type { ReadRobot } from '../files/messages.ts';
import { panel } from '../state/display.ts';

const FIRST = 'psm';
/** The robot that is chosen for the simulator. */
export const robotName = signal(FIRST);

/** A robot of the user's, as the page shows it. */
export interface ShownRobot extends OwnRobot {
  readonly tips: readonly string[];
  readonly notes: readonly string[];
}

/** By name, the newest last. */
export const ownRobots = signal<ReadonlyMap<string, ShownRobot>>(new Map());

/** A robot that was opened: it stands in the list of robots from now on, and is the chosen one. */
export function takeRobot({ tips, ...read }: ReadRobot): void {
  const name = unused(read.model.name);
  choose({ ...read, name, tip: tips[0], tips });
  batch(() => {
    robotName.value = name;
    panel.value = 'guide';
  });
}

/** Another link leads: of the next simulator, the next motion. */
export function chooseTip(name: string, tip: string): void {
  const robot = ownRobots.peek().get(name);
  if (robot !== undefined) choose({ ...robot, tip });
}

/** The page forgets a robot of the user's that is not watched. */
export function forgetRobot(name: string): void {
  const left = new Map(ownRobots.peek());
  if (!left.delete(name)) return;
  removeRobot(name);
  batch(() => {
    ownRobots.value = left;
    if (robotName.peek() === name) robotName.value = FIRST;
  });
}

/** Every name that was given, those of robots that were forgotten, too. */
const given = new Set<string>(knownRobots());

function choose(robot: ShownRobot): void {
  addRobot(robot);
  given.add(robot.name);
  ownRobots.value = new Map(ownRobots.peek()).set(robot.name, robot);
}

/** What workers need of it: neither what is seen nor the solids that the spheres were fitted to. */
export function forWorkers(name: string): OwnRobot | undefined {
  const robot = ownRobots.peek().get(name);
  if (robot === undefined) return undefined;
  const links = robot.model.links.map((link) => ({ ...link, visual: [], collision: [] }));
  const { tip, stand } = robot;
  return { name, tip, ...(stand && { stand }), model: { ...robot.model, links } };
}

/** No name is given twice: what is kept of a robot by its name elsewhere (spaces of motions, recordings) stays right. */
function unused(name: string): string {
  if (!given.has(name)) return name;
  let n = 2;
  while (given.has(`${name} ${n}`)) n++;
  return `${name} ${n}`;
}
