import { Assemblies, type Assembly } from './fragments.ts';
import { LIMITS } from './limits.ts';
import type { Attended, Outlet } from './outlet.ts';
import type { RemoteAddress } from './reader-proxy.ts';
import type { SampleIdentity } from './types.ts';
import { MESSAGE_OVERHEAD_BYTES } from './wire/message-writer.ts';
import { MAX_SET_BITS, type NumberSet } from './wire/reader.ts';
import type { DataMessage } from './wire/receiver.ts';

/** A sample as it came from a writer. */
export interface Sample {
  readonly sequence: number;
  readonly payload: Buffer | undefined;
  readonly keyOnly: boolean;
  readonly status: number;
  readonly keyHash: Buffer | undefined;
  readonly timeSec: number | undefined;
  readonly related: SampleIdentity | undefined;
}

/**
 * After the last fragment, how long to wait for more before asking: CycloneDDS sends a heartbeat with every fragment, and
 * asking at each would have everything sent many times. What later fragments overtook is asked for at once.
 */
const FRAGMENT_PATIENCE_MS = 8;
const FIRST_RETRY_MS = 10;
const LONGEST_RETRY_MS = 320;
/** Between first words to a writer that has not answered: it may not know us yet, or not exist. */
const LONGEST_GREETING_MS = 2560;
/** Requests before the time between them grows: what is lost is most often lost once. */
const EAGER_RETRIES = 5;
/** Samples of a best-effort writer that may be incomplete at a time. */
const BEST_EFFORT_ASSEMBLIES = 4;
/** Samples whose fragments are asked for at a time, and requests of 256 fragments for one of them. */
const MAX_NACK_FRAGS = 4;
const MAX_WINDOWS = 16;

const missing = new Float64Array(MAX_SET_BITS);
const missingFragments = new Float64Array(MAX_SET_BITS);

/** A matched writer of a peer, as our reader sees it: puts its samples in order and asks for those that are missing. */
export class WriterProxy implements Attended {
  readonly address: RemoteAddress;
  readonly reliable: boolean;
  readonly #outlet: Outlet;
  readonly #reader: number;
  readonly #deliver: (sample: Sample, from: WriterProxy) => void;
  /** The next to deliver. */
  #next = 1;
  /** The highest known to exist. */
  #highest = 0;
  /** Whether the writer has said what it has: before, no number is known to be missing. */
  #informed = false;
  /** Called when it has: it knows of our reader. */
  onInformed: (() => void) | undefined;
  readonly #pending = new Map<number, Sample | null>();
  readonly #assemblies: Assemblies;
  #count = 0;
  /** The latest of which something came. */
  #latest = 0;
  #retryMs = FIRST_RETRY_MS;
  #retries = 0;
  #retryAtMs = 0;
  #askedUpTo = 0;
  #nextWhenAsked = 0;
  #owesAck = false;
  #closed = false;

  constructor(
    outlet: Outlet,
    reader: number,
    address: RemoteAddress,
    reliable: boolean,
    deliver: (sample: Sample, from: WriterProxy) => void,
  ) {
    this.#outlet = outlet;
    this.#reader = reader;
    this.address = address;
    this.reliable = reliable && address.reliable;
    this.#deliver = deliver;
    this.#assemblies = new Assemblies(outlet.budget, this.reliable ? LIMITS.assemblies : BEST_EFFORT_ASSEMBLIES);
    if (this.reliable) {
      this.#greet();
      this.#retryAtMs = performance.now() + FIRST_RETRY_MS;
      outlet.attend(this);
    }
  }

  get informed(): boolean {
    return this.#informed;
  }

  get reader(): number {
    return this.#reader;
  }

  /** @param shared whether another reader gets the same view of the datagram */
  data(message: DataMessage, shared: boolean): void {
    const { sequence, payload } = message;
    if (!this.#wants(sequence)) return;
    this.#take(sampleOf(message, shared && payload !== undefined ? Buffer.from(payload) : payload));
  }

  dataFrag(message: DataMessage): void {
    const { sequence } = message;
    if (!this.#wants(sequence)) return;
    const whole = this.#assemblies.add(message, performance.now(), sequence === this.#next, this.#onHole);
    if (whole !== undefined) this.#take(sampleOf(message, whole));
    else if (this.reliable) this.#noticed(sequence);
  }

  heartbeat(first: number, last: number, final: boolean): void {
    if (!this.reliable) return;
    if (!this.#informed) {
      this.#informed = true;
      this.onInformed?.();
    }
    if (first > this.#next) this.#skipTo(first);
    if (last > this.#highest) this.#highest = last;
    this.#drain();
    if (!final) this.#owesAck = true;
    this.#check(performance.now());
  }

  heartbeatFrag(sequence: number): void {
    if (!this.reliable || !this.#informed || !this.#wants(sequence)) return;
    this.#highest = Math.max(this.#highest, sequence);
    this.#check(performance.now());
  }

  gap(first: number, set: NumberSet): void {
    if (!this.reliable) return;
    if (first <= this.#next) {
      if (set.base > this.#next) this.#skipTo(set.base);
    } else {
      const end = Math.min(set.base, this.#next + LIMITS.pendingSamples);
      for (let s = first; s < end; s++) this.#lose(s);
    }
    for (let i = 0; i < set.count; i++) if (set.numbers[i] >= this.#next) this.#lose(set.numbers[i]);
    this.#drain();
  }

  tick(nowMs: number): boolean {
    if (this.#closed) return false;
    this.#check(nowMs);
    return !this.#informed || this.#next <= this.#highest || this.#owesAck;
  }

  close(): void {
    this.#closed = true;
    this.#assemblies.clear();
    for (const sample of this.#pending.values()) this.#outlet.budget.release(sample?.payload?.length ?? 0);
    this.#pending.clear();
  }

  #wants(sequence: number): boolean {
    if (this.#closed || sequence < this.#next) return false;
    if (!this.reliable) return true;
    return sequence < this.#next + LIMITS.pendingSamples && !this.#pending.has(sequence);
  }

  #take(sample: Sample): void {
    const { sequence } = sample;
    if (!this.reliable) {
      this.#next = sequence + 1;
      this.#assemblies.dropBefore(this.#next);
      this.#deliver(sample, this);
    } else if (sequence === this.#next) {
      this.#next++;
      if (sequence > this.#highest) this.#highest = sequence;
      this.#assemblies.drop(sequence);
      this.#deliver(sample, this);
      if (this.#pending.size > 0) this.#drain();
    } else {
      this.#assemblies.drop(sequence);
      if (!this.#outlet.budget.reserve(sample.payload?.length ?? 0)) return;
      this.#pending.set(sequence, sample);
      this.#noticed(sequence);
    }
  }

  /** A sample is there, or begins: those before it exist too. */
  #noticed(sequence: number): void {
    if (sequence > this.#highest) this.#highest = sequence;
    this.#outlet.attend(this);
    if (sequence <= this.#latest) return;
    this.#latest = sequence;
    if (this.#informed && sequence > this.#next) this.#check(performance.now());
  }

  readonly #onHole = (assembly: Assembly, nowMs: number): void => {
    if (this.reliable && this.#informed) this.#askFragments(assembly, nowMs);
  };

  #lose(sequence: number): void {
    if (sequence >= this.#next + LIMITS.pendingSamples || this.#pending.has(sequence)) return;
    this.#assemblies.drop(sequence);
    this.#pending.set(sequence, null);
    if (sequence > this.#highest) this.#highest = sequence;
  }

  /** Delivers what waits below the number, in order, and goes on from there. */
  #skipTo(first: number): void {
    if (this.#pending.size > 0) {
      const waiting = [...this.#pending.keys()].filter((s) => s < first).sort((a, b) => a - b);
      for (const s of waiting) {
        this.#next = s + 1;
        this.#release(s);
      }
    }
    this.#next = Math.max(this.#next, first);
    this.#highest = Math.max(this.#highest, this.#next - 1);
    this.#assemblies.dropBefore(this.#next);
  }

  #drain(): void {
    while (this.#pending.size > 0 && this.#pending.has(this.#next)) this.#release(this.#next++);
  }

  #release(sequence: number): void {
    const sample = this.#pending.get(sequence);
    this.#pending.delete(sequence);
    if (sample === null || sample === undefined) return;
    this.#outlet.budget.release(sample.payload?.length ?? 0);
    this.#deliver(sample, this);
  }

  /** Asks for what is missing: what is newly so at once, the rest again and again, ever less often. */
  #check(nowMs: number): void {
    if (this.#closed) return;
    if (!this.#informed) {
      if (nowMs < this.#retryAtMs) return;
      this.#greet();
      this.#retryMs = Math.min(2 * this.#retryMs, LONGEST_GREETING_MS);
      this.#retryAtMs = nowMs + this.#retryMs;
      return;
    }
    if (this.#next > this.#nextWhenAsked) this.#retries = 0;
    const due = nowMs >= this.#retryAtMs;
    let n = 0;
    let nFrags = 0;
    let arriving = false;
    const end = Math.min(this.#highest, this.#next + MAX_SET_BITS - 1);
    for (let s = this.#next; s <= end; s++) {
      if (this.#pending.has(s)) continue;
      const assembly = this.#assemblies.size > 0 ? this.#assemblies.get(s) : undefined;
      if (assembly === undefined) {
        if (due || s > this.#askedUpTo) missing[n++] = s;
      } else {
        arriving = true;
        if (nFrags < MAX_NACK_FRAGS && this.#askFragments(assembly, nowMs)) nFrags++;
      }
    }
    if (n > 0) {
      this.#askedUpTo = Math.max(this.#askedUpTo, missing[n - 1]);
      if (due) this.#retries++;
      this.#retryMs = Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, this.#retries - EAGER_RETRIES), LONGEST_RETRY_MS);
      this.#retryAtMs = nowMs + this.#retryMs;
      this.#nextWhenAsked = this.#next;
    }
    if (n > 0 || (this.#owesAck && !arriving)) this.#acknowledge(n, true);
    if (this.#next <= this.#highest || this.#owesAck) this.#outlet.attend(this);
  }

  /**
   * Asks the writer what it has. Fast DDS answers at once only where the request begins at 0, which the standard does not
   * have: else its next heartbeat is up to 3 s away.
   */
  #greet(): void {
    this.#acknowledge(0, false, this.address.vendor === 'fastdds' ? 0 : this.#next);
  }

  #acknowledge(nMissing: number, final: boolean, base = this.#next): void {
    this.#owesAck = false;
    const { prefix, entity, destination } = this.address;
    const message = this.#outlet.message.beginFor(prefix, MESSAGE_OVERHEAD_BYTES);
    message.ackNack(this.#reader, entity, base, missing, nMissing, ++this.#count, final);
    this.#outlet.send(message.take(), destination);
  }

  /**
   * Asks for fragments that later ones overtook, once; for all that are missing when none came for a while, again and again.
   *
   * @returns whether it asked for any
   */
  #askFragments(assembly: Assembly, nowMs: number): boolean {
    const quiet = nowMs - Math.max(assembly.lastFragmentMs, assembly.askedMs) >= FRAGMENT_PATIENCE_MS;
    const overtaken = assembly.sequence < this.#latest;
    const upTo = quiet || overtaken ? assembly.nFragments : assembly.highest;
    let above = quiet ? 0 : assembly.askedTo;
    const { prefix, entity, destination } = this.address;
    let n = assembly.missing(missingFragments, above, upTo);
    assembly.askedTo = Math.max(assembly.askedTo, upTo);
    if (n === 0) return false;
    assembly.askedMs = nowMs;
    const message = this.#outlet.message.beginFor(prefix, MAX_WINDOWS * 72);
    for (let windows = 0; n > 0 && windows < MAX_WINDOWS; windows++) {
      message.nackFrag(this.#reader, entity, assembly.sequence, missingFragments, n, ++this.#count);
      above = missingFragments[n - 1];
      n = assembly.missing(missingFragments, above, upTo);
    }
    this.#outlet.send(message.take(), destination);
    return true;
  }
}

function sampleOf(message: DataMessage, payload: Buffer | undefined): Sample {
  const { sequence, keyOnly, status, keyHash, timeSec, related } = message;
  return { sequence, payload, keyOnly, status, keyHash, timeSec, related };
}
