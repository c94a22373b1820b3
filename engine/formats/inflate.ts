import { Gunzip, Inflate, Unzlib } from 'fflate';
import { inputError } from '../core/errors.ts';

/** How bytes were deflated: bare (DICOM), with the header of gzip (NIfTI, NRRD), or with that of zlib (MetaImage). */
export type Deflated = 'raw' | 'gzip' | 'zlib';

const decoders = { raw: Inflate, gzip: Gunzip, zlib: Unzlib } as const;

/** Volumes of 512 MiB are beyond any that is planned on; deflate itself can grow a file a thousandfold. */
const MOST_BYTES = 2 ** 29;
/** What is read at once: deflate makes at most 16 MiB of it. */
const PIECE = 2 ** 14;

/**
 * Undoes deflate, piece by piece, so that a bomb ends in an error before it has taken the memory.
 *
 * @param area of the error codes: `dicom/deflate`, `dicom/too-large`
 * @param most bytes that are wanted at most
 * @param first how many bytes of the front are wanted: the rest is not undone, and a stream that is damaged behind them is read
 */
export function inflate(
  file: string,
  bytes: Uint8Array,
  {
    kind,
    area,
    most = MOST_BYTES,
    first = Number.POSITIVE_INFINITY,
  }: { readonly kind: Deflated; readonly area: string; readonly most?: number; readonly first?: number },
): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  let done = false;
  const stream = new decoders[kind]((part: Uint8Array, isLast: boolean) => {
    parts.push(part);
    length += part.length;
    done ||= isLast;
  });
  try {
    for (let at = 0; at < bytes.length && !done && length < first; at += PIECE) {
      stream.push(bytes.subarray(at, at + PIECE), at + PIECE >= bytes.length);
      if (length > most && length < first) break;
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw inputError(`${area}/deflate`, `${file}: its compressed data cannot be read: ${reason}`, 'take a fresh copy');
  }
  if (length > most && length < first) {
    throw inputError(
      `${area}/too-large`,
      `${file}: its compressed data (${bytes.length} bytes) grow beyond ${most} bytes`,
      'a file like that is damaged or meant to do harm; convert it elsewhere if it is neither',
    );
  }
  const out = new Uint8Array(Math.min(length, first));
  let at = 0;
  for (const part of parts) {
    out.set(part.subarray(0, out.length - at), at);
    at += part.length;
    if (at >= out.length) break;
  }
  return out;
}
