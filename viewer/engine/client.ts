import type {
  PatientView,
  ShadedSurface,
  ShapesAnswer,
  ShapesField,
  ShapesRequest,
  SliceAxis,
  SliceLines,
} from './messages.ts';

/** Lines of a slice: there already, or to come. */
export type Lines = readonly SliceLines[] | Promise<readonly SliceLines[]>;

/** So many slices' lines are kept; the oldest go. */
const MOST_KEPT = 600;

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/**
 * The worker that draws outlines, isolines and surfaces. Lines that it drew are kept for as long as they hold, so that a slice
 * that was seen, or asked for ahead, is shown in one frame with its lines.
 */
export class ShapesClient {
  readonly #waiting = new Map<number, (answer: ShapesAnswer) => void>();
  readonly #kept = new Map<string, Lines>();
  #worker: Worker | undefined;
  #ids = 0;

  /** Gives its memory back; what was asked for is answered with nothing. */
  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#kept.clear();
    for (const [id, tell] of this.#waiting) tell({ id, kind: 'fault', message: 'the patient was closed' });
    this.#waiting.clear();
  }

  async open(patient: PatientView): Promise<void> {
    this.#kept.clear();
    await this.#ask({ kind: 'patient', patient });
  }

  outlines(axis: SliceAxis, index: number): Lines {
    return this.#lines(`outlines ${axis} ${index}`, { kind: 'outlines', axis, index });
  }

  /** Forgets isolines of a field whose values have changed, in shared memory or else. */
  changed(field: ShapesField): void {
    for (const key of this.#kept.keys()) if (key.startsWith(`${field} `)) this.#kept.delete(key);
  }

  async setField(field: ShapesField, values: Float32Array | undefined): Promise<void> {
    this.changed(field);
    await this.#ask({ kind: 'field', field, values });
  }

  isolines(field: ShapesField, axis: SliceAxis, index: number, levelsGy: readonly number[]): Lines {
    const request = { kind: 'isolines', field, axis, index, levelsGy } as const;
    return this.#lines(`${field} ${axis} ${index} ${levelsGy.join(' ')}`, request);
  }

  surface(structure: number): Promise<ShadedSurface | undefined> {
    return this.#surface({ kind: 'surface', structure });
  }

  isodose(levelGy: number): Promise<ShadedSurface | undefined> {
    return this.#surface({ kind: 'isodose', levelGy });
  }

  #lines(key: string, request: Unnumbered<ShapesRequest>): Lines {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const coming = this.#ask(request).then((answer) => {
      // What was asked of an earlier dose or patient is not kept.
      const isStillWanted = this.#kept.get(key) === coming;
      if (answer.kind !== 'lines') {
        if (isStillWanted) this.#kept.delete(key);
        return [];
      }
      if (isStillWanted) this.#kept.set(key, answer.lines);
      return answer.lines;
    });
    this.#kept.set(key, coming);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value ?? key);
    return coming;
  }

  async #surface(request: Unnumbered<ShapesRequest>): Promise<ShadedSurface | undefined> {
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
