import { type IsocenterError, inputError } from '../../core/errors.ts';
import { gridIndexOfOpenKbp, openKbpSide, openKbpVoxelCount } from './layout.ts';

/** What the second column of a sparse csv holds, and what is done with a value outside [min, max]. */
export interface SparseQuantity {
  readonly name: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly outside: 'clip' | 'refuse';
}

/** Where rows go: one bit per voxel that has a row and, unless the file is a mask, the value. */
interface Sink {
  readonly file: string;
  readonly marked: Uint32Array;
  readonly values: Float32Array;
  readonly quantity: SparseQuantity | undefined;
  rows: number;
  clipped: number;
}

const lineFeed = 10;
const carriageReturn = 13;
const comma = 44;
const point = 46;
const longestRow = 200;
/** An integer of this many digits is exact in a double, and so is the division by a power of ten: correctly rounded. */
const exactDigits = 15;
const powersOfTen = Float64Array.from({ length: exactDigits + 1 }, (_, n) => 10 ** n);
const noValues = new Float32Array(0);
const decimalNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const notFinite = /^[+-]?(nan|inf|infinity)$/i;
const csvHint = 'OpenKBP files have the header ",data" and then rows "index,value"; take a fresh copy of the data set.';

/** A plain decimal number; NaN for every other text (`0x10`, `nan`, empty), infinite where it does not fit a double. */
export function parseDecimal(text: string): number {
  return decimalNumber.test(text) ? Number(text) : Number.NaN;
}

/**
 * Reads a sparse mask (`,data`, then `index,` rows).
 *
 * @returns flat indices on our grid, ascending
 */
export function readSparseMask(bytes: Uint8Array, file: string): Uint32Array {
  const sink = newSink(file, noValues, undefined);
  readRows(bytes, sink);
  return markedVoxels(sink.marked, sink.rows);
}

/**
 * Reads sparse values (`,data`, then `index,value` rows) into `values`, 128^3 on our grid; voxels without a row keep
 * what they hold.
 *
 * @returns the rows read, and how many of their values were clipped to the quantity's range
 */
export function readSparseValues(
  bytes: Uint8Array,
  file: string,
  values: Float32Array,
  quantity: SparseQuantity,
): { rows: number; clipped: number } {
  const sink = newSink(file, values, quantity);
  readRows(bytes, sink);
  return { rows: sink.rows, clipped: sink.clipped };
}

/**
 * One pass over the bytes. Plain rows (digits, a comma, up to 15 digits with a decimal point) are read here; every other
 * row goes through {@link readUnusualRow}, which accepts what is still a number and refuses the rest by name.
 */
function readRows(bytes: Uint8Array, sink: Sink): void {
  const end = bytes.length;
  let at = skipHeader(bytes, sink.file);
  for (let line = 2; at < end; line++) {
    const start = at;
    let c = bytes[at];
    let index = 0;
    while (c >= 48 && c <= 57) {
      index = index * 10 + (c - 48);
      c = bytes[++at];
    }
    const comesValue = at > start && c === comma;
    if (comesValue) c = bytes[++at];
    const valueStart = at;
    let value = 0;
    while (c >= 48 && c <= 57) {
      value = value * 10 + (c - 48);
      c = bytes[++at];
    }
    let digits = at - valueStart;
    if (c === point) {
      const decimalsStart = ++at;
      c = bytes[at];
      while (c >= 48 && c <= 57) {
        value = value * 10 + (c - 48);
        c = bytes[++at];
      }
      digits += at - decimalsStart;
      if (digits <= exactDigits) value /= powersOfTen[at - decimalsStart];
    }
    const fits = sink.quantity === undefined ? at === valueStart : digits > 0 && digits <= exactDigits;
    if (c === carriageReturn) c = bytes[++at];
    if (comesValue && fits && (c === lineFeed || at >= end)) place(sink, line, index, value);
    else {
      at = endOfLine(bytes, start);
      if (!isBlank(bytes, start, at)) readUnusualRow(excerpt(bytes, start, at), at - start, line, sink);
    }
    at++;
  }
}

function place(sink: Sink, line: number, index: number, value: number): void {
  const { file, marked, quantity } = sink;
  if (index >= openKbpVoxelCount) throw indexOutOfRange(file, line, String(index));
  const voxel = gridIndexOfOpenKbp(index);
  const bit = 1 << (voxel & 31);
  if ((marked[voxel >> 5] & bit) !== 0) {
    throw inputError('openkbp/duplicate-index', `${file} line ${line}: index ${index} occurs a second time.`, csvHint);
  }
  marked[voxel >> 5] |= bit;
  sink.rows++;
  if (quantity === undefined) return;
  if (value < quantity.min || value > quantity.max) {
    if (quantity.outside === 'refuse') throw outOfRange(file, line, value, quantity);
    value = value < quantity.min ? quantity.min : quantity.max;
    sink.clipped++;
  }
  sink.values[voxel] = value;
}

function newSink(file: string, values: Float32Array, quantity: SparseQuantity | undefined): Sink {
  return { file, marked: new Uint32Array(openKbpVoxelCount / 32), values, quantity, rows: 0, clipped: 0 };
}

/** @returns the offset of the first row */
function skipHeader(bytes: Uint8Array, file: string): number {
  if (bytes.length === 0) {
    throw inputError(
      'openkbp/empty-file',
      `${file} is empty (0 bytes; at least the header ",data" is needed).`,
      csvHint,
    );
  }
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const stop = endOfLine(bytes, start);
  if (excerpt(bytes, start, stop).trimEnd() !== ',data') {
    const found = JSON.stringify(excerpt(bytes, start, stop));
    throw inputError('openkbp/header', `${file} line 1: found ${found} where the header ",data" must be.`, csvHint);
  }
  return stop + 1;
}

function readUnusualRow(text: string, length: number, line: number, sink: Sink): void {
  const { file, quantity } = sink;
  const fields = text.split(',').map((field) => field.trim());
  if (fields.length !== 2 || length > longestRow) {
    throw inputError(
      'openkbp/malformed-row',
      `${file} line ${line}: ${JSON.stringify(text)} is not a row "index,value".`,
      csvHint,
    );
  }
  const index = parseIndex(fields[0], file, line);
  const value = quantity === undefined ? parseMark(fields[1], file, line) : parseValue(fields[1], file, line, quantity);
  place(sink, line, index, value);
}

function parseIndex(text: string, file: string, line: number): number {
  if (/^-\d+$/.test(text)) throw indexOutOfRange(file, line, text);
  if (!/^\d+$/.test(text)) {
    throw inputError(
      'openkbp/index-not-integer',
      `${file} line ${line}: index ${JSON.stringify(text)} is not a whole number from 0 to ${openKbpVoxelCount - 1}.`,
      csvHint,
    );
  }
  return Number(text);
}

function parseMark(text: string, file: string, line: number): number {
  if (text === '' || parseDecimal(text) === 1) return 1;
  throw inputError(
    'openkbp/not-a-mask',
    `${file} line ${line}: value ${JSON.stringify(text)} in a mask, where only an empty value or 1 is allowed.`,
    'Regions and possible_dose_mask list voxels without values; check that this file is a mask.',
  );
}

function parseValue(text: string, file: string, line: number, quantity: SparseQuantity): number {
  const value = parseDecimal(text);
  if (Number.isFinite(value)) return value;
  const shown = text === '' ? 'an empty value (NaN)' : JSON.stringify(text);
  const limits = `a number from ${quantity.min} to ${quantity.max}${quantity.unit === '' ? '' : ` ${quantity.unit}`}`;
  const code =
    text === '' || notFinite.test(text) || decimalNumber.test(text) ? 'openkbp/not-finite' : 'openkbp/not-a-number';
  throw inputError(code, `${file} line ${line}: ${quantity.name} is ${shown}, not ${limits}.`, csvHint);
}

function indexOutOfRange(file: string, line: number, index: string): IsocenterError {
  return inputError(
    'openkbp/index-out-of-range',
    `${file} line ${line}: index ${index} is outside ${openKbpSide}^3 voxels (0 to ${openKbpVoxelCount - 1}).`,
    csvHint,
  );
}

function outOfRange(file: string, line: number, value: number, quantity: SparseQuantity): IsocenterError {
  const { name, unit, min, max } = quantity;
  return inputError(
    `openkbp/${name}-out-of-range`,
    `${file} line ${line}: ${name} is ${value} ${unit}, outside ${min} to ${max} ${unit}.`,
    `Check the unit of the file; clip values that are only slightly outside.`,
  );
}

function markedVoxels(marked: Uint32Array, count: number): Uint32Array {
  const voxels = new Uint32Array(count);
  let n = 0;
  for (let w = 0; w < marked.length; w++) {
    for (let bits = marked[w]; bits !== 0; bits &= bits - 1) voxels[n++] = w * 32 + (31 - Math.clz32(bits & -bits));
  }
  return voxels;
}

function endOfLine(bytes: Uint8Array, start: number): number {
  const at = bytes.indexOf(lineFeed, start);
  return at < 0 ? bytes.length : at;
}

function isBlank(bytes: Uint8Array, start: number, stop: number): boolean {
  return stop === start || (stop === start + 1 && bytes[start] === carriageReturn);
}

function excerpt(bytes: Uint8Array, start: number, stop: number): string {
  return String.fromCharCode(...bytes.subarray(start, Math.min(stop, start + longestRow)));
}
