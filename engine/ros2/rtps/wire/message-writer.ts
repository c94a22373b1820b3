import { HEADER_BYTES, MAX_DATAGRAM_BYTES, OUR_VENDOR, SUBMESSAGE } from './constants.ts';
import { MAX_SET_BITS } from './reader.ts';

const LITTLE = 1;

/** Bytes of headers, INFO_DST, INFO_TS, DATA, inline QoS and HEARTBEAT around a payload, at the most. */
export const MESSAGE_OVERHEAD_BYTES = 256;

/**
 * Builds one datagram at a time, little endian, each in memory of its own: a socket may hold on to it while the next is
 * being built.
 */
export class MessageWriter {
  #bytes = Buffer.alloc(0);
  #at = 0;
  #submessage = 0;
  readonly #prefix: Buffer;

  constructor(prefix: Buffer) {
    this.#prefix = prefix;
  }

  /** Starts a datagram with room for the given bytes after its header. */
  begin(roomBytes: number): this {
    const size = Math.min(MAX_DATAGRAM_BYTES, HEADER_BYTES + roomBytes);
    const bytes = Buffer.allocUnsafe(size);
    bytes.writeUInt32BE(0x52545053, 0);
    bytes.writeUInt16BE(0x0201, 4);
    bytes.writeUInt16BE(OUR_VENDOR, 6);
    this.#prefix.copy(bytes, 8);
    this.#bytes = bytes;
    this.#at = HEADER_BYTES;
    return this;
  }

  /** Starts a datagram that speaks to one participant. */
  beginFor(destination: Buffer, roomBytes: number): this {
    this.begin(roomBytes + 16);
    this.#open(SUBMESSAGE.infoDestination, 0);
    this.#raw(destination);
    return this.#close();
  }

  get empty(): boolean {
    return this.#at <= HEADER_BYTES + 16;
  }

  get roomBytes(): number {
    return this.#bytes.length - this.#at;
  }

  take(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  timestamp(timeSec: number): this {
    this.#open(SUBMESSAGE.infoTimestamp, 0);
    const seconds = Math.floor(timeSec);
    this.#u32(seconds);
    this.#u32(Math.floor((timeSec - seconds) * 4294967296));
    return this.#close();
  }

  /** @param keyOnly whether the payload is a key, as a disposed sample has it */
  data(
    reader: number,
    writer: number,
    sequence: number,
    inlineQos: Buffer | undefined,
    payload: Uint8Array | undefined,
    keyOnly = false,
  ): this {
    const kind = payload === undefined ? 0 : keyOnly ? 8 : 4;
    this.#open(SUBMESSAGE.data, (inlineQos === undefined ? 0 : 2) | kind);
    this.#u32(16 << 16);
    this.#entities(reader, writer);
    this.#sequence(sequence);
    if (inlineQos !== undefined) this.#raw(inlineQos);
    if (payload !== undefined) this.#raw(payload);
    return this.#pad().#close();
  }

  /** @param fragment number of the fragment from 1 */
  dataFrag(
    reader: number,
    writer: number,
    sequence: number,
    inlineQos: Buffer | undefined,
    payload: Uint8Array,
    fragment: number,
    fragmentBytes: number,
  ): this {
    this.#open(SUBMESSAGE.dataFrag, inlineQos === undefined ? 0 : 2);
    this.#u32(28 << 16);
    this.#entities(reader, writer);
    this.#sequence(sequence);
    this.#u32(fragment);
    this.#u32((fragmentBytes << 16) | 1);
    this.#u32(payload.length);
    if (inlineQos !== undefined) this.#raw(inlineQos);
    const begin = (fragment - 1) * fragmentBytes;
    this.#raw(payload.subarray(begin, begin + fragmentBytes));
    return this.#pad().#close();
  }

  heartbeat(
    reader: number,
    writer: number,
    first: number,
    last: number,
    count: number,
    final: boolean,
    alive = false,
  ): this {
    this.#open(SUBMESSAGE.heartbeat, (final ? 2 : 0) | (alive ? 4 : 0));
    this.#entities(reader, writer);
    this.#sequence(first);
    this.#sequence(last);
    this.#u32(count);
    return this.#close();
  }

  heartbeatFrag(reader: number, writer: number, sequence: number, lastFragment: number, count: number): this {
    this.#open(SUBMESSAGE.heartbeatFrag, 0);
    this.#entities(reader, writer);
    this.#sequence(sequence);
    this.#u32(lastFragment);
    this.#u32(count);
    return this.#close();
  }

  /** @param missing ascending, within 256 of base */
  ackNack(
    reader: number,
    writer: number,
    base: number,
    missing: ArrayLike<number>,
    nMissing: number,
    count: number,
    final: boolean,
  ): this {
    this.#open(SUBMESSAGE.ackNack, final ? 2 : 0);
    this.#entities(reader, writer);
    this.#sequence(base);
    this.#bits(base, missing, nMissing);
    this.#u32(count);
    return this.#close();
  }

  /** @param missing ascending fragment numbers from 1, within 256 of the first */
  nackFrag(
    reader: number,
    writer: number,
    sequence: number,
    missing: ArrayLike<number>,
    nMissing: number,
    count: number,
  ): this {
    this.#open(SUBMESSAGE.nackFrag, 0);
    this.#entities(reader, writer);
    this.#sequence(sequence);
    this.#u32(missing[0]);
    this.#bits(missing[0], missing, nMissing);
    this.#u32(count);
    return this.#close();
  }

  /** Says that the samples from first to last do not exist for the reader. */
  gap(reader: number, writer: number, first: number, last: number): this {
    this.#open(SUBMESSAGE.gap, 0);
    this.#entities(reader, writer);
    this.#sequence(first);
    this.#sequence(last + 1);
    this.#u32(0);
    return this.#close();
  }

  #open(kind: number, flags: number): void {
    this.#submessage = this.#at;
    this.#bytes[this.#at] = kind;
    this.#bytes[this.#at + 1] = flags | LITTLE;
    this.#at += 4;
  }

  /** A length of 0 would mean "to the end of the datagram": so it does for a submessage of more than 64 kB, which is the last. */
  #close(): this {
    const length = this.#at - this.#submessage - 4;
    this.#bytes.writeUInt16LE(length > 0xffff ? 0 : length, this.#submessage + 2);
    return this;
  }

  #u32(value: number): void {
    this.#bytes.writeUInt32LE(value >>> 0, this.#at);
    this.#at += 4;
  }

  #entities(reader: number, writer: number): void {
    this.#bytes.writeUInt32BE(reader, this.#at);
    this.#bytes.writeUInt32BE(writer, this.#at + 4);
    this.#at += 8;
  }

  #sequence(value: number): void {
    this.#bytes.writeInt32LE(Math.floor(value / 4294967296), this.#at);
    this.#bytes.writeUInt32LE(value % 4294967296, this.#at + 4);
    this.#at += 8;
  }

  #raw(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #pad(): this {
    while (this.#at & 3) this.#bytes[this.#at++] = 0;
    return this;
  }

  #bits(base: number, numbers: ArrayLike<number>, n: number): void {
    const bits = n === 0 ? 0 : Math.min(MAX_SET_BITS, numbers[n - 1] - base + 1);
    this.#u32(bits);
    const words = (bits + 31) >> 5;
    this.#bytes.fill(0, this.#at, this.#at + words * 4);
    for (let k = 0; k < n; k++) {
      const i = numbers[k] - base;
      if (i >= bits) break;
      // Bit 0 is the highest of the first word: in little endian that is in the word's last byte.
      this.#bytes[this.#at + (i >> 5) * 4 + 3 - ((i & 31) >> 3)] |= 0x80 >> (i & 7);
    }
    this.#at += words * 4;
  }
}
