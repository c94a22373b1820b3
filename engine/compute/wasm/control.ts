/**
 * The control block at the start of the arena: how the calling thread and its workers agree on what to run. All fields
 * are int32 and accessed with Atomics.
 */
export const CONTROL = {
  /** Raised by one for every job; workers wait on it. */
  generation: 0,
  /** Index of the wasm export to call. */
  entry: 1,
  /** Address of the argument block. */
  args: 2,
  taskCount: 3,
  /** Next task to claim. */
  nextTask: 4,
  /** Workers inside the current job, plus CLOSED once nobody may enter it any more. */
  gate: 5,
  /** 1 asks the workers to leave. */
  stop: 6,
  /** 1 when a kernel trapped; the job's result is void. */
  trapped: 7,
  /** Workers that are ready to work. */
  ready: 8,
} as const;

export const CONTROL_BYTES = 64;

/** In the gate: the job has no tasks left. A worker that comes too late stays out, and nobody waits for it. */
export const CLOSED = 0x10000;

export interface WorkerStart {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  readonly controlAddress: number;
  readonly entries: readonly string[];
  /** Polls of the generation before a worker goes to sleep on it. */
  readonly spins: number;
}

/**
 * Body of a worker thread. It is started from its own source text (so that it needs no file beside the bundle), hence it
 * refers to nothing outside itself; the numbers are the fields of {@link CONTROL} and {@link CLOSED}.
 */
export function poolWorkerBody(start: WorkerStart): void {
  const control = new Int32Array(start.memory.buffer, start.controlAddress, 16);
  const instance = new WebAssembly.Instance(start.module, { env: { memory: start.memory, abort: () => {} } });
  const calls = start.entries.map((name) => instance.exports[name] as (b: number, e: number, args: number) => void);
  let seen = 0;
  Atomics.add(control, 8, 1);
  Atomics.notify(control, 8);
  for (;;) {
    let spins = start.spins;
    while (Atomics.load(control, 0) === seen) {
      if (spins > 0) spins--;
      else Atomics.wait(control, 0, seen);
    }
    seen = Atomics.load(control, 0);
    if (Atomics.load(control, 6) === 1) return;
    let gate = Atomics.load(control, 5);
    while (gate < 0x10000) {
      const found = Atomics.compareExchange(control, 5, gate, gate + 1);
      if (found === gate) break;
      gate = found;
    }
    if (gate >= 0x10000) continue;
    // Inside, the job's fields stay as they are until this worker has left.
    const call = calls[Atomics.load(control, 1)];
    const args = Atomics.load(control, 2);
    const taskCount = Atomics.load(control, 3);
    try {
      for (let task = Atomics.add(control, 4, 1); task < taskCount; task = Atomics.add(control, 4, 1)) {
        call(task, task + 1, args);
      }
    } catch {
      Atomics.store(control, 7, 1);
    }
    if (Atomics.sub(control, 5, 1) === 0x10001) Atomics.notify(control, 5);
  }
}
