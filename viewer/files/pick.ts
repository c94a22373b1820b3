import { inputError } from '../../engine/core/errors.ts';
import { MOST_FILES } from './limits.ts';
import type { PickedFile } from './messages.ts';

/** Folders within folders that are walked through when one is dropped. */
const DEEPEST = 8;

/** Files of a picker, with the folders of a folder that was picked. */
export function pickedFiles(files: Iterable<File>): PickedFile[] {
  return Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** What a walk through folders that were dropped tells, and whether it goes on. */
export interface Walk {
  readonly isWanted: () => boolean;
  readonly tell: (found: number) => void;
}

/**
 * Files of what was dropped, those in folders too; no more than one beyond what is looked at.
 *
 * @throws IsocenterError `files/unreadable`
 */
export async function droppedFiles(data: DataTransfer, { isWanted, tell }: Walk): Promise<PickedFile[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const files: PickedFile[] = [];
  const isDone = (): boolean => files.length > MOST_FILES || !isWanted();
  const walk = async (entry: FileSystemEntry, depth: number): Promise<void> => {
    if (isDone()) return;
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
      files.push({ path: entry.fullPath.replace(/^\//, ''), file });
      if (files.length % 100 === 0) tell(files.length);
      return;
    }
    if (depth === 0) return;
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    while (!isDone()) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) return;
      for (const one of some) await walk(one, depth - 1);
    }
  };
  try {
    for (const entry of entries) await walk(entry, DEEPEST);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const hint = 'look at its permissions, or open it by the menu File';
    throw inputError('files/unreadable', `what was dropped cannot be read: ${reason}`, hint);
  }
  return files;
}
