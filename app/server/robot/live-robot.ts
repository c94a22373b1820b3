import { clockSec } from '../../../engine/compute/platform.ts';
import { inputError } from '../../../engine/core/errors.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import type { HostSession } from '../../../engine/link/host.ts';
import type { StreamSink } from '../../../engine/link/stream.ts';
import { RECORD } from '../../../planners/guidance/loop/layout.ts';
import type { LoopSettings } from '../../../planners/guidance/loop/loop-settings.ts';
import {
  ROBOT_STATES,
  type RobotAbout,
  type RobotCommand,
  type RobotSample,
} from '../../../planners/guidance/messages.ts';
import { aboutRobot, RobotObserver, type RobotView } from '../../../sim/robots/robot-observer.ts';
import { DRIVE } from '../../../sim/robots/shared.ts';
import { RobotThread } from './robot-thread.ts';

export const ROBOT_TOPICS = ['robot', 'robot.hand', 'robot.figures'] as const;
export type RobotTopic = (typeof ROBOT_TOPICS)[number];

export interface LiveRobotOptions {
  readonly settings: LoopSettings;
  readonly model: RobotModel;
  readonly handSeed: number;
  /** Of a robot of ROS 2: takes set-points while the robot moves. */
  readonly sendSetpoint?: (setpoint: Float64Array) => void;
  readonly onFault: (error: Error) => void;
}

/** A robot that viewers watch, and that one of them at a time may arm. */
export class LiveRobot {
  readonly thread: RobotThread;
  readonly #options: LiveRobotOptions;
  readonly #sinks = new Map<RobotTopic, Map<StreamSink, HostSession>>(ROBOT_TOPICS.map((name) => [name, new Map()]));
  readonly #observer: RobotObserver;
  readonly #setpoint: Float64Array;
  #armedBy: HostSession | undefined;
  #armedSec = 0;

  constructor(options: LiveRobotOptions) {
    const { settings, model, handSeed, sendSetpoint, onFault } = options;
    this.#options = options;
    this.#observer = new RobotObserver({
      settings,
      model,
      onState: (view) => this.#publish('robot', (session) => this.#sampleFor(session, view)),
      onHand: (packet) => this.#publish('robot.hand', () => packet),
    });
    this.#setpoint = new Float64Array(model.active.length);
    this.thread = new RobotThread({
      settings,
      model,
      handSeed,
      isSimulated: sendSetpoint === undefined,
      onRecord: (ring, at) => this.#take(ring, at),
      onFigures: (figures) => this.#publish('robot.figures', () => figures),
      onFault,
    });
  }

  /** What does not change. */
  get about(): RobotAbout {
    const { settings, model, sendSetpoint } = this.#options;
    return aboutRobot(settings, model, sendSetpoint === undefined);
  }

  subscribe(topic: RobotTopic, sink: StreamSink, session: HostSession): unknown {
    const sinks = this.#sinks.get(topic);
    sinks?.set(sink, session);
    sink.signal.addEventListener('abort', () => sinks?.delete(sink));
    return this.about;
  }

  /**
   * A command of a viewer. Any may stop the robot; to move it, one has to be allowed to and to have armed it.
   *
   * @throws IsocenterError `robot/...`, `link/forbidden`
   */
  async command(command: RobotCommand, session: HostSession): Promise<void> {
    if (command.command !== 'stop') this.#checkRight(command, session);
    if (command.command === 'hand') {
      this.thread.hand(command.positionM);
      return;
    }
    if (command.command === 'arm') {
      const before = this.#armedBy;
      this.#armedBy = session;
      this.#armedSec = Number.POSITIVE_INFINITY;
      this.thread.beat(false);
      await this.thread.command(command).catch((error: unknown) => {
        this.#armedBy = before;
        throw error;
      });
      this.#armedSec = clockSec();
      return;
    }
    await this.thread.command(command);
    if (command.command === 'disarm') this.#armedBy = undefined;
  }

  /** A viewer beat. */
  beat(session: HostSession, isHidden: boolean): void {
    if (session === this.#armedBy) this.thread.beat(isHidden);
  }

  /** The connection of a viewer is gone: what it has armed holds now, and not only after its silence. */
  left(session: HostSession): void {
    if (session !== this.#armedBy) return;
    this.thread.silence();
    this.#armedBy = undefined;
  }

  close(): Promise<void> {
    return this.thread.close();
  }

  #checkRight({ command }: RobotCommand, session: HostSession): void {
    if (!session.mayControl) {
      const hint = 'open the address that the server printed, with its token';
      throw inputError('link/forbidden', `${command} needs the token of the server`, hint);
    }
    const holder = this.#armedBy;
    const isFree = holder === undefined || holder === session;
    if (command === 'arm' || command === 'disarm') {
      if (isFree) return;
      const hint = 'disarm it there; closing that tab does so, too';
      throw inputError('robot/armed-elsewhere', 'another viewer has armed the robot', hint);
    }
    if (holder === session) return;
    throw inputError('robot/not-armed', `${command} needs the robot to be armed by this viewer`, 'arm it first');
  }

  #take(ring: Float64Array, at: number): void {
    const { settings, sendSetpoint } = this.#options;
    const drive = at + RECORD.distances + settings.fixtures.length;
    const joints = this.#setpoint.length;
    if (sendSetpoint !== undefined && ring[drive + DRIVE.moves] === 1) {
      for (let i = 0; i < joints; i++) this.#setpoint[i] = ring[drive + DRIVE.words + joints + i];
      sendSetpoint(this.#setpoint);
    }
    // Whoever was silent has lost the robot: the next to arm it may be another.
    const isHeld = ROBOT_STATES[ring[drive + DRIVE.state]] === 'PAUSED';
    if (isHeld && ring[at + RECORD.timeSec] > this.#armedSec) this.#armedBy = undefined;
    this.#observer.take(ring, at);
  }

  #publish(topic: RobotTopic, value: (session: HostSession) => unknown): void {
    for (const [sink, session] of this.#sinks.get(topic) ?? []) sink.publish(value(session));
  }

  #sampleFor(session: HostSession, view: RobotView): RobotSample {
    const holder = this.#armedBy;
    const armedBy = holder === undefined ? 'nobody' : holder === session ? 'you' : 'other';
    return { ...view, armedBy, beatAgeMs: holder === undefined ? null : view.beatAgeMs };
  }
}
