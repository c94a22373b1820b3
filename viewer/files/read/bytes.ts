import { inputError } from '../../../engine/core/errors.ts';

/** @throws IsocenterError `file/unreadable`: a file may have gone since it was picked */
export async function bytesOf(path: string, file: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw inputError('file/unreadable', `${path} cannot be read: ${reason}`, 'check it, and give it again');
  }
}
