import { PID } from './constants.ts';
import { readI32, readU16, readU32 } from './reader.ts';

const PL_CDR_LE = Buffer.from([0, 3, 0, 0]);
const NO_BOUND_SEC = 0x7fffffff;

/** Writes a list of parameters, little endian, as discovery data and inline QoS use it. */
export class ParameterListWriter {
  readonly #parts: Buffer[] = [];

  add(pid: number, value: Uint8Array): this {
    const length = (value.length + 3) & ~3;
    const part = Buffer.alloc(4 + length);
    part.writeUInt16LE(pid, 0);
    part.writeUInt16LE(length, 2);
    part.set(value, 4);
    this.#parts.push(part);
    return this;
  }

  u32(pid: number, ...values: readonly number[]): this {
    const value = Buffer.alloc(4 * values.length);
    for (const [i, word] of values.entries()) value.writeUInt32LE(word >>> 0, 4 * i);
    return this.add(pid, value);
  }

  string(pid: number, text: string): this {
    const utf8 = Buffer.from(text, 'utf8');
    const value = Buffer.alloc(4 + utf8.length + 1);
    value.writeUInt32LE(utf8.length + 1, 0);
    utf8.copy(value, 4);
    return this.add(pid, value);
  }

  octets(pid: number, text: string): this {
    const utf8 = Buffer.from(text, 'utf8');
    const value = Buffer.alloc(4 + utf8.length);
    value.writeUInt32LE(utf8.length, 0);
    utf8.copy(value, 4);
    return this.add(pid, value);
  }

  duration(pid: number, seconds: number): this {
    return this.u32(pid, ...durationWords(seconds));
  }

  locator(pid: number, address: string, port: number): this {
    const value = Buffer.alloc(24);
    value.writeInt32LE(1, 0);
    value.writeUInt32LE(port, 4);
    for (const [i, part] of address.split('.').entries()) value[20 + i] = Number(part);
    return this.add(pid, value);
  }

  /** With the encapsulation header PL_CDR_LE. */
  payload(): Buffer {
    return Buffer.concat([PL_CDR_LE, this.inlineQos()]);
  }

  /** Without an encapsulation header. */
  inlineQos(): Buffer {
    return Buffer.concat([...this.#parts, Buffer.from([1, 0, 0, 0])]);
  }
}

/** Seconds and 2^-32 s; Infinity is the value that RTPS has for it. */
export function durationWords(seconds: number): readonly [number, number] {
  if (!(seconds < NO_BOUND_SEC)) return [NO_BOUND_SEC, 0xffffffff];
  const whole = Math.floor(Math.max(0, seconds));
  return [whole, Math.min(0xffffffff, Math.round((Math.max(0, seconds) - whole) * 4294967296))];
}

/** The first value of every parameter of a list, and all locators; unknown parameters are skipped by whoever does not ask. */
export class ParameterList {
  readonly #bytes: Buffer;
  readonly #little: boolean;
  /** Pairs of pid, offset and length of the value. */
  readonly #entries: number[] = [];
  /** Where the list ends, after its sentinel. */
  readonly end: number;

  /** A list may not be longer than this: discovery data of ROS has about 30. */
  static readonly MAX_ENTRIES = 512;

  private constructor(bytes: Buffer, at: number, end: number, little: boolean) {
    this.#bytes = bytes;
    this.#little = little;
    let offset = at;
    while (offset + 4 <= end && this.#entries.length < 3 * ParameterList.MAX_ENTRIES) {
      const pid = readU16(bytes, offset, little);
      const length = readU16(bytes, offset + 2, little);
      offset += 4;
      if (pid === PID.sentinel || offset + length > end) break;
      this.#entries.push(pid, offset, length);
      offset += length;
    }
    this.end = offset;
  }

  /** A list with its encapsulation header; undefined where that is of another kind. */
  static ofPayload(payload: Buffer): ParameterList | undefined {
    if (payload.length < 4) return undefined;
    const kind = payload.readUInt16BE(0);
    if (kind !== 2 && kind !== 3) return undefined;
    return new ParameterList(payload, 4, payload.length, kind === 3);
  }

  static ofInlineQos(bytes: Buffer, at: number, end: number, little: boolean): ParameterList {
    return new ParameterList(bytes, at, end, little);
  }

  has(pid: number): boolean {
    return this.#find(pid, 0) >= 0;
  }

  /** The value, if it has at least the bytes. */
  bytes(pid: number, atLeast = 0): Buffer | undefined {
    const i = this.#find(pid, atLeast);
    return i < 0 ? undefined : this.#bytes.subarray(this.#entries[i + 1], this.#entries[i + 1] + this.#entries[i + 2]);
  }

  u32(pid: number, index = 0): number | undefined {
    const value = this.bytes(pid, 4 * (index + 1));
    return value === undefined ? undefined : readU32(value, 4 * index, this.#little);
  }

  /** Seconds; Infinity for no bound. */
  duration(pid: number, at = 0): number | undefined {
    const value = this.bytes(pid, at + 8);
    if (value === undefined) return undefined;
    const seconds = readI32(value, at, this.#little);
    if (seconds >= NO_BOUND_SEC || seconds < 0) return Number.POSITIVE_INFINITY;
    return seconds + readU32(value, at + 4, this.#little) / 4294967296;
  }

  /** A CDR string without its final zero. */
  string(pid: number): string | undefined {
    const value = this.bytes(pid, 4);
    return value === undefined ? undefined : this.#text(value, 0);
  }

  octets(pid: number): string | undefined {
    const value = this.bytes(pid, 4);
    if (value === undefined) return undefined;
    const length = readU32(value, 0, this.#little);
    return length > value.length - 4 ? undefined : value.toString('utf8', 4, 4 + length);
  }

  /** A sequence of CDR strings. */
  strings(pid: number): readonly string[] {
    const value = this.bytes(pid, 4);
    const found: string[] = [];
    if (value === undefined) return found;
    let at = 4;
    for (let left = readU32(value, 0, this.#little); left > 0 && at + 4 <= value.length; left--) {
      const text = this.#text(value, at);
      if (text === undefined) break;
      found.push(text);
      at = (at + 4 + readU32(value, at, this.#little) + 3) & ~3;
    }
    return found;
  }

  /** All UDPv4 locators under a pid, as address and port. */
  locators(pid: number): { address: string; port: number }[] {
    const found: { address: string; port: number }[] = [];
    for (let i = this.#find(pid, 24); i >= 0 && found.length < 16; i = this.#find(pid, 24, i + 3)) {
      const at = this.#entries[i + 1];
      const kind = readI32(this.#bytes, at, this.#little);
      const port = readU32(this.#bytes, at + 4, this.#little);
      if (kind !== 1 || port === 0 || port > 0xffff) continue;
      const bytes = this.#bytes;
      found.push({ address: `${bytes[at + 20]}.${bytes[at + 21]}.${bytes[at + 22]}.${bytes[at + 23]}`, port });
    }
    return found;
  }

  #find(pid: number, atLeast: number, from = 0): number {
    for (let i = from; i < this.#entries.length; i += 3) {
      if (this.#entries[i] === pid && this.#entries[i + 2] >= atLeast) return i;
      // Bit 14 asks for a parameter to be understood; the rest of the id says which it is.
      if ((this.#entries[i] & 0xbfff) === pid && this.#entries[i + 2] >= atLeast) return i;
    }
    return -1;
  }

  #text(value: Buffer, at: number): string | undefined {
    const length = readU32(value, at, this.#little);
    if (length > value.length - at - 4) return undefined;
    const end = at + 4 + length;
    return value.toString('utf8', at + 4, length > 0 && value[end - 1] === 0 ? end - 1 : end);
  }
}
