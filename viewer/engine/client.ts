import type {
  PatientView,
  ShapesAnswer,
  ShapesField,
  ShapesRequest,
  SliceAxis,
  SliceLines,
  Surface,
} from './messages.ts';

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

  async setField(field: ShapesField, values: Float32Array | undefined): Promise<void> {
    await this.#ask({ kind: 'field', field, values });
  }

  isolines(
    field: ShapesField,
    axis: SliceAxis,
    index: number,
    levelsGy: readonly number[],
  ): Promise<readonly SliceLines[]> {
    return this.#lines({ kind: 'isolines', field, axis, index, levelsGy });
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
