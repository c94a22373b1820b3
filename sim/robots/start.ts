import { inputError } from '../../engine/core/errors.ts';
import type { Vec3 } from '../../engine/core/grid.ts';
import type { ToolSpec } from '../../engine/core/tool.ts';
import { guidanceOf, type LoopSettings } from '../../planners/guidance/loop/loop-settings.ts';
import { createRcmIk, RCM_SOLVED, rcmReason, solveRcmIk } from '../../planners/motion/rcm/ik.ts';
import { createTool } from '../../planners/motion/rcm/tool.ts';
import { robotNamed } from '../../planners/motion/robot/own-robots.ts';
import { SimulatedRobot } from './simulated-robot.ts';
import { whereItStands } from './stand.ts';

/** Where a tool begins that is led without a robot: so far beyond its trocar [m], and below it where nobody says in which direction. */
const BEYOND_M = 0.08;

/**
 * Without a robot: the tool through its trocar where there is one, else the arm as it stands.
 *
 * @param tipM where the tip begins then; 80 mm below the trocar where it is left out [m, base frame]
 * @throws IsocenterError `guide/rcm` where the tool does not reach there
 */
export function whereItBegins(
  robot: string,
  tool: ToolSpec,
  rcm?: Vec3,
  tipM: Vec3 | undefined = rcm && [rcm[0], rcm[1], rcm[2] - BEYOND_M],
): Float64Array {
  const model = robotNamed(robot);
  const stand = whereItStands(robot, new SimulatedRobot(model).q);
  if (rcm === undefined || tipM === undefined) return stand;
  const ik = createRcmIk(model, createTool(model, tool), { seed: 1, centre: true });
  // From where the arm stands it finds the way that leaves most room: elbow up, tool half in.
  const code = solveRcmIk(ik, rcm, tipM, stand);
  if (code === RCM_SOLVED) return ik.solution.slice();
  const depthMm = 1000 * Math.hypot(...tipM.map((x, r) => x - rcm[r]));
  const message = `the tool does not reach ${depthMm.toFixed(0)} mm through the trocar: ${rcmReason(ik, code)}`;
  throw inputError('guide/rcm', message, 'move the trocar or the base, or give a longer tool');
}

/** What the loop would refuse is said here, in words, before anything runs. */
export function checkStart(loop: LoopSettings): void {
  const guidance = guidanceOf(loop);
  const { columns } = guidance.servo.arm.shaft.chain;
  const fault = guidance.start(Float64Array.from(columns, (c) => loop.start[c]));
  if (fault === undefined) return;
  const { now, fixtures } = guidance.servo.arm;
  const deepest = fixtures.distanceM.indexOf(Math.min(...fixtures.distanceM));
  const words: Readonly<Record<string, string>> = {
    fixture: `the tool is inside ${loop.fixtures[deepest]?.name} already, by ${(-1000 * now.fixtureM).toFixed(1)} mm`,
    trocar: `the shaft misses the trocar by ${(1000 * now.trocarErrorM).toFixed(2)} mm`,
    insertion: `${(1000 * now.insertedM).toFixed(1)} mm of the shaft of ${(1000 * loop.tool.lengthM).toFixed(0)} mm are through the trocar`,
    limits: 'a joint is outside its limits',
  };
  throw inputError(
    'guide/start',
    words[fault] ?? `the arm cannot start: ${fault}`,
    'bring the arm to where it may start',
  );
}
