import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IsocenterError } from '../../../engine/core/errors.ts';
import {
  gridIndexOfOpenKbp,
  openKbpGrid,
  openKbpIndexOfGrid,
  openKbpVoxelCount,
} from '../../../engine/formats/openkbp/layout.ts';
import { readSparseMask, readSparseValues, type SparseQuantity } from '../../../engine/formats/openkbp/sparse-csv.ts';

const seed = 20261123;
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const anyNumber: SparseQuantity = { name: 'value', unit: 'Gy', min: -1e300, max: 1e300, outside: 'refuse' };

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof IsocenterError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no error';
}

const readValues = (text: string, quantity = anyNumber): Map<number, number> => {
  const values = new Float32Array(openKbpVoxelCount).fill(Number.NaN);
  readSparseValues(bytesOf(text), 'pt/ct.csv', values, quantity);
  const found = new Map<number, number>();
  values.forEach((value, voxel) => {
    if (!Number.isNaN(value)) found.set(openKbpIndexOfGrid(voxel), value);
  });
  return found;
};

describe('OpenKBP layout', () => {
  it('maps indices both ways, one to one', () => {
    const seen = new Uint8Array(openKbpVoxelCount);
    for (let index = 0; index < openKbpVoxelCount; index++) {
      const voxel = gridIndexOfOpenKbp(index);
      seen[voxel]++;
      if (openKbpIndexOfGrid(voxel) !== index) throw new Error(`index ${index} comes back as another`);
    }
    expect(seen.every((count) => count === 1)).toBe(true);
  });

  it('puts row, column, slice on +y, +x, -z of LPS', () => {
    const indexOf = (row: number, column: number, slice: number): number => (row * 128 + column) * 128 + slice;
    const voxelOf = (i: number, j: number, k: number): number => i + 128 * (j + 128 * k);
    expect(gridIndexOfOpenKbp(indexOf(0, 0, 0))).toBe(voxelOf(0, 0, 127));
    expect(gridIndexOfOpenKbp(indexOf(3, 5, 7))).toBe(voxelOf(5, 3, 120));
  });

  it('centres the grid and takes row, column, slice sizes to y, x, z', () => {
    const grid = openKbpGrid([3, 4, 2]);
    expect(grid.spacingMm).toEqual([4, 3, 2]);
    expect(grid.originMm).toEqual([-254, -190.5, -127]);
  });
});

describe('sparse csv', () => {
  it.each([
    [
      'plain rows',
      ',data\n5,18.0\n7,6.25\n',
      [
        [5, 18],
        [7, 6.25],
      ],
    ],
    [
      'rows in any order, CRLF, a byte order mark and no newline at the end',
      '\xef\xbb\xbf,data\r\n7,6\r\n5,.5',
      [
        [5, 0.5],
        [7, 6],
      ],
    ],
    [
      'signs, exponents, many digits and blanks',
      ',data\n1,-2\n2, 1e2 \n3,+3.906000000000000139e+00\n',
      [
        [1, -2],
        [2, 100],
        [3, 3.906],
      ],
    ],
    ['blank lines', ',data\n\n1,2\n\n', [[1, 2]]],
    ['the header alone', ',data\n', []],
  ] as [string, string, [number, number][]][])('reads %s', (_name, text, expected) => {
    expect([...readValues(text)].sort((a, b) => a[0] - b[0])).toEqual(
      expected.map(([index, value]) => [index, Math.fround(value)]),
    );
  });

  it('reads masks, ascending on our grid', () => {
    const mask = readSparseMask(bytesOf(',data\n9,\n8,\r\n16384,1\n5,1.0'), 'pt/PTV70.csv');
    expect([...mask]).toEqual([9, 8, 5, 16384].map(gridIndexOfOpenKbp).sort((a, b) => a - b));
  });

  it.each([
    ['an empty file', '', 'openkbp/empty-file', '0 bytes'],
    ['no header', '5,1\n', 'openkbp/header', 'line 1'],
    ['another header', 'index,value\n5,1\n', 'openkbp/header', 'index,value'],
    ['binary garbage', '\x00\xff\x89PNG\r\n\x1a\n', 'openkbp/header', 'line 1'],
    ['garbage behind the header', ',data\n\x00\x01\x02\n', 'openkbp/malformed-row', 'line 2'],
    ['three columns', ',data\n1,2\n5,1,2\n', 'openkbp/malformed-row', 'line 3'],
    ['one column', ',data\n5\n', 'openkbp/malformed-row', 'line 2'],
    ['an endless row', `,data\n${'1'.repeat(5000)}`, 'openkbp/malformed-row', 'line 2'],
    ['an index of 128^3', ',data\n1,2\n2097152,1\n', 'openkbp/index-out-of-range', 'line 3: index 2097152'],
    ['an index below 0', ',data\n-1,2\n', 'openkbp/index-out-of-range', '0 to 2097151'],
    ['a fractional index', ',data\n1.5,2\n', 'openkbp/index-not-integer', '"1.5"'],
    ['a word for an index', ',data\nx,2\n', 'openkbp/index-not-integer', '"x"'],
    ['no index', ',data\n,2\n', 'openkbp/index-not-integer', '""'],
    ['the same index twice', ',data\n5,1\n6,1\n5,1\n', 'openkbp/duplicate-index', 'line 4: index 5'],
    ['nan', ',data\n5,nan\n', 'openkbp/not-finite', 'line 2'],
    ['an empty value', ',data\n5,\n', 'openkbp/not-finite', 'NaN'],
    ['Infinity', ',data\n5,-Infinity\n', 'openkbp/not-finite', '-Infinity'],
    ['a number beyond doubles', ',data\n5,1e999\n', 'openkbp/not-finite', '1e999'],
    ['a hexadecimal number', ',data\n5,0x10\n', 'openkbp/not-a-number', '0x10'],
    ['a lone point', ',data\n5,.\n', 'openkbp/not-a-number', '"."'],
    ['a value above its limit', ',data\n5,2e300\n', 'openkbp/value-out-of-range', 'Gy'],
  ])('refuses %s', (_name, text, code, part) => {
    const found = codeOf(() => readValues(text));
    expect(found).toContain(`${code}: pt/ct.csv`);
    expect(found).toContain(part);
  });

  it.each(['7', '0', 'nan', 'x', '.'])('refuses the value %s in a mask', (value) => {
    expect(codeOf(() => readSparseMask(bytesOf(`,data\n5,${value}\n`), 'm.csv'))).toContain(
      'openkbp/not-a-mask: m.csv line 2',
    );
  });

  it('clips where the quantity says so, and counts', () => {
    const values = new Float32Array(openKbpVoxelCount);
    const quantity: SparseQuantity = { name: 'grey value', unit: '', min: 0, max: 4095, outside: 'clip' };
    expect(readSparseValues(bytesOf(',data\n1,-3\n2,5000\n3,7\n'), 'ct.csv', values, quantity)).toEqual({
      rows: 3,
      clipped: 2,
    });
    expect([1, 2, 3].map((index) => values[gridIndexOfOpenKbp(index)])).toEqual([0, 4095, 7]);
  });

  it('reads 276,000 rows in linear time', () => {
    let text = ',data\n';
    for (let n = 0; n < 276_000; n++) text += `${1_000_000 + n},1017.0\n`;
    const bytes = bytesOf(text);
    const values = new Float32Array(openKbpVoxelCount);
    const start = performance.now();
    readSparseValues(bytes, 'ct.csv', values, anyNumber);
    // Takes 10 to 20 ms; the bound only catches a change of order, on a machine that others use too.
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

/** The accepted grammar, written the slow way; undefined where the text is to be refused. */
function slowRead(text: string, mask: boolean): Map<number, number> | undefined {
  const [header, ...lines] = text.replace(/^\xef\xbb\xbf/, '').split('\n');
  if (header.trimEnd() !== ',data') return undefined;
  const rows = new Map<number, number>();
  for (const line of lines) {
    if (line === '' || line === '\r') continue;
    const fields = line.split(',').map((field) => field.trim());
    if (fields.length !== 2 || !/^\d+$/.test(fields[0])) return undefined;
    const index = Number(fields[0]);
    const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(fields[1]);
    const value = isNumber ? Number(fields[1]) : mask && fields[1] === '' ? 1 : Number.NaN;
    if (index >= openKbpVoxelCount || rows.has(index) || !Number.isFinite(value) || Math.abs(value) > 1e30)
      return undefined;
    if (mask && value !== 1) return undefined;
    rows.set(index, value);
  }
  return rows;
}

interface Edit {
  kind: 'replace' | 'insert' | 'delete' | 'cut';
  place: number;
  byte: number;
}

function edit(text: string, edits: readonly Edit[]): string {
  const chars = [...text];
  for (const { kind, place, byte } of edits) {
    const at = place % (chars.length + 1);
    if (kind === 'cut') chars.length = at;
    else chars.splice(at, kind === 'insert' ? 0 : 1, ...(kind === 'delete' ? [] : [String.fromCharCode(byte)]));
  }
  return chars.join('');
}

describe('sparse csv, damaged', () => {
  const likely = [...'0123456789,.\n\r-+eE nai'].map((c) => c.charCodeAt(0));
  const edits = fc.array(
    fc.record({
      kind: fc.constantFrom('replace', 'insert', 'delete', 'cut'),
      place: fc.nat(10_000),
      byte: fc.oneof(fc.constantFrom(...likely), fc.integer({ min: 0, max: 255 })),
    }) as fc.Arbitrary<Edit>,
    { maxLength: 6 },
  );
  const rows = fc.array(fc.tuple(fc.nat(openKbpVoxelCount - 1), fc.nat(80_000)), { maxLength: 12 });
  const bounded: SparseQuantity = { ...anyNumber, min: -1e30, max: 1e30 };

  it(`values: a correct read or an IsocenterError (seed ${seed})`, () => {
    const values = new Float32Array(openKbpVoxelCount);
    fc.assert(
      fc.property(rows, edits, (data, changes) => {
        const text = edit(`,data\n${data.map(([index, mGy]) => `${index},${mGy / 1000}\n`).join('')}`, changes);
        const expected = slowRead(text, false);
        if (expected === undefined) {
          expect(codeOf(() => readSparseValues(bytesOf(text), 'f.csv', values, bounded))).toMatch(/^openkbp\//);
          return;
        }
        expect(readSparseValues(bytesOf(text), 'f.csv', values, bounded)).toEqual({ rows: expected.size, clipped: 0 });
        for (const [index, value] of expected) expect(values[gridIndexOfOpenKbp(index)]).toBe(Math.fround(value));
      }),
      { seed, numRuns: 1000 },
    );
  });

  it(`masks: a correct read or an IsocenterError (seed ${seed})`, () => {
    fc.assert(
      fc.property(rows, edits, (data, changes) => {
        const text = edit(`,data\n${data.map(([index]) => `${index},\n`).join('')}`, changes);
        const expected = slowRead(text, true);
        if (expected === undefined) {
          expect(codeOf(() => readSparseMask(bytesOf(text), 'f.csv'))).toMatch(/^openkbp\//);
          return;
        }
        const voxels = [...expected.keys()].map(gridIndexOfOpenKbp).sort((a, b) => a - b);
        expect([...readSparseMask(bytesOf(text), 'f.csv')]).toEqual(voxels);
      }),
      { seed, numRuns: 500 },
    );
  });
});
