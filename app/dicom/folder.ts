import { open } from 'node:fs/promises';
import { relative } from 'node:path';
import { IsocenterError, inputError } from '../../engine/core/errors.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import { type DicomFile, readDicom } from '../../engine/formats/dicom/read.ts';
import { looksLikeDicom } from '../../engine/formats/dicom/recognise.ts';
import { readInput, sha256 } from '../inputs/files.ts';
import { filesBelow } from '../inputs/folder.ts';
import { checkpoint, type Session } from '../session.ts';

/** They are held in memory together. */
const MOST_FILES = 50_000;
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
  for await (const file of filesBelow(path, 'DICOM folder')) {
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
  let count = 0;
  for await (const file of filesBelow(path, 'DICOM folder')) {
    const name = relative(path, file) || path;
    if (++count > MOST_FILES) {
      throw inputError('dicom/too-many', `${path} holds more than ${MOST_FILES} files`, 'give one study');
    }
    if (count % 50 === 0) {
      progress.show(`reading ${count} files`);
      await checkpoint(signal);
    }
    const bytes = await readInput(file, 'DICOM file', 'check its permissions');
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
  }
  if (files.length + damaged.length === 0) {
    const found = others.length === 0 ? 'it is empty' : `none of its ${others.length} files is one`;
    throw inputError('dicom/none', `${path} holds no DICOM files: ${found}`, 'give the folder that the files are in');
  }
  const input = { role: 'patient', name: path, sha256: sha256(hashes.sort().join('')) };
  return { path, files, others, damaged, input };
}

async function head(file: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(512);
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return new Uint8Array();
  try {
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
