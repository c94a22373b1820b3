import { BEAT_MS, SILENCE_MS } from '../../../engine/link/limits.ts';

/** A command may be so many beats old. */
const MOST_BEHIND = 10;

/** The beats of one viewer over its present connection: whether it is seen, and whether what it says is recent. */
export class BeatCount {
  /** Whether its page said last that nobody sees it. */
  isHidden = false;
  /** The first beat that came at its own pace; none before, and after a silence none of those that had piled up in it. */
  #first = Number.POSITIVE_INFINITY;
  #newest = 0;
  #heardMs = Number.NaN;

  heard(n: number, isHidden: boolean, nowMs: number): void {
    const sinceMs = nowMs - this.#heardMs;
    if (sinceMs > SILENCE_MS) this.#first = Number.POSITIVE_INFINITY;
    else if (this.#first === Number.POSITIVE_INFINITY && !(sinceMs < BEAT_MS / 2)) this.#first = n;
    this.#newest = Math.max(this.#newest, n);
    this.#heardMs = nowMs;
    this.isHidden = isHidden;
  }

  /** The connection is gone: what waited for the next one was given before it. */
  parted(): void {
    this.#first = Number.POSITIVE_INFINITY;
    this.#heardMs = Number.NaN;
  }

  /** Whether a command that was given after beat `n` belongs to this connection and is not old. */
  isRecent(n: number): boolean {
    return n >= this.#first && n >= this.#newest - MOST_BEHIND;
  }
}
