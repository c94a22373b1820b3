import { LIMITS } from './limits.ts';
import type { Budget } from './outlet.ts';
import { MAX_SET_BITS } from './wire/reader.ts';
import type { DataMessage } from './wire/receiver.ts';

/** Fragments that one sample may have: 64 MiB of 512 bytes. */
const MAX_FRAGMENTS = 131072;

/** A sample while its fragments arrive. */
export class Assembly {
  readonly sequence: number;
  readonly data: Buffer;
  readonly fragmentBytes: number;
  readonly nFragments: number;
  readonly #have: Uint8Array;
  #missing: number;
  #firstMissing = 0;
  /** Number of the last fragment that came: those before it that did not are lost, unless the network changed their order. */
  highest = 0;
  lastFragmentMs = 0;
  /** Fragments up to this number were asked for, and when. */
  askedTo = 0;
  askedMs = Number.NEGATIVE_INFINITY;

  constructor(sequence: number, sampleBytes: number, fragmentBytes: number) {
    this.sequence = sequence;
    this.data = Buffer.allocUnsafe(sampleBytes);
    this.fragmentBytes = fragmentBytes;
    this.nFragments = Math.ceil(sampleBytes / fragmentBytes);
    this.#have = new Uint8Array(this.nFragments);
    this.#missing = this.nFragments;
  }

  get complete(): boolean {
    return this.#missing === 0;
  }

  /** @returns whether fragments before these are missing that were not missed before */
  add(message: DataMessage, nowMs: number): boolean {
    const body = message.payload;
    if (body === undefined) return false;
    this.lastFragmentMs = nowMs;
    const skipped = message.firstFragment > this.highest + 1;
    for (let i = 0; i < message.nFragments; i++) {
      const k = message.firstFragment - 1 + i;
      if (k >= this.nFragments) break;
      const at = k * this.fragmentBytes;
      const length = Math.min(this.fragmentBytes, this.data.length - at);
      const from = i * this.fragmentBytes;
      if (from + length > body.length) break;
      this.highest = Math.max(this.highest, k + 1);
      if (this.#have[k] === 1) continue;
      body.copy(this.data, at, from, from + length);
      this.#have[k] = 1;
      this.#missing--;
    }
    return skipped;
  }

  /** Fills in the numbers above one and up to another that are missing. @returns how many, within 256 of the first */
  missing(into: Float64Array, above: number, upTo: number): number {
    while (this.#firstMissing < this.nFragments && this.#have[this.#firstMissing] === 1) this.#firstMissing++;
    const end = Math.min(upTo, this.nFragments);
    let n = 0;
    for (let k = Math.max(above, this.#firstMissing); k < end; k++) {
      if (n > 0 && k + 1 - into[0] >= MAX_SET_BITS) break;
      if (this.#have[k] === 0) into[n++] = k + 1;
    }
    return n;
  }
}

/** The samples of one writer that are being put together. */
export class Assemblies {
  readonly #bySequence = new Map<number, Assembly>();
  readonly #budget: Budget;
  readonly #most: number;

  /** @param most samples at a time; the oldest makes way */
  constructor(budget: Budget, most: number) {
    this.#budget = budget;
    this.#most = most;
  }

  get size(): number {
    return this.#bySequence.size;
  }

  get(sequence: number): Assembly | undefined {
    return this.#bySequence.get(sequence);
  }

  /**
   * Takes fragments.
   *
   * @param urgent whether nothing can go on before this sample: it is taken whatever the memory in use
   * @param onHole told of a sample of which fragments turn out to be missing
   * @returns the sample once it is complete; it is not kept any longer
   */
  add(
    message: DataMessage,
    nowMs: number,
    urgent: boolean,
    onHole: (assembly: Assembly, nowMs: number) => void,
  ): Buffer | undefined {
    let assembly = this.#bySequence.get(message.sequence);
    if (assembly === undefined) {
      assembly = this.#begin(message, urgent);
      if (assembly === undefined) return undefined;
    } else if (assembly.data.length !== message.sampleBytes || assembly.fragmentBytes !== message.fragmentBytes) {
      return undefined;
    }
    const hole = assembly.add(message, nowMs);
    if (!assembly.complete) {
      if (hole) onHole(assembly, nowMs);
      return undefined;
    }
    this.drop(message.sequence);
    return assembly.data;
  }

  drop(sequence: number): void {
    const assembly = this.#bySequence.get(sequence);
    if (assembly === undefined) return;
    this.#bySequence.delete(sequence);
    this.#budget.release(assembly.data.length);
  }

  /** Forgets what is older than the sequence number. */
  dropBefore(sequence: number): void {
    if (this.#bySequence.size === 0) return;
    for (const known of this.#bySequence.keys()) if (known < sequence) this.drop(known);
  }

  clear(): void {
    this.dropBefore(Number.POSITIVE_INFINITY);
  }

  #begin(message: DataMessage, urgent: boolean): Assembly | undefined {
    const { sampleBytes, fragmentBytes, sequence } = message;
    if (sampleBytes < 1 || sampleBytes > LIMITS.sampleBytes) return undefined;
    const nFragments = Math.ceil(sampleBytes / fragmentBytes);
    if (nFragments > MAX_FRAGMENTS || message.firstFragment > nFragments) return undefined;
    if (this.#bySequence.size >= this.#most) {
      const [oldest] = this.#bySequence.keys();
      if (!urgent && oldest > sequence) return undefined;
      this.drop(oldest);
    }
    if (!this.#budget.reserve(sampleBytes, urgent)) return undefined;
    const assembly = new Assembly(sequence, sampleBytes, fragmentBytes);
    this.#bySequence.set(sequence, assembly);
    return assembly;
  }
}
