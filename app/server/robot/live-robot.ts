import { clockSec } from '../../../engine/compute/platform.ts';
import { inputError } from '../../../engine/core/errors.ts';
import { activeLimits, type RobotModel } from '../../../engine/core/robot.ts';
import type { HostSession } from '../../../engine/link/host.ts';
import type { StreamSink } from '../../../engine/link/stream.ts';
import type { FieldFixture } from '../../../planners/guidance/fixtures/fixture.ts';
import { RECORD } from '../../../planners/guidance/loop/layout.ts';
import type { LoopSettings } from '../../../planners/guidance/loop/loop-settings.ts';
import {
  ROBOT_STATES,
  type RobotCommand,
  type RobotRequest,
  type RobotSample,
} from '../../../planners/guidance/messages.ts';
import { robotAboutRecord } from '../../../planners/guidance/robot-records.ts';
import { aboutRobot, RobotObserver, type RobotView } from '../../../sim/robots/robot-observer.ts';
import { DRIVE } from '../../../sim/robots/shared.ts';
import { BeatCount } from './beat-count.ts';
import { RobotThread } from './robot-thread.ts';
import { SetpointGate } from './setpoint-gate.ts';

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
  readonly #gate: SetpointGate;
  readonly #beats = new WeakMap<HostSession, BeatCount>();
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
    this.#gate = new SetpointGate(activeLimits(model), settings.periodSec);
    this.thread = new RobotThread({
      settings,
      model,
      handSeed,
      isSimulated: sendSetpoint === undefined,
      onRecord: (ring, at) => this.#take(ring, at),
      onNewest: (ring, at) => this.#send(ring, at),
      onFigures: (figures) => this.#publish('robot.figures', () => figures),
      onFault,
    });
  }

  /** What does not change, as the link carries it. */
  get about(): unknown {
    const { settings, model, sendSetpoint } = this.#options;
    return robotAboutRecord(aboutRobot(settings, model, sendSetpoint === undefined));
  }

  /** What it keeps out of that is no simple shape. */
  get fields(): readonly FieldFixture[] {
    return this.#options.settings.fixtures.filter((fixture) => fixture.kind === 'forbidden-field');
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
  async command({ sentBeat, ...command }: RobotRequest, session: HostSession): Promise<void> {
    if (command.command !== 'stop') this.#checkRight(command, session);
    if (sentBeat !== undefined && movesLater(command)) this.#checkAge(command, sentBeat, session);
    if (command.command === 'hand') {
      this.thread.hand(command.positionM);
      return;
    }
    if (command.command === 'arm') {
      await this.#arm(session);
      return;
    }
    await this.thread.command(command);
    if (command.command === 'disarm' && this.#armedBy === session) this.#armedBy = undefined;
  }

  /** A viewer beat. */
  beat(session: HostSession, n: number, isHidden: boolean): void {
    this.#beatsOf(session).heard(n, isHidden, performance.now());
    if (session === this.#armedBy) this.thread.beat(isHidden);
  }

  /** The connection of a viewer is gone: what it has armed holds now, and not only after its silence. */
  left(session: HostSession): void {
    this.#beatsOf(session).parted();
    if (session !== this.#armedBy) return;
    this.#armedBy = undefined;
    this.thread.pause();
  }

  close(): Promise<void> {
    return this.thread.close();
  }

  async #arm(session: HostSession): Promise<void> {
    const [before, beforeSec] = [this.#armedBy, this.#armedSec];
    this.#armedBy = session;
    this.#armedSec = Number.POSITIVE_INFINITY;
    this.thread.beat(this.#beatsOf(session).isHidden);
    try {
      await this.thread.command({ command: 'arm' });
    } catch (error) {
      // One who has left meanwhile gets nothing back, and another may have it by now.
      if (this.#armedBy === session) {
        this.#armedBy = before;
        this.#armedSec = beforeSec;
      }
      throw error;
    }
    if (this.#armedBy === session) this.#armedSec = clockSec();
  }

  #beatsOf(session: HostSession): BeatCount {
    let beats = this.#beats.get(session);
    if (beats === undefined) {
      beats = new BeatCount();
      this.#beats.set(session, beats);
    }
    return beats;
  }

  #checkAge({ command }: RobotCommand, sentBeat: number, session: HostSession): void {
    if (this.#beatsOf(session).isRecent(sentBeat)) return;
    const message = `${command} was given before the connection broke or stood still`;
    throw inputError('robot/too-late', message, 'give it again');
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
    const drive = this.#driveOf(at);
    // Whoever was silent has lost the robot: the next to arm it may be another.
    const isHeld = ROBOT_STATES[ring[drive + DRIVE.state]] === 'PAUSED';
    if (isHeld && ring[at + RECORD.timeSec] > this.#armedSec) this.#armedBy = undefined;
    this.#observer.take(ring, at);
  }

  /** Only the newest set-point counts: those that came while this thread was busy would lead the robot where it should not be any longer. */
  #send(ring: Float64Array, at: number): void {
    const { sendSetpoint } = this.#options;
    if (sendSetpoint === undefined) return;
    const drive = this.#driveOf(at);
    const joints = this.#setpoint.length;
    for (let i = 0; i < joints; i++) this.#setpoint[i] = ring[drive + DRIVE.words + joints + i];
    const state = ROBOT_STATES[ring[drive + DRIVE.state]];
    const moves = ring[drive + DRIVE.moves] === 1;
    const verdict = this.#gate.judge(this.#setpoint, { state, moves, ageSec: clockSec() - ring[at + RECORD.timeSec] });
    if (verdict === 'send') sendSetpoint(this.#setpoint);
    if (verdict === 'pause') this.thread.pause();
  }

  /** Where in the ring a record's own numbers of a driven robot are. */
  #driveOf(at: number): number {
    return at + RECORD.distances + this.#options.settings.fixtures.length;
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

/** What would surprise if it came late; whatever brings the robot to rest never does. */
function movesLater(command: RobotCommand): boolean {
  switch (command.command) {
    case 'stop':
    case 'disarm':
    case 'hold':
      return false;
    case 'clutch':
      return command.closed;
    default:
      return true;
  }
}
