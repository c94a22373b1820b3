import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { IsocenterError, inputError } from '../../engine/core/errors.ts';
import { readDicom } from '../../engine/formats/dicom/read.ts';
import type { InstanceReference } from '../../engine/formats/dicomweb/model.ts';
import { fileReason } from '../inputs/files.ts';
import type { Session } from '../session.ts';
import { archiveAddress } from './address.ts';
import { Archive } from './client.ts';
import { needUid } from './query.ts';

export interface PullSettings {
  readonly url: string;
  readonly insecure?: boolean | undefined;
  readonly study: string;
  readonly series?: string | undefined;
  readonly out: string;
}

/** The object of `isocenter dicom pull --json`. */
export interface PullReport {
  readonly study: string;
  readonly out: string;
  /** Objects that the archive has. */
  readonly objects: number;
  readonly fetched: number;
  /** Objects that were there from before. */
  readonly kept: number;
  readonly bytes: number;
}

/** Requests in flight. */
const AT_ONCE = 4;

/**
 * Fetches a study, object by object, into OUT/series UID/object UID.dcm. A file appears under its name when it is whole
 * and has the UID that was asked for; what is there already is not fetched again, so that a pull that was broken off goes on.
 */
export async function runPull(settings: PullSettings, session: Session): Promise<PullReport> {
  const { url, insecure = false, series, out } = settings;
  const studyUid = needUid(settings.study, 'study');
  if (series !== undefined) needUid(series, 'series');
  const archive = new Archive(archiveAddress(url, insecure), session.signal);
  const wanted = await archive.instances(studyUid, series);
  if (wanted.length === 0) {
    const what = series === undefined ? `study ${studyUid}` : `series ${series} of study ${studyUid}`;
    throw inputError(
      'dicomweb/no-study',
      `${archive.host} has no ${what}`,
      '`isocenter dicom query` lists what it has',
    );
  }
  let kept = 0;
  const missing: InstanceReference[] = [];
  for (const one of wanted) {
    if (await isWhole(pathOf(out, one), one)) kept++;
    else missing.push(one);
  }
  let fetched = 0;
  let bytes = 0;
  const fetchNext = async (): Promise<void> => {
    for (let one = missing.shift(); one !== undefined; one = missing.shift()) {
      bytes += await fetchOne(archive, one, pathOf(out, one));
      fetched++;
      session.progress.show(`pulling: ${kept + fetched} of ${wanted.length} objects`);
    }
  };
  const workers = Array.from({ length: AT_ONCE }, () =>
    fetchNext().catch((error: unknown) => {
      missing.length = 0;
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(workers)).find((one) => one.status === 'rejected');
  session.progress.clear();
  session.signal.throwIfAborted();
  if (failed !== undefined) throw interrupted(failed.reason, kept + fetched, wanted.length, out);
  return { study: studyUid, out, objects: wanted.length, fetched, kept, bytes };
}

export function pullText({ out, objects, fetched, kept, bytes }: PullReport): string {
  const before = kept === 0 ? '' : `, ${kept} were there`;
  return `Pulled ${fetched} of ${objects} objects (${(bytes / 2 ** 20).toFixed(1)} MiB)${before}: ${out}\n`;
}

function pathOf(out: string, { seriesUid, sopUid }: InstanceReference): string {
  return join(out, seriesUid, `${sopUid}.dcm`);
}

async function isWhole(path: string, { sopUid }: InstanceReference): Promise<boolean> {
  try {
    return readDicom(path, await readFile(path)).sopInstanceUid === sopUid;
  } catch {
    return false;
  }
}

async function fetchOne(archive: Archive, one: InstanceReference, path: string): Promise<number> {
  const bytes = await archive.retrieve(one);
  const { sopInstanceUid } = readDicom(`object ${one.sopUid} of ${archive.host}`, bytes);
  if (sopInstanceUid !== one.sopUid) {
    throw inputError(
      'dicomweb/answer',
      `${archive.host} gives object ${sopInstanceUid} for ${one.sopUid}`,
      'the archive does not answer as DICOMweb does: report this to who runs it',
    );
  }
  const partial = join(dirname(path), `.${one.sopUid}.${process.pid}.partial`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(partial, bytes);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => {});
    const reason = fileReason(cause);
    throw inputError('output/unwritable', `${path} cannot be written: ${reason}`, 'give --out a place with room');
  }
  return bytes.length;
}

function interrupted(error: unknown, there: number, all: number, out: string): unknown {
  if (!(error instanceof IsocenterError)) return error;
  return inputError(
    error.code,
    `${error.message}; ${there} of ${all} objects are in ${out}`,
    `${error.hint}; the same command goes on from there`,
  );
}
