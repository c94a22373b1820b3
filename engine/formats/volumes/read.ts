import type { Volume } from '../../core/grid.ts';
import { looksLikeMetaImage, readMetaImage } from './meta-image.ts';
import { looksLikeNifti, readNifti } from './nifti.ts';
import { looksLikeNrrd, readNrrd } from './nrrd.ts';

export interface ReadVolume {
  /** Its unit is '' where the file names none. */
  readonly volume: Volume;
  /** Names of labels, where the file gives any. */
  readonly labels?: ReadonlyMap<number, string>;
  readonly warnings: readonly string[];
}

/** Ends of the names of files that may hold a volume. */
export const VOLUME_NAME = /\.(nii|nii\.gz|nrrd|mha)$/i;

/** The name of a file without its folder and the ending of its format. */
export function volumeName(path: string): string {
  return path
    .replace(/^.*[\\/]/, '')
    .replace(VOLUME_NAME, '')
    .replace(/\.seg$/i, '');
}

/** Whether a file may be a volume, by its first bytes; of compressed ones the name has to say it too. */
export function looksLikeVolume(name: string, bytes: Uint8Array): boolean {
  return looksLikeNrrd(bytes) || looksLikeMetaImage(bytes) || (VOLUME_NAME.test(name) && looksLikeNifti(bytes));
}

/**
 * A volume of NRRD, MetaImage or NIfTI, whatever the file is called; undefined for bytes of none of these.
 *
 * @throws IsocenterError `nrrd/...`, `mha/...`, `nifti/...`
 */
export function readVolume(path: string, bytes: Uint8Array): ReadVolume | undefined {
  if (looksLikeNrrd(bytes)) return readNrrd(path, bytes);
  if (looksLikeMetaImage(bytes)) return { ...readMetaImage(path, bytes), warnings: [] };
  return looksLikeNifti(bytes) ? readNifti(path, bytes) : undefined;
}
