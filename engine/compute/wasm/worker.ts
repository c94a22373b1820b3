import type { WorkerStart } from './control.ts';

export interface WorkerHandle {
  terminate(): void;
}

interface NodeWorkerThreads {
  Worker: new (
    source: string,
    options: { eval: true; workerData: unknown },
  ) => { unref(): void; terminate(): Promise<number> };
}

/**
 * Starts a thread that runs `body(start)`. In Node it does not keep the process alive; in a browser the page must be
 * cross-origin isolated and its policy must allow `worker-src blob:`.
 */
export function startWorker(body: (start: WorkerStart) => void, start: WorkerStart): WorkerHandle {
  const threads = nodeWorkerThreads();
  if (threads) {
    const source = `(${body.toString()})(require('node:worker_threads').workerData)`;
    const worker = new threads.Worker(source, { eval: true, workerData: start });
    worker.unref();
    return { terminate: () => void worker.terminate() };
  }
  const source = `onmessage = (event) => (${body.toString()})(event.data);`;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.postMessage(start);
  return {
    terminate: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}

function nodeWorkerThreads(): NodeWorkerThreads | undefined {
  const node = (globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }).process;
  return node?.getBuiltinModule?.('node:worker_threads') as NodeWorkerThreads | undefined;
}
