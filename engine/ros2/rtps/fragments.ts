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
  lastFragmentMs = 0;
  nackedMs = Number.NEGATIVE_INFINITY;

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

  add(message: DataMessage, nowMs: number): void {
    const body = message.payload;
    if (body === undefined) return;
    this.lastFragmentMs = nowMs;
    for (let i = 0; i < message.nFragments; i++) {
      const k = message.firstFragment - 1 + i;
      if (k >= this.nFragments) return;
      const at = k * this.fragmentBytes;
      const length = Math.min(this.fragmentBytes, this.data.length - at);
      const from = i * this.fragmentBytes;
      if (from + length > body.length) return;
      if (this.#have[k] === 1) continue;
      body.copy(this.data, at, from, from + length);
      this.#have[k] = 1;
      this.#missing--;
    }
  }

  /** Fills in the numbers, from 1, of what is missing. @returns how many, within 256 of the first */
  missing(into: Float64Array): number {
    while (this.#firstMissing < this.nFragments && this.#have[this.#firstMissing] === 1) this.#firstMissing++;
    const end = Math.min(this.nFragments, this.#firstMissing + MAX_SET_BITS);
    let n = 0;
    for (let k = this.#firstMissing; k < end; k++) if (this.#have[k] === 0) into[n++] = k + 1;
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
   * @returns the sample once it is complete; it is not kept any longer
   */
  add(message: DataMessage, nowMs: number, urgent: boolean): Buffer | undefined {
    let assembly = this.#bySequence.get(message.sequence);
    if (assembly === undefined) {
      assembly = this.#begin(message, urgent);
      if (assembly === undefined) return undefined;
    } else if (assembly.data.length !== message.sampleBytes || assembly.fragmentBytes !== message.fragmentBytes) {
      return undefined;
    }
    assembly.add(message, nowMs);
    if (!assembly.complete) return undefined;
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
