import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import type { Volume } from '../../engine/core/grid.ts';
import { doseFiles, imageFiles, newContext } from '../../engine/formats/dicom/objects.ts';
import { readOpenKbpDose } from '../../engine/formats/openkbp/dose.ts';
import { loadPatient } from '../inputs/patient.ts';
import { OutputFiles } from '../output/files.ts';
import type { Session } from '../session.ts';
import { version } from '../version.ts';

/** The object of `isocenter dicom export --json`. */
export interface ExportReport {
  readonly patient: string;
  readonly out: string;
  readonly images: number;
  readonly structures: readonly string[];
  /** Whether the reference dose of the data set was there. */
  readonly hasDose: boolean;
  readonly studyInstanceUid: string;
}

/** Writes a phantom or an OpenKBP patient as CT, RT Structure Set and, where there is a reference dose, RT Dose. */
export async function exportDicom(name: string, out: string, session: Session): Promise<ExportReport> {
  const output = OutputFiles.open(out, [], 'out');
  try {
    session.progress.show('reading', true);
    const { patient, kind } = await loadPatient(name, session);
    if (kind === 'dicom') {
      throw inputError(
        'dicom/already',
        `${name} is a DICOM folder already`,
        'copy it, or take its identity away with deidentify',
      );
    }
    session.progress.show('writing', true);
    const context = newContext(patient, version());
    const files = imageFiles(patient, context);
    const dose = kind === 'openkbp' ? await referenceDose(name, patient.ct.grid) : undefined;
    if (dose !== undefined) {
      const comment = 'Reference dose of the OpenKBP data set';
      files.push(
        ...doseFiles([{ name: 'RD.dcm', volume: dose, summationType: 'PLAN', comment }], context, 'reference'),
      );
    }
    output.reserve(files.map((file) => file.name));
    for (const file of files) output.write(file.name, file.bytes);
    output.commit();
    return {
      patient: patient.id,
      out: resolve(out),
      images: patient.ct.grid.size[2],
      structures: patient.structureSet.structures.map((structure) => structure.name),
      hasDose: dose !== undefined,
      studyInstanceUid: context.study.studyInstanceUid,
    };
  } finally {
    output.discard();
    session.progress.clear();
  }
}

/** dose.csv of an OpenKBP folder; undefined where the copy has none. */
async function referenceDose(folder: string, grid: Volume['grid']): Promise<Volume | undefined> {
  const path = join(folder, 'dose.csv');
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return undefined;
  return { grid, data: readOpenKbpDose(bytes, path), unit: 'Gy' };
}
