import { basename, dirname } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import type { Volume } from '../../engine/core/grid.ts';
import { writeNifti } from '../../engine/formats/volumes/nifti.ts';
import { writeNrrd } from '../../engine/formats/volumes/nrrd.ts';
import { OutputFiles } from './files.ts';

/** A volume's file, proved writable before the work, in the form that its name tells. */
export interface VolumeOutput {
  /** Writes it whole. */
  save(volume: Volume): void;
  discard(): void;
}

/**
 * @param option that names the output, for messages
 * @throws IsocenterError `output/unknown-form` for a name that is not .nii, .nii.gz or .nrrd; `output/unwritable`
 */
export function openVolumeOutput(path: string, option: string): VolumeOutput {
  const name = basename(path);
  const form = /\.(nii|nii\.gz|nrrd)$/i.exec(name)?.[1].toLowerCase();
  if (form === undefined) {
    throw inputError(
      'output/unknown-form',
      `${path}: volumes are written as .nrrd, .nii or .nii.gz`,
      `give ${option} such a name`,
    );
  }
  const files = OutputFiles.open(dirname(path), [name], option);
  return {
    save(volume) {
      files.write(name, form === 'nrrd' ? writeNrrd(volume) : writeNifti(volume, form === 'nii.gz'));
      files.commit();
    },
    discard: files.discard,
  };
}
