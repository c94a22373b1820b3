import type { Fault } from '../engine/messages.ts';
import type { FilesEvent, FilesProgress, FilesRequest, Question } from './messages.ts';

/** The end of a job: what was asked for, or why not; nothing where it was cancelled. */
export type Finish = Exclude<FilesEvent, { kind: 'progress' | 'question' }>;

export interface JobListener {
  onProgress(progress: FilesProgress): void;
  onQuestion(question: Question): void;
  onFinish(finish: Finish): void;
}

/** One piece of work on files, in a worker of its own that ends with it. */
export class FilesJob {
  readonly #worker = new Worker(new URL('./files-worker.ts', import.meta.url), { type: 'module' });

  constructor(listener: JobListener) {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FilesEvent>) => {
      if (data.kind === 'progress') listener.onProgress(data.progress);
      else if (data.kind === 'question') listener.onQuestion(data.question);
      else {
        this.#worker.terminate();
        listener.onFinish(data);
      }
    });
    this.#worker.addEventListener('error', (event) => {
      this.#worker.terminate();
      const fault: Fault = {
        code: 'viewer/worker',
        message: event.message || 'reading the files stopped: the browser may have run out of memory',
        hint: 'give fewer or smaller files, or close other pages',
        origin: 'internal',
      };
      listener.onFinish({ kind: 'fault', fault });
    });
  }

  /** @param given memory that the worker takes over */
  ask(request: FilesRequest, given: Transferable[] = []): void {
    this.#worker.postMessage(request, given);
  }

  /** Ends it in the middle. */
  cancel(): void {
    this.#worker.terminate();
  }
}
