import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IsocenterError } from '../../../engine/core/errors.ts';
import { voxelCentreMm } from '../../../engine/core/grid.ts';
import type { Patient } from '../../../engine/core/patient.ts';
import { readOpenKbpDose, writeOpenKbpDose } from '../../../engine/formats/openkbp/dose.ts';
import { gridIndexOfOpenKbp, openKbpVoxelCount } from '../../../engine/formats/openkbp/layout.ts';
import { readOpenKbp } from '../../../engine/formats/openkbp/patient.ts';
import { dataFolder } from '../../support/data.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function smallFiles(changes: Record<string, string | undefined> = {}): Map<string, Uint8Array> {
  const texts: Record<string, string | undefined> = {
    ct: ',data\n5,1017.0\n6,18.0\n',
    voxel_dimensions: '3.906000000000000139e+00\n4.5\n2.5\n',
    possible_dose_mask: ',data\n5,\n6,\n',
    PTV70: ',data\n5,\n',
    Zebra: ',data\n6,\n',
    Brainstem: ',data\n6,\n7,\n',
    ...changes,
  };
  return new Map(Object.entries(texts).flatMap(([name, text]) => (text === undefined ? [] : [[name, bytesOf(text)]])));
}

const readSmall = (changes?: Record<string, string | undefined>): Patient =>
  readOpenKbp({ id: 'pt_0', path: 'data/pt_0', files: smallFiles(changes) });

function faultOf(changes: Record<string, string | undefined>): string {
  try {
    readSmall(changes);
  } catch (error) {
    if (error instanceof IsocenterError) return `${error.code}: ${error.message} | ${error.hint}`;
    throw error;
  }
  return 'no error';
}

describe('OpenKBP patient', () => {
  it('reads CT, dose voxels and structures', () => {
    const patient = readOpenKbp({ id: 'pt_0', path: 'data/pt_0', files: smallFiles(), sha256: 'abc' });
    expect(patient.ct.grid.spacingMm).toEqual([4.5, 3.906, 2.5]);
    expect(patient.ct.unit).toBe('HU');
    const at = (index: number): number => patient.ct.data[gridIndexOfOpenKbp(index)];
    expect([at(4), at(5), at(6)]).toEqual([-1000, 17, -982]);
    expect([...patient.doseVoxels]).toEqual([gridIndexOfOpenKbp(6), gridIndexOfOpenKbp(5)]);
    expect(patient.structureSet.structures.map(({ name }) => name)).toEqual(['PTV70', 'Brainstem', 'Zebra']);
    expect(patient.source).toEqual({ kind: 'openkbp', path: 'data/pt_0', sha256: 'abc' });
    expect(patient.warnings).toEqual(['1 of the 2 voxels of Brainstem lie outside possible_dose_mask: 0 Gy there.']);
  });

  it('keeps an empty structure, with a warning', () => {
    const patient = readSmall({ Larynx: ',data\n', Brainstem: undefined });
    expect(patient.structureSet.structures.find(({ name }) => name === 'Larynx')?.voxels.length).toBe(0);
    expect(patient.warnings).toEqual(['data/pt_0/Larynx.csv: Larynx has no voxels.']);
  });

  it('clips grey values beyond 12 bits, with a warning', () => {
    const patient = readSmall({ ct: ',data\n5,5000\n6,18.0\n' });
    expect(patient.ct.data[gridIndexOfOpenKbp(5)]).toBe(3095);
    expect(patient.warnings[0]).toContain('1 grey values outside 0 to 4095');
  });

  it.each([
    ['no ct', { ct: undefined }, 'openkbp/missing-file', 'data/pt_0/ct.csv is missing'],
    ['no mask', { possible_dose_mask: undefined }, 'openkbp/missing-file', 'possible_dose_mask.csv is missing'],
    ['no voxel size', { voxel_dimensions: undefined }, 'openkbp/missing-file', 'voxel_dimensions.csv is missing'],
    ['an empty ct', { ct: '' }, 'openkbp/empty-file', 'data/pt_0/ct.csv is empty'],
    ['a ct without rows', { ct: ',data\n' }, 'openkbp/no-rows', 'ct.csv'],
    ['a mask without rows', { possible_dose_mask: ',data\n' }, 'openkbp/no-rows', 'possible_dose_mask.csv'],
    ['an empty structure file', { PTV70: '' }, 'openkbp/empty-file', 'PTV70.csv'],
    ['a structure that is no mask', { PTV70: ',data\n5,3\n' }, 'openkbp/not-a-mask', 'PTV70.csv line 2'],
    ['a voxel of 0 mm', { voxel_dimensions: '3\n0\n2\n' }, 'openkbp/voxel-size', 'line 2: voxel size "0" mm'],
    ['a voxel of -1 mm', { voxel_dimensions: '3\n3\n-1\n' }, 'openkbp/voxel-size', 'line 3: voxel size "-1" mm'],
    ['a voxel of nan mm', { voxel_dimensions: 'nan\n3\n2\n' }, 'openkbp/voxel-size', 'line 1: voxel size "nan" mm'],
    ['a voxel of 1e999 mm', { voxel_dimensions: '1e999\n3\n2\n' }, 'openkbp/voxel-size', 'at most 100 mm'],
    ['two voxel sizes', { voxel_dimensions: '3\n3\n' }, 'openkbp/voxel-size', '2 lines'],
    ['an empty voxel size', { voxel_dimensions: '' }, 'openkbp/empty-file', '0 bytes'],
  ] as [string, Record<string, string | undefined>, string, string][])('refuses %s', (_name, changes, code, part) => {
    const fault = faultOf(changes);
    expect(fault).toContain(`${code}: `);
    expect(fault).toContain(part);
  });
});

describe('OpenKBP dose', () => {
  const text = ',data\n5,7.675\n130,70.0\n2097151,0.0001\n';

  it('writes what it read, byte for byte', () => {
    expect(new TextDecoder().decode(writeOpenKbpDose(readOpenKbpDose(bytesOf(text), 'dose.csv')))).toBe(text);
  });

  it('writes a row for each of the given voxels, also without dose', () => {
    const voxels = Uint32Array.from([130, 5, 6], gridIndexOfOpenKbp);
    const out = new TextDecoder().decode(writeOpenKbpDose(Float32Array.of(1.23456, 0, -1e-6), voxels));
    expect(out).toBe(',data\n5,0.0\n6,0.0\n130,1.2346\n');
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 20_000])('refuses to write %s Gy', (gy) => {
    expect(() => writeOpenKbpDose(Float32Array.of(gy), Uint32Array.of(3))).toThrow(/voxel 3 is .* 0 to 10000 Gy/);
  });

  it('refuses a dose of another size', () => {
    expect(() => writeOpenKbpDose(new Float32Array(7))).toThrow(/7 values where 2097152/);
  });

  it('refuses a negative dose in a file, with its line', () => {
    expect(() => readOpenKbpDose(bytesOf(',data\n5,-2\n'), 'dose.csv')).toThrow(/dose.csv line 2: dose is -2 Gy/);
  });
});

const folder = dataFolder();
const patients = ['train-pats/pt_1', 'train-pats/pt_143', 'train-pats/pt_170', 'train-pats/pt_89'].concat([
  'validation-pats/pt_201',
  'validation-pats/pt_203',
  'validation-pats/pt_230',
]);

describe.skipIf(folder === undefined)('OpenKBP data set', () => {
  const filesOf = (patient: string): Map<string, Uint8Array> => {
    const path = join(folder ?? '', 'openkbp', patient);
    return new Map(readdirSync(path).map((file) => [file.replace(/\.csv$/, ''), readFileSync(join(path, file))]));
  };

  it.each(patients)('%s: left is +x, superior +z, posterior +y; the dose is written back byte for byte', (name) => {
    const files = filesOf(name);
    const patient = readOpenKbp({ id: name, path: name, files });
    const centre = (structure: string): number[] | undefined => {
      const voxels = patient.structureSet.structures.find((s) => s.name === structure)?.voxels;
      if (voxels === undefined) return undefined;
      const sum = [0, 0, 0];
      const at = [0, 0, 0];
      for (const voxel of voxels) {
        voxelCentreMm(patient.ct.grid, voxel, at);
        for (let axis = 0; axis < 3; axis++) sum[axis] += at[axis] / voxels.length;
      }
      return sum;
    };
    const [left, right, stem, cord, mandible] = [
      'LeftParotid',
      'RightParotid',
      'Brainstem',
      'SpinalCord',
      'Mandible',
    ].map(centre);
    if (left !== undefined && right !== undefined) expect(left[0]).toBeGreaterThan(right[0] + 30);
    if (stem !== undefined && cord !== undefined) expect(stem[2]).toBeGreaterThan(cord[2] + 30);
    if (mandible !== undefined && cord !== undefined) expect(cord[1]).toBeGreaterThan(mandible[1] + 30);

    const bytes = files.get('dose')!;
    const dose = readOpenKbpDose(bytes, 'dose.csv');
    const written = writeOpenKbpDose(
      Float32Array.from(patient.doseVoxels, (voxel) => dose[voxel]),
      patient.doseVoxels,
    );
    expect(Buffer.compare(written, bytes)).toBe(0);
    expect(dose.length).toBe(openKbpVoxelCount);
  });
});
