/** Waits for something that events bring about. */
export class Waiting {
  readonly #waiters = new Set<() => void>();

  /** Lets all who wait look again. */
  wake(): void {
    for (const look of [...this.#waiters]) look();
  }

  /** Resolves with whether `ready` held within the time. */
  until(ready: () => boolean, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    if (ready()) return Promise.resolve(true);
    if (!(timeoutMs > 0)) return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      const end = (act: () => void) => {
        clearTimeout(timer);
        this.#waiters.delete(look);
        signal?.removeEventListener('abort', abort);
        act();
      };
      const look = () => {
        if (ready()) end(() => resolve(true));
      };
      const abort = () => end(() => reject(signal?.reason as Error));
      const timer = timeoutMs < 2 ** 31 ? setTimeout(() => end(() => resolve(false)), timeoutMs) : undefined;
      this.#waiters.add(look);
      signal?.addEventListener('abort', abort);
      if (signal?.aborted) abort();
    });
  }
}
