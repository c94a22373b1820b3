import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Patient } from '../../engine/core/patient.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import { patientOfVolumes, type VolumeRoles, volumesAmong } from '../../engine/formats/volumes/patient.ts';
import { sha256 } from '../inputs/files.ts';
import { type LoadedVolume, loadVolume } from '../inputs/volume.ts';
import type { Session } from '../session.ts';

/** Names of the volumes in a folder, where one of them is called ct; undefined where none is. */
export async function volumesOfPatient(folder: string): Promise<VolumeRoles | undefined> {
  return volumesAmong(await readdir(folder).catch(() => []));
}

/** A patient from a folder with `ct.nii.gz` (or .nrrd, .mha; HU) and masks; `dose.*` is left out. */
export async function readVolumePatient(
  folder: string,
  { ct: ctName, masks }: VolumeRoles,
  session: Session,
): Promise<{ patient: Patient; inputs: readonly InputRecord[] }> {
  const load = async (name: string): Promise<LoadedVolume & { path: string }> => {
    const path = join(folder, name);
    return { ...(await loadVolume(path, 'patient', session)), path };
  };
  const ct = await load(ctName);
  const loaded: (LoadedVolume & { path: string })[] = [];
  for (const name of masks) loaded.push(await load(name));
  const inputs = [ct, ...loaded].map(({ record }) => record);
  const patient = patientOfVolumes({
    id: basename(resolve(folder)),
    path: folder,
    sha256: sha256(inputs.map((i) => `${i.sha256}  ${i.name}\n`).join('')),
    ct,
    masks: loaded,
  });
  return { patient, inputs };
}
