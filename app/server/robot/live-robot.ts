import { inputError } from '../../../engine/core/errors.ts';
import { activeNames, type RobotModel } from '../../../engine/core/robot.ts';
import type { HostSession } from '../../../engine/link/host.ts';
import type { StreamSink } from '../../../engine/link/stream.ts';
import {
  ROBOT_MOTIONS,
  ROBOT_STATES,
  type RobotCommand,
  type RobotSample,
} from '../../../planners/guidance/messages.ts';
import { describeGuidanceCode } from '../../../planners/guidance/servo/guidance-codes.ts';
import { builtinTip } from '../../../planners/motion/robot/registry.ts';
import { createWorkspace, setConfiguration } from '../../../planners/motion/robot/workspace.ts';
import { clockSec, RECORD } from '../../guide/layout.ts';
import type { LoopSettings } from '../../guide/loop-settings.ts';
import { linkPose, poseOf } from '../../sim/poses.ts';
import { RobotThread } from './robot-thread.ts';
import { DRIVE } from './shared.ts';

export const ROBOT_TOPICS = ['robot', 'robot.hand', 'robot.figures'] as const;
export type RobotTopic = (typeof ROBOT_TOPICS)[number];

/** States a second that go to viewers. */
const STATES_HZ = 60;
/** Samples of the hand a second, in packets, for its spectrum: tremor ends below 20 Hz. */
const HAND_HZ = 250;
const HAND_PACKET = 25;

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
  readonly #workspace: ReturnType<typeof createWorkspace>;
  readonly #tip: number;
  readonly #setpoint: Float64Array;
  #armedBy: HostSession | undefined;
  #armedSec = 0;
  #count = 0;
  #packet: number[] = [];

  constructor(options: LiveRobotOptions) {
    const { settings, model, handSeed, sendSetpoint, onFault } = options;
    this.#options = options;
    this.#workspace = createWorkspace(model);
    this.#tip = model.links.findIndex(({ name }) => name === builtinTip[settings.robot]);
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
  get about(): unknown {
    const { settings, model, sendSetpoint } = this.#options;
    return {
      robot: settings.robot,
      isSimulated: sendSetpoint === undefined,
      joints: activeNames(model),
      tip: builtinTip[settings.robot],
      rateHz: 1 / settings.periodSec,
      keepOuts: settings.fixtures.map(({ name }) => name),
    };
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
    const rate = 1 / settings.periodSec;
    const n = this.#count++;
    if (n % Math.max(1, Math.round(rate / HAND_HZ)) === 0) this.#takeHand(ring, at);
    if (n % Math.max(1, Math.round(rate / STATES_HZ)) !== 0) return;
    if (this.#sinks.get('robot')?.size === 0) return;
    const sample = this.#sample(ring, at, drive);
    this.#publish('robot', (session) => ({ ...sample, armedBy: this.#holderFor(session) }));
  }

  #takeHand(ring: Float64Array, at: number): void {
    this.#packet.push(ring[at + RECORD.timeSec]);
    for (let r = 0; r < 3; r++) this.#packet.push(ring[at + RECORD.raw + r]);
    for (let r = 0; r < 3; r++) this.#packet.push(ring[at + RECORD.steady + r]);
    if (this.#packet.length < 7 * HAND_PACKET) return;
    const bytes = new Uint8Array(Float64Array.from(this.#packet).buffer);
    this.#packet = [];
    this.#publish('robot.hand', () => ({ samples: bytes }));
  }

  #publish(topic: RobotTopic, value: (session: HostSession) => unknown): void {
    for (const [sink, session] of this.#sinks.get(topic) ?? []) sink.publish(value(session));
  }

  #holderFor(session: HostSession): RobotSample['armedBy'] {
    if (this.#armedBy === undefined) return 'nobody';
    return this.#armedBy === session ? 'you' : 'other';
  }

  #sample(ring: Float64Array, at: number, drive: number): Omit<RobotSample, 'armedBy'> {
    const { fixtures } = this.#options.settings;
    const joints = this.#setpoint.length;
    const list = (from: number, count: number) => Array.from(ring.subarray(from, from + count));
    const measured = list(drive + DRIVE.words, joints);
    setConfiguration(this.#workspace, measured);
    const state = ROBOT_STATES[ring[drive + DRIVE.state]];
    const motion = ROBOT_MOTIONS[ring[drive + DRIVE.motion]];
    return {
      timeSec: ring[at + RECORD.timeSec],
      state,
      motion,
      says: words(state, motion, ring[at + RECORD.code]),
      measured,
      setpoint: list(drive + DRIVE.words + joints, joints),
      tip: poseOf(linkPose(this.#workspace.linkPoses, this.#tip)),
      hand: { measured: list(at + RECORD.raw, 3), steady: list(at + RECORD.steady, 3) },
      keepOutsM: Object.fromEntries(fixtures.map(({ name }, f) => [name, ring[at + RECORD.distances + f]])),
      beatAgeMs: this.#armedBy === undefined ? null : 1000 * ring[drive + DRIVE.beatAgeSec],
    };
  }
}

function words(state: RobotSample['state'], motion: RobotSample['motion'], code: number): string {
  if (state === 'DISABLED') return 'disarmed';
  if (state === 'FAULT') return 'stopped: disarm, then arm again';
  if (state === 'PAUSED') return 'held: the viewer was silent, hidden or gone; arm again';
  if (motion === 'hand') return describeGuidanceCode(code);
  return { hold: 'armed, at rest', tip: 'going to a point', joints: 'moving joints' }[motion];
}
