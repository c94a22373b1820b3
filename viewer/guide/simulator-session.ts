import { inputError } from '../../engine/core/errors.ts';
import { BEAT_MS } from '../../engine/link/limits.ts';
import type { RobotCommand } from '../../planners/guidance/messages.ts';
import type { Fault } from '../engine/messages.ts';
import type { RobotListener, RobotSession, SimulatorSettings } from './session.ts';
import type { SimulatorEvent, SimulatorRequest } from './simulator-messages.ts';

/** A simulated robot in a worker of the page. It holds as one behind a server does when the page's main thread is silent. */
export class SimulatorSession implements RobotSession {
  readonly kind = 'simulator';
  readonly #worker = new Worker(new URL('./simulator-worker.ts', import.meta.url), { type: 'module' });
  readonly #listener: RobotListener;
  readonly #answers = new Map<number, (refused: string | undefined) => void>();
  readonly #beats: ReturnType<typeof setInterval>;
  readonly #onVisibility = () => this.#beat();
  #ids = 0;
  #isArmed = false;
  #hasEnded = false;
  #hasStarted = false;
  /** The user stopped it before it stood. */
  #wantsStop = false;

  constructor(settings: SimulatorSettings, listener: RobotListener, onFault: (fault: Fault) => void) {
    this.#listener = listener;
    listener.connection({ state: 'connecting', text: 'measuring the distances to what the tip keeps out of' });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<SimulatorEvent>) => this.#hear(data, onFault));
    this.#worker.addEventListener('error', (event) => {
      const message = event.message || 'the simulator stopped';
      this.#end(message);
      onFault({ code: 'guide/simulator', message, hint: 'start it again', origin: 'internal' });
    });
    this.#say({ kind: 'start', settings });
    this.#beats = setInterval(() => this.#beat(), BEAT_MS);
    document.addEventListener('visibilitychange', this.#onVisibility);
  }

  command(command: RobotCommand): Promise<void> {
    if (this.#hasEnded) {
      return Promise.reject(inputError('robot/ended', `${command.command}: the simulator has ended`, 'start it again'));
    }
    const id = ++this.#ids;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, (refused) => {
        this.#answers.delete(id);
        if (refused === undefined) {
          if (command.command === 'arm') this.#isArmed = true;
          if (command.command === 'disarm') this.#isArmed = false;
          resolve();
        } else {
          reject(inputError('robot/refused', `${command.command}: ${refused}`, 'see the state of the robot'));
        }
      });
      this.#say({ kind: 'command', id, command });
    });
  }

  stop(): void {
    this.#wantsStop = !this.#hasStarted;
    if (this.#wantsStop) return;
    this.command({ command: 'stop' }).catch(() => {});
  }

  close(): void {
    this.#end('it was closed');
  }

  #beat(): void {
    this.#say({ kind: 'beat', hidden: document.hidden });
  }

  #say(request: SimulatorRequest): void {
    this.#worker.postMessage(request);
  }

  #end(reason: string): void {
    this.#hasEnded = true;
    clearInterval(this.#beats);
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#worker.terminate();
    for (const answer of [...this.#answers.values()]) answer(reason);
    this.#listener.connection({ state: 'ended', text: reason });
  }

  #hear(event: SimulatorEvent, onFault: (fault: Fault) => void): void {
    switch (event.kind) {
      case 'started':
        this.#hasStarted = true;
        if (this.#wantsStop) this.stop();
        this.#listener.connection({ state: 'connected', text: 'simulated in this page' });
        this.#listener.about(event.about);
        this.#listener.keepOuts(event.surfaces);
        break;
      case 'state': {
        const { view } = event;
        const isHeld = this.#isArmed && view.state === 'ENABLED';
        this.#listener.state({
          ...view,
          armedBy: isHeld ? 'you' : 'nobody',
          beatAgeMs: this.#isArmed ? view.beatAgeMs : null,
        });
        break;
      }
      case 'hand':
        this.#listener.hand(new Float64Array(event.packet.samples.buffer as ArrayBuffer));
        break;
      case 'figures':
        this.#listener.figures(event.figures);
        break;
      case 'answer':
        this.#answers.get(event.id)?.(event.refused);
        break;
      case 'fault':
        this.#end(event.fault.message);
        onFault(event.fault);
    }
  }
}
