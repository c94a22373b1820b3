import { canShareMemory, clockSec } from '../../engine/compute/platform.ts';
import { waitUntil } from '../../planners/guidance/loop/cycle.ts';
import { FigureWindow } from '../../planners/guidance/loop/figures.ts';
import { HEAD, RING_RECORDS } from '../../planners/guidance/loop/layout.ts';
import type { LoopSettings } from '../../planners/guidance/loop/loop-settings.ts';
import { type RobotCommand, robotCommandSchema } from '../../planners/guidance/messages.ts';
import { bareTip } from '../../planners/motion/rcm/tool.ts';
import { addRobot, robotNamed, tipNamed } from '../../planners/motion/robot/own-robots.ts';
import { RobotCycle } from '../../sim/robots/robot-cycle.ts';
import { aboutRobot, RobotObserver } from '../../sim/robots/robot-observer.ts';
import { BEAT, createSharedRobot, type SharedRobot } from '../../sim/robots/shared.ts';
import { checkStart, whereItBegins } from '../../sim/robots/start.ts';
import { faultOf } from '../engine/fault.ts';
import { keepOutFields, marginSurface } from './keep-out-fields.ts';
import type { SimulatorSettings } from './session.ts';
import type { SimulatorEvent, SimulatorRequest } from './simulator-messages.ts';

/** Cycles a second: as `isocenter serve` has it. */
const RATE_HZ = 1000;
const FIGURES_SEC = 1;
/** A loop that comes later than this leaves out what it has missed, and does not run after it [s]. */
const MOST_LATE_SEC = 0.05;
/** Where a worker cannot wait, the browser's timers wake it so often, and it makes the cycles that are due [ms]. */
const TIMER_MS = 4;

const say = (event: SimulatorEvent): void => postMessage(event);

/** The loop of a robot in this worker: the same as that of `isocenter serve`, only that commands come between its cycles. */
class Simulator {
  readonly #cycle: RobotCycle;
  readonly #shared: SharedRobot;
  readonly #observer: RobotObserver;
  readonly #window: FigureWindow;
  readonly #periodSec: number;
  readonly #turns = new MessageChannel();
  #dueSec: number;
  #figuresSec: number;

  constructor(settings: LoopSettings, handSeed: number) {
    const model = robotNamed(settings.robot);
    this.#shared = createSharedRobot(settings.fixtures.length, model.active.length);
    this.#cycle = new RobotCycle({ settings, shared: this.#shared, handSeed, isSimulated: true });
    this.#observer = new RobotObserver({
      settings,
      model,
      onState: (view) => say({ kind: 'state', view }),
      onHand: (packet) => say({ kind: 'hand', packet }),
    });
    const names = settings.fixtures.map(({ name }) => name);
    this.#window = new FigureWindow(names, settings.periodSec);
    this.#periodSec = settings.periodSec;
    this.#dueSec = clockSec();
    this.#figuresSec = this.#dueSec + FIGURES_SEC;
    this.#turns.port1.onmessage = () => this.#turn();
    this.#turn();
  }

  command(command: RobotCommand): string | undefined {
    // To be heard is to be there; whether the page is seen, only its beats say.
    if (command.command === 'arm') this.#shared.beat[BEAT.timeSec] = clockSec();
    return this.#cycle.command(command);
  }

  beat(isHidden: boolean): void {
    this.#shared.beat[BEAT.hidden] = isHidden ? 1 : 0;
    this.#shared.beat[BEAT.timeSec] = clockSec();
  }

  /** What is due, then a turn of the event loop, in which commands and beats come. */
  #turn(): void {
    if (clockSec() - this.#dueSec > MOST_LATE_SEC) this.#dueSec = clockSec();
    if (canShareMemory()) {
      this.#dueSec += this.#periodSec;
      waitUntil(this.#shared.loop, this.#dueSec);
      this.#step();
      this.#turns.port2.postMessage(0);
    } else {
      for (const nowSec = clockSec(); this.#dueSec + this.#periodSec <= nowSec; ) {
        this.#dueSec += this.#periodSec;
        this.#step();
      }
      setTimeout(() => this.#turn(), TIMER_MS);
    }
  }

  #step(): void {
    this.#cycle.step(this.#dueSec);
    const { control, ring, stride } = this.#shared.loop;
    const at = ((Atomics.load(control, HEAD) - 1) % RING_RECORDS) * stride;
    const nowSec = clockSec();
    this.#window.add(ring, at, nowSec);
    this.#observer.take(ring, at);
    if (nowSec < this.#figuresSec) return;
    this.#figuresSec = nowSec + FIGURES_SEC;
    say({ kind: 'figures', figures: this.#window.take() });
  }
}

async function start({ robot, handSeed, scale, through, ...scene }: SimulatorSettings): Promise<Simulator> {
  if (scene.own !== undefined) addRobot(scene.own);
  const tool = through?.tool ?? bareTip(tipNamed(robot));
  const fields = await keepOutFields({ robot, ...scene });
  const settings: LoopSettings = {
    robot,
    tool,
    fixtures: fields.map(({ name, shape, pose, marginM = 0 }) => {
      return { kind: 'forbidden-field', name, field: shape.field, T_base_field: pose, marginM };
    }),
    scale,
    periodSec: 1 / RATE_HZ,
    horizonSec: 0,
    handRateHz: RATE_HZ,
    start: whereItBegins(robot, tool, through?.trocarM, through?.tipM),
    ...(through === undefined ? {} : { trocarM: through.trocarM }),
  };
  checkStart(settings);
  const about = aboutRobot(settings, robotNamed(robot), true);
  say({ kind: 'started', about, surfaces: fields.map(marginSurface) });
  return new Simulator(settings, handSeed);
}

let simulator: Simulator | undefined;

/** @returns why the command is not taken */
function commandFault(command: unknown): string | undefined {
  if (simulator === undefined) return 'the simulator is not ready yet';
  const { data, error } = robotCommandSchema.safeParse(command);
  return data === undefined ? `${error.issues[0].path.join('.')}: ${error.issues[0].message}` : simulator.command(data);
}

addEventListener('message', ({ data }: MessageEvent<SimulatorRequest>) => {
  switch (data.kind) {
    case 'start':
      start(data.settings).then(
        (made) => {
          simulator = made;
        },
        (error: unknown) => say({ kind: 'fault', fault: faultOf(error) }),
      );
      break;
    case 'command': {
      say({ kind: 'answer', id: data.id, refused: commandFault(data.command) });
      break;
    }
    case 'beat':
      simulator?.beat(data.hidden);
  }
});
