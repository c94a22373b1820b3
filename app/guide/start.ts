import { inputError } from '../../engine/core/errors.ts';
import type { ToolSpec } from '../../engine/core/tool.ts';
import { jointReadingOf } from '../../engine/ros2/crtk/motion.ts';
import type { RosNode } from '../../engine/ros2/node/types.ts';
import { createRcmIk, RCM_SOLVED, rcmReason, solveRcmIk } from '../../planners/motion/rcm/ik.ts';
import { createTool } from '../../planners/motion/rcm/tool.ts';
import { builtinRobot } from '../../planners/motion/robot/registry.ts';
import { SimulatedRobot } from '../../sim/robots/simulated-robot.ts';
import { waitUntil } from '../ros2/discovery.ts';
import { guidanceOf, type LoopSettings } from './loop-settings.ts';

/** How long a robot may take to tell where it is [ms]. */
const ROBOT_MS = 5000;
/** Where a tool begins that is led without a robot: so far beyond its trocar [m]. */
const BEYOND_M = 0.08;

/** The robot's joints, by name, as /joint_states tells them. */
export async function whereRobotIs(
  node: RosNode,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Float64Array> {
  let found: Float64Array | undefined;
  const subscription = node.createSubscription('sensor_msgs/msg/JointState', '/joint_states', (message) => {
    const reading = jointReadingOf(message);
    const order = names.map((name) => reading.names.indexOf(name));
    if (order.every((at) => at >= 0)) found = Float64Array.from(order, (at) => reading.positions[at]);
  });
  await waitUntil(() => found !== undefined, ROBOT_MS, signal);
  subscription.close();
  if (found !== undefined) return found;
  throw inputError(
    'guide/no-robot',
    `no /joint_states with ${names.join(', ')} came within ${ROBOT_MS / 1000} s on ${node.where}`,
    'start the robot (isocenter sim robot), or look with isocenter ros2 topics; domain and interface must be the same',
  );
}

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
