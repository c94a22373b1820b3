import { type IsocenterError, inputError } from '../../../engine/core/errors.ts';

/** Tissue-phantom ratios of square fields, detector at the source-axis distance. */
export interface TprTable {
  readonly fileName: string;
  /** Increasing [mm of water]. */
  readonly depthMm: Float64Array;
  /** Square field side at the detector, increasing, positive [mm]. */
  readonly fieldMm: Float64Array;
  /** Ratio at depth i and field j at `i * fieldMm.length + j`. */
  readonly ratio: Float64Array;
}

/** Output factors (total scatter, Scp) of square fields, relative to one of them. */
export interface OutputFactorTable {
  readonly fileName: string;
  /** Square field side at the isocentre, increasing [mm]. */
  readonly fieldMm: Float64Array;
  readonly factor: Float64Array;
}

/** In-air fluence off axis, relative to the axis. */
export interface PrimaryFluenceTable {
  readonly fileName: string;
  /** Distance from the axis in the isocentre plane, increasing from 0 [mm]. */
  readonly radiusMm: Float64Array;
  readonly fluence: Float64Array;
}

/** Head geometry and reference conditions of a linac. */
export interface MachineParams {
  readonly fileName: string;
  readonly sadMm: number;
  readonly energyMV: number;
  /** Full width at half maximum of the Gaussian source, seen in the isocentre plane [mm]. */
  readonly sourceFwhmMm: number;
  /** Conditions under which the output factors were measured. */
  readonly outputFactorSsdMm: number;
  readonly outputFactorDepthMm: number;
  /** One line for each key that is not known; such keys change nothing. */
  readonly warnings: readonly string[];
}

/** A line without its comment, cut at white space. */
interface Line {
  readonly number: number;
  readonly words: readonly string[];
}

/**
 * First row: a leading 0 and the field sides [mm]; each further row: a depth [mm] and a ratio for each field. A column
 * of field side 0 (an extrapolation, not a measurement) is left out.
 */
export function parseTprTable(text: string, fileName: string): TprTable {
  const rows = numberRows(text, fileName);
  const header = rows[0];
  if (header.values.length < 3)
    throw malformed(fileName, header.number, `${header.values.length} columns`, 'at least 3');
  const kept = header.values.map((side, j) => (j > 0 && side > 0 ? j : -1)).filter((j) => j > 0);
  const fieldMm = Float64Array.from(kept, (j) => header.values[j]);
  const first = kept[0] ?? 0;
  requireIncreasing(header.values.slice(first), () => header.number, fileName, 'field side');
  const body = rows.slice(1);
  if (body.length < 10) throw malformed(fileName, header.number, `${body.length} depths`, 'at least 10 rows of depths');
  for (const row of body) {
    if (row.values.length !== header.values.length) {
      throw malformed(
        fileName,
        row.number,
        `${row.values.length} values`,
        `${header.values.length} as in the first row`,
      );
    }
    for (const j of kept) requireRange(row.values[j], 0, 10, fileName, row.number, 'tissue-phantom ratio');
  }
  requireIncreasing(
    body.map((row) => row.values[0]),
    (i) => body[i].number,
    fileName,
    'depth',
  );
  requireRange(body[0].values[0], -1e-9, 2000, fileName, body[0].number, 'depth');
  return {
    fileName,
    depthMm: Float64Array.from(body, (row) => row.values[0]),
    fieldMm,
    ratio: Float64Array.from(body.flatMap((row) => kept.map((j) => row.values[j]))),
  };
}

/** Rows of two: field side [mm], output factor. */
export function parseOutputFactors(text: string, fileName: string): OutputFactorTable {
  const [fieldMm, factor] = parsePairs(text, fileName, 'field side', 'output factor', 10);
  return { fileName, fieldMm, factor };
}

/** Rows of two: distance from the axis [mm] from 0, relative fluence (1 on the axis). */
export function parsePrimaryFluence(text: string, fileName: string): PrimaryFluenceTable {
  const [radiusMm, fluence] = parsePairs(text, fileName, 'radius', 'relative fluence', 3);
  const line = numberRows(text, fileName)[0].number;
  if (radiusMm[0] !== 0) throw malformed(fileName, line, `radius ${radiusMm[0]} mm`, '0 mm in the first row');
  if (Math.abs(fluence[0] - 1) > 1e-6) throw malformed(fileName, line, `fluence ${fluence[0]}`, '1 on the axis');
  return { fileName, radiusMm, fluence };
}

const USED_KEYS = ['SAD', 'photon_energy', 'fwhm_gauss', 'dose_reference_ssd', 'dose_reference_depth'] as const;
/** Part of the format, without use in the pencil-beam model. */
const UNUSED_KEYS = ['electron_range_intensity', 'source_collimator_distance', 'source_tray_distance'] as const;

/** Lines of a key and a number; distances in mm, the energy in MV. */
export function parseMachineParams(text: string, fileName: string): MachineParams {
  const found = new Map<string, number>();
  const warnings: string[] = [];
  const known: readonly string[] = [...USED_KEYS, ...UNUSED_KEYS];
  for (const line of contentLines(text)) {
    const [key, word] = line.words;
    if (!known.includes(key)) {
      warnings.push(`${fileName}, line ${line.number}: unknown key '${key}' is ignored`);
      continue;
    }
    if (line.words.length !== 2) {
      throw malformed(fileName, line.number, `'${line.words.join(' ')}'`, 'a key and one number');
    }
    if (found.has(key)) throw malformed(fileName, line.number, `'${key}' a second time`, 'each key once');
    const value = toNumber(word, fileName, line.number);
    requireRange(value, 0, 1e5, fileName, line.number, key);
    found.set(key, value);
  }
  const value = (key: (typeof USED_KEYS)[number]): number => {
    const v = found.get(key);
    if (v === undefined || (v === 0 && key !== 'dose_reference_depth')) {
      throw inputError(
        'machine/missing-parameter',
        `${fileName}: '${key}' is ${v === undefined ? 'missing' : '0, it must be above 0'}`,
        `Add a line such as '${key} <number>' (distances in mm).`,
      );
    }
    return v;
  };
  return {
    fileName,
    sadMm: value('SAD'),
    energyMV: value('photon_energy'),
    sourceFwhmMm: value('fwhm_gauss'),
    outputFactorSsdMm: value('dose_reference_ssd'),
    outputFactorDepthMm: value('dose_reference_depth'),
    warnings,
  };
}

function parsePairs(
  text: string,
  fileName: string,
  first: string,
  second: string,
  limit: number,
): [Float64Array<ArrayBuffer>, Float64Array<ArrayBuffer>] {
  const rows = numberRows(text, fileName);
  for (const row of rows) {
    if (row.values.length !== 2) {
      throw malformed(fileName, row.number, `${row.values.length} values`, `two: ${first} and ${second}`);
    }
    requireRange(row.values[0], 0, 5000, fileName, row.number, first);
    requireRange(row.values[1], 0, limit, fileName, row.number, second);
  }
  if (rows.length < 3) throw malformed(fileName, rows[0].number, `${rows.length} rows`, 'at least 3');
  requireIncreasing(
    rows.map((row) => row.values[0]),
    (i) => rows[i].number,
    fileName,
    first,
  );
  return [Float64Array.from(rows, (row) => row.values[0]), Float64Array.from(rows, (row) => row.values[1])];
}

function numberRows(text: string, fileName: string): { number: number; values: number[] }[] {
  const rows = contentLines(text).map((line) => ({
    number: line.number,
    values: line.words.map((word) => toNumber(word, fileName, line.number)),
  }));
  if (rows.length === 0) {
    throw inputError('machine/empty-table', `${fileName}: no line of numbers`, 'Give a table of measured beam data.');
  }
  return rows;
}

function contentLines(text: string): Line[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line, i) => ({ number: i + 1, words: line.split('#')[0].trim().split(/\s+/) }))
    .filter((line) => line.words[0] !== '');
}

function toNumber(word: string, fileName: string, line: number): number {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word)) throw malformed(fileName, line, `'${word}'`, 'a number');
  return Number(word);
}

function requireRange(value: number, min: number, max: number, fileName: string, line: number, what: string): void {
  if (value >= min && value <= max) return;
  throw malformed(fileName, line, `${what} ${value}`, `between ${Math.max(0, min)} and ${max}`);
}

function requireIncreasing(
  values: readonly number[],
  line: (i: number) => number,
  fileName: string,
  what: string,
): void {
  for (let i = 1; i < values.length; i++) {
    if (!(values[i] > values[i - 1])) {
      throw malformed(fileName, line(i), `${what} ${values[i]} mm`, `above the one before it (${values[i - 1]} mm)`);
    }
  }
}

function malformed(fileName: string, line: number, value: string, expected: string): IsocenterError {
  return inputError(
    'machine/malformed-table',
    `${fileName}, line ${line}: ${value}, expected ${expected}`,
    'Correct the line; lengths are in mm, # starts a comment.',
  );
}
