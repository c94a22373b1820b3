import { Inflate } from 'fflate';
import { inputError } from '../../core/errors.ts';

/** Data sets of 512 MiB are beyond any series that is planned on; deflate itself can grow a file a thousandfold. */
const MOST_BYTES = 2 ** 29;
const PIECE = 2 ** 16;

/** Undoes raw deflate, piece by piece, so that a bomb ends in an error before it has taken the memory. */
export function inflate(file: string, bytes: Uint8Array, most = MOST_BYTES): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  let done = false;
  const stream = new Inflate((part, isLast) => {
    parts.push(part);
    length += part.length;
    done ||= isLast;
  });
  try {
    for (let at = 0; at < bytes.length && !done; at += PIECE) {
      stream.push(bytes.subarray(at, at + PIECE), at + PIECE >= bytes.length);
      if (length > most) break;
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw inputError('dicom/deflate', `${file}: its deflated data set cannot be read: ${reason}`, 'take a fresh copy');
  }
  if (length > most) {
    throw inputError(
      'dicom/too-large',
      `${file}: its deflated data set (${bytes.length} bytes) grows beyond ${most} bytes`,
      'a file like that is damaged or meant to do harm; convert it elsewhere if it is neither',
    );
  }
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
