import { inputError } from '../../../engine/core/errors.ts';
import { MOST_BYTES } from '../limits.ts';

/** @throws IsocenterError `file/too-large`, `file/unreadable`: a file may have gone since it was picked */
export async function bytesOf(path: string, file: Blob): Promise<Uint8Array> {
  if (file.size > MOST_BYTES) {
    throw inputError(
      'file/too-large',
      `${path} has ${(file.size / 1e9).toFixed(1)} GB; ${(MOST_BYTES / 1e9).toFixed(1)} GB of a file are read at most`,
      'give a smaller one: cut to the region that is planned, or in larger voxels',
    );
  }
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw inputError('file/unreadable', `${path} cannot be read: ${reason}`, 'check it, and give it again');
  }
}
