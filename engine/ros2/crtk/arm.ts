import { inputError } from '../../core/errors.ts';
import type { RosMessage } from '../messages/types.ts';
import type { Publisher, QosChoice, Subscription } from '../node/types.ts';
import {
  headerAt,
  type JointReading,
  jointReadingOf,
  type Pose,
  type PoseReading,
  poseMessage,
  poseReadingOf,
  type ScrewReading,
  twistReadingOf,
  vectorMessage,
  wrenchReadingOf,
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
  type TwistCommand,
  type TwistQuery,
  type WrenchCommand,
  type WrenchQuery,
} from './names.ts';
import { type CrtkCommand, type CrtkState, type OperatingState, operatingStateOf } from './state.ts';

export interface CrtkArmOptions {
  /** Joint names for commands; the robot does not need them. */
  readonly jointNames?: readonly string[];
  readonly frameId?: string;
  /**
   * Asks for the operating state that was sent before we came: only robots that publish it so (transient local) match
   * then. Default false: the state is known from its next change on.
   */
  readonly latchedState?: boolean;
  /** Quality of service of the topics of motion; default reliable, the last 10. */
  readonly qos?: QosChoice;
}

type Vector = readonly [number, number, number];

/** A robot that speaks CRTK, as its client sees it. Topics are opened when they are first used. */
export interface CrtkArm {
  /** The last that the robot has told; undefined before. */
  readonly operatingState: OperatingState | undefined;
  onOperatingState(listener: (state: OperatingState) => void): () => void;
  command(command: CrtkCommand): void;
  /** @throws IsocenterError `ros2/timeout` */
  waitFor(wanted: (state: OperatingState) => boolean, what: string, timeoutMs: number): Promise<OperatingState>;
  /** Commands and waits for what it leads to. @throws IsocenterError `ros2/timeout`, `ros2/crtk-fault` */
  bring(command: CrtkCommand, timeoutMs: number): Promise<OperatingState>;

  onJoints(name: JointQuery, listener: (reading: JointReading) => void): () => void;
  onPose(name: PoseQuery, listener: (reading: PoseReading) => void): () => void;
  onTwist(name: TwistQuery, listener: (reading: ScrewReading) => void): () => void;
  onWrench(name: WrenchQuery, listener: (reading: ScrewReading) => void): () => void;

  /** @param values for each joint: positions, velocities or efforts, as the name says */
  sendJoints(name: JointCommand, values: Float64Array): void;
  sendPose(name: PoseCommand, pose: Pose): void;
  sendTwist(name: TwistCommand, linear: Vector, angular: Vector): void;
  sendWrench(name: WrenchCommand, force: Vector, torque: Vector): void;
  /** dVRK: stay where you are; or give way to hands. */
  send(name: 'hold' | 'free'): void;
  close(): void;
}

/** @param namespace `/PSM1`, or of a part of it: `/PSM1/jaw`, `/PSM1/local` */
export function createCrtkArm(node: CrtkNode, namespace: string, options: CrtkArmOptions = {}): CrtkArm {
  return new Arm(node, namespace, options);
}

/** What the state is once a command has been carried out. */
const REACHED: Readonly<Record<CrtkCommand, (state: OperatingState) => boolean>> = {
  enable: ({ state }) => state === ('ENABLED' satisfies CrtkState),
  disable: ({ state }) => state === ('DISABLED' satisfies CrtkState),
  pause: ({ state }) => state === ('PAUSED' satisfies CrtkState),
  resume: ({ state }) => state === ('ENABLED' satisfies CrtkState),
  home: ({ isHomed, isBusy }) => isHomed && !isBusy,
  unhome: ({ isHomed }) => !isHomed,
};

class Arm implements CrtkArm {
  operatingState: OperatingState | undefined;
  private readonly node: CrtkNode;
  private readonly namespace: string;
  private readonly options: CrtkArmOptions;
  private readonly publishers = new Map<CrtkName, Publisher>();
  private readonly subscriptions = new Set<Subscription>();
  private readonly listeners = new Set<(state: OperatingState) => void>();

  constructor(node: CrtkNode, namespace: string, options: CrtkArmOptions) {
    this.node = node;
    this.namespace = namespace;
    this.options = options;
    const qos: QosChoice = { depth: 10, ...(options.latchedState === true ? { durability: 'transient_local' } : {}) };
    this.subscribe(
      'operating_state',
      (message) => {
        this.operatingState = operatingStateOf(message);
        for (const listener of this.listeners) listener(this.operatingState);
      },
      qos,
    );
    // Opened now: a command sent right after its publisher is made has no reader yet.
    this.publisher('state_command');
  }

  onOperatingState(listener: (state: OperatingState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  command(command: CrtkCommand): void {
    this.publisher('state_command').publish({ header: this.header(), string: command });
  }

  async waitFor(wanted: (state: OperatingState) => boolean, what: string, timeoutMs: number): Promise<OperatingState> {
    const now = this.operatingState;
    if (now !== undefined && wanted(now)) return now;
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        stop();
      };
      const stop = this.onOperatingState((state) => {
        if (!wanted(state)) return;
        finish();
        resolve(state);
      });
      const timer = setTimeout(() => {
        finish();
        const last = this.operatingState;
        const said = last === undefined ? 'it has told no state' : `its state is ${last.state}`;
        reject(
          inputError(
            'ros2/timeout',
            `${this.namespace} is not ${what} after ${timeoutMs} ms: ${said}`,
            'see what the robot logs',
          ),
        );
      }, timeoutMs);
    });
  }

  async bring(command: CrtkCommand, timeoutMs: number): Promise<OperatingState> {
    const reached = REACHED[command];
    let told = 0;
    const stop = this.onOperatingState(() => told++);
    try {
      this.command(command);
      // A fault from before the command may still be told once; what comes after the command counts.
      const faulty = ({ state }: OperatingState): boolean => state === 'FAULT' && told > 0;
      const state = await this.waitFor((now) => reached(now) || faulty(now), `done with ${command}`, timeoutMs);
      if (reached(state)) return state;
    } finally {
      stop();
    }
    throw inputError(
      'ros2/crtk-fault',
      `${this.namespace} is in FAULT after ${command}`,
      'see what the robot logs, then enable again',
    );
  }

  onJoints(name: JointQuery, listener: (reading: JointReading) => void): () => void {
    return this.subscribe(name, (message) => listener(jointReadingOf(message)));
  }

  onPose(name: PoseQuery, listener: (reading: PoseReading) => void): () => void {
    return this.subscribe(name, (message) => listener(poseReadingOf(message)));
  }

  onTwist(name: TwistQuery, listener: (reading: ScrewReading) => void): () => void {
    return this.subscribe(name, (message) => listener(twistReadingOf(message)));
  }

  onWrench(name: WrenchQuery, listener: (reading: ScrewReading) => void): () => void {
    return this.subscribe(name, (message) => listener(wrenchReadingOf(message)));
  }

  sendJoints(name: JointCommand, values: Float64Array): void {
    this.publisher(name).publish({
      header: this.header(),
      name: this.options.jointNames ?? [],
      [jointFieldOf(name)]: values,
    });
  }

  sendPose(name: PoseCommand, pose: Pose): void {
    this.publisher(name).publish(poseMessage(pose, this.header()));
  }

  sendTwist(name: TwistCommand, linear: Vector, angular: Vector): void {
    const twist = { linear: vectorMessage(linear), angular: vectorMessage(angular) };
    this.publisher(name).publish({ header: this.header(), twist });
  }

  sendWrench(name: WrenchCommand, force: Vector, torque: Vector): void {
    const wrench = { force: vectorMessage(force), torque: vectorMessage(torque) };
    this.publisher(name).publish({ header: this.header(), wrench });
  }

  send(name: 'hold' | 'free'): void {
    this.publisher(name).publish({});
  }

  close(): void {
    for (const opened of [...this.publishers.values(), ...this.subscriptions]) opened.close();
    this.publishers.clear();
    this.subscriptions.clear();
    this.listeners.clear();
  }

  private header(): RosMessage {
    return headerAt(this.node.now(), this.options.frameId);
  }

  private publisher(name: CrtkName): Publisher {
    const known = this.publishers.get(name);
    if (known !== undefined) return known;
    const { type } = CRTK_TOPICS[name];
    const made = this.node.createPublisher(type, crtkTopic(this.namespace, name), this.options.qos);
    this.publishers.set(name, made);
    return made;
  }

  private subscribe(name: CrtkName, take: (message: RosMessage) => void, qos = this.options.qos): () => void {
    const { type } = CRTK_TOPICS[name];
    const subscription = this.node.createSubscription(type, crtkTopic(this.namespace, name), take, qos);
    this.subscriptions.add(subscription);
    return () => {
      this.subscriptions.delete(subscription);
      subscription.close();
    };
  }
}
