import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cube, fieldsDose } from '../../bench/gamma-cases.ts';
import { readNifti, writeNifti } from '../../engine/formats/volumes/nifti.ts';
import { readNrrd, writeNrrd } from '../../engine/formats/volumes/nrrd.ts';
import { isocenter, temporaryFolder } from './support/cli.ts';

const folder = temporaryFolder();
const path = (name: string): string => join(folder, name);
const [reference, evaluated] = [fieldsDose(cube(20, 3), 0, 1), fieldsDose(cube(24, 2.5), 2, 1.02)];
writeFileSync(path('reference.nrrd'), writeNrrd(reference));
writeFileSync(path('evaluated.nii.gz'), writeNifti(evaluated, true));
const pair = [path('reference.nrrd'), path('evaluated.nii.gz')];

describe('isocenter gamma', () => {
  it('compares doses of two forms, and says how with provenance', async () => {
    const out = path('map.nii');
    const { code, stdout, stderr } = await isocenter(['gamma', ...pair, '--device', 'wasm', '--json', '--out', out]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const report = JSON.parse(stdout);
    expect(report.criteria).toMatchObject({
      dosePercent: 3,
      distanceMm: 3,
      local: false,
      thresholdPercent: 10,
      maxGamma: 2,
    });
    expect(report.histogram.reduce((sum: number, n: number) => sum + n)).toBe(report.points);
    expect(report.passPercent).toBeGreaterThan(80);
    expect(report.provenance.inputs.map(({ role, sha256 }: Record<string, string>) => [role, sha256.length])).toEqual([
      ['reference', 64],
      ['evaluated', 64],
    ]);
    const map = readNifti('map.nii', readFileSync(out)).volume;
    expect(map.grid.size).toEqual(reference.grid.size);
    expect(map.data.reduce((most, gamma) => Math.max(most, gamma), 0)).toBeCloseTo(report.max, 6);
  });

  it('prints tables, with other criteria', async () => {
    const options = ['--local', '--dose-percent', '2', '--distance-mm', '2', '--threshold', '20', '--device', 'wasm'];
    const { code, stdout } = await isocenter(['gamma', pair[0], pair[0], ...options]);
    expect(code).toBe(0);
    expect(stdout).toContain('2 % of the local dose / 2 mm, above 20 % of');
    expect(stdout).toMatch(/pass \(gamma of at most 1\) +100\.00 %/);
  });

  it('reads the RT Dose that plan writes', { timeout: 60_000 }, async () => {
    const plan = ['plan', 'phantom:tg119-cshape', '--dose-grid', '8', '--beams', '3', '--bixel', '20'];
    const small = ['--max-iterations', '3', '--device', 'wasm', '--out', path('plan')];
    expect((await isocenter([...plan, ...small])).code).toBe(0);
    const dose = path('plan/dicom/RD.dcm');
    expect((await isocenter(['convert', dose, path('dose.nrrd')])).code).toBe(0);
    const { stdout } = await isocenter(['gamma', dose, path('dose.nrrd'), '--device', 'wasm', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ passPercent: 100, max: 0, outside: 0 });
    const { volume } = readNrrd('dose.nrrd', readFileSync(path('dose.nrrd')));
    expect(volume.unit).toBe('Gy');
  });

  it('ends in two lines and code 2 where something is wrong', async () => {
    writeFileSync(path('noise.nrrd'), 'NRRD0004\ntype: float\n');
    writeFileSync(path('other.bin'), 'no volume');
    const nan = { ...reference, data: reference.data.map((dose, n) => (n === 21 ? Number.NaN : dose)) };
    writeFileSync(path('nan.nrrd'), writeNrrd(nan));
    writeFileSync(path('ct.nrrd'), writeNrrd({ ...reference, unit: 'HU' }));
    const out = ['--out', path('half.nrrd')];
    for (const [args, part] of [
      [[pair[0], path('none.nrrd')], 'there is no such file'],
      [[pair[0], path('noise.nrrd')], 'noise.nrrd'],
      [[pair[0], path('other.bin')], 'no volume of a known form'],
      [[pair[0], path('nan.nrrd'), ...out], 'NaN Gy at voxel (1, 1, 0)'],
      [[pair[0], path('ct.nrrd'), ...out], 'values in HU'],
      [[...pair, '--out', path('map.png')], 'map.png'],
      [[...pair, '--dose-percent', '0'], '--dose-percent'],
      [[...pair, '--max-gamma', 'two'], '--max-gamma'],
      [[...pair, '--normalisation', '1e6'], 'no point of the reference'],
    ] as const) {
      const { code, stdout, stderr } = await isocenter(['gamma', ...args]);
      expect({ code, stdout, args }).toEqual({ code: 2, stdout: '', args });
      expect(stderr).toMatch(/^error: .*\nhint: .*\n$/);
      expect(stderr).toContain(part);
    }
    expect(existsSync(path('half.nrrd'))).toBe(false);
  }, 60_000);
});
