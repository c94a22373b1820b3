import { activeNames, type RobotModel } from '../../engine/core/robot.ts';
import { RECORD } from '../../planners/guidance/loop/layout.ts';
import type { LoopSettings } from '../../planners/guidance/loop/loop-settings.ts';
import {
  type HandPacket,
  ROBOT_MOTIONS,
  ROBOT_STATES,
  type RobotAbout,
  type RobotSample,
} from '../../planners/guidance/messages.ts';
import { describeGuidanceCode } from '../../planners/guidance/servo/guidance-codes.ts';
import { isBareTip } from '../../planners/motion/rcm/tool.ts';
import { ToolWatch } from '../../planners/motion/rcm/tool-watch.ts';
import { tipNamed } from '../../planners/motion/robot/own-robots.ts';
import { DRIVE } from './shared.ts';

/** States a second that go to viewers. */
const STATES_HZ = 60;
/** Samples of the hand a second, in packets, for its spectrum: tremor ends below 20 Hz. */
export const HAND_HZ = 250;
const HAND_PACKET = 25;

/** A state of the robot before it is known who looks. */
export type RobotView = Omit<RobotSample, 'armedBy'> & { readonly beatAgeMs: number };

export interface RobotObserverOptions {
  readonly settings: LoopSettings;
  readonly model: RobotModel;
  readonly onState: (view: RobotView) => void;
  readonly onHand: (packet: HandPacket) => void;
}

/** Thins the records of a robot's loop to what viewers see of it. */
export class RobotObserver {
  readonly #options: RobotObserverOptions;
  readonly #watch: ToolWatch;
  #count = 0;
  #packet: number[] = [];

  constructor(options: RobotObserverOptions) {
    const { settings, model } = options;
    this.#options = options;
    this.#watch = new ToolWatch(model, settings.tool, settings.trocarM);
  }

  /** A record of the ring; each, in turn. */
  take(ring: Float64Array, at: number): void {
    const rate = 1 / this.#options.settings.periodSec;
    const n = this.#count++;
    if (n % Math.max(1, Math.round(rate / HAND_HZ)) === 0) this.#takeHand(ring, at);
    if (n % Math.max(1, Math.round(rate / STATES_HZ)) === 0) this.#options.onState(this.#view(ring, at));
  }

  #takeHand(ring: Float64Array, at: number): void {
    this.#packet.push(ring[at + RECORD.timeSec]);
    for (let r = 0; r < 3; r++) this.#packet.push(ring[at + RECORD.raw + r]);
    for (let r = 0; r < 3; r++) this.#packet.push(ring[at + RECORD.steady + r]);
    if (this.#packet.length < 7 * HAND_PACKET) return;
    const samples = new Uint8Array(Float64Array.from(this.#packet).buffer);
    this.#packet = [];
    this.#options.onHand({ samples });
  }

  #view(ring: Float64Array, at: number): RobotView {
    const { settings, model } = this.#options;
    const drive = at + RECORD.distances + settings.fixtures.length;
    const joints = model.active.length;
    const list = (from: number, count: number) => Array.from(ring.subarray(from, from + count));
    const measured = list(drive + DRIVE.words, joints);
    this.#watch.set(measured);
    const state = ROBOT_STATES[ring[drive + DRIVE.state]];
    const motion = ROBOT_MOTIONS[ring[drive + DRIVE.motion]];
    return {
      timeSec: ring[at + RECORD.timeSec],
      state,
      motion,
      says: words(state, motion, ring[at + RECORD.code]),
      measured,
      setpoint: list(drive + DRIVE.words + joints, joints),
      tip: this.#watch.tip,
      ...this.#watch.inTrocar,
      hand: { measured: list(at + RECORD.raw, 3), steady: list(at + RECORD.steady, 3) },
      keepOutsM: Object.fromEntries(settings.fixtures.map(({ name }, f) => [name, ring[at + RECORD.distances + f]])),
      beatAgeMs: 1000 * ring[drive + DRIVE.beatAgeSec],
    };
  }
}

/** What viewers are told once of a robot. */
export function aboutRobot(
  { robot, tool, trocarM, periodSec, fixtures }: LoopSettings,
  model: RobotModel,
  isSimulated: boolean,
): RobotAbout {
  return {
    robot,
    isSimulated,
    joints: activeNames(model),
    tip: tipNamed(robot),
    ...(isBareTip(tool) ? {} : { tool }),
    ...(trocarM === undefined ? {} : { trocarM }),
    rateHz: 1 / periodSec,
    keepOuts: fixtures.map(({ name }) => name),
    shapes: fixtures.filter(({ kind }) => kind !== 'forbidden-field'),
  };
}

function words(state: RobotSample['state'], motion: RobotSample['motion'], code: number): string {
  if (state === 'DISABLED') return 'disarmed';
  if (state === 'FAULT') return 'stopped: disarm, then arm again';
  if (state === 'PAUSED') return 'the viewer was silent, hidden or gone';
  if (motion === 'hand') return describeGuidanceCode(code);
  return {
    hold: 'armed, at rest',
    tip: 'going to a point',
    joints: 'moving joints',
    trajectory: 'following a trajectory',
  }[motion];
}
