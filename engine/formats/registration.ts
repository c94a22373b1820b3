import { inputError } from '../core/errors.ts';
import { isRigid, type Transform } from '../core/frames.ts';

/**
 * T_base_patient of a file of `isocenter register`: from the patient frame (DICOM LPS, in metres) to the robot's base frame [m].
 *
 * @param path what messages call it
 * @throws IsocenterError `guide/registration`
 */
export function parseRegistration(text: string, path: string): Transform {
  const bad = (what: string) =>
    inputError('guide/registration', `${path}: ${what}`, 'give the file that isocenter register wrote');
  let rows: unknown;
  try {
    rows = (JSON.parse(text) as { T_base_patient?: unknown } | null)?.T_base_patient;
  } catch (error) {
    throw bad((error as Error).message);
  }
  const isRows =
    Array.isArray(rows) && rows.length === 4 && rows.every((row) => Array.isArray(row) && row.length === 4);
  if (!isRows) throw bad('T_base_patient is not four rows of four numbers');
  const numbers = (rows as number[][]).flat();
  if (!numbers.every((value) => typeof value === 'number' && Number.isFinite(value))) {
    throw bad('T_base_patient is not finite');
  }
  const t = new Float64Array(16);
  for (let r = 0; r < 4; r++) for (let c = 0; c < 4; c++) t[4 * c + r] = numbers[4 * r + c];
  if (!isRigid(t)) throw bad('T_base_patient is not a rotation and a translation');
  return t;
}
