import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { clockSec } from '../../../engine/compute/platform.ts';
import { inputError } from '../../../engine/core/errors.ts';
import { activeNames, type RobotModel } from '../../../engine/core/robot.ts';
import { FigureWindow, type LoopFigures } from '../../../planners/guidance/loop/figures.ts';
import { HAND_ARRIVED, HAND_SEQUENCE, HEAD, RING_RECORDS, STOP } from '../../../planners/guidance/loop/layout.ts';
import type { LoopSettings } from '../../../planners/guidance/loop/loop-settings.ts';
import type { LoopCommand } from '../../../sim/robots/driven-robot.ts';
import { BEAT, createSharedRobot, type SharedRobot } from '../../../sim/robots/shared.ts';
import { waitUntil } from '../../ros2/discovery.ts';
import type { PortAnswer, PortCommand, RobotThreadData } from './robot-loop.ts';

/** How often the ring is read [ms]. */
const READ_MS = 4;
const FIGURES_MS = 1000;
/** How long the loop may take to answer a command [ms]: it does so in its next cycle. */
const ANSWER_MS = 1000;
const START_MS = 20_000;

export interface RobotThreadOptions {
  readonly settings: LoopSettings;
  readonly model: RobotModel;
  readonly handSeed: number;
  readonly isSimulated: boolean;
  /** Records of the ring, as they come. */
  readonly onRecord: (ring: Float64Array, at: number) => void;
  /** The newest of them, after each time that some came. */
  readonly onNewest: (ring: Float64Array, at: number) => void;
  readonly onFigures: (figures: LoopFigures) => void;
  readonly onFault: (error: Error) => void;
}

/** The thread of a robot's loop, seen from the thread of the sockets. */
export class RobotThread {
  readonly shared: SharedRobot;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #answers = new Map<number, (answer: PortAnswer) => void>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #options: RobotThreadOptions;
  #seen = 0;
  #ids = 0;
  #isDown = false;

  constructor(options: RobotThreadOptions) {
    const { settings, model, handSeed, isSimulated } = options;
    this.#options = options;
    this.shared = createSharedRobot(settings.fixtures.length, activeNames(model).length);
    this.shared.measured.set(settings.start);
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const data: RobotThreadData = { settings, shared: this.shared, port: port2, handSeed, isSimulated };
    this.#worker = new Worker(new URL('./robot-loop.js', import.meta.url), { workerData: data, transferList: [port2] });
    this.#port.on('message', (answer: PortAnswer) => this.#answers.get(answer.id)?.(answer));
    this.#worker.once('error', (error) => {
      this.#isDown = true;
      options.onFault(error);
    });
    const window = new FigureWindow(
      settings.fixtures.map(({ name }) => name),
      settings.periodSec,
    );
    this.#timers.push(
      setInterval(() => this.#read(window), READ_MS),
      setInterval(() => options.onFigures(window.take()), FIGURES_MS),
    );
  }

  /** Resolves when the loop runs. @throws IsocenterError `robot/silent` */
  async ready(signal: AbortSignal): Promise<void> {
    const runs = () => this.#isDown || Atomics.load(this.shared.loop.control, HEAD) > 0;
    if ((await waitUntil(runs, START_MS, signal)) && !this.#isDown) return;
    throw inputError('robot/silent', `the loop of the robot did not start within ${START_MS / 1000} s`, 'try again');
  }

  /** @throws IsocenterError `robot/refused` with the reason, `robot/silent` where the loop does not answer */
  async command(command: LoopCommand): Promise<void> {
    const id = ++this.#ids;
    const answer = await new Promise<PortAnswer>((resolve, reject) => {
      const hint = 'start the server again';
      const late = () => reject(inputError('robot/silent', 'the loop of the robot does not answer', hint));
      if (this.#isDown) late();
      const timer = setTimeout(late, ANSWER_MS);
      this.#answers.set(id, (got) => {
        clearTimeout(timer);
        resolve(got);
      });
      this.#port.postMessage({ id, command } satisfies PortCommand);
    }).finally(() => this.#answers.delete(id));
    if (answer.refused === undefined) return;
    throw inputError('robot/refused', `${command.command}: ${answer.refused}`, 'see the state of the robot');
  }

  /** The one who has armed the robot is there. */
  beat(isHidden: boolean): void {
    this.shared.beat[BEAT.hidden] = isHidden ? 1 : 0;
    this.shared.beat[BEAT.timeSec] = clockSec();
  }

  /** Brings the robot to rest until it is armed again; in the order of the port, so that whoever arms next finds it PAUSED. */
  pause(): void {
    this.#port.postMessage({ id: ++this.#ids, command: { command: 'pause' } } satisfies PortCommand);
  }

  /** A sample of a viewer's hand [m]. */
  hand(positionM: readonly number[]): void {
    const { control, hand } = this.shared.loop;
    const now = clockSec();
    Atomics.add(control, HAND_SEQUENCE, 1);
    hand[0] = now;
    for (let r = 0; r < 3; r++) hand[1 + r] = positionM[r];
    hand.set([0, 0, 0, 1, 1, 1], 4);
    hand[HAND_ARRIVED] = now;
    Atomics.add(control, HAND_SEQUENCE, 1);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    Atomics.store(this.shared.loop.control, STOP, 1);
    this.#port.close();
    await this.#worker.terminate();
  }

  #read(window: FigureWindow): void {
    const { control, ring, stride } = this.shared.loop;
    const head = Atomics.load(control, HEAD);
    this.#seen = Math.max(this.#seen, head - RING_RECORDS + 64);
    const outSec = clockSec();
    for (; this.#seen < head; this.#seen++) {
      const at = (this.#seen % RING_RECORDS) * stride;
      window.add(ring, at, outSec);
      this.#options.onRecord(ring, at);
      if (this.#seen === head - 1) this.#options.onNewest(ring, at);
    }
  }
}
