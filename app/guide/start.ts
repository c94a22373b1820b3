import { inputError } from '../../engine/core/errors.ts';
import { jointReadingOf } from '../../engine/ros2/crtk/motion.ts';
import type { RosNode } from '../../engine/ros2/node/types.ts';
import { waitUntil } from '../ros2/discovery.ts';

/** How long a robot may take to tell where it is [ms]. */
const ROBOT_MS = 5000;

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
