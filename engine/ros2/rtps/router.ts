import type { RemoteParticipant } from './discovery/remote-participant.ts';
import { type PrefixMap, samePrefix } from './guid.ts';
import { ENTITY, PREFIX_BYTES } from './wire/constants.ts';
import type { NumberSet } from './wire/reader.ts';
import type { DataMessage, MessageSink } from './wire/receiver.ts';

/** Brings submessages to the endpoints that are matched with their sender. */
export class Router implements MessageSink {
  readonly prefix: Buffer;
  readonly #participants: PrefixMap<RemoteParticipant>;
  readonly #onAnnouncement: (message: DataMessage, prefix: Buffer) => void;
  readonly #onAlive: (from: RemoteParticipant, writer: number) => void;
  readonly #source = Buffer.alloc(PREFIX_BYTES);
  #from: RemoteParticipant | undefined;

  constructor(
    prefix: Buffer,
    participants: PrefixMap<RemoteParticipant>,
    onAnnouncement: (message: DataMessage, prefix: Buffer) => void,
    onAlive: (from: RemoteParticipant, writer: number) => void,
  ) {
    this.prefix = prefix;
    this.#participants = participants;
    this.#onAnnouncement = onAnnouncement;
    this.#onAlive = onAlive;
  }

  source(bytes: Buffer, at: number): boolean {
    if (samePrefix(this.prefix, bytes, at)) return false;
    this.#from = this.#participants.get(bytes, at);
    if (this.#from === undefined) bytes.copy(this.#source, 0, at, at + PREFIX_BYTES);
    else this.#from.seenMs = performance.now();
    return true;
  }

  data(message: DataMessage): void {
    const from = this.#from;
    if (message.writer === ENTITY.participantWriter) {
      this.#onAnnouncement(message, from?.prefix ?? this.#source);
      return;
    }
    if (from === undefined) return;
    if (from.leased.size > 0) this.#onAlive(from, message.writer);
    let shared = false;
    for (const proxy of from.writers(message.writer)) {
      if (message.reader !== ENTITY.unknown && message.reader !== proxy.reader) continue;
      proxy.data(message, shared);
      shared = true;
    }
  }

  dataFrag(message: DataMessage): void {
    const from = this.#from;
    if (from === undefined) return;
    if (from.leased.size > 0) this.#onAlive(from, message.writer);
    for (const proxy of from.writers(message.writer)) {
      if (message.reader === ENTITY.unknown || message.reader === proxy.reader) proxy.dataFrag(message);
    }
  }

  heartbeat(reader: number, writer: number, first: number, last: number, final: boolean, alive: boolean): void {
    const from = this.#from;
    if (from === undefined) return;
    if (alive && from.leased.size > 0) this.#onAlive(from, writer);
    for (const proxy of from.writers(writer)) {
      if (reader === ENTITY.unknown || reader === proxy.reader) proxy.heartbeat(first, last, final);
    }
  }

  heartbeatFrag(reader: number, writer: number, sequence: number, _lastFragment: number): void {
    if (this.#from === undefined) return;
    for (const proxy of this.#from.writers(writer)) {
      if (reader === ENTITY.unknown || reader === proxy.reader) proxy.heartbeatFrag(sequence);
    }
  }

  gap(reader: number, writer: number, first: number, set: NumberSet): void {
    if (this.#from === undefined) return;
    for (const proxy of this.#from.writers(writer)) {
      if (reader === ENTITY.unknown || reader === proxy.reader) proxy.gap(first, set);
    }
  }

  ackNack(reader: number, writer: number, set: NumberSet, final: boolean): void {
    if (this.#from === undefined) return;
    for (const link of this.#from.readers(reader)) {
      if (link.writer.entity === writer) link.writer.ackNack(link.proxy, set, final);
    }
  }

  nackFrag(reader: number, writer: number, sequence: number, set: NumberSet): void {
    if (this.#from === undefined) return;
    for (const link of this.#from.readers(reader)) {
      if (link.writer.entity === writer) link.writer.nackFrag(link.proxy, sequence, set);
    }
  }
}
