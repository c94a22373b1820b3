import type { InputRecord } from '../../../engine/core/provenance.ts';
import { readOpenKbpDose } from '../../../engine/formats/openkbp/dose.ts';
import { readOpenKbp } from '../../../engine/formats/openkbp/patient.ts';
import { digest, hashOfInputs } from '../digest.ts';
import { bytesOf } from './bytes.ts';
import type { ReadPatient } from './patient.ts';
import type { SurveyedFile, Tell } from './survey.ts';

/** A patient of OpenKBP, with its clinical dose where there is one. */
export async function readOpenKbpPatient(
  files: readonly SurveyedFile[],
  folder: string,
  tell: Tell,
): Promise<ReadPatient> {
  const contents = new Map<string, Uint8Array>();
  const inputs: (InputRecord & { readonly sha256: string })[] = [];
  const stem = (name: string): string => name.replace(/\.csv$/i, '');
  const sorted = [...files].sort((a, b) => (stem(a.name) < stem(b.name) ? -1 : 1));
  for (const [n, { path, name, file }] of sorted.entries()) {
    tell({ doing: 'Reading OpenKBP', done: n, total: sorted.length });
    const bytes = await bytesOf(path, file);
    contents.set(stem(name), bytes);
    if (name !== 'dose.csv') inputs.push({ role: 'patient', name: path, sha256: await digest(bytes) });
  }
  tell({ doing: 'Decoding', done: 0, total: undefined });
  const dose = contents.get('dose');
  const id = folder.split('/').at(-1) || 'patient';
  const own = inputs.map((input) => ({ name: input.name.replace(/^.*\//, ''), sha256: input.sha256 }));
  return {
    patient: readOpenKbp({ id, path: folder || id, files: contents, sha256: await hashOfInputs(own) }),
    referenceDoses:
      dose === undefined ? [] : [{ name: 'clinical dose', gy: readOpenKbpDose(dose, `${folder || id}/dose.csv`) }],
    inputs,
  };
}
