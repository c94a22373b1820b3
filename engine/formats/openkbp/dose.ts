import { IsocenterError, inputError } from '../../core/errors.ts';
import { openKbpIndexOfGrid, openKbpVoxelCount } from './layout.ts';
import { readSparseValues, type SparseQuantity } from './sparse-csv.ts';

const doseQuantity: SparseQuantity = { name: 'dose', unit: 'Gy', min: 0, max: 10_000, outside: 'refuse' };
const decimals = 4;
const unitsPerGy = 10 ** decimals;
const noRow = -1;

/**
 * Reads `dose.csv`.
 *
 * @param file name for messages
 * @returns total dose [Gy] on the 128^3 grid of the patient (our voxel order), 0 where the file has no row
 */
export function readOpenKbpDose(bytes: Uint8Array, file: string): Float32Array {
  const dose = new Float32Array(openKbpVoxelCount);
  readSparseValues(bytes, file, dose, doseQuantity);
  return dose;
}

/**
 * Writes a dose as OpenKBP's own sparse csv: header `,data`, index in C order ascending, values in Gy with one to four
 * decimals. `pandas.read_csv(path, index_col=0)` reads it, and so does {@link readOpenKbpDose}, exactly to the printed
 * digits.
 *
 * @param dose total dose [Gy] on the 128^3 grid, where a dose that prints as zero gets no row; or, with `doseVoxels`,
 *   one value for each of these voxels, and then each gets a row (as in the data set, where they are the possible_dose_mask)
 * @param doseVoxels flat indices on our grid
 */
export function writeOpenKbpDose(dose: Float32Array, doseVoxels?: Uint32Array): Uint8Array {
  const expected = doseVoxels?.length ?? openKbpVoxelCount;
  if (dose.length !== expected) {
    throw new IsocenterError({
      code: 'openkbp/dose-size',
      message: `The dose has ${dose.length} values where ${expected} voxels are to be written.`,
      hint: 'Give the dose on the 128^3 grid, or together with the voxels it belongs to.',
      origin: 'internal',
    });
  }
  const printed = new Int32Array(openKbpVoxelCount).fill(noRow);
  let rows = 0;
  for (let n = 0; n < dose.length; n++) {
    const units = Math.round(dose[n] * unitsPerGy);
    if (!(units >= 0 && units <= doseQuantity.max * unitsPerGy)) throw unwritableDose(dose[n], doseVoxels?.[n] ?? n);
    if (units === 0 && doseVoxels === undefined) continue;
    printed[openKbpIndexOfGrid(doseVoxels?.[n] ?? n)] = units;
    rows++;
  }
  const out = new Uint8Array(6 + rows * 20);
  let at = writeText(out, 0, ',data\n');
  for (let index = 0; index < openKbpVoxelCount; index++) {
    if (printed[index] === noRow) continue;
    at = writeInteger(out, at, index);
    out[at++] = 44;
    at = writeGy(out, at, printed[index]);
    out[at++] = 10;
  }
  return out.slice(0, at);
}

function unwritableDose(gy: number, voxel: number): IsocenterError {
  return inputError(
    'openkbp/dose-out-of-range',
    `The dose in voxel ${voxel} is ${gy} Gy; only 0 to ${doseQuantity.max} Gy can be written.`,
    'A dose that is negative or not finite comes from a failed calculation: look for the first warning before this.',
  );
}

function writeText(out: Uint8Array, at: number, text: string): number {
  for (let n = 0; n < text.length; n++) out[at++] = text.charCodeAt(n);
  return at;
}

/** @param value whole number from 0 to 2^31 - 1 */
function writeInteger(out: Uint8Array, at: number, value: number): number {
  let stop = at + 1;
  for (let limit = 10; limit <= value; limit *= 10) stop++;
  for (let p = stop - 1; p >= at; p--) {
    const rest = (value / 10) | 0;
    out[p] = 48 + value - rest * 10;
    value = rest;
  }
  return stop;
}

/** Prints ten-thousandths of a Gy, without trailing zeros but with at least one decimal. */
function writeGy(out: Uint8Array, at: number, units: number): number {
  const whole = (units / unitsPerGy) | 0;
  at = writeInteger(out, at, whole);
  out[at++] = 46;
  let rest = units - whole * unitsPerGy;
  for (let place = unitsPerGy / 10; place >= 1; place /= 10) {
    const digit = (rest / place) | 0;
    out[at++] = 48 + digit;
    rest -= digit * place;
    if (rest === 0) break;
  }
  return at;
}
