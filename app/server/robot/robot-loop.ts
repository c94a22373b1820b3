import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { ROBOT_MOTIONS, ROBOT_STATES, type RobotCommand } from '../../../planners/guidance/messages.ts';
import { createHandSample } from '../../../planners/guidance/servo/hand.ts';
import { builtinRobot } from '../../../planners/motion/robot/registry.ts';
import { HandSource } from '../../../sim/sources/hand.ts';
import { publishRecord, publishRest, takeSample, waitUntil, writeRecord } from '../../guide/cycle.ts';
import { clockSec, HAND_ARRIVED, HAND_SEQUENCE, STOP } from '../../guide/layout.ts';
import { readHand } from '../../guide/loop-hand.ts';
import { guidanceOf, type LoopSettings } from '../../guide/loop-settings.ts';
import { DrivenRobot } from './driven-robot.ts';
import { JointMotion } from './joint-motion.ts';
import { remotePlant, simulatedPlant } from './plant.ts';
import { BEAT, DRIVE, type SharedRobot } from './shared.ts';

export interface RobotThreadData {
  readonly settings: LoopSettings;
  readonly shared: SharedRobot;
  readonly port: MessagePort;
  /** Seed of the hand that leads where no viewer sends one. */
  readonly handSeed: number;
  readonly isSimulated: boolean;
}

export interface PortCommand {
  readonly id: number;
  readonly command: RobotCommand;
}
export interface PortAnswer {
  readonly id: number;
  readonly refused: string | undefined;
}

/** A hand of a viewer leads for so long after its last sample [s]. */
const VIEWER_HAND_SEC = 0.5;

/** The robot's loop, in a thread of its own: commands come by its port, states go by the ring; nothing in it waits for a socket. */
function run({ settings, shared, port, handSeed, isSimulated }: RobotThreadData): void {
  const { control, ring, hand: handShared } = shared.loop;
  const { periodSec } = settings;
  const model = builtinRobot(settings.robot);
  const plant = isSimulated ? simulatedPlant(model, settings.start, periodSec) : remotePlant(shared.measured);
  const robot = new DrivenRobot(guidanceOf(settings), plant, new JointMotion(model));
  const hand = createHandSample();
  const source = new HandSource({ seed: handSeed, rateHz: 1 / periodSec, axes: 3 });
  const joints = plant.measured.length;
  const begin = clockSec();
  for (let k = 1; Atomics.load(control, STOP) === 0; k++) {
    const due = begin + k * periodSec;
    waitUntil(shared.loop, due);
    const now = clockSec();
    for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port)) {
      const { id, command } = got.message as PortCommand;
      port.postMessage({ id, refused: robot.command(command) } satisfies PortAnswer);
    }
    const isViewers = Atomics.load(control, HAND_SEQUENCE) > 0 && now - handShared[HAND_ARRIVED] < VIEWER_HAND_SEC;
    if (isViewers) readHand(shared.loop, hand);
    else takeSample(source, due, now, hand);
    const beatAge = now - shared.beat[BEAT.timeSec];
    robot.step(hand, now, periodSec, beatAge, shared.beat[BEAT.hidden] === 1);
    const handSec = isViewers ? handShared[HAND_ARRIVED] : now;
    const drive = writeRecord(shared.loop, robot.guidance, hand, robot.code, handSec, due, now);
    ring[drive + DRIVE.state] = ROBOT_STATES.indexOf(robot.state);
    ring[drive + DRIVE.motion] = ROBOT_MOTIONS.indexOf(robot.motion);
    ring[drive + DRIVE.beatAgeSec] = beatAge;
    ring[drive + DRIVE.moves] = robot.moves ? 1 : 0;
    for (let j = 0; j < joints; j++) {
      ring[drive + DRIVE.words + j] = plant.measured[j];
      ring[drive + DRIVE.words + joints + j] = robot.setpoint[j];
    }
    publishRecord(shared.loop);
  }
  publishRest(shared.loop);
}

run(workerData as RobotThreadData);
