import type { ReferenceDose } from '../../../core/patient.ts';
import { resample, sameGrid } from '../../../core/resample.ts';
import { readRtDose } from '../dose/read.ts';
import type { DicomFile } from '../read.ts';
import { SOP_CLASS } from '../uids.ts';
import { withoutRepeats } from './choose.ts';
import type { StudyPatient } from './patient.ts';

/** The doses that lie in the CT's frame of reference, on its grid; those that cannot be read are told and left out. */
export async function dosesOfStudy(
  { patient, ct }: StudyPatient,
  files: readonly DicomFile[],
): Promise<{ doses: readonly ReferenceDose[]; warnings: readonly string[] }> {
  const doses: ReferenceDose[] = [];
  const warnings: string[] = [];
  const own = files.filter(
    ({ sopClassUid, dataset }) =>
      sopClassUid === SOP_CLASS.rtDose &&
      ['', ct.frameOfReferenceUid].includes(dataset.text('FrameOfReferenceUID') ?? ''),
  );
  for (const file of withoutRepeats(own)) {
    try {
      const { volume, summationType, warnings: noticed } = await readRtDose(file);
      warnings.push(...noticed);
      const { grid } = patient.ct;
      const { data } = sameGrid(volume.grid, grid) ? volume : resample(volume, grid);
      const about = file.dataset.text('DoseComment') ?? summationType;
      doses.push({ name: [file.name, about].filter((part) => part !== '').join(': '), gy: data });
    } catch (error) {
      warnings.push(`The dose ${file.name} is not shown: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { doses, warnings };
}
