import { inputError } from '../../engine/core/errors.ts';
import type { Vec3 } from '../../engine/core/grid.ts';
import type { DicomChoice } from '../../engine/formats/dicom/study/choose.ts';
import { maskOf } from '../../engine/formats/volumes/labels.ts';
import { loadPatient } from '../inputs/patient.ts';
import { loadVolume } from '../inputs/volume.ts';
import { openVolumeOutput } from '../output/volume.ts';
import type { Session } from '../session.ts';

export interface ConvertSettings {
  /** A volume, or with `structure` a patient. */
  readonly from: string;
  readonly to: string;
  /** Which structure of the patient is written as a mask. */
  readonly structure?: string | undefined;
  readonly choice: DicomChoice;
}

/** The object of `isocenter convert --json`. */
export interface ConvertReport {
  readonly from: string;
  readonly to: string;
  readonly size: Vec3;
  readonly spacingMm: Vec3;
  readonly originMm: Vec3;
  readonly least: number;
  readonly most: number;
  readonly warnings: readonly string[];
}

/** Writes a volume, or a structure of a patient as a mask, in the format that the output's name tells. */
export async function convertVolume(settings: ConvertSettings, session: Session): Promise<ConvertReport> {
  const { from, to } = settings;
  const output = openVolumeOutput(to, 'OUT');
  try {
    session.progress.show('reading', true);
    const { volume, warnings } = await read(settings, session);
    session.progress.show('writing', true);
    output.save(volume);
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of volume.data) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    const { size, spacingMm, originMm } = volume.grid;
    return { from, to, size, spacingMm, originMm, least, most, warnings };
  } finally {
    output.discard();
    session.progress.clear();
  }
}

async function read({ from, structure, choice }: ConvertSettings, session: Session) {
  if (structure === undefined) return loadVolume(from, 'volume', session);
  const { patient } = await loadPatient(from, session, choice);
  const { grid, structures } = patient.structureSet;
  const found = structures.find(({ name }) => name === structure);
  if (found === undefined) {
    const names = structures.map(({ name }) => name).join(', ') || 'none';
    throw inputError('convert/structure', `${from} has no structure ${structure}; it has ${names}`, 'give one of them');
  }
  return { volume: maskOf(grid, found.voxels), warnings: patient.warnings };
}
