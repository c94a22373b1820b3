import { existsSync } from 'node:fs';

/** Whether NAME|FILE means a file: it has a dot or a path separator, or there is a file of that name. */
export function looksLikeFile(name: string): boolean {
  return /[./\\]/.test(name) || existsSync(name);
}
