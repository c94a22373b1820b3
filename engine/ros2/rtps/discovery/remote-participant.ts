import type { ReaderProxy } from '../reader-proxy.ts';
import type { StatefulWriter } from '../stateful-writer.ts';
import type { Destination } from '../transport.ts';
import type { EndpointInfo, ParticipantInfo } from '../types.ts';
import type { WriterProxy } from '../writer-proxy.ts';
import type { EndpointData } from './endpoint-data.ts';
import type { ParticipantData } from './participant-data.ts';

/** An endpoint of a peer. */
export interface RemoteEndpoint {
  readonly info: EndpointInfo;
  readonly entity: number;
  readonly participant: RemoteParticipant;
  readonly destination: Destination;
  readonly data: EndpointData;
  /** When the writer last showed that it is alive [ms]. */
  aliveMs: number;
  alive: boolean;
}

/** One of our writers and a reader of the peer that it is matched with. */
export interface ReaderLink {
  readonly proxy: ReaderProxy;
  readonly writer: StatefulWriter;
}

const NO_WRITERS: readonly WriterProxy[] = [];
const NO_READERS: readonly ReaderLink[] = [];

/** A participant that discovery has found, and all that is matched with it by entity id. */
export class RemoteParticipant {
  readonly prefix: Buffer;
  readonly hex: string;
  readonly data: ParticipantData;
  readonly info: ParticipantInfo;
  readonly metatraffic: Destination;
  readonly user: Destination;
  readonly endpoints = new Map<number, RemoteEndpoint>();
  /** Writers whose liveliness has a lease. */
  readonly leased = new Set<RemoteEndpoint>();
  /** Lists are replaced, never changed: a callback may unmatch while one is walked. */
  readonly #writers = new Map<number, readonly WriterProxy[]>();
  readonly #readers = new Map<number, readonly ReaderLink[]>();
  /** When it was last heard [ms]. */
  seenMs: number;

  constructor(data: ParticipantData, metatraffic: Destination, user: Destination, nowMs: number) {
    this.prefix = data.prefix;
    this.hex = data.prefix.toString('hex');
    this.data = data;
    this.metatraffic = metatraffic;
    this.user = user;
    this.seenMs = nowMs;
    this.info = {
      guidPrefix: this.hex,
      vendor: data.vendor,
      userData: data.userData,
      name: data.name,
      addresses: data.user.map(({ address, port }) => `${address}:${port}`),
    };
  }

  expired(nowMs: number): boolean {
    return nowMs - this.seenMs > this.data.leaseSec * 1000;
  }

  writers(entity: number): readonly WriterProxy[] {
    return this.#writers.get(entity) ?? NO_WRITERS;
  }

  readers(entity: number): readonly ReaderLink[] {
    return this.#readers.get(entity) ?? NO_READERS;
  }

  addWriter(proxy: WriterProxy): void {
    const { entity } = proxy.address;
    this.#writers.set(entity, [...this.writers(entity), proxy]);
  }

  removeWriter(proxy: WriterProxy): void {
    const { entity } = proxy.address;
    const left = this.writers(entity).filter((other) => other !== proxy);
    if (left.length === 0) this.#writers.delete(entity);
    else this.#writers.set(entity, left);
  }

  addReader(link: ReaderLink): void {
    const { entity } = link.proxy.address;
    this.#readers.set(entity, [...this.readers(entity), link]);
  }

  removeReader(proxy: ReaderProxy): void {
    const { entity } = proxy.address;
    const left = this.readers(entity).filter((link) => link.proxy !== proxy);
    if (left.length === 0) this.#readers.delete(entity);
    else this.#readers.set(entity, left);
  }
}
