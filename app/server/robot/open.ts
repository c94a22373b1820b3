import { inputError } from '../../../engine/core/errors.ts';
import { activeNames } from '../../../engine/core/robot.ts';
import { jointReadingOf } from '../../../engine/ros2/crtk/motion.ts';
import type { RosNode } from '../../../engine/ros2/node/types.ts';
import type { LoopSettings } from '../../../planners/guidance/loop/loop-settings.ts';
import { robotNamed, tipNamed } from '../../../planners/motion/robot/own-robots.ts';
import { checkStart, whereItBegins } from '../../../sim/robots/start.ts';
import { type KeepOutSettings, loadKeepOuts } from '../../guide/keep-outs.ts';
import { whereRobotIs } from '../../guide/start.ts';
import { loadLedTool, type ToolSettings } from '../../guide/tool.ts';
import { robotNamespace } from '../../ros2/namespaces.ts';
import type { Session } from '../../session.ts';
import { LiveRobot } from './live-robot.ts';

export interface RobotSettings extends KeepOutSettings, ToolSettings {
  readonly robot: string;
  readonly namespace?: string;
  readonly scale: number;
  readonly rate: number;
  readonly handSeed: number;
}

/** A robot to watch and to drive: a simulated one in a thread of this process, or over a node of ROS 2. */
export async function openRobot(
  settings: RobotSettings,
  node: RosNode | undefined,
  session: Session,
): Promise<LiveRobot> {
  const { robot, scale, rate, handSeed, rcm } = settings;
  const model = robotNamed(robot);
  const names = activeNames(model);
  const tool = await loadLedTool(settings, tipNamed(robot));
  const fixtures = await loadKeepOuts(settings, model.links[0].name, session);
  const start = node === undefined ? whereItBegins(robot, tool, rcm) : await whereRobotIs(node, names, session.signal);
  const loop: LoopSettings = {
    robot,
    tool,
    fixtures,
    scale,
    periodSec: 1 / rate,
    horizonSec: 0,
    handRateHz: rate,
    start,
    ...(rcm === undefined ? {} : { trocarM: rcm }),
  };
  checkStart(loop);
  const onFault = (error: Error) => process.stderr.write(`the loop of the robot failed: ${error.message}\n`);
  if (node === undefined) {
    const simulated = new LiveRobot({ settings: loop, model, handSeed, onFault });
    await simulated.thread.ready(session.signal);
    return simulated;
  }
  const namespace = settings.namespace ?? robotNamespace(robot);
  const servo = node.createPublisher('sensor_msgs/msg/JointState', `${namespace}/servo_jp`);
  const live = new LiveRobot({
    settings: loop,
    model,
    handSeed,
    onFault,
    sendSetpoint: (position) => servo.publish({ name: names, position }),
  });
  node.createSubscription('sensor_msgs/msg/JointState', '/joint_states', (message) => {
    const reading = jointReadingOf(message);
    names.forEach((name, i) => {
      const at = reading.names.indexOf(name);
      if (at >= 0) live.thread.shared.measured[i] = reading.positions[at];
    });
  });
  await live.thread.ready(session.signal);
  return live;
}

/** @throws IsocenterError `robot/none` */
export function needRobot(robot: LiveRobot | undefined): LiveRobot {
  if (robot !== undefined) return robot;
  throw inputError('robot/none', 'the server has no robot', 'start it with --robot psm, or another one');
}
