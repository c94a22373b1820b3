import { Progress } from './progress.ts';

/** What every command shares: the wish to stop, and where progress goes. */
export interface Session {
  /** Aborted by Ctrl-C (SIGINT) or SIGTERM; its reason is a {@link Cancelled}. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** The user stopped the command. */
export class Cancelled extends Error {
  readonly exitCode: number;

  constructor(signal: keyof typeof exitCodes) {
    super('cancelled');
    this.exitCode = exitCodes[signal];
  }
}

/** Listens to Ctrl-C: the first asks the command to stop and clean up, the second leaves at once. */
export function openSession(): Session {
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (interrupt.signal.aborted) process.exit(exitCodes[name]);
      interrupt.abort(new Cancelled(name));
    });
  }
  return { signal: interrupt.signal, progress: new Progress(process.stderr) };
}

/** Lets pending signals in, and throws the {@link Cancelled} where one came. */
export async function checkpoint(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}
