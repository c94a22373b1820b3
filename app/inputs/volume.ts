import { stat } from 'node:fs/promises';
import { inputError } from '../../engine/core/errors.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import { readCtSeries } from '../../engine/formats/dicom/ct/read.ts';
import { ctSeriesAmong } from '../../engine/formats/dicom/ct/series.ts';
import { readRtDose } from '../../engine/formats/dicom/dose/read.ts';
import { readDicom } from '../../engine/formats/dicom/read.ts';
import { looksLikeDicom } from '../../engine/formats/dicom/recognise.ts';
import { SOP_CLASS } from '../../engine/formats/dicom/uids.ts';
import { type ReadVolume, readVolume } from '../../engine/formats/volumes/read.ts';
import { readDicomFolder } from '../dicom/folder.ts';
import type { Session } from '../session.ts';
import { readInput, sha256 } from './files.ts';

export interface LoadedVolume extends ReadVolume {
  readonly record: InputRecord;
}

const KINDS =
  'a volume is a file of NIfTI (.nii, .nii.gz), NRRD, MetaImage (.mha) or RT Dose, or a folder with one CT series';

/**
 * The volume that an argument names, whatever the file is called: NIfTI, NRRD, MetaImage, RT Dose, or a folder of DICOM files with
 * one RT Dose or else one CT series.
 *
 * @param role what it is for, as messages and the provenance name it
 * @throws IsocenterError `file/unreadable`, `volume/unknown`, and what the readers throw
 */
export async function loadVolume(path: string, role: string, session: Session): Promise<LoadedVolume> {
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (isFolder) return loadFolder(path, role, session);
  const bytes = await readInput(path, role, KINDS);
  const record = { role, name: path, sha256: sha256(bytes) };
  const read = readVolume(path, bytes);
  if (read !== undefined) return { ...read, record };
  if (!looksLikeDicom(bytes)) {
    throw inputError('volume/unknown', `${role} ${path} is no volume of a known form`, KINDS);
  }
  const file = readDicom(path, bytes);
  if (file.sopClassUid === SOP_CLASS.rtDose) {
    const { volume, warnings } = await readRtDose(file);
    return { volume, warnings, record };
  }
  const what = file.dataset.text('Modality') ?? file.sopClassUid;
  throw inputError(
    'volume/unknown',
    `${role} ${path} is DICOM of modality ${what}, which is no volume by itself`,
    KINDS,
  );
}

async function loadFolder(path: string, role: string, session: Session): Promise<LoadedVolume> {
  const { files, input } = await readDicomFolder(path, session).finally(() => session.progress.clear());
  const record = { ...input, role };
  const doses = files.filter(({ sopClassUid }) => sopClassUid === SOP_CLASS.rtDose);
  if (doses.length === 1) {
    const { volume, warnings } = await readRtDose(doses[0]);
    return { volume, warnings, record };
  }
  const series = ctSeriesAmong(files);
  if (doses.length > 1 || series.length !== 1) {
    const found =
      doses.length > 1
        ? `${doses.length} RT Doses (${doses
            .map(({ name }) => name)
            .join(', ')
            .slice(0, 200)})`
        : `${series.length} CT series`;
    throw inputError(
      'volume/ambiguous',
      `${role} ${path} holds ${found}`,
      'give the file of one RT Dose, or a folder with one series',
    );
  }
  const { volume, warnings } = await readCtSeries(series[0]);
  return { volume, warnings, record };
}
