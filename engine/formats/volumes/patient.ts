import { bodyVoxels } from '../../core/body.ts';
import { inputError } from '../../core/errors.ts';
import type { Patient, Structure } from '../../core/patient.ts';
import { sameGrid } from '../../core/resample.ts';
import { structuresOf } from './labels.ts';
import { type ReadVolume, VOLUME_NAME, volumeName } from './read.ts';

/** A volume with the path of its file. */
export interface VolumeFile extends ReadVolume {
  readonly path: string;
}

/** What the names of a folder's volumes say that they are. */
export interface VolumeRoles {
  readonly ct: string;
  readonly masks: readonly string[];
  readonly doses: readonly string[];
}

/** Tells CT, masks and doses apart by their names; undefined where none is called ct. */
export function volumesAmong(all: readonly string[]): VolumeRoles | undefined {
  const names = all.filter((name) => VOLUME_NAME.test(name)).sort();
  const ct = names.find((name) => volumeName(name).toLowerCase() === 'ct');
  return ct === undefined ? undefined : rolesWith(names, ct);
}

/** The same where it is known which one is the CT. */
export function rolesWith(names: readonly string[], ct: string): VolumeRoles {
  const isDose = (name: string): boolean => /^(dose|rtdose)$/i.test(volumeName(name));
  const others = names.filter((name) => name !== ct);
  return { ct, masks: others.filter((name) => !isDose(name)), doses: others.filter(isDose) };
}

/**
 * A patient as researchers keep one: a CT [HU], and one mask or label map a file, named as the structures.
 *
 * @throws IsocenterError `patient/grids`, `patient/names`
 */
export function patientOfVolumes(parts: {
  readonly id: string;
  /** Of the folder. */
  readonly path: string;
  readonly sha256: string;
  readonly ct: VolumeFile;
  readonly masks: readonly VolumeFile[];
}): Patient {
  const { id, path, sha256, ct, masks } = parts;
  const warnings = [...ct.warnings];
  const structures: Structure[] = [];
  for (const mask of masks) {
    if (!sameGrid(mask.volume.grid, ct.volume.grid)) {
      const shape = ({ volume: { grid } }: VolumeFile): string =>
        `${grid.size.join(' x ')} voxels from ${grid.originMm.join(', ')} mm`;
      throw inputError(
        'patient/grids',
        `${mask.path} has ${shape(mask)}, but ${ct.path.replace(/^.*[\\/]/, '')} has ${shape(ct)}`,
        'resample the mask to the CT',
      );
    }
    const found = structuresOf(mask.volume, volumeName(mask.path), mask.labels);
    structures.push(...found.structures);
    warnings.push(...mask.warnings, ...found.warnings);
  }
  const twice = structures.find(({ name }, n) => structures.findIndex((other) => other.name === name) < n);
  if (twice !== undefined) {
    throw inputError('patient/names', `${path}: two structures are called ${twice.name}`, 'rename one of the files');
  }
  const { grid } = ct.volume;
  return {
    id,
    ct: { ...ct.volume, unit: 'HU' },
    structureSet: { grid, structures },
    doseVoxels: bodyVoxels(ct.volume, structures, warnings),
    warnings,
    source: { kind: 'volumes', path, sha256 },
  };
}
