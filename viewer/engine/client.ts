import type { Objective } from '../../planners/radiation/protocol/objectives.ts';
import type {
  PatientSource,
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

/** The planner's worker, as the page speaks to it. */
export class PlannerClient {
  readonly #worker = new Worker(new URL('./planner-worker.ts', import.meta.url), { type: 'module' });

  constructor(onEvent: (event: PlannerEvent) => void) {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<PlannerEvent>) => onEvent(data));
    this.#worker.addEventListener('error', (event) => {
      const fault = {
        code: 'viewer/worker',
        message: event.message || 'the planner stopped',
        origin: 'internal' as const,
      };
      onEvent({ kind: 'fault', fault: { ...fault, hint: 'load the page again' } });
    });
  }

  open(source: PatientSource): void {
    this.#ask({ kind: 'open', source });
  }

  prepare(setup: PlanSetup): void {
    this.#ask({ kind: 'prepare', setup });
  }

  optimize(objectives: readonly Objective[]): void {
    this.#ask({ kind: 'optimize', objectives });
  }

  stop(): void {
    this.#ask({ kind: 'stop' });
  }

  #ask(request: PlannerRequest): void {
    this.#worker.postMessage(request);
  }
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** The worker that draws outlines, isolines and surfaces. */
export class ShapesClient {
  readonly #worker = new Worker(new URL('./shapes-worker.ts', import.meta.url), { type: 'module' });
  readonly #waiting = new Map<number, (answer: ShapesAnswer) => void>();
  #ids = 0;

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<ShapesAnswer>) => {
      this.#waiting.get(data.id)?.(data);
      this.#waiting.delete(data.id);
    });
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
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#worker.postMessage({ ...request, id });
    });
  }
}
