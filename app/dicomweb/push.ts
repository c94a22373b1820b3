import { readFile } from 'node:fs/promises';
import { IsocenterError, inputError } from '../../engine/core/errors.ts';
import { readDicom } from '../../engine/formats/dicom/read.ts';
import { looksLikeDicom } from '../../engine/formats/dicom/recognise.ts';
import { isUid, type StoreFailure } from '../../engine/formats/dicomweb/model.ts';
import { filesBelow } from '../inputs/folder.ts';
import type { Session } from '../session.ts';
import { archiveAddress } from './address.ts';
import { Archive } from './client.ts';

export interface PushSettings {
  readonly url: string;
  readonly insecure?: boolean | undefined;
  /** Files and folders. */
  readonly paths: readonly string[];
}

/** The object of `isocenter dicom push --json`. */
export interface PushReport {
  /** DICOM objects among the files. */
  readonly objects: number;
  readonly stored: number;
  /** Objects that the archive had from before. */
  readonly kept: number;
  readonly failed: readonly (StoreFailure & { readonly file: string })[];
  /** Files that are no DICOM objects. */
  readonly skipped: readonly string[];
}

/** A request is held in memory whole: so many bytes or objects, or one object. */
const BATCH_BYTES = 2 ** 24;
const BATCH_OBJECTS = 100;

interface Local {
  readonly path: string;
  readonly studyUid: string;
  readonly sopUid: string;
  readonly bytes: number;
}

/**
 * Stores files in an archive, in batches of one study each. Objects whose UIDs the archive has are not sent again, so
 * that a push that was broken off goes on.
 */
export async function runPush(settings: PushSettings, session: Session): Promise<PushReport> {
  const { url, insecure = false, paths } = settings;
  const archive = new Archive(archiveAddress(url, insecure), session.signal);
  const { objects, skipped } = await localObjects(paths, session);
  if (objects.length === 0) {
    throw inputError(
      'dicomweb/nothing',
      `there is no DICOM file in ${paths.join(', ')}`,
      'give files or folders of DICOM',
    );
  }
  const failed: (StoreFailure & { file: string })[] = [];
  let stored = 0;
  let kept = 0;
  try {
    for (const [studyUid, locals] of byStudy(objects)) {
      const known = new Set((await archive.instances(studyUid)).map(({ sopUid }) => sopUid));
      const missing = locals.filter(({ sopUid }) => !known.has(sopUid));
      kept += locals.length - missing.length;
      for (const batch of batches(missing)) {
        const files = await Promise.all(batch.map(({ path }) => readFile(path)));
        const failures = await archive.store(studyUid, files);
        for (const failure of failures) {
          failed.push({ file: batch.find(({ sopUid }) => sopUid === failure.sopUid)?.path ?? '', ...failure });
        }
        stored += batch.length - failures.length;
        session.progress.show(`pushing: ${kept + stored} of ${objects.length} objects`);
      }
    }
  } catch (error) {
    session.progress.clear();
    if (!(error instanceof IsocenterError)) throw error;
    throw inputError(
      error.code,
      `${error.message}; ${archive.host} has ${kept + stored} of ${objects.length} objects`,
      `${error.hint}; the same command goes on from there`,
    );
  }
  session.progress.clear();
  return { objects: objects.length, stored, kept, failed, skipped };
}

export function pushText({ objects, stored, kept, failed, skipped }: PushReport): string {
  const before = kept === 0 ? '' : `, ${kept} were there`;
  const lines = [`Pushed ${stored} of ${objects} objects${before}`];
  for (const { file, sopUid, reason } of failed) lines.push(`  not stored: ${file || sopUid}: ${reason}`);
  if (skipped.length > 0) lines.push(`  ${skipped.length} files are no DICOM objects and were left out:`);
  for (const file of skipped) lines.push(`    ${file}`);
  return `${lines.join('\n')}\n`;
}

/** @throws IsocenterError `dicomweb/not-stored` where the archive did not take all */
export function requireStored({ objects, failed }: PushReport): void {
  if (failed.length === 0) return;
  const [{ file, sopUid, reason }] = failed;
  throw inputError(
    'dicomweb/not-stored',
    `${failed.length} of ${objects} objects were not stored; the first is ${file || sopUid}: ${reason}`,
    'look into the log of the archive; the same command tries them again',
  );
}

async function localObjects(paths: readonly string[], { signal, progress }: Session) {
  const objects = new Map<string, Local>();
  const skipped: string[] = [];
  for (const given of paths) {
    for await (const path of filesBelow(given, 'DICOM file')) {
      signal.throwIfAborted();
      progress.show(`reading ${path}`);
      const bytes = await readFile(path);
      if (!looksLikeDicom(bytes) || isDirectoryFile(bytes)) {
        skipped.push(path);
        continue;
      }
      const { dataset, sopInstanceUid: sopUid } = readDicom(path, bytes);
      const studyUid = dataset.needText('StudyInstanceUID');
      if (!isUid(studyUid)) throw dataset.bad('StudyInstanceUID', 'it is no UID');
      objects.set(sopUid, { path, studyUid, sopUid, bytes: bytes.length });
    }
  }
  progress.clear();
  return { objects: [...objects.values()], skipped };
}

/** A DICOMDIR: it has no object of its own. */
function isDirectoryFile(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).includes('1.2.840.10008.1.3.10');
}

function byStudy(objects: readonly Local[]): Map<string, Local[]> {
  const studies = new Map<string, Local[]>();
  for (const one of objects) {
    const others = studies.get(one.studyUid);
    if (others === undefined) studies.set(one.studyUid, [one]);
    else others.push(one);
  }
  return studies;
}

function* batches(locals: readonly Local[]): Generator<Local[]> {
  let batch: Local[] = [];
  let size = 0;
  for (const one of locals) {
    if (batch.length > 0 && (size + one.bytes > BATCH_BYTES || batch.length === BATCH_OBJECTS)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(one);
    size += one.bytes;
  }
  if (batch.length > 0) yield batch;
}
