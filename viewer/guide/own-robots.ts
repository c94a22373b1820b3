import { batch, signal } from '@preact/signals';
import { addRobot, knownRobots, type OwnRobot } from '../../planners/motion/robot/own-robots.ts';
import type { ReadRobot } from '../files/messages.ts';
import { panel } from '../state/display.ts';

/** The robot that is chosen for the simulator. */
export const robotName = signal('psm');

/** A robot of the user's, as the page shows it. */
export interface ShownRobot extends OwnRobot {
  readonly tips: readonly string[];
  readonly notes: readonly string[];
}

/** By name, the newest last. */
export const ownRobots = signal<ReadonlyMap<string, ShownRobot>>(new Map());

/** A robot that was opened: it stands in the list of robots from now on, and is the chosen one. */
export function takeRobot({ model, tips, notes }: ReadRobot): void {
  const name = unused(model.name);
  choose({ name, model, tip: tips[0], tips, notes });
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

function choose(robot: ShownRobot): void {
  addRobot(robot);
  ownRobots.value = new Map(ownRobots.peek()).set(robot.name, robot);
}

/** What workers need of it: neither what is seen nor the solids that the spheres were fitted to. */
export function forWorkers(name: string): OwnRobot | undefined {
  const robot = ownRobots.peek().get(name);
  if (robot === undefined) return undefined;
  const links = robot.model.links.map((link) => ({ ...link, visual: [], collision: [] }));
  return { name, tip: robot.tip, model: { ...robot.model, links } };
}

/** Nothing that was known by a name is replaced: what is kept of it elsewhere stays right. */
function unused(name: string): string {
  const known = new Set(knownRobots());
  for (let n = 2; ; n++) {
    const tried = n === 2 ? name : `${name} ${n - 1}`;
    if (!known.has(tried)) return tried;
  }
}
