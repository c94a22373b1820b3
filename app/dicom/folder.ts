import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { IsocenterError, inputError } from '../../engine/core/errors.ts';
import { type DicomFile, looksLikeDicom, readDicom } from '../../engine/formats/dicom/read.ts';
import { fileReason, type InputRecord, sha256 } from '../inputs/files.ts';
import { checkpoint, type Session } from '../session.ts';

const MOST_FILES = 50_000;
const DEEPEST = 16;
const MOST_LOOKED_AT = 2000;

/** The DICOM files of a folder and of the folders in it. */
export interface DicomFolder {
  readonly path: string;
  readonly files: readonly DicomFile[];
  /** Files that are no DICOM files. */
  readonly others: readonly string[];
  /** Files that begin as DICOM and cannot be read, where that is asked for. */
  readonly damaged: readonly { readonly name: string; readonly message: string }[];
  /** One record for the whole folder: the hash of the hashes of its files. */
  readonly input: InputRecord;
}

/** Whether the path is a folder with a DICOM file among the first files in it and in the folders in it. */
export async function holdsDicom(path: string): Promise<boolean> {
  let looked = 0;
  for await (const file of filesIn(path, DEEPEST)) {
    if (looksLikeDicom(await head(file))) return true;
    if (++looked > MOST_LOOKED_AT) return false;
  }
  return false;
}

/**
 * Reads every DICOM file of a folder, whatever the files are called. Each is named in messages by its path within the folder.
 *
 * @param keepsDamaged whether damaged files are listed instead of refused
 * @throws IsocenterError `dicom/...` for a file that begins as DICOM and is damaged; `dicom/none` where there is none
 */
export async function readDicomFolder(
  path: string,
  { signal, progress }: Session,
  keepsDamaged = false,
): Promise<DicomFolder> {
  const damaged: { name: string; message: string }[] = [];
  const files: DicomFile[] = [];
  const others: string[] = [];
  const hashes: string[] = [];
  const single = await stat(path).then(
    (s) => s.isFile(),
    () => false,
  );
  for await (const file of single ? [path] : filesIn(path, DEEPEST)) {
    const name = single ? path : relative(path, file);
    const bytes = await readFile(file).catch((cause) => {
      throw inputError('file/unreadable', `${file} cannot be read: ${fileReason(cause)}`, 'check its permissions');
    });
    if (name.endsWith('DICOMDIR') || !looksLikeDicom(bytes)) {
      others.push(name);
      continue;
    }
    try {
      files.push(readDicom(name, bytes));
    } catch (error) {
      if (!keepsDamaged || !(error instanceof IsocenterError)) throw error;
      damaged.push({ name, message: error.message });
      continue;
    }
    hashes.push(`${sha256(bytes)}  ${name}\n`);
    if (files.length % 50 === 0) {
      progress.show(`reading ${files.length} files`);
      await checkpoint(signal);
    }
  }
  if (files.length + damaged.length === 0) {
    const found = others.length === 0 ? 'it is empty' : `none of its ${others.length} files is one`;
    throw inputError('dicom/none', `${path} holds no DICOM files: ${found}`, 'give the folder that the files are in');
  }
  const input = { role: 'patient', name: path, sha256: sha256(hashes.sort().join('')) };
  return { path, files, others, damaged, input };
}

async function* filesIn(folder: string, depth: number): AsyncGenerator<string> {
  const pending: [string, number][] = [[folder, depth]];
  let count = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, left] = next;
    const entries = await readdir(path, { withFileTypes: true }).catch((cause) => {
      throw inputError('file/unreadable', `${path} cannot be read: ${fileReason(cause)}`, 'check its permissions');
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inside = join(path, entry.name);
      if (entry.isDirectory() && left > 0) pending.push([inside, left - 1]);
      if (!entry.isFile()) continue;
      if (++count > MOST_FILES) {
        throw inputError('dicom/too-many', `${folder} holds more than ${MOST_FILES} files`, 'give one study');
      }
      yield inside;
    }
  }
}

async function head(file: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(512);
  const { open } = await import('node:fs/promises');
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return new Uint8Array();
  try {
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
