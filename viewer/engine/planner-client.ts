import type { FoundGpu } from '../../engine/compute/webgpu/adapter.ts';
import type { Objective } from '../../planners/radiation/protocol/objectives.ts';
import { faultOf } from './fault.ts';
import type { PatientView, PlannerEvent, PlannerRequest, PlanSetup } from './messages.ts';
import type { ShowDeviceDose } from './shared-device.ts';

/** A worker that plans. */
interface PlannerEnd {
  take(request: PlannerRequest): void;
  /** Ends whatever it does, and gives its memory back. */
  close(): void;
}

/**
 * The planner as the page speaks to it: in a worker, on the GPU that the page draws with or on processors. It begins with the
 * first request after it is known on which.
 */
export class PlannerClient {
  readonly #onEvent: (event: PlannerEvent) => void;
  readonly #showDeviceDose: ShowDeviceDose;
  #where: Promise<FoundGpu | undefined>;
  #settle: (found: FoundGpu | undefined) => void = () => {};
  #end: Promise<PlannerEnd> | undefined;
  /** Counts the ends: what an earlier one still says is old. */
  #ends = 0;

  constructor(onEvent: (event: PlannerEvent) => void, showDeviceDose: ShowDeviceDose) {
    this.#onEvent = onEvent;
    this.#showDeviceDose = showDeviceDose;
    this.#where = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Plans on this GPU, without one on processors. */
  settle(found: FoundGpu | undefined): void {
    this.#settle(found);
  }

  /** Ends where it planned, and plans on this GPU from now on, without one on processors; nothing is open there. */
  moveTo(found: FoundGpu | undefined): void {
    this.close();
    this.#where = Promise.resolve(found);
  }

  open(patient: PatientView): void {
    this.#ask({ kind: 'open', patient });
  }

  /** @param weights where the first run begins, of an earlier plan with this setup */
  prepare(setup: PlanSetup, run: number, weights?: Float32Array): void {
    this.#ask({ kind: 'prepare', setup, run, ...(weights && { weights }) });
  }

  optimize(objectives: readonly Objective[], run: number): void {
    this.#ask({ kind: 'optimize', objectives, run });
  }

  stop(): void {
    this.#ask({ kind: 'stop' });
  }

  /** Ends whatever it does, and gives its memory back. */
  close(): void {
    const end = this.#end;
    this.#end = undefined;
    this.#ends++;
    end?.then(
      (old) => old.close(),
      () => {},
    );
  }

  #ask(request: PlannerRequest): void {
    this.#end ??= this.#start();
    this.#end.then(
      (end) => end.take(request),
      (error: unknown) => this.#onEvent({ kind: 'fault', fault: faultOf(error) }),
    );
  }

  async #start(): Promise<PlannerEnd> {
    const number = this.#ends;
    const say = (event: PlannerEvent): void => {
      if (number === this.#ends) this.#onEvent(event);
    };
    const found = await this.#where;
    const worker = new Worker(new URL('./planner-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<PlannerEvent>) => say(data));
    worker.addEventListener('error', (event) => {
      const message = event.message || 'the planner stopped';
      const fault = { code: 'viewer/worker', message, hint: 'load the page again', origin: 'internal' } as const;
      say({ kind: 'fault', fault });
    });
    const take = (request: PlannerRequest, ...transfer: Transferable[]): void => worker.postMessage(request, transfer);
    if (found === undefined) return { take, close: () => worker.terminate() };
    const { shareDevice } = await import('./shared-device.ts');
    const { end, close } = shareDevice(found, (...dose) => {
      if (number === this.#ends) this.#showDeviceDose(...dose);
    });
    take({ kind: 'share', end }, end.port);
    return {
      take,
      close: () => {
        worker.terminate();
        close();
      },
    };
  }
}
