import { Packr, Unpackr } from 'msgpackr';
import { LINK_VERSION, LONGEST_FRAME } from './limits.ts';
import { scanRecord } from './scan.ts';

/**
 * A frame is one binary message of the socket, little endian:
 *
 *   0  u8   0x49 'I'
 *   1  u8   0x4c 'L'
 *   2  u8   version
 *   3  u8   kind
 *   4  u32  sequence number of a record or a chunk, from 1 on, modulo 2^32; else 0
 *   8       payload
 *
 * The payload of a chunk is u32 array, u32 0, u64 offset [bytes], then the raw elements, so that these lie on a multiple of
 * eight; all other payloads are one MessagePack value.
 */
export const FRAME_KIND = { control: 1, record: 2, chunk: 3, sample: 4 } as const;
export type FrameKind = (typeof FRAME_KIND)[keyof typeof FRAME_KIND];

export const HEADER_BYTES = 8;
export const CHUNK_HEADER_BYTES = HEADER_BYTES + 16;
const MAGIC = [0x49, 0x4c] as const;

export interface Chunk {
  readonly array: number;
  /** [bytes] */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface Frame {
  readonly kind: FrameKind;
  readonly sequence: number;
  /** Of all kinds but chunks. */
  readonly value?: unknown;
  readonly chunk?: Chunk;
}

/** Why a frame is not taken. */
export interface FrameFault {
  readonly reason: 'malformed' | 'tooBig' | 'version';
  readonly message: string;
}

const packr = new Packr({ useRecords: false, variableMapSize: true, skipValues: [undefined] } as object);
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' });

function header(bytes: Uint8Array, kind: FrameKind, sequence: number): void {
  bytes[0] = MAGIC[0];
  bytes[1] = MAGIC[1];
  bytes[2] = LINK_VERSION;
  bytes[3] = kind;
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(4, sequence, true);
}

/** @throws RangeError for a value that is longer than a frame */
export function encodeFrame(kind: Exclude<FrameKind, 3>, sequence: number, value: unknown): Uint8Array {
  const packed = packr.pack(value);
  const length = HEADER_BYTES + packed.length;
  if (length > LONGEST_FRAME)
    throw new RangeError(`a record of ${packed.length} bytes is longer than ${LONGEST_FRAME}`);
  const frame = new Uint8Array(length);
  header(frame, kind, sequence);
  frame.set(packed, HEADER_BYTES);
  return frame;
}

export function encodeChunk(sequence: number, { array, offset, bytes }: Chunk): Uint8Array {
  const frame = new Uint8Array(CHUNK_HEADER_BYTES + bytes.length);
  header(frame, FRAME_KIND.chunk, sequence);
  const view = new DataView(frame.buffer);
  view.setUint32(HEADER_BYTES, array, true);
  view.setBigUint64(HEADER_BYTES + 8, BigInt(offset), true);
  frame.set(bytes, CHUNK_HEADER_BYTES);
  return frame;
}

/** Reads a frame from a peer that is not trusted: it never throws, and never takes more memory than some times the frame. */
export function decodeFrame(bytes: Uint8Array): Frame | FrameFault {
  if (bytes.length > LONGEST_FRAME) {
    return { reason: 'tooBig', message: `a frame of ${bytes.length} bytes is longer than ${LONGEST_FRAME}` };
  }
  if (bytes.length < HEADER_BYTES || bytes[0] !== MAGIC[0] || bytes[1] !== MAGIC[1]) {
    return malformed('no frame of the link');
  }
  if (bytes[2] !== LINK_VERSION) {
    return { reason: 'version', message: `a frame of version ${bytes[2]}; this end speaks ${LINK_VERSION}` };
  }
  const kind = bytes[3];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sequence = view.getUint32(4, true);
  if (kind === FRAME_KIND.chunk) return decodeChunk(bytes, view, sequence);
  if (kind !== FRAME_KIND.control && kind !== FRAME_KIND.record && kind !== FRAME_KIND.sample) {
    return malformed(`a frame of kind ${kind}`);
  }
  if ((kind === FRAME_KIND.record) !== sequence > 0) return malformed(`kind ${kind} with sequence number ${sequence}`);
  const payload = bytes.subarray(HEADER_BYTES);
  const fault = scanRecord(payload);
  if (fault !== undefined) return malformed(fault);
  try {
    return { kind, sequence, value: unpackr.unpack(payload) };
  } catch (error) {
    return malformed((error as Error).message);
  }
}

function decodeChunk(bytes: Uint8Array, view: DataView, sequence: number): Frame | FrameFault {
  if (bytes.length < CHUNK_HEADER_BYTES || sequence === 0) return malformed('a chunk without its header');
  const offset = Number(view.getBigUint64(HEADER_BYTES + 8, true));
  const array = view.getUint32(HEADER_BYTES, true);
  return {
    kind: FRAME_KIND.chunk,
    sequence,
    chunk: { array, offset, bytes: bytes.subarray(CHUNK_HEADER_BYTES) },
  };
}

function malformed(message: string): FrameFault {
  return { reason: 'malformed', message };
}
