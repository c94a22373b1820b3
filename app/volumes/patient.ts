import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { bodyVoxels } from '../../engine/core/body.ts';
import { inputError } from '../../engine/core/errors.ts';
import type { Patient, Structure } from '../../engine/core/patient.ts';
import { sameGrid } from '../../engine/core/resample.ts';
import { structuresOf } from '../../engine/formats/volumes/labels.ts';
import { type InputRecord, sha256 } from '../inputs/files.ts';
import { type LoadedVolume, loadVolume, VOLUME_NAME, volumeName } from '../inputs/volume.ts';
import type { Session } from '../session.ts';

/** Names of the volumes in a folder, where one of them is called ct; undefined where none is. */
export async function volumesOfPatient(folder: string): Promise<{ ct: string; masks: readonly string[] } | undefined> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => VOLUME_NAME.test(name)).sort();
  const ct = names.find((name) => volumeName(name).toLowerCase() === 'ct');
  if (ct === undefined) return undefined;
  return { ct, masks: names.filter((name) => name !== ct && !/^(dose|rtdose)$/i.test(volumeName(name))) };
}

/**
 * A patient as researchers keep one: a folder with `ct.nii.gz` (or .nrrd, .mha; HU) and one mask or label map a file, named as the
 * structures. `dose.*` is left out.
 */
export async function readVolumePatient(
  folder: string,
  { ct: ctName, masks }: { readonly ct: string; readonly masks: readonly string[] },
  session: Session,
): Promise<{ patient: Patient; inputs: readonly InputRecord[] }> {
  const ct = await loadVolume(join(folder, ctName), 'patient', session);
  const warnings = [...ct.warnings];
  const inputs = [ct.record];
  const structures: Structure[] = [];
  for (const name of masks) {
    const mask = await loadVolume(join(folder, name), 'patient', session);
    if (!sameGrid(mask.volume.grid, ct.volume.grid)) {
      const shape = (v: LoadedVolume): string =>
        `${v.volume.grid.size.join(' x ')} voxels from ${v.volume.grid.originMm.join(', ')} mm`;
      throw inputError(
        'patient/grids',
        `${join(folder, name)} has ${shape(mask)}, but ${ctName} has ${shape(ct)}`,
        'resample the mask to the CT',
      );
    }
    const found = structuresOf(mask.volume, volumeName(name), mask.labels);
    structures.push(...found.structures);
    warnings.push(...mask.warnings, ...found.warnings);
    inputs.push(mask.record);
  }
  const twice = structures.find(({ name }, n) => structures.findIndex((other) => other.name === name) < n);
  if (twice !== undefined) {
    throw inputError('patient/names', `${folder}: two structures are called ${twice.name}`, 'rename one of the files');
  }
  const { grid } = ct.volume;
  const patient: Patient = {
    id: basename(resolve(folder)),
    ct: { ...ct.volume, unit: 'HU' },
    structureSet: { grid, structures },
    doseVoxels: bodyVoxels(ct.volume, structures, warnings),
    warnings,
    source: { kind: 'volumes', path: folder, sha256: sha256(inputs.map((i) => `${i.sha256}  ${i.name}\n`).join('')) },
  };
  return { patient, inputs };
}
