import type { Objective } from '../../planners/radiation/protocol/objectives.ts';
import type {
  PatientView,
  PlannerEvent,
  PlannerRequest,
  PlanSetup,
  ShapesAnswer,
  ShapesRequest,
  SliceAxis,
  SliceLines,
  Surface,
} from './messages.ts';

/** The planner's worker, as the page speaks to it; it begins with the first request. */
export class PlannerClient {
  readonly #onEvent: (event: PlannerEvent) => void;
  #worker: Worker | undefined;

  constructor(onEvent: (event: PlannerEvent) => void) {
    this.#onEvent = onEvent;
  }

  open(patient: PatientView): void {
    this.#ask({ kind: 'open', patient });
  }

  prepare(setup: PlanSetup): void {
    this.#ask({ kind: 'prepare', setup });
  }

  optimize(objectives: readonly Objective[], run: number): void {
    this.#ask({ kind: 'optimize', objectives, run });
  }

  stop(): void {
    this.#ask({ kind: 'stop' });
  }

  /** Ends whatever it does, and gives its memory back. */
  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #ask(request: PlannerRequest): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(request);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./planner-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<PlannerEvent>) => {
      if (worker === this.#worker) this.#onEvent(data);
    });
    worker.addEventListener('error', (event) => {
      const fault = {
        code: 'viewer/worker',
        message: event.message || 'the planner stopped',
        origin: 'internal' as const,
      };
      this.#onEvent({ kind: 'fault', fault: { ...fault, hint: 'load the page again' } });
    });
    return worker;
  }
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** The worker that draws outlines, isolines and surfaces. */
export class ShapesClient {
  readonly #waiting = new Map<number, (answer: ShapesAnswer) => void>();
  #worker: Worker | undefined;
  #ids = 0;

  /** Gives its memory back; what was asked for is answered with nothing. */
  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const [id, tell] of this.#waiting) tell({ id, kind: 'fault', message: 'the patient was closed' });
    this.#waiting.clear();
  }

  async open(patient: PatientView): Promise<void> {
    await this.#ask({ kind: 'patient', patient });
  }

  outlines(axis: SliceAxis, index: number): Promise<readonly SliceLines[]> {
    return this.#lines({ kind: 'outlines', axis, index });
  }

  isolines(axis: SliceAxis, index: number, levelsGy: readonly number[]): Promise<readonly SliceLines[]> {
    return this.#lines({ kind: 'isolines', axis, index, levelsGy });
  }

  surface(structure: number): Promise<Surface | undefined> {
    return this.#surface({ kind: 'surface', structure });
  }

  isodose(levelGy: number): Promise<Surface | undefined> {
    return this.#surface({ kind: 'isodose', levelGy });
  }

  async #lines(request: Unnumbered<ShapesRequest>): Promise<readonly SliceLines[]> {
    const answer = await this.#ask(request);
    return answer.kind === 'lines' ? answer.lines : [];
  }

  async #surface(request: Unnumbered<ShapesRequest>): Promise<Surface | undefined> {
    const answer = await this.#ask(request);
    return answer.kind === 'surface' ? answer.surface : undefined;
  }

  #ask(request: Unnumbered<ShapesRequest>): Promise<ShapesAnswer> {
    const id = ++this.#ids;
    this.#worker ??= this.#start();
    const worker = this.#worker;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      worker.postMessage({ ...request, id });
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL('./shapes-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<ShapesAnswer>) => {
      this.#waiting.get(data.id)?.(data);
      this.#waiting.delete(data.id);
    });
    return worker;
  }
}
