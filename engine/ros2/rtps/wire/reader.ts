/** Numbers of a datagram in the byte order that its submessage states. Callers check lengths first. */
export function readU16(bytes: Buffer, at: number, little: boolean): number {
  return little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
}

export function readU32(bytes: Buffer, at: number, little: boolean): number {
  return little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
}

export function readI32(bytes: Buffer, at: number, little: boolean): number {
  return little ? bytes.readInt32LE(at) : bytes.readInt32BE(at);
}

/** Sequence numbers above this are not exact as numbers: no writer gets there. */
const HIGHEST_WORD = 0x1f_ffff;

/** A sequence number: high word first; -1 where it is negative or beyond what a number holds exactly. */
export function readSequence(bytes: Buffer, at: number, little: boolean): number {
  const high = readI32(bytes, at, little);
  if (high < 0 || high >= HIGHEST_WORD) return -1;
  return high * 4294967296 + readU32(bytes, at + 4, little);
}

/** Most bits of a set of sequence or fragment numbers (DDSI-RTPS 2.5, 9.4.2.6). */
export const MAX_SET_BITS = 256;

/** Bits of a number set, unpacked to the numbers themselves; reused from one submessage to the next. */
export interface NumberSet {
  base: number;
  count: number;
  readonly numbers: Float64Array;
}

export function emptySet(): NumberSet {
  return { base: 0, count: 0, numbers: new Float64Array(MAX_SET_BITS) };
}

/**
 * Unpacks the bit count and bits of a set.
 *
 * @returns where the set ends, or -1 where it is malformed
 */
export function readBits(
  bytes: Buffer,
  at: number,
  end: number,
  little: boolean,
  base: number,
  set: NumberSet,
): number {
  if (at + 4 > end) return -1;
  const bits = readU32(bytes, at, little);
  if (bits > MAX_SET_BITS) return -1;
  const after = at + 4 + ((bits + 31) >> 5) * 4;
  if (after > end) return -1;
  set.base = base;
  set.count = 0;
  for (let i = 0; i < bits; i++) {
    if (readU32(bytes, at + 4 + (i >> 5) * 4, little) & (1 << (31 - (i & 31)))) set.numbers[set.count++] = base + i;
  }
  return after;
}

/** RTPS time: seconds and 2^-32 s; undefined for the value that stands for no time. */
export function readTime(bytes: Buffer, at: number, little: boolean): number | undefined {
  const seconds = readU32(bytes, at, little);
  const fraction = readU32(bytes, at + 4, little);
  if (seconds === 0xffffffff && fraction === 0xffffffff) return undefined;
  return seconds + fraction / 4294967296;
}
