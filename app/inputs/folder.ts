import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import { fileReason } from './files.ts';

/**
 * Every file below a folder, or the file itself, in the order of their paths. Links are not followed.
 *
 * @param role what the paths are for, for messages
 * @throws IsocenterError `file/unreadable`
 */
export async function filesBelow(paths: readonly string[], role: string): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    try {
      if (!(await stat(path)).isDirectory()) found.push(path);
      else {
        const entries = await readdir(path, { recursive: true, withFileTypes: true });
        const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
        for (const file of files.sort()) found.push(file);
      }
    } catch (cause) {
      throw inputError('file/unreadable', `${role} ${path} cannot be read: ${fileReason(cause)}`, 'check the path');
    }
  }
  return found;
}
