import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isocenter, temporaryFolder } from './support/cli.ts';

const folder = temporaryFolder();

async function json(...args: readonly string[]) {
  const { code, stdout, stderr } = await isocenter([...args, '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe('isocenter convert', () => {
  it('a phantom goes into NIfTI and NRRD files, and is planned from them alike', async () => {
    const dicom = join(folder, 'dicom');
    const nifti = join(folder, 'nifti');
    await json('dicom', 'export', 'phantom:tg119-cshape', dicom);
    mkdirSync(nifti);
    await json('convert', dicom, join(nifti, 'ct.nii.gz'));
    for (const name of ['PTV', 'Core']) await json('convert', dicom, join(nifti, `${name}.nrrd`), '--structure', name);
    await json('convert', dicom, join(nifti, 'External.nii'), '--structure', 'External');
    const plan = ['--protocol', 'tg119-cshape', '--beams', '3', '--bixel', '10', '--max-iterations', '5'];
    const direct = await json('plan', 'phantom:tg119-cshape', ...plan);
    const again = await json('plan', nifti, ...plan);
    expect(again.voxels).toBe(direct.voxels);
    expect(again.objective / direct.objective).toBeCloseTo(1, 4);
  });

  it.each([
    ['an unknown ending', ['a.nii', 'b.png'], /b\.png/],
    ['a file that is not there', [join(folder, 'none.nii'), join(folder, 'b.nii')], /none\.nii/],
    ['no volume', [join(folder, 'text.nii'), join(folder, 'b.nii')], /text\.nii is no volume/],
    [
      'a structure that is not there',
      ['phantom:tg119-cshape', join(folder, 'b.nii'), '--structure', 'Liver'],
      /no structure Liver/,
    ],
  ])('%s ends in two lines', async (_, args, message) => {
    writeFileSync(join(folder, 'text.nii'), 'hello');
    const { code, stderr } = await isocenter(['convert', ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(2);
  });
});
