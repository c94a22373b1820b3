import { inputError } from '../../../engine/core/errors.ts';
import type { InputRecord } from '../../../engine/core/provenance.ts';
import { resample, sameGrid } from '../../../engine/core/resample.ts';
import {
  patientOfVolumes,
  rolesWith,
  type VolumeFile,
  type VolumeRoles,
  volumesAmong,
} from '../../../engine/formats/volumes/patient.ts';
import { readVolume, volumeName } from '../../../engine/formats/volumes/read.ts';
import { digest, hashOfInputs } from '../digest.ts';
import type { Ask } from './ask.ts';
import { bytesOf } from './bytes.ts';
import type { ReadPatient } from './patient.ts';
import type { SurveyedFile, Tell } from './survey.ts';

/** A CT, masks or label maps, and doses as volumes; which one is the CT is asked where no name says it. */
export async function readVolumePatient(
  files: readonly SurveyedFile[],
  folder: string,
  ask: Ask,
  tell: Tell,
): Promise<ReadPatient> {
  const { ct, masks, doses } = await rolesOf(files.map(({ name }) => name).sort(), ask);
  const inputs: (InputRecord & { readonly sha256: string })[] = [];
  const read: VolumeFile[] = [];
  const wanted = [ct, ...masks, ...doses];
  for (const [n, name] of wanted.entries()) {
    tell({ doing: 'Reading volumes', done: n, total: wanted.length });
    const { path, file } = files.find((one) => one.name === name) as SurveyedFile;
    const bytes = await bytesOf(path, file);
    const found = readVolume(path, bytes);
    if (found === undefined) {
      throw inputError('volume/unknown', `${path} is no volume of a known form`, 'give NIfTI, NRRD or MetaImage');
    }
    read.push({ ...found, path });
    if (n <= masks.length) inputs.push({ role: 'patient', name: path, sha256: await digest(bytes) });
  }
  const id = folder.split('/').at(-1) || volumeName(ct);
  const patient = patientOfVolumes({
    id,
    path: folder || id,
    sha256: await hashOfInputs(inputs),
    ct: read[0],
    masks: read.slice(1, 1 + masks.length),
  });
  const { grid } = patient.ct;
  const referenceDoses = read.slice(1 + masks.length).map(({ path, volume }) => ({
    name: volumeName(path),
    gy: (sameGrid(volume.grid, grid) ? volume : resample(volume, grid)).data,
  }));
  return { patient, referenceDoses, inputs };
}

async function rolesOf(names: readonly string[], ask: Ask): Promise<VolumeRoles> {
  const named = volumesAmong(names);
  if (named !== undefined) return named;
  if (names.length === 1) return rolesWith(names, names[0]);
  const options = names.map((name) => ({ value: name, label: name }));
  return rolesWith(names, await ask({ text: 'Which file is the CT?', options }));
}
