import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReferenceDose } from '../../engine/core/patient.ts';
import { resample, sameGrid } from '../../engine/core/resample.ts';
import { dosesOfStudy } from '../../engine/formats/dicom/study/doses.ts';
import { readOpenKbpDose } from '../../engine/formats/openkbp/dose.ts';
import { volumeName } from '../../engine/formats/volumes/read.ts';
import type { Session } from '../session.ts';
import { volumesOfPatient } from '../volumes/patient.ts';
import type { LoadedPatient } from './patient.ts';
import { loadVolume } from './volume.ts';

/** Doses that lie beside a patient of a folder, on the patient's grid; those that cannot be read are told and left out. */
export async function loadReferenceDoses(
  { patient, kind, dicom }: LoadedPatient,
  folder: string,
  session: Session,
): Promise<{ doses: readonly ReferenceDose[]; warnings: readonly string[] }> {
  if (dicom !== undefined) return dosesOfStudy(dicom, dicom.folder.files);
  const names = kind === 'openkbp' ? ['dose.csv'] : kind === 'volumes' ? (await volumesOfPatient(folder))?.doses : [];
  const doses: ReferenceDose[] = [];
  const warnings: string[] = [];
  for (const name of names ?? []) {
    const path = join(folder, name);
    try {
      if (kind === 'openkbp') {
        const bytes = await readFile(path).catch(() => undefined);
        if (bytes !== undefined) doses.push({ name: 'clinical dose', gy: readOpenKbpDose(bytes, name) });
      } else {
        const { volume } = await loadVolume(path, 'dose', session);
        const { data: gy } = sameGrid(volume.grid, patient.ct.grid) ? volume : resample(volume, patient.ct.grid);
        doses.push({ name: volumeName(name), gy });
      }
    } catch (error) {
      warnings.push(`The dose ${name} is not shown: ${(error as Error).message}`);
    }
  }
  return { doses, warnings };
}
