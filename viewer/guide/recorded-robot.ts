import { activeNames } from '../../engine/core/robot.ts';
import type { RecordedMessage } from '../../engine/ros2/mcap/recording.ts';
import type { LoopFigures } from '../../planners/guidance/loop/figures.ts';
import type { RobotAbout, RobotSample } from '../../planners/guidance/messages.ts';
import { linkPose, poseOf } from '../../planners/motion/robot/poses.ts';
import { builtinRobot, builtinRobotNames, builtinTip } from '../../planners/motion/robot/registry.ts';
import { createWorkspace, type RobotWorkspace, setConfiguration } from '../../planners/motion/robot/workspace.ts';
import { RECORDED } from './recorded-topics.ts';
import type { RobotListener } from './session.ts';

const JOINT_STATE = 'sensor_msgs/msg/JointState';

type Said = Pick<RobotSample, 'state' | 'motion' | 'says' | 'keepOutsM'>;

interface JointState {
  readonly name: readonly string[];
  readonly position: readonly number[];
}
interface PoseStamped {
  readonly header: { readonly stamp: { readonly sec: number; readonly nanosec: number } };
  readonly pose: { readonly position: { readonly x: number; readonly y: number; readonly z: number } };
}

/** Makes of the messages of a recording what a live robot tells: of this page's own, and of any that have joint states. */
export class RecordedRobot {
  readonly #listener: RobotListener;
  readonly #hasAbout: boolean;
  #about: RobotAbout | undefined;
  #workspace: RobotWorkspace | undefined;
  #tip = 0;
  #setpoint: readonly number[] | undefined;
  #hand: readonly number[] = [0, 0, 0];
  #steady: readonly number[] = [0, 0, 0];
  #said: Said = {
    state: 'DISABLED',
    motion: 'hold',
    says: 'recorded',
    keepOutsM: {},
  };

  constructor(listener: RobotListener, topics: readonly string[]) {
    this.#listener = listener;
    this.#hasAbout = topics.includes(RECORDED.about);
  }

  /** @returns whether it was a state of the joints */
  take({ topic, type, timeSec, message }: RecordedMessage): boolean {
    switch (topic) {
      case RECORDED.about:
        if (this.#about === undefined) this.#begin(textOf(message) as RobotAbout);
        return false;
      case RECORDED.state:
        this.#said = textOf(message) as Said;
        return false;
      case RECORDED.figures:
        this.#listener.figures(textOf(message) as LoopFigures);
        return false;
      case RECORDED.hand:
        this.#hand = positionOf(message);
        return false;
      case RECORDED.steady: {
        this.#steady = positionOf(message);
        const { sec, nanosec } = (message as PoseStamped).header.stamp;
        this.#listener.hand(Float64Array.of(sec + 1e-9 * nanosec, ...this.#hand, ...this.#steady));
        return false;
      }
      default:
        return type === JOINT_STATE && this.#takeJoints(topic, timeSec, message as JointState);
    }
  }

  #takeJoints(topic: string, timeSec: number, { name, position }: JointState): boolean {
    if (this.#about === undefined && !this.#hasAbout) this.#begin(guessed(name));
    const about = this.#about;
    const workspace = this.#workspace;
    if (about === undefined || workspace === undefined) return false;
    const q = about.joints.map((joint) => position[name.indexOf(joint)]);
    if (!q.every(Number.isFinite)) return false;
    if (/(setpoint_js|servo_jp)$/.test(topic)) {
      this.#setpoint = q;
      return false;
    }
    setConfiguration(workspace, q);
    this.#listener.state({
      timeSec,
      ...this.#said,
      armedBy: 'nobody',
      measured: q,
      setpoint: this.#setpoint ?? q,
      tip: poseOf(linkPose(workspace.linkPoses, this.#tip)),
      hand: { measured: this.#hand, steady: this.#steady },
      beatAgeMs: null,
    });
    return true;
  }

  #begin(about: RobotAbout | undefined): void {
    if (about === undefined || !builtinRobotNames.includes(about.robot)) return;
    const model = builtinRobot(about.robot);
    this.#about = about;
    this.#workspace = createWorkspace(model);
    this.#tip = model.links.findIndex((link) => link.name === builtinTip[about.robot]);
    this.#listener.about(about);
  }
}

/** The built-in robot that has these joints, if there is one. */
function guessed(names: readonly string[]): RobotAbout | undefined {
  const robot = builtinRobotNames.find((name) =>
    activeNames(builtinRobot(name)).every((joint) => names.includes(joint)),
  );
  if (robot === undefined) return undefined;
  const joints = activeNames(builtinRobot(robot));
  return { robot, isSimulated: false, joints, tip: builtinTip[robot], rateHz: 0, keepOuts: [], shapes: [] };
}

function textOf(message: unknown): unknown {
  return JSON.parse((message as { readonly data: string }).data);
}

function positionOf(message: unknown): readonly number[] {
  const { x, y, z } = (message as PoseStamped).pose.position;
  return [x, y, z];
}
