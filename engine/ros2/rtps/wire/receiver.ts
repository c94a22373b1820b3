import type { SampleIdentity } from '../types.ts';
import { HEADER_BYTES, PID, PREFIX_BYTES, SUBMESSAGE } from './constants.ts';
import { emptySet, type NumberSet, readBits, readSequence, readTime, readU16, readU32 } from './reader.ts';

const MAGIC = 0x52545053;

/** DATA or DATA_FRAG as it came; reused from one submessage to the next. */
export interface DataMessage {
  reader: number;
  writer: number;
  sequence: number;
  timeSec: number | undefined;
  /** A view of the datagram; undefined where there is none. */
  payload: Buffer | undefined;
  /** The payload is a key. */
  keyOnly: boolean;
  /** Bits of PID_STATUS_INFO. */
  status: number;
  keyHash: Buffer | undefined;
  related: SampleIdentity | undefined;
  /** Of DATA_FRAG: number of the first fragment, how many, their size and the sample's [bytes]. */
  firstFragment: number;
  nFragments: number;
  fragmentBytes: number;
  sampleBytes: number;
}

/** Takes submessages that are whole and meant for this participant. */
export interface MessageSink {
  /** The 12 bytes of the prefix that this participant has. */
  readonly prefix: Buffer;
  /** Says from which participant the next submessages come; false to skip them. */
  source(bytes: Buffer, at: number): boolean;
  data(message: DataMessage): void;
  dataFrag(message: DataMessage): void;
  heartbeat(reader: number, writer: number, first: number, last: number, final: boolean, alive: boolean): void;
  heartbeatFrag(reader: number, writer: number, sequence: number, lastFragment: number): void;
  gap(reader: number, writer: number, first: number, set: NumberSet): void;
  ackNack(reader: number, writer: number, set: NumberSet, final: boolean): void;
  nackFrag(reader: number, writer: number, sequence: number, set: NumberSet): void;
}

/** Takes datagrams apart. Whatever is malformed ends the datagram there: nothing throws, nothing is allocated by its size. */
export class MessageReceiver {
  readonly #sink: MessageSink;
  readonly #set = emptySet();
  readonly #message: DataMessage = {
    reader: 0,
    writer: 0,
    sequence: 0,
    timeSec: undefined,
    payload: undefined,
    keyOnly: false,
    status: 0,
    keyHash: undefined,
    related: undefined,
    firstFragment: 0,
    nFragments: 0,
    fragmentBytes: 0,
    sampleBytes: 0,
  };

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  /** @returns false where the datagram is none of RTPS 2, or malformed somewhere */
  receive(bytes: Buffer): boolean {
    if (bytes.length < HEADER_BYTES || bytes.readUInt32BE(0) !== MAGIC || bytes[4] !== 2) return false;
    let wanted = this.#sink.source(bytes, 8);
    let forUs = true;
    this.#message.timeSec = undefined;
    let at = HEADER_BYTES;
    while (at + 4 <= bytes.length) {
      const kind = bytes[at];
      const flags = bytes[at + 1];
      const little = (flags & 1) === 1;
      const length = readU16(bytes, at + 2, little);
      const begin = at + 4;
      const toEnd = length === 0 && kind !== SUBMESSAGE.infoTimestamp && kind !== SUBMESSAGE.pad;
      const end = toEnd ? bytes.length : begin + length;
      if (end > bytes.length) return false;
      at = end;
      if (kind === SUBMESSAGE.infoDestination) {
        if (end - begin < PREFIX_BYTES) return false;
        forUs = meantFor(this.#sink.prefix, bytes, begin);
      } else if (kind === SUBMESSAGE.infoTimestamp) {
        const none = (flags & 2) !== 0;
        if (!none && end - begin < 8) return false;
        this.#message.timeSec = none ? undefined : readTime(bytes, begin, little);
      } else if (kind === SUBMESSAGE.infoSource) {
        if (end - begin < 20) return false;
        wanted = this.#sink.source(bytes, begin + 8);
        this.#message.timeSec = undefined;
      } else if (wanted && forUs && !this.#entity(bytes, kind, flags, begin, end, little)) return false;
    }
    return true;
  }

  #entity(bytes: Buffer, kind: number, flags: number, at: number, end: number, little: boolean): boolean {
    if (kind === SUBMESSAGE.data || kind === SUBMESSAGE.dataFrag)
      return this.#data(bytes, kind, flags, at, end, little);
    if (end - at < 8) return true;
    const reader = bytes.readUInt32BE(at);
    const writer = bytes.readUInt32BE(at + 4);
    const size = end - at;
    switch (kind) {
      case SUBMESSAGE.heartbeat: {
        if (size < 28) return false;
        const first = readSequence(bytes, at + 8, little);
        const last = readSequence(bytes, at + 16, little);
        if (first < 1 || last < first - 1) return false;
        this.#sink.heartbeat(reader, writer, first, last, (flags & 2) !== 0, (flags & 4) !== 0);
        return true;
      }
      case SUBMESSAGE.gap: {
        if (size < 28) return false;
        const first = readSequence(bytes, at + 8, little);
        const base = readSequence(bytes, at + 16, little);
        if (first < 1 || base < first || readBits(bytes, at + 24, end, little, base, this.#set) < 0) return false;
        this.#sink.gap(reader, writer, first, this.#set);
        return true;
      }
      case SUBMESSAGE.ackNack: {
        if (size < 24) return false;
        const base = readSequence(bytes, at + 8, little);
        if (base < 0 || readBits(bytes, at + 16, end, little, base, this.#set) < 0) return false;
        this.#sink.ackNack(reader, writer, this.#set, (flags & 2) !== 0);
        return true;
      }
      case SUBMESSAGE.nackFrag: {
        if (size < 28) return false;
        const sequence = readSequence(bytes, at + 8, little);
        const base = readU32(bytes, at + 16, little);
        if (sequence < 1 || base < 1 || readBits(bytes, at + 20, end, little, base, this.#set) < 0) return false;
        this.#sink.nackFrag(reader, writer, sequence, this.#set);
        return true;
      }
      case SUBMESSAGE.heartbeatFrag: {
        if (size < 24) return false;
        const sequence = readSequence(bytes, at + 8, little);
        if (sequence < 1) return false;
        this.#sink.heartbeatFrag(reader, writer, sequence, readU32(bytes, at + 16, little));
        return true;
      }
      default:
        return true;
    }
  }

  #data(bytes: Buffer, kind: number, flags: number, at: number, end: number, little: boolean): boolean {
    const fragmented = kind === SUBMESSAGE.dataFrag;
    if (end - at < (fragmented ? 32 : 20)) return false;
    const message = this.#message;
    message.reader = bytes.readUInt32BE(at + 4);
    message.writer = bytes.readUInt32BE(at + 8);
    message.sequence = readSequence(bytes, at + 12, little);
    if (message.sequence < 1) return false;
    message.status = 0;
    message.keyHash = undefined;
    message.related = undefined;
    let payload = at + 4 + readU16(bytes, at + 2, little);
    if (payload > end) return false;
    if ((flags & 2) !== 0) payload = this.#inlineQos(bytes, payload, end, little);
    if (payload < 0) return false;
    message.keyOnly = (flags & (fragmented ? 4 : 8)) !== 0;
    if (!fragmented) {
      message.payload = (flags & 12) !== 0 ? bytes.subarray(payload, end) : undefined;
      this.#sink.data(message);
      return true;
    }
    message.payload = bytes.subarray(payload, end);
    message.firstFragment = readU32(bytes, at + 20, little);
    message.nFragments = readU16(bytes, at + 24, little);
    message.fragmentBytes = readU16(bytes, at + 26, little);
    message.sampleBytes = readU32(bytes, at + 28, little);
    if (message.firstFragment < 1 || message.nFragments < 1 || message.fragmentBytes < 1) return false;
    this.#sink.dataFrag(message);
    return true;
  }

  /** @returns where the payload begins, or -1 where the list has no end */
  #inlineQos(bytes: Buffer, at: number, end: number, little: boolean): number {
    const message = this.#message;
    for (let offset = at; offset + 4 <= end; ) {
      const pid = readU16(bytes, offset, little);
      const length = readU16(bytes, offset + 2, little);
      offset += 4;
      if (pid === PID.sentinel) return offset;
      if (offset + length > end) return -1;
      if (pid === PID.statusInfo && length >= 4) message.status = bytes[offset + 3];
      else if (pid === PID.keyHash && length >= 16) message.keyHash = bytes.subarray(offset, offset + 16);
      else if ((pid === PID.relatedSample || pid === PID.relatedSampleOfFastDds) && length >= 24) {
        message.related ??= relatedSample(bytes, offset, little);
      }
      offset += length;
    }
    return -1;
  }
}

/** The GUID and the sequence number; rmw_fastrtps sends -1, 0 with a request for "the number that this request has". */
function relatedSample(bytes: Buffer, at: number, little: boolean): SampleIdentity {
  const high = little ? bytes.readInt32LE(at + 16) : bytes.readInt32BE(at + 16);
  const sequence = BigInt(high) * 4294967296n + BigInt(readU32(bytes, at + 20, little));
  return { guid: Uint8Array.prototype.slice.call(bytes, at, at + 16), sequence };
}

function meantFor(prefix: Buffer, bytes: Buffer, at: number): boolean {
  let zeros = true;
  let ours = true;
  for (let i = 0; i < PREFIX_BYTES; i++) {
    if (bytes[at + i] !== 0) zeros = false;
    if (bytes[at + i] !== prefix[i]) ours = false;
  }
  return zeros || ours;
}
