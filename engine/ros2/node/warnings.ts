/** Different messages that are remembered as said. */
const MOST_KEPT = 1000;

/** What people should see: each message goes to all listeners. */
export class Warnings {
  readonly #listeners = new Set<(message: string) => void>();
  readonly #said = new Set<string>();

  listen(listener: (message: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  say(message: string): void {
    for (const listener of this.#listeners) listener(message);
  }

  /** Says it the first time only. */
  once(message: string): void {
    if (this.#said.has(message)) return;
    if (this.#said.size < MOST_KEPT) this.#said.add(message);
    this.say(message);
  }
}
