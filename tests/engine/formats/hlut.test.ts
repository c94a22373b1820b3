import { describe, expect, it } from 'vitest';
import { IsocenterError } from '../../../engine/core/errors.ts';
import type { Volume } from '../../../engine/core/grid.ts';
import { defaultHlut, parseHlut, relativeElectronDensity } from '../../../engine/formats/hlut.ts';

function volume(...hu: number[]): Volume {
  const grid = { size: [hu.length, 1, 1], spacingMm: [1, 1, 1], originMm: [0, 0, 0] } as const;
  return { grid, data: Float32Array.from(hu), unit: 'HU' };
}

describe('HU look-up table', () => {
  it('has matRad values in the default table', () => {
    const { data, unit } = relativeElectronDensity(volume(-1024, -999, -90, -45, 0, 100, 350, 3000), defaultHlut);
    expect(unit).toBe('1');
    expect([...data]).toEqual([0.001, 0.001, 0.95, 0.99, 1, 1.095, 1.199, 2.505].map(Math.fround));
  });

  it('is linear between the entries and clamped outside, in any order of voxels', () => {
    const { data } = relativeElectronDensity(volume(5000, -3000, 50, -22.5, 225, -2000, 1675), defaultHlut);
    const expected = [2.505, 0.001, 1.0475, 0.995, 1.147, 0.001, 1.852];
    expected.forEach((value, n) => {
      expect(data[n]).toBeCloseTo(value, 6);
    });
  });

  it('reads a table with comments, commas and tabs', () => {
    const table = parseHlut('# HU RED\n-1000 0\n0,1 # water\r\n\n1000\t1.6\n', 'site.hlut');
    expect(table).toEqual({
      name: 'site.hlut',
      hu: Float64Array.of(-1000, 0, 1000),
      density: Float64Array.of(0, 1, 1.6),
    });
  });

  it.each([
    ['0 1\n0 1.1\n', 'hlut/not-ascending', 'f line 2'],
    ['0 1\n-5 1.1\n', 'hlut/not-ascending', 'f line 2'],
    ['# x\n0 -1\n', 'hlut/negative-density', 'f line 2'],
    ['0 1 2\n', 'hlut/malformed-row', 'f line 1'],
    ['0 one\n', 'hlut/malformed-row', 'f line 1'],
    ['0 Infinity\n', 'hlut/malformed-row', 'f line 1'],
    ['0 1e999\n', 'hlut/malformed-row', 'f line 1'],
    ['0 1\n', 'hlut/too-short', '1 rows'],
    ['', 'hlut/too-short', '0 rows'],
  ])('refuses %j', (text, code, part) => {
    try {
      parseHlut(text, 'f');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(IsocenterError);
      expect((error as IsocenterError).code).toBe(code);
      expect((error as IsocenterError).message).toContain(part);
    }
  });

  it('refuses NaN and volumes that are not in HU', () => {
    expect(() => relativeElectronDensity(volume(0, Number.NaN), defaultHlut)).toThrow(/Voxel 1 of the CT is NaN/);
    expect(() => relativeElectronDensity({ ...volume(0), unit: 'Gy' }, defaultHlut)).toThrow(/is in Gy/);
  });
});
