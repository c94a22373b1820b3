import { guarded } from './guarded.ts';

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
    for (const listener of [...this.#listeners]) guarded(() => listener(message));
  }

  /**
   * Says it the first time only, and nothing more after very many: peers could fill a log.
   *
   * @param about what is the same in messages that differ in their numbers
   */
  once(message: string, about = message): void {
    if (this.#said.has(about) || this.#said.size > MOST_KEPT) return;
    this.#said.add(about);
    this.say(this.#said.size > MOST_KEPT ? 'there are very many warnings: further ones are left out' : message);
  }
}
