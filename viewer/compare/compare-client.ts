import type { CompareAnswer, CompareRequest } from './messages.ts';

type Asked = Extract<CompareRequest, { kind: 'judge' | 'gamma' }>;
type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** The worker that compares doses; it begins with the first request. */
export class CompareClient {
  readonly #hearers = new Map<number, (answer: CompareAnswer) => void>();
  #worker: Worker | undefined;
  #ids = 0;

  /** @returns how to cancel it */
  ask(request: Unnumbered<Asked>, onAnswer: (answer: CompareAnswer) => void): () => void {
    const id = ++this.#ids;
    this.#hearers.set(id, onAnswer);
    this.#worker ??= this.#start();
    this.#worker.postMessage({ ...request, id });
    return () => this.#worker?.postMessage({ kind: 'cancel', id } satisfies CompareRequest);
  }

  /** Ends whatever it does, and gives its memory back. */
  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#hearers.clear();
  }

  #start(): Worker {
    const worker = new Worker(new URL('./compare-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<CompareAnswer>) => {
      const hear = this.#hearers.get(data.id);
      if (data.kind !== 'progress') this.#hearers.delete(data.id);
      hear?.(data);
    });
    return worker;
  }
}
