import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, realpath, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import { table } from '../../engine/core/text-table.ts';
import { remainingIdentity } from '../../engine/formats/dicom/deidentify/check.ts';
import { type Deidentified, deidentify } from '../../engine/formats/dicom/deidentify/deidentify.ts';
import type { Change, Changes } from '../../engine/formats/dicom/deidentify/edit.ts';
import { type DeidentifyOptions, methodCodes } from '../../engine/formats/dicom/deidentify/options.ts';
import { OriginalIdentity } from '../../engine/formats/dicom/deidentify/originals.ts';
import { Pseudonyms } from '../../engine/formats/dicom/deidentify/pseudonyms.ts';
import { looksLikeDicom } from '../../engine/formats/dicom/recognise.ts';
import { fileReason } from '../inputs/files.ts';
import { allFilesBelow } from '../inputs/folder.ts';
import { checkpoint, type Session } from '../session.ts';
import { secretFrom } from './secret.ts';

export interface DeidentifySettings {
  readonly input: string;
  readonly out: string;
  readonly options: DeidentifyOptions;
  /** Name of the environment variable with the secret. */
  readonly secretEnv?: string | undefined;
}

/** The object of `isocenter deidentify --json`: what was removed, never the values. */
export interface DeidentifyReport {
  readonly out: string;
  readonly files: number;
  readonly patients: number;
  /** Whether the pseudonyms can be had again. */
  readonly isRepeatable: boolean;
  readonly profile: readonly string[];
  readonly attributes: readonly ({ readonly attribute: string } & Partial<Record<Change, number>>)[];
  /** Files of the input that are not in the output. */
  readonly leftOut: readonly { readonly file: string; readonly reason: string }[];
  readonly warnings: readonly string[];
}

/**
 * De-identifies all DICOM files below a folder. Files are written into a folder beside OUT, each is checked for what remains of
 * its identity, and OUT appears when all are done, or not at all.
 *
 * @throws IsocenterError `deidentify/...`, `dicom/...`
 */
export async function runDeidentify(settings: DeidentifySettings, session: Session): Promise<DeidentifyReport> {
  const { input, out, options, secretEnv } = settings;
  const pseudonyms = new Pseudonyms(secretFrom(secretEnv));
  const files = await allFilesBelow(input, 'folder');
  await refuseOverlap(input, out);
  const staging = join(dirname(resolve(out)), `.${basename(resolve(out))}.${process.pid}.partial`);
  try {
    const report = await intoFolder(files, staging, settings, pseudonyms, session);
    await finish(staging, out);
    return {
      out,
      isRepeatable: secretEnv !== undefined,
      profile: methodCodes(options).map((c) => c.meaning),
      ...report,
    };
  } finally {
    session.progress.clear();
    await rm(staging, { recursive: true, force: true });
  }
}

async function intoFolder(
  files: readonly string[],
  staging: string,
  { input, out, options }: DeidentifySettings,
  pseudonyms: Pseudonyms,
  { signal, progress }: Session,
) {
  const changes: Changes = new Map();
  const leftOut: { file: string; reason: string }[] = [];
  const patients = new Set<string>();
  const written = new Set<string>();
  for (const [n, path] of files.entries()) {
    await checkpoint(signal);
    progress.show(`de-identifying: ${n + 1} of ${files.length} files`);
    const file = relative(input, path) || basename(path);
    const bytes = await readFile(path);
    if (!looksLikeDicom(bytes)) {
      leftOut.push({ file, reason: 'it is no DICOM file' });
      continue;
    }
    const done = deidentify(path, bytes, options, pseudonyms, changes);
    if ('reason' in done) {
      leftOut.push({ file, reason: done.reason });
      continue;
    }
    const name = join(done.patient, `${done.modality}.${done.sopInstanceUid}.dcm`);
    if (written.has(name)) {
      leftOut.push({ file, reason: 'an object of the same UID is there already' });
      continue;
    }
    requireClean(path, bytes, done, options);
    written.add(name);
    patients.add(done.patient);
    await write(join(staging, name), done.bytes, out);
  }
  if (written.size === 0) {
    const why = leftOut.length === 0 ? 'it is empty' : `all ${leftOut.length} files are left out: ${leftOut[0].reason}`;
    throw inputError(
      'deidentify/nothing',
      `${input} has no file that can be de-identified: ${why}`,
      'give another folder',
    );
  }
  const attributes = [...changes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([attribute, n]) => ({ attribute, ...n }));
  const warnings = options.allowBurnedIn ? ['files whose pixels may show identity were taken as they are'] : [];
  return { files: written.size, patients: patients.size, attributes, leftOut, warnings };
}

/** What was made is looked at as a stranger's would be: a fault of the rules ends here, not in someone's hands. */
function requireClean(
  path: string,
  bytes: Uint8Array,
  done: Deidentified,
  { allowBurnedIn, keep }: DeidentifyOptions,
): void {
  const original = new OriginalIdentity(keep);
  original.add(path, bytes);
  const remaining = remainingIdentity(path, done.bytes, original);
  const [first] = allowBurnedIn ? remaining.filter(({ attribute }) => attribute !== 'the object') : remaining;
  if (first === undefined) return;
  throw inputError(
    'deidentify/identity-remains',
    `${path}: identity would remain in ${first.attribute}: ${first.problem}`,
    'nothing was written; leave this file out, and report this',
  );
}

async function refuseOverlap(input: string, out: string): Promise<void> {
  const from = await realpath(input);
  let place = resolve(out);
  const rest: string[] = [];
  while (!existsSync(place)) {
    rest.unshift(basename(place));
    place = dirname(place);
  }
  const to = join(await realpath(place), ...rest);
  const isWithin = (inner: string, outer: string): boolean =>
    inner === outer || inner.startsWith(outer.replace(/\/?$/, sep));
  if (isWithin(to, from) || isWithin(from, to)) {
    const hint = 'choose a folder apart from the originals, so that they are never mixed';
    throw inputError('deidentify/same-folder', `${out} and ${input} lie within each other`, hint);
  }
  const entries = await readdir(out).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw inputError('output/unwritable', `${out} cannot be written: ${fileReason(cause)}`, 'choose another folder');
  });
  if (entries.length > 0) {
    throw inputError('output/not-empty', `${out} is not empty`, 'choose a folder that does not exist yet');
  }
}

async function write(path: string, bytes: Uint8Array, out: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  } catch (cause) {
    throw inputError('output/unwritable', `${out} cannot be written: ${fileReason(cause)}`, 'choose a place with room');
  }
}

async function finish(staging: string, out: string): Promise<void> {
  try {
    if (existsSync(out)) await rmdir(out);
    await rename(staging, out);
  } catch (cause) {
    throw inputError('output/unwritable', `${out} cannot be written: ${fileReason(cause)}`, 'choose another folder');
  }
}

export function deidentifyText(report: DeidentifyReport): string {
  const { files, patients, out, isRepeatable, profile, attributes, leftOut, warnings } = report;
  const columns = ['removed', 'emptied', 'replaced', 'UIDs replaced', 'dates shifted'] as const;
  const rows = attributes.map((row) => [row.attribute, ...columns.map((c) => String(row[c] ?? ''))]);
  const lines = [
    `De-identified ${files} files of ${patients} patients: ${out}\n`,
    `By ${profile.join('; ')}.\n`,
    isRepeatable ? '' : 'The pseudonyms are of this run only: --secret-env makes those of several runs agree.\n',
    '\n',
    table([{ title: 'attribute', align: 'left' }, ...columns.map((title) => ({ title }))], rows),
    '\nKept: names of structures that are made of words of anatomy and planning; pixels and contours.\n',
  ];
  if (leftOut.length > 0) lines.push(`\nLeft out (${leftOut.length}):\n`);
  for (const { file, reason } of leftOut) lines.push(`  ${file}: ${reason}\n`);
  for (const warning of warnings) lines.push(`warning: ${warning}\n`);
  return lines.join('');
}
