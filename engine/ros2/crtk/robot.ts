import { inputError } from '../../core/errors.ts';
import type { RosMessage } from '../messages/types.ts';
import type { Publisher, Subscription } from '../node/types.ts';
import {
  headerAt,
  type JointReading,
  jointMessage,
  jointReadingOf,
  type Pose,
  poseMessage,
  poseReadingOf,
} from './motion.ts';
import {
  CRTK_TOPICS,
  type CrtkName,
  type CrtkNode,
  crtkTopic,
  type JointCommand,
  type JointQuery,
  jointFieldOf,
  type PoseCommand,
  type PoseQuery,
} from './names.ts';
import {
  type CrtkCommand,
  type CrtkState,
  commandOf,
  commandTransition,
  isReady,
  operatingStateMessage,
} from './state.ts';

export interface RobotState {
  readonly state: CrtkState;
  readonly isHomed: boolean;
  readonly isBusy: boolean;
}

export interface CrtkRobotOptions {
  readonly jointNames: readonly string[];
  /** Default: DISABLED, homed, at rest. */
  readonly initial?: RobotState;
  /**
   * Carries a command out that the state allows: returns the state that it led to, where that is not the one of CRTK's
   * table (FAULT, or busy for as long as homing takes).
   */
  readonly onCommand?: (command: CrtkCommand, next: RobotState) => RobotState;
  /** Commands that were not taken, and why. */
  readonly onRefused?: (what: string, why: string) => void;
}

/** The robot's side of CRTK, for simulated robots and for controllers that have no CRTK of their own. */
export interface CrtkRobot {
  readonly state: RobotState;
  /** Sets the state, from a fault or when a motion ends, and tells it. */
  setState(state: RobotState): void;
  publishJoints(name: JointQuery, reading: JointReading): void;
  publishPose(name: PoseQuery, pose: Pose, frameId: string): void;
  /** Called for commands while the robot is ready (ENABLED and homed) that have a finite number for each joint. */
  onJoints(name: JointCommand, move: (values: Float64Array) => void): void;
  onPose(name: PoseCommand, move: (pose: Pose) => void): void;
  close(): void;
}

/** @param namespace `/PSM1`: all topics are under it */
export function createCrtkRobot(node: CrtkNode, namespace: string, options: CrtkRobotOptions): CrtkRobot {
  return new Robot(node, namespace, options);
}

class Robot implements CrtkRobot {
  state: RobotState;
  private readonly node: CrtkNode;
  private readonly namespace: string;
  private readonly options: CrtkRobotOptions;
  private readonly publishers = new Map<CrtkName, Publisher>();
  private readonly subscriptions: Subscription[] = [];

  constructor(node: CrtkNode, namespace: string, options: CrtkRobotOptions) {
    this.node = node;
    this.namespace = namespace;
    this.options = options;
    this.state = options.initial ?? { state: 'DISABLED', isHomed: true, isBusy: false };
    this.subscribe('state_command', (message) => this.take(message));
    this.setState(this.state);
  }

  setState(state: RobotState): void {
    this.state = state;
    this.publish('operating_state', operatingStateMessage({ ...state, timeSec: this.node.now() }));
  }

  publishJoints(name: JointQuery, reading: JointReading): void {
    const joints = this.options.jointNames.length;
    for (const values of [reading.positions, reading.velocities, reading.efforts]) {
      if (values.length === 0 || values.length === joints) continue;
      throw inputError(
        'ros2/crtk-joints',
        `${name}: ${values.length} numbers for ${joints} joints`,
        'give one for each joint, or none',
      );
    }
    this.publish(name, jointMessage(reading));
  }

  publishPose(name: PoseQuery, pose: Pose, frameId: string): void {
    this.publish(name, poseMessage(pose, headerAt(this.node.now(), frameId)));
  }

  onJoints(name: JointCommand, move: (values: Float64Array) => void): void {
    const field = { position: 'positions', velocity: 'velocities', effort: 'efforts' } as const;
    this.subscribe(name, (message) => {
      const values = jointReadingOf(message)[field[jointFieldOf(name)]];
      if (!this.ready(name)) return;
      const joints = this.options.jointNames.length;
      if (values.length !== joints) this.refuse(name, `${values.length} numbers for ${joints} joints`);
      else if (!values.every(Number.isFinite)) this.refuse(name, 'not all numbers are finite');
      else move(values);
    });
  }

  onPose(name: PoseCommand, move: (pose: Pose) => void): void {
    this.subscribe(name, (message) => {
      const { position, rotation } = poseReadingOf(message);
      if (!this.ready(name)) return;
      if ([...position, ...rotation].every(Number.isFinite)) move({ position, rotation });
      else this.refuse(name, 'not all numbers are finite');
    });
  }

  close(): void {
    for (const opened of [...this.publishers.values(), ...this.subscriptions]) opened.close();
  }

  private take(message: RosMessage): void {
    const command = commandOf(message);
    if (command === undefined) {
      this.refuse('state_command', `'${String(message.string).slice(0, 40)}' is no command of CRTK`);
      return;
    }
    const next = commandTransition(this.state, command);
    if (!next.ok) {
      this.refuse(command, next.why);
      // Told again, so that a client that waits sees that nothing has come of it.
      this.setState(this.state);
      return;
    }
    const { state, isHomed } = next;
    const moves = state === 'ENABLED' && this.state.state === 'ENABLED';
    const reached: RobotState = { state, isHomed, isBusy: moves && this.state.isBusy };
    this.setState(this.options.onCommand?.(command, reached) ?? reached);
  }

  private ready(name: CrtkName): boolean {
    if (isReady(this.state)) return true;
    this.refuse(name, `the robot is ${this.state.state}${this.state.isHomed ? '' : ' and not homed'}`);
    return false;
  }

  private refuse(what: string, why: string): void {
    this.options.onRefused?.(what, why);
  }

  private publish(name: CrtkName, message: RosMessage): void {
    let publisher = this.publishers.get(name);
    if (publisher === undefined) {
      const latched = name === 'operating_state' ? ({ depth: 1, durability: 'transient_local' } as const) : undefined;
      publisher = this.node.createPublisher(CRTK_TOPICS[name].type, crtkTopic(this.namespace, name), latched);
      this.publishers.set(name, publisher);
    }
    publisher.publish(message);
  }

  private subscribe(name: CrtkName, take: (message: RosMessage) => void): void {
    this.subscriptions.push(
      this.node.createSubscription(CRTK_TOPICS[name].type, crtkTopic(this.namespace, name), take),
    );
  }
}
