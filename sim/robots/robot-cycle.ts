import { clockSec } from '../../engine/compute/platform.ts';
import { publishRecord, takeSample, writeRecord } from '../../planners/guidance/loop/cycle.ts';
import { HAND_ARRIVED, HAND_SEQUENCE } from '../../planners/guidance/loop/layout.ts';
import { readHand } from '../../planners/guidance/loop/loop-hand.ts';
import { guidanceOf, type LoopSettings } from '../../planners/guidance/loop/loop-settings.ts';
import { ROBOT_MOTIONS, ROBOT_STATES } from '../../planners/guidance/messages.ts';
import { createHandSample, type HandSample } from '../../planners/guidance/servo/hand.ts';
import { robotNamed } from '../../planners/motion/robot/own-robots.ts';
import { HandSource } from '../sources/hand.ts';
import { DrivenRobot, type LoopCommand } from './driven-robot.ts';
import { type Plant, remotePlant, simulatedPlant } from './plant.ts';
import { BEAT, DRIVE, type SharedRobot } from './shared.ts';

export interface RobotCycleOptions {
  readonly settings: LoopSettings;
  readonly shared: SharedRobot;
  /** Seed of the hand that leads where no viewer sends one. */
  readonly handSeed: number;
  readonly isSimulated: boolean;
}

/** A hand of a viewer leads for so long after its last sample [s]. */
const VIEWER_HAND_SEC = 0.5;

/**
 * What the loop of a driven robot does, in a thread of a server as in a worker of a page: once a period {@link step}, between
 * two of them {@link command}; states go by the ring.
 */
export class RobotCycle {
  readonly #robot: DrivenRobot;
  readonly #plant: Plant;
  readonly #shared: SharedRobot;
  readonly #periodSec: number;
  readonly #hand: HandSample = createHandSample();
  readonly #source: HandSource;

  /** @throws IsocenterError for settings that make no sense */
  constructor({ settings, shared, handSeed, isSimulated }: RobotCycleOptions) {
    const { periodSec } = settings;
    const model = robotNamed(settings.robot);
    this.#shared = shared;
    this.#periodSec = periodSec;
    this.#plant = isSimulated ? simulatedPlant(model, settings.start, periodSec) : remotePlant(shared.measured);
    this.#robot = new DrivenRobot(guidanceOf(settings), this.#plant, model);
    this.#source = new HandSource({ seed: handSeed, rateHz: 1 / periodSec, axes: 3 });
  }

  /** @returns why it is not taken */
  command(command: LoopCommand): string | undefined {
    if (command.command === 'arm' && this.#shared.beat[BEAT.hidden] === 1) return 'the page that arms it is hidden';
    return this.#robot.command(command);
  }

  /** One cycle, which was due at `dueSec` of {@link clockSec}. No allocation. */
  step(dueSec: number): void {
    const { loop, beat } = this.#shared;
    const robot = this.#robot;
    const hand = this.#hand;
    const now = clockSec();
    const arrivedSec = loop.hand[HAND_ARRIVED];
    const isViewers = Atomics.load(loop.control, HAND_SEQUENCE) > 0 && now - arrivedSec < VIEWER_HAND_SEC;
    if (isViewers) readHand(loop, hand);
    else takeSample(this.#source, dueSec, now, hand);
    const beatAge = now - beat[BEAT.timeSec];
    robot.step(hand, now, this.#periodSec, beatAge, beat[BEAT.hidden] === 1);
    const drive = writeRecord(loop, robot.guidance, hand, robot.code, isViewers ? arrivedSec : now, dueSec, now);
    const { ring } = loop;
    ring[drive + DRIVE.state] = ROBOT_STATES.indexOf(robot.state);
    ring[drive + DRIVE.motion] = ROBOT_MOTIONS.indexOf(robot.motion);
    ring[drive + DRIVE.beatAgeSec] = beatAge;
    ring[drive + DRIVE.moves] = robot.moves ? 1 : 0;
    const joints = this.#plant.measured.length;
    for (let j = 0; j < joints; j++) {
      ring[drive + DRIVE.words + j] = this.#plant.measured[j];
      ring[drive + DRIVE.words + joints + j] = robot.setpoint[j];
    }
    publishRecord(loop);
  }
}
