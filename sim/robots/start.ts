import { inputError } from '../../engine/core/errors.ts';
import type { ToolSpec } from '../../engine/core/tool.ts';
import { guidanceOf, type LoopSettings } from '../../planners/guidance/loop/loop-settings.ts';
import { createRcmIk, RCM_SOLVED, rcmReason, solveRcmIk } from '../../planners/motion/rcm/ik.ts';
import { createTool } from '../../planners/motion/rcm/tool.ts';
import { builtinRobot } from '../../planners/motion/robot/registry.ts';
import { SimulatedRobot } from './simulated-robot.ts';

/** Where a tool begins that is led without a robot: so far beyond its trocar [m]. */
const BEYOND_M = 0.08;

/** Without a robot: the tool through its trocar where there is one, else the arm at rest. */
export function whereItBegins(robot: string, tool: ToolSpec, rcm?: readonly [number, number, number]): Float64Array {
  const model = builtinRobot(robot);
  const rest = new SimulatedRobot(model).q;
  if (rcm === undefined) return rest;
  const ik = createRcmIk(model, createTool(model, tool), { seed: 1, centre: true });
  const [x, y, z] = rcm;
  const code = solveRcmIk(ik, rcm, [x, y, z - BEYOND_M], rest);
  if (code === RCM_SOLVED) return ik.solution.slice();
  const message = `the tool does not reach ${1000 * BEYOND_M} mm below the trocar: ${rcmReason(ik, code)}`;
  throw inputError('guide/rcm', message, 'move the trocar, or give a longer tool');
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
    insertion: `only ${(1000 * now.insertedM).toFixed(1)} mm of the shaft are through the trocar`,
    limits: 'a joint is outside its limits',
  };
  throw inputError(
    'guide/start',
    words[fault] ?? `the arm cannot start: ${fault}`,
    'bring the arm to where it may start',
  );
}
