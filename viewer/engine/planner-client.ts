import type { FoundGpu } from '../../engine/compute/webgpu/adapter.ts';
import type { Objective } from '../../planners/radiation/protocol/objectives.ts';
import { faultOf } from './fault.ts';
import type { ShowDeviceDose } from './local-planner.ts';
import type { PatientView, PlannerEvent, PlannerRequest, PlanSetup } from './messages.ts';

/** Where a planner runs. */
interface PlannerEnd {
  take(request: PlannerRequest): void;
  /** Ends whatever it does, and gives its memory back. */
  close(): void;
}

/**
 * The planner as the page speaks to it: in a worker, or beside the renderer on the GPU that both share. It begins with the first
 * request after it is known where.
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

  /** Plans with this GPU, without one in a worker. */
  settle(found: FoundGpu | undefined): void {
    this.#settle(found);
  }

  /** Ends where it planned, and plans with this GPU from now on, without one in a worker; nothing is open there. */
  moveTo(found: FoundGpu | undefined): void {
    this.close();
    this.#where = Promise.resolve(found);
  }

  open(patient: PatientView): void {
    this.#ask({ kind: 'open', patient });
  }

  /** @param weights where the first run begins, of an earlier plan with this setup */
  prepare(setup: PlanSetup, weights?: Float32Array): void {
    this.#ask({ kind: 'prepare', setup, ...(weights && { weights }) });
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
    if (found === undefined) return workerEnd(say);
    const { openLocalPlanner } = await import('./local-planner.ts');
    return openLocalPlanner(found, say, this.#showDeviceDose);
  }
}

function workerEnd(say: (event: PlannerEvent) => void): PlannerEnd {
  const worker = new Worker(new URL('./planner-worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<PlannerEvent>) => say(data));
  worker.addEventListener('error', (event) => {
    const message = event.message || 'the planner stopped';
    say({ kind: 'fault', fault: { code: 'viewer/worker', message, hint: 'load the page again', origin: 'internal' } });
  });
  return { take: (request) => worker.postMessage(request), close: () => worker.terminate() };
}
