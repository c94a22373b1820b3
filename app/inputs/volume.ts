import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import type { Volume } from '../../engine/core/grid.ts';
import { readRtDose } from '../../engine/formats/dicom/dose/read.ts';
import { looksLikeDicom, readDicom } from '../../engine/formats/dicom/read.ts';
import { SOP_CLASS } from '../../engine/formats/dicom/uids.ts';
import { looksLikeMetaImage, readMetaImage } from '../../engine/formats/volumes/meta-image.ts';
import { looksLikeNifti, readNifti } from '../../engine/formats/volumes/nifti.ts';
import { looksLikeNrrd, readNrrd } from '../../engine/formats/volumes/nrrd.ts';
import type { Session } from '../session.ts';
import { type InputRecord, readInput, sha256 } from './files.ts';

/** A volume from a file of any format that is read. */
export interface LoadedVolume {
  readonly volume: Volume;
  readonly kind: 'nifti' | 'nrrd' | 'mha' | 'rtdose' | 'ct';
  /** Names of labels, where the file gives any. */
  readonly labels: ReadonlyMap<number, string>;
  readonly warnings: readonly string[];
  readonly input: InputRecord;
}

const hint = 'NIfTI (.nii, .nii.gz), NRRD, MetaImage (.mha), an RT Dose, or a folder with one CT series';

/** Ends of the names of files that may hold a volume. */
export const VOLUME_NAME = /\.(nii|nii\.gz|nrrd|mha)$/i;

/** The name of a file without its folder and the ending of its format. */
export function volumeName(path: string): string {
  return basename(path)
    .replace(VOLUME_NAME, '')
    .replace(/\.seg$/i, '');
}

/**
 * Reads a volume; what it is its content tells, not its name.
 *
 * @param role what it is for, for messages and the provenance
 * @throws IsocenterError naming the file and what is wrong with it
 */
export async function loadVolume(path: string, role: string, session: Session): Promise<LoadedVolume> {
  const isFolder = await stat(path).then(
    (s) => s.isDirectory(),
    () => false,
  );
  if (isFolder) {
    const { readDicomPatient } = await import('../dicom/patient.ts');
    const { ct, inputs, patient } = await readDicomPatient(path, {}, session);
    return {
      volume: ct.volume,
      kind: 'ct',
      labels: new Map(),
      warnings: patient.warnings,
      input: { ...inputs[0], role },
    };
  }
  const bytes = await readInput(path, role, hint);
  const input = { role, name: path, sha256: sha256(bytes) };
  const none = new Map<number, string>();
  if (looksLikeNrrd(bytes)) return { ...readNrrd(path, bytes), kind: 'nrrd', input };
  if (looksLikeMetaImage(bytes))
    return { ...readMetaImage(path, bytes), kind: 'mha', labels: none, warnings: [], input };
  if (looksLikeNifti(bytes)) return { ...readNifti(path, bytes), kind: 'nifti', labels: none, input };
  if (looksLikeDicom(bytes)) {
    const file = readDicom(path, bytes);
    if (file.sopClassUid === SOP_CLASS.rtDose) {
      const { volume, warnings } = await readRtDose(file);
      return { volume, kind: 'rtdose', labels: none, warnings, input };
    }
    throw inputError('volume/kind', `${role} ${path} is a DICOM file of class ${file.sopClassUid}, no RT Dose`, hint);
  }
  throw inputError('volume/kind', `${role} ${path} is no volume of a kind that is read`, hint);
}
