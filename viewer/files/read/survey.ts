import { inputError } from '../../../engine/core/errors.ts';
import { type DicomHead, readDicomHead } from '../../../engine/formats/dicom/head.ts';
import { looksLikeDicom } from '../../../engine/formats/dicom/recognise.ts';
import { looksLikeVolume } from '../../../engine/formats/volumes/read.ts';
import { MOST_FILES } from '../limits.ts';
import type { FilesProgress, PickedFile } from '../messages.ts';
import { looksLikeSession } from '../session/container.ts';
import { bytesOf } from './bytes.ts';

/** What the first bytes of a file, or else its name, say that it is. */
export type FileKind = 'dicom' | 'session' | 'volume' | 'csv' | 'json' | 'other';

export interface SurveyedFile extends PickedFile {
  readonly kind: FileKind;
  /** Without folders. */
  readonly name: string;
  /** '' for a file that was picked by itself. */
  readonly folder: string;
  /** Of a DICOM file, where the head says enough; else it has to be read whole. */
  readonly head: DicomHead | undefined;
}

/** Holds what tells patients and series apart: more of a file is read once it is known to be wanted. */
const HEAD_BYTES = 8192;

export type Tell = (progress: FilesProgress) => void;

/** Looks into the first bytes of every file. */
export async function survey(files: readonly PickedFile[], tell: Tell): Promise<SurveyedFile[]> {
  if (files.length > MOST_FILES) {
    throw inputError(
      'files/too-many',
      `more than ${MOST_FILES} files were given, which is as many as are looked at`,
      'give the folder of one patient',
    );
  }
  const found: SurveyedFile[] = [];
  for (const [n, { path, file }] of files.entries()) {
    tell({ doing: 'Looking at files', done: n, total: files.length });
    const bytes = await bytesOf(path, file.slice(0, HEAD_BYTES));
    const cut = path.lastIndexOf('/');
    const name = path.slice(cut + 1);
    const kind = kindOf(name, bytes);
    const head = kind === 'dicom' ? readDicomHead(path, bytes) : undefined;
    found.push({ path, file, kind, name, folder: path.slice(0, Math.max(0, cut)), head });
  }
  return found;
}

function kindOf(name: string, bytes: Uint8Array): FileKind {
  if (looksLikeSession(bytes)) return 'session';
  if (name !== 'DICOMDIR' && looksLikeDicom(bytes)) return 'dicom';
  if (looksLikeVolume(name, bytes)) return 'volume';
  if (/\.csv$/i.test(name)) return 'csv';
  return /\.json$/i.test(name) ? 'json' : 'other';
}
