import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import type { Patient } from '../../engine/core/patient.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import type { DicomChoice } from '../../engine/formats/dicom/study/choose.ts';
import { readOpenKbp } from '../../engine/formats/openkbp/patient.ts';
import { buildPhantom, phantomNames } from '../../sim/phantoms/registry.ts';
import type { DicomPatient } from '../dicom/patient.ts';
import type { Session } from '../session.ts';
import { fileReason, sha256 } from './files.ts';

export interface LoadedPatient {
  readonly patient: Patient;
  readonly kind: 'openkbp' | 'phantom' | 'dicom' | 'volumes';
  readonly inputs: readonly InputRecord[];
  /** Where it comes from DICOM files. */
  readonly dicom?: DicomPatient;
}

const phantomPrefix = 'phantom:';

/**
 * The patient that PATIENT on the command line names: a folder of DICOM files, an OpenKBP folder, a folder of volumes (`ct.nii.gz` and masks), or `phantom:NAME`.
 *
 * @throws IsocenterError for a missing, unreadable or malformed folder and an unknown phantom
 */
export async function loadPatient(name: string, session: Session, choice: DicomChoice = {}): Promise<LoadedPatient> {
  if (!name.startsWith(phantomPrefix)) return loadFolder(name, session, choice);
  const patient = buildPhantom(name.slice(phantomPrefix.length));
  const recipe = { role: 'patient', name: `${phantomPrefix}${patient.source.path}`, sha256: null };
  return { patient, kind: 'phantom', inputs: [recipe] };
}

async function loadFolder(folder: string, session: Session, choice: DicomChoice): Promise<LoadedPatient> {
  const isOpenKbp = await stat(join(folder, 'ct.csv')).then(
    (s) => s.isFile(),
    () => false,
  );
  if (isOpenKbp) return loadOpenKbp(folder);
  const isFolder = await stat(folder).then(
    (s) => s.isDirectory(),
    () => false,
  );
  const { readVolumePatient, volumesOfPatient } = await import('../volumes/patient.ts');
  const volumes = isFolder ? await volumesOfPatient(folder) : undefined;
  if (volumes !== undefined) return { ...(await readVolumePatient(folder, volumes, session)), kind: 'volumes' };
  const { holdsDicom } = await import('../dicom/folder.ts');
  if (!isFolder || !(await holdsDicom(folder))) return loadOpenKbp(folder);
  const { readDicomPatient } = await import('../dicom/patient.ts');
  const dicom = await readDicomPatient(folder, choice, session);
  return { patient: dicom.patient, kind: 'dicom', inputs: dicom.inputs, dicom };
}

async function loadOpenKbp(folder: string): Promise<LoadedPatient> {
  const names = await csvNames(folder);
  const read = await Promise.all(
    names.map(async (name) => [name, await readCsv(join(folder, `${name}.csv`))] as const),
  );
  const inputs = read.map(([name, bytes]) => ({
    role: 'patient',
    name: join(folder, `${name}.csv`),
    sha256: sha256(bytes),
  }));
  const patient = readOpenKbp({
    id: basename(resolve(folder)),
    path: folder,
    files: new Map(read),
    sha256: sha256(inputs.map((input, n) => `${input.sha256}  ${names[n]}.csv\n`).join('')),
  });
  return { patient, kind: 'openkbp', inputs };
}

/** Names, without `.csv`, of the files of a patient's folder that are its input: all but its reference dose. */
async function csvNames(folder: string): Promise<string[]> {
  const hint = `PATIENT is a folder of DICOM files, an OpenKBP folder (with ct.csv in it) or phantom:NAME with NAME one of ${phantomNames.join(', ')}`;
  const unreadable = (reason: string) => inputError('patient/unreadable', `patient ${folder}: ${reason}`, hint);
  const entries = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(cause.code === 'ENOTDIR' ? 'it is a file, not a folder' : fileReason(cause));
  });
  const names = entries.filter((name) => name.endsWith('.csv')).map((name) => name.slice(0, -4));
  if (!names.includes('ct')) {
    const inside = await foldersWithCt(folder, entries);
    throw inside.length === 0
      ? unreadable('the folder has no ct.csv')
      : inputError(
          'patient/unreadable',
          `patient ${folder}: the folder has no ct.csv, but holds folders that have one`,
          `give one of them: ${inside.join(', ')}`,
        );
  }
  return names.filter((name) => name !== 'dose').sort();
}

async function foldersWithCt(folder: string, entries: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of entries.slice(0, 1000)) {
    const path = join(folder, entry);
    const isPatient = await stat(join(path, 'ct.csv')).then(
      (s) => s.isFile(),
      () => false,
    );
    if (isPatient) found.push(path);
    if (found.length === 3) break;
  }
  return found;
}

function readCsv(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause) => {
    const hint = 'check its permissions, or take a fresh copy of the data set';
    throw inputError('file/unreadable', `${path} cannot be read: ${fileReason(cause)}`, hint);
  });
}
