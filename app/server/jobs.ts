import { Worker } from 'node:worker_threads';
import { inputError } from '../../engine/core/errors.ts';
import { errorOf } from '../../engine/link/faults.ts';
import type { RequestContext } from '../../engine/link/peer.ts';
import type { JobMessage, JobSettings } from './plan-worker.ts';

/** Jobs that wait for the one at work. */
const MOST_WAITING = 8;
/** How long a job may take to stop by itself before its thread is ended [ms]. */
const CANCEL_MS = 2000;

/** Jobs in a thread of their own, one at a time: the planner takes all cores that it gets. */
export class Jobs {
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Runs a job when those before it are done. Its arrays and progress go to the viewer as they come.
   *
   * @throws IsocenterError what the job ends with; `serve/busy` where too many wait
   */
  run(job: JobSettings, context: RequestContext): Promise<unknown> {
    if (this.#waiting >= MOST_WAITING) {
      throw inputError('serve/busy', `${MOST_WAITING} jobs wait already`, 'try again when one is done, or cancel one');
    }
    this.#waiting++;
    const mine = this.#last.then(() => {
      this.#waiting--;
      context.signal.throwIfAborted();
      return runInThread(job, context);
    });
    this.#last = mine.catch(() => {});
    return mine;
  }
}

async function runInThread(job: JobSettings, { signal, progress, sendArray }: RequestContext): Promise<unknown> {
  const worker = new Worker(new URL('./plan-worker.js', import.meta.url), { workerData: job });
  let late: NodeJS.Timeout | undefined;
  const cancel = () => {
    worker.postMessage('cancel');
    late = setTimeout(() => void worker.terminate(), CANCEL_MS);
  };
  signal.addEventListener('abort', cancel, { once: true });
  let arrays: Promise<void> = Promise.resolve();
  let isDone = false;
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (message: JobMessage) => {
        isDone ||= message.t === 'result' || message.t === 'error';
        if (message.t === 'progress') progress({ text: message.text });
        else if (message.t === 'array') {
          arrays = arrays.then(() => sendArray(message.name, message.array, message.about));
          arrays.catch(reject);
        } else if (message.t === 'result') arrays.then(() => resolve(message.result), reject);
        else {
          if (message.error.code === 'link/internal') process.stderr.write(`${message.words}\n`);
          reject(errorOf(message.error));
        }
      });
      worker.once('error', reject);
      worker.once('exit', () => {
        if (!isDone) reject(signal.aborted ? signal.reason : new Error('the thread of the job ended'));
      });
    });
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', cancel);
    void worker.terminate();
  }
}
