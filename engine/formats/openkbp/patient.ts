import { inputError } from '../../core/errors.ts';
import type { Patient, Structure } from '../../core/patient.ts';
import { openKbpGrid, openKbpStructureNames, openKbpVoxelCount } from './layout.ts';
import { parseDecimal, readSparseMask, readSparseValues, type SparseQuantity } from './sparse-csv.ts';

/** The data set's own advice is to clip its grey values, a mix of 12 and 16 bits, to 12 bits. */
const greyValue: SparseQuantity = { name: 'grey value', unit: '', min: 0, max: 4095, outside: 'clip' };
const huOffset = -1000;
const largestVoxelMm = 100;
const notStructures = new Set(['ct', 'dose', 'possible_dose_mask', 'voxel_dimensions']);

/**
 * Reads one OpenKBP patient, the content of a folder `pt_N`: `ct`, `voxel_dimensions` and `possible_dose_mask` are
 * needed, every other csv except `dose` is taken for a region of interest. Grey values become Hounsfield units by
 * subtracting 1000 (+-24 HU is unresolved in the data set); voxels without a grey value are air, -1000 HU. The grid is
 * the full 128^3, centred on the origin (see {@link openKbpGrid}).
 *
 * @param input.path folder, for messages and provenance
 * @param input.files content by file name without `.csv`
 * @throws IsocenterError `openkbp/...` naming file, line, value and limit
 */
export function readOpenKbp(input: {
  id: string;
  path: string;
  files: ReadonlyMap<string, Uint8Array>;
  sha256?: string;
}): Patient {
  const { id, path, files, sha256 } = input;
  const fileOf = (name: string): string => `${path}/${name}.csv`;
  const need = (name: string): Uint8Array => {
    const bytes = files.get(name);
    if (bytes !== undefined) return bytes;
    throw inputError(
      'openkbp/missing-file',
      `${fileOf(name)} is missing; a patient needs ct.csv, voxel_dimensions.csv and possible_dose_mask.csv.`,
      'Some copies of OpenKBP lack large files: take this one from the original data set, or choose another patient.',
    );
  };

  const warnings: string[] = [];
  const grid = openKbpGrid(readVoxelSize(need('voxel_dimensions'), fileOf('voxel_dimensions')));
  const hu = readHounsfield(need('ct'), fileOf('ct'), warnings);
  const doseVoxels = readSparseMask(need('possible_dose_mask'), fileOf('possible_dose_mask'));
  if (doseVoxels.length === 0) throw noRows(fileOf('possible_dose_mask'));
  const structures = structureNames(files).map((name) => ({
    name,
    voxels: readSparseMask(need(name), fileOf(name)),
  }));
  warnings.push(...structureWarnings(structures, doseVoxels, fileOf));

  return {
    id,
    ct: { grid, data: hu, unit: 'HU' },
    structureSet: { grid, structures },
    doseVoxels,
    warnings,
    source: { kind: 'openkbp', path, ...(sha256 === undefined ? {} : { sha256 }) },
  };
}

function readHounsfield(bytes: Uint8Array, file: string, warnings: string[]): Float32Array {
  const hu = new Float32Array(openKbpVoxelCount);
  const { rows, clipped } = readSparseValues(bytes, file, hu, greyValue);
  if (rows === 0) throw noRows(file);
  if (clipped > 0) {
    warnings.push(`${file}: ${clipped} grey values outside ${greyValue.min} to ${greyValue.max} were clipped.`);
  }
  for (let n = 0; n < hu.length; n++) hu[n] += huOffset;
  return hu;
}

/** @returns voxel size along row, column, slice [mm] */
function readVoxelSize(bytes: Uint8Array, file: string): [number, number, number] {
  const hint = 'voxel_dimensions.csv holds three numbers in mm, one a line: row, column, slice.';
  if (bytes.length === 0) throw inputError('openkbp/empty-file', `${file} is empty (0 bytes).`, hint);
  const lines = new TextDecoder().decode(bytes.subarray(0, 1000)).trimEnd().split('\n');
  if (lines.length !== 3 || bytes.length > 1000) {
    const found = `${lines.length} lines in ${bytes.length} bytes`;
    throw inputError('openkbp/voxel-size', `${file}: found ${found} where 3 lines with one number each must be.`, hint);
  }
  const size = lines.map((line, n) => {
    const text = line.trim();
    const mm = parseDecimal(text);
    if (mm > 0 && mm <= largestVoxelMm) return mm;
    throw inputError(
      'openkbp/voxel-size',
      `${file} line ${n + 1}: voxel size ${JSON.stringify(text.slice(0, 60))} mm is not above 0 and at most ${largestVoxelMm} mm.`,
      hint,
    );
  });
  return [size[0], size[1], size[2]];
}

/** Known regions first, in OpenKBP's order, then the others by name. */
function structureNames(files: ReadonlyMap<string, Uint8Array>): string[] {
  const others = [...files.keys()].filter((name) => !notStructures.has(name) && !openKbpStructureNames.includes(name));
  return [...openKbpStructureNames.filter((name) => files.has(name)), ...others.sort()];
}

function structureWarnings(
  structures: readonly Structure[],
  doseVoxels: Uint32Array,
  fileOf: (name: string) => string,
): string[] {
  const wanted = new Uint8Array(openKbpVoxelCount);
  for (const voxel of doseVoxels) wanted[voxel] = 1;
  const warnings: string[] = [];
  for (const { name, voxels } of structures) {
    if (voxels.length === 0) warnings.push(`${fileOf(name)}: ${name} has no voxels.`);
    let outside = 0;
    for (const voxel of voxels) outside += 1 - wanted[voxel];
    if (outside > 0) {
      warnings.push(`${outside} of the ${voxels.length} voxels of ${name} lie outside possible_dose_mask: 0 Gy there.`);
    }
  }
  return warnings;
}

function noRows(file: string) {
  return inputError(
    'openkbp/no-rows',
    `${file} has a header but no rows; at least 1 voxel is needed.`,
    'The file was probably cut off while copying: take a fresh copy.',
  );
}
