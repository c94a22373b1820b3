import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { inputError } from '../../engine/core/errors.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';

/** A text with where it came from. */
export interface TextInput {
  readonly text: string;
  readonly record: InputRecord;
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** @throws IsocenterError `file/unreadable` naming what the file is for and why it cannot be read */
export async function readInput(path: string, role: string, hint: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw inputError('file/unreadable', `${role} ${path} cannot be read: ${fileReason(cause)}`, hint);
  }
}

export async function readTextInput(path: string, role: string, hint: string): Promise<TextInput> {
  const bytes = await readInput(path, role, hint);
  return { text: new TextDecoder().decode(bytes), record: { role, name: path, sha256: sha256(bytes) } };
}

/** Why a file operation failed, in words. */
export function fileReason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return (code && reasons[code]) ?? (error instanceof Error ? error.message : String(error));
}

const reasons: Readonly<Record<string, string | undefined>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder, not a file',
  EEXIST: 'there is a file of that name',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
};
