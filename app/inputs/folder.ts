import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import { fileReason } from './files.ts';

/**
 * Every file below a folder, or the file itself: the files of a folder in the order of their names, then those of its folders.
 * Links are not followed.
 *
 * @param role what the path is for, for messages
 * @throws IsocenterError `file/unreadable`
 */
export async function* filesBelow(path: string, role: string): AsyncGenerator<string> {
  const unreadable = (at: string) => (cause: unknown) => {
    throw inputError('file/unreadable', `${role} ${at} cannot be read: ${fileReason(cause)}`, 'check the path');
  };
  if (!(await stat(path).catch(unreadable(path))).isDirectory()) {
    yield path;
    return;
  }
  const pending = [path];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(unreadable(folder));
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) if (entry.isFile()) yield join(folder, entry.name);
    for (const entry of entries.reverse()) if (entry.isDirectory()) pending.push(join(folder, entry.name));
  }
}

/** All of {@link filesBelow}, where their number has to be known first. */
export async function allFilesBelow(path: string, role: string): Promise<string[]> {
  const found: string[] = [];
  for await (const file of filesBelow(path, role)) found.push(file);
  return found;
}
