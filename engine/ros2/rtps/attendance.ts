import { type Attended, TICK_MS } from './outlet.ts';

/** Calls those that have something to do every few milliseconds; no timer runs while nobody has. */
export class Attendance {
  readonly #busy = new Set<Attended>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  attend(what: Attended): void {
    this.#busy.add(what);
    if (this.#timer === undefined && !this.#closed) this.#timer = setTimeout(this.#tick, TICK_MS);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#busy.clear();
  }

  readonly #tick = (): void => {
    const nowMs = performance.now();
    for (const what of this.#busy) if (!what.tick(nowMs)) this.#busy.delete(what);
    this.#timer = this.#busy.size > 0 && !this.#closed ? setTimeout(this.#tick, TICK_MS) : undefined;
  };
}
