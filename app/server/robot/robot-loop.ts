import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { clockSec } from '../../../engine/compute/platform.ts';
import { publishRest, waitUntil } from '../../../planners/guidance/loop/cycle.ts';
import { STOP } from '../../../planners/guidance/loop/layout.ts';
import type { LoopCommand } from '../../../sim/robots/driven-robot.ts';
import { RobotCycle, type RobotCycleOptions } from '../../../sim/robots/robot-cycle.ts';

export interface RobotThreadData extends RobotCycleOptions {
  readonly port: MessagePort;
}

export interface PortCommand {
  readonly id: number;
  readonly command: LoopCommand;
}
export interface PortAnswer {
  readonly id: number;
  readonly refused: string | undefined;
}

/** The robot's loop, in a thread of its own: commands come by its port, states go by the ring; nothing in it waits for a socket. */
function run({ port, ...options }: RobotThreadData): void {
  const { loop } = options.shared;
  const cycle = new RobotCycle(options);
  const begin = clockSec();
  for (let k = 1; Atomics.load(loop.control, STOP) === 0; k++) {
    const due = begin + k * options.settings.periodSec;
    waitUntil(loop, due);
    for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port)) {
      const { id, command } = got.message as PortCommand;
      port.postMessage({ id, refused: cycle.command(command) } satisfies PortAnswer);
    }
    cycle.step(due);
  }
  publishRest(loop);
}

run(workerData as RobotThreadData);
