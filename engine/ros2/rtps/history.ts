/** A sample as a writer keeps it to send it again. */
export interface Change {
  readonly sequence: number;
  /** Undefined for a sample that only says that an instance is gone. */
  readonly payload: Uint8Array | undefined;
  readonly inlineQos: Buffer | undefined;
  readonly timeSec: number;
  /** When and to which reader it was last sent again, so that a burst of requests is answered once. */
  resentAtMs: number;
  resentTo: unknown;
}

/** The samples of a writer from {@link History.first} to {@link History.last}; some in between may be gone. */
export class History {
  #ring: (Change | undefined)[] = new Array(16);
  /** The oldest that is kept; last + 1 where none is. */
  first = 1;
  last = 0;
  bytes = 0;

  /** How many sequence numbers it spans. */
  get span(): number {
    return this.last - this.first + 1;
  }

  get(sequence: number): Change | undefined {
    if (sequence < this.first || sequence > this.last) return undefined;
    return this.#ring[sequence & (this.#ring.length - 1)];
  }

  /** Adds the next sample; its sequence must be last + 1. */
  push(change: Change): void {
    if (this.span >= this.#ring.length) this.#grow();
    this.last = change.sequence;
    this.#ring[change.sequence & (this.#ring.length - 1)] = change;
    this.bytes += change.payload?.length ?? 0;
  }

  /** Counts a sample that nobody needs, so that it is not kept. */
  skip(): void {
    this.last++;
    this.first = this.last + 1;
  }

  remove(sequence: number): void {
    if (sequence < this.first || sequence > this.last) return;
    this.#clear(sequence);
    while (this.first <= this.last && this.#at(this.first) === undefined) this.first++;
  }

  /** Forgets all before the sequence number. */
  dropBefore(sequence: number): void {
    const end = Math.min(sequence, this.last + 1);
    for (; this.first < end; this.first++) this.#clear(this.first);
    while (this.first <= this.last && this.#at(this.first) === undefined) this.first++;
  }

  #at(sequence: number): Change | undefined {
    return this.#ring[sequence & (this.#ring.length - 1)];
  }

  #clear(sequence: number): void {
    const slot = sequence & (this.#ring.length - 1);
    this.bytes -= this.#ring[slot]?.payload?.length ?? 0;
    this.#ring[slot] = undefined;
  }

  #grow(): void {
    const larger: (Change | undefined)[] = new Array(this.#ring.length * 2);
    for (let s = this.first; s <= this.last; s++) larger[s & (larger.length - 1)] = this.#at(s);
    this.#ring = larger;
  }
}
