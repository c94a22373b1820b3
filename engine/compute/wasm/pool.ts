import { IsocenterError } from '../../core/errors.ts';
import { CLOSED, CONTROL, poolWorkerBody, type WorkerStart } from './control.ts';
import { startWorker, type WorkerHandle } from './worker.ts';

const START_TIMEOUT_MS = 5000;
/** A worker is late when the caller waits longer than this many of its own tasks took, and this much beyond [ms]. */
const LATE_TASKS = 2;
const LATE_MS = 0.3;
/** Longest row of jobs that the caller does alone after a worker was late. */
const LONGEST_REST = 32;

type ThreadPoolCalls = ((begin: number, end: number, args: number) => void)[];

/**
 * The calling thread and its workers, all on one shared memory. A job is a number of tasks that the threads claim one by
 * one; the caller works too, then waits for those workers that hold a task. A worker that the system has not let run stays
 * out of the job. Where workers are often interrupted in the middle of a task, because others use the machine, the caller
 * does the next jobs alone: with half a processor less it would be slower with them than without.
 */
export class ThreadPool {
  readonly #control: Int32Array;
  readonly #calls: ThreadPoolCalls;
  readonly #workers: WorkerHandle[];
  /** Atomics.wait is refused on a browser's main thread; there the caller spins. */
  readonly #mayWait: boolean;
  /** Jobs that the caller still does alone, and how many it will when a worker is late again. */
  #rest = 0;
  #nextRest = 1;

  private constructor(control: Int32Array, calls: ThreadPoolCalls, workers: WorkerHandle[]) {
    this.#control = control;
    this.#calls = calls;
    this.#workers = workers;
    this.#mayWait = typeof document === 'undefined';
  }

  /** Starts `threads - 1` workers; resolves when all are ready, or with fewer when the platform does not start them in time. */
  static async open(
    start: Omit<WorkerStart, 'spins'>,
    instance: WebAssembly.Instance,
    threads: number,
  ): Promise<ThreadPool> {
    const control = new Int32Array(start.memory.buffer, start.controlAddress, 16);
    Atomics.store(control, CONTROL.gate, CLOSED);
    const calls = start.entries.map((name) => instance.exports[name] as ThreadPoolCalls[number]);
    const workers: WorkerHandle[] = [];
    for (let i = 1; i < threads; i++) workers.push(startWorker(poolWorkerBody, { ...start, spins: 20000 }));
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (Atomics.load(control, CONTROL.ready) < workers.length && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    const ready = Atomics.load(control, CONTROL.ready);
    if (ready < workers.length) {
      for (const worker of workers) worker.terminate();
      throw new IsocenterError({
        code: 'device/no-threads',
        message: `${workers.length - ready} of ${workers.length} worker threads did not start within ${START_TIMEOUT_MS} ms`,
        hint: 'run with one thread (ISOCENTER_THREADS=1), or free some processor time',
        origin: 'internal',
      });
    }
    return new ThreadPool(control, calls, workers);
  }

  get threads(): number {
    return this.#workers.length + 1;
  }

  /** Runs the tasks [0, tasks) of an entry and waits for them; a kernel that traps is an IsocenterError. */
  run(entry: number, args: number, tasks: number): void {
    const call = this.#calls[entry];
    const alone = this.#rest > 0;
    if (alone) this.#rest--;
    if (alone || this.#workers.length === 0 || tasks <= 1) {
      try {
        for (let task = 0; task < tasks; task++) call(task, task + 1, args);
      } catch (error) {
        throw trap(error);
      }
      return;
    }
    const control = this.#control;
    Atomics.store(control, CONTROL.entry, entry);
    Atomics.store(control, CONTROL.args, args);
    Atomics.store(control, CONTROL.taskCount, tasks);
    Atomics.store(control, CONTROL.nextTask, 0);
    Atomics.store(control, CONTROL.gate, 0);
    Atomics.add(control, CONTROL.generation, 1);
    Atomics.notify(control, CONTROL.generation);
    const began = performance.now();
    let fault: unknown;
    let done = 0;
    try {
      for (let task = this.#claim(); task < tasks; task = this.#claim()) {
        call(task, task + 1, args);
        done++;
      }
    } catch (error) {
      fault = error ?? 'trap';
    }
    const ended = performance.now();
    this.#join();
    this.#judge(performance.now() - ended, (ended - began) / Math.max(1, done));
    const trapped = Atomics.exchange(control, CONTROL.trapped, 0) === 1;
    if (fault !== undefined || trapped) throw trap(fault);
  }

  /** Decides whether the workers earn their keep, from how long the caller waited for them [ms]. */
  #judge(waitedMs: number, taskMs: number): void {
    if (waitedMs > LATE_TASKS * taskMs + LATE_MS) {
      this.#rest = this.#nextRest;
      this.#nextRest = Math.min(LONGEST_REST, 2 * this.#nextRest);
    } else if (this.#nextRest > 1) {
      this.#nextRest /= 2;
    }
  }

  #claim(): number {
    return Atomics.add(this.#control, CONTROL.nextTask, 1);
  }

  #join(): void {
    const control = this.#control;
    let spins = 20000;
    for (
      let gate = Atomics.add(control, CONTROL.gate, CLOSED) + CLOSED;
      gate !== CLOSED;
      gate = Atomics.load(control, CONTROL.gate)
    ) {
      if (spins > 0 || !this.#mayWait) spins--;
      else Atomics.wait(control, CONTROL.gate, gate, 10);
    }
  }

  close(): void {
    Atomics.store(this.#control, CONTROL.stop, 1);
    Atomics.add(this.#control, CONTROL.generation, 1);
    Atomics.notify(this.#control, CONTROL.generation);
    for (const worker of this.#workers) worker.terminate();
  }
}

function trap(cause: unknown): IsocenterError {
  return new IsocenterError({
    code: 'device/trap',
    message: 'a kernel trapped: it met an input that it was not made for',
    hint: 'please report this with the command that led to it',
    origin: 'internal',
    cause,
  });
}
