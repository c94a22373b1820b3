import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import { type Finding, remainingIdentity } from '../../engine/formats/dicom/deidentify/check.ts';
import { OriginalIdentity } from '../../engine/formats/dicom/deidentify/originals.ts';
import { looksLikeDicom } from '../../engine/formats/dicom/recognise.ts';
import { allFilesBelow, filesBelow } from '../inputs/folder.ts';
import { checkpoint, type Session } from '../session.ts';

/** The object of `isocenter deidentify --check --json`. */
export interface CheckReport {
  readonly folder: string;
  readonly files: number;
  readonly findings: readonly (Finding & { readonly file: string })[];
}

/**
 * Looks for identity in a folder.
 *
 * @param originals where the files come from: what they tell is looked for too
 */
export async function runCheck(
  folder: string,
  originals: string | undefined,
  { signal, progress }: Session,
): Promise<CheckReport> {
  const identity = new OriginalIdentity();
  if (originals !== undefined) {
    for await (const path of filesBelow(originals, 'folder of originals')) {
      await checkpoint(signal);
      const bytes = await readFile(path);
      if (looksLikeDicom(bytes)) identity.add(path, bytes);
    }
  }
  const paths = await allFilesBelow(folder, 'folder');
  const findings: (Finding & { file: string })[] = [];
  for (const [n, path] of paths.entries()) {
    await checkpoint(signal);
    progress.show(`checking: ${n + 1} of ${paths.length} files`);
    const bytes = await readFile(path);
    const file = relative(folder, path) || path;
    if (looksLikeDicom(bytes)) {
      const found = remainingIdentity(path, bytes, originals === undefined ? undefined : identity);
      for (const finding of found) findings.push({ file, ...finding });
    } else findings.push({ file, attribute: 'the file', problem: 'it is no DICOM file, and was not looked into' });
  }
  progress.clear();
  if (paths.length === 0) {
    throw inputError('deidentify/nothing', `${folder} has no files`, 'give the folder that is to be checked');
  }
  return { folder, files: paths.length, findings };
}

/** @throws IsocenterError `deidentify/identity-remains` where something was found */
export function requireNothing({ folder, files, findings }: CheckReport): void {
  if (findings.length === 0) return;
  const where = new Set(findings.map(({ file }) => file)).size;
  throw inputError(
    'deidentify/identity-remains',
    `identity may remain in ${where} of ${files} files of ${folder} (${findings.length} findings)`,
    '`isocenter deidentify IN OUT` makes files without it',
  );
}

export function checkText({ folder, files, findings }: CheckReport): string {
  if (findings.length === 0) return `No identity was found in ${files} files: ${folder}\n`;
  return findings.map(({ file, attribute, problem }) => `${file}: ${attribute}: ${problem}\n`).join('');
}
