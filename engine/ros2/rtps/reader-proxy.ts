import type { Destination } from './transport.ts';
import type { Vendor } from './types.ts';

const FIRST_PERIOD_MS = 20;
const LONGEST_PERIOD_MS = 640;

/** Where an endpoint of a peer is. */
export interface RemoteAddress {
  /** 16 bytes in hexadecimal. */
  readonly guid: string;
  readonly prefix: Buffer;
  readonly entity: number;
  readonly destination: Destination;
  readonly reliable: boolean;
  readonly vendor: Vendor;
}

/** A matched reader of a peer, as our writer sees it. */
export class ReaderProxy {
  readonly address: RemoteAddress;
  /** Whether it acknowledges: reader and writer are reliable. */
  readonly reliable: boolean;
  /** Samples up to here were written before it matched and are not for it. */
  readonly start: number;
  /** It has all up to here. */
  acked: number;
  /** Whether it has answered a heartbeat. Before, some readers take the first that they see as their beginning. */
  inStep = false;
  /** When it was last asked to acknowledge. */
  askedMs = Number.NEGATIVE_INFINITY;
  #periodMs = FIRST_PERIOD_MS;
  #ackedWhenAsked = -1;

  constructor(address: RemoteAddress, reliable: boolean, start: number) {
    this.address = address;
    this.reliable = reliable;
    this.start = start;
    this.acked = start;
  }

  asked(nowMs: number): void {
    this.askedMs = nowMs;
  }

  /** Whether it is time to ask again; a reader that makes no progress is asked less and less often. */
  due(nowMs: number): boolean {
    if (nowMs - this.askedMs < this.#periodMs) return false;
    this.#periodMs =
      this.acked > this.#ackedWhenAsked ? FIRST_PERIOD_MS : Math.min(2 * this.#periodMs, LONGEST_PERIOD_MS);
    this.#ackedWhenAsked = this.acked;
    return true;
  }
}

/** Readers of one participant at one address: they take one datagram together. */
export interface ReaderGroup {
  readonly prefix: Buffer;
  readonly destination: Destination;
  readonly proxies: ReaderProxy[];
  reliable: boolean;
  /** The reader's entity id, or 0 (all readers) where there are several. */
  entity: number;
}
