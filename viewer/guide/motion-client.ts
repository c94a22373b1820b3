import type { MotionAnswer, MotionRequest } from './motion-messages.ts';

/** The worker that plans motions, as the page speaks to it; begun with the first question. */
export class MotionClient {
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, (answer: MotionAnswer) => void>();
  #ids = 0;

  plan(question: Omit<MotionRequest, 'id'>): Promise<MotionAnswer> {
    const id = ++this.#ids;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#open().postMessage({ ...question, id } satisfies MotionRequest);
    });
  }

  #open(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('./motion-worker.ts', import.meta.url), { type: 'module' });
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<MotionAnswer>) => this.#answer(data));
    worker.addEventListener('error', (event) => {
      this.#worker = undefined;
      worker.terminate();
      const message = event.message || 'the planner of motions stopped';
      const fault = { code: 'guide/motion', message, hint: 'plan again', origin: 'internal' as const };
      for (const id of [...this.#waiting.keys()]) this.#answer({ id, kind: 'fault', fault });
    });
    return worker;
  }

  #answer(answer: MotionAnswer): void {
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }
}
