/** Resolves when `ready` holds. @throws Error naming what did not come in time */
export async function until(ready: () => boolean, what = String(ready), timeoutMs = 20_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!ready()) {
    if (performance.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await pause(5);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
