import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportDicom } from '../../../app/dicom/export.ts';
import { readDicomFolder } from '../../../app/dicom/folder.ts';
import { readDicomPatient } from '../../../app/dicom/patient.ts';
import { survey } from '../../../app/dicom/survey.ts';
import { loadPatient } from '../../../app/inputs/patient.ts';
import { Progress } from '../../../app/progress.ts';
import { SOP_CLASS } from '../../../engine/formats/dicom/uids.ts';
import { writeDicom } from '../../../engine/formats/dicom/write.ts';
import { failsLater } from '../../support/errors.ts';
import { isocenter, temporaryFolder } from '../support/cli.ts';

const folder = temporaryFolder();
const whole = join(folder, 'whole');
const session = { signal: new AbortController().signal, progress: new Progress(process.stderr) };

const look = async (path: string) => survey(await readDicomFolder(path, session, true));

function copyOf(name: string): string {
  const to = join(folder, name);
  cpSync(whole, to, { recursive: true });
  return to;
}

beforeAll(async () => {
  await exportDicom('phantom:tg119-cshape', whole, session);
});

describe('what is wrong with a folder', () => {
  it('is nothing where it is whole', async () => {
    expect((await look(whole)).findings).toEqual([]);
  });

  it('are slices missing at the end of a series, which no gap betrays', async () => {
    const short = copyOf('short');
    rmSync(join(short, 'CT.0001.dcm'));
    rmSync(join(short, 'CT.0002.dcm'));
    const { findings } = await look(short);
    expect(findings.map(({ severity }) => severity)).toContain('error');
    expect(findings.map(({ message }) => message).join('\n')).toMatch(
      /RS\.dcm names \d+ images .* of which 2 are not here/,
    );
    const { patient } = await readDicomPatient(short, {}, session);
    expect(patient.warnings.join('\n')).toMatch(/of which 2 are not here .*: is the series complete\?/);
  });

  it('are all damaged files at once, beside what can be read', async () => {
    const damaged = copyOf('damaged');
    for (const [name, bytes] of [
      ['CT.0003.dcm', 701],
      ['RS.dcm', 2001],
    ] as const) {
      const path = join(damaged, name);
      writeFileSync(path, readFileSync(path).subarray(0, bytes));
    }
    const { items, findings } = await look(damaged);
    expect(findings.map(({ about }) => about)).toEqual(expect.arrayContaining(['CT.0003.dcm', 'RS.dcm']));
    expect(findings.every(({ severity }) => severity === 'error')).toBe(true);
    expect(items.length + findings.length).toBeGreaterThanOrEqual(3);
    await failsLater(() => readDicomPatient(damaged, {}, session), 'dicom/truncated', 'CT.0003.dcm');
    const { code, stdout, stderr } = await isocenter(['dicom', 'check', damaged]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: CT\.0003\.dcm.* \(and \d more\)\nhint: .*\n$/);
    const info = await isocenter(['dicom', 'info', damaged]);
    expect(info.code).toBe(0);
    expect(info.stdout).toMatch(/error: RS\.dcm/);
  });

  it('is an image that does not say which series it is of', async () => {
    const odd = copyOf('odd');
    const image = { SOPClassUID: SOP_CLASS.ctImage, SOPInstanceUID: '1.2.3', PatientID: 'tg119-cshape' };
    writeFileSync(join(odd, 'nowhere'), writeDicom(image));
    const { items, findings } = await look(odd);
    expect(items.map(({ kind }) => kind)).toEqual(['CT', 'RTSTRUCT']);
    expect(findings.map(({ message }) => message).join()).toMatch(
      /nowhere: \(0020,000E\) SeriesInstanceUID is missing/,
    );
  });
});

it('a patient comes back from its export voxel by voxel', async () => {
  const { patient: direct } = await loadPatient('phantom:tg119-cshape', session);
  const { patient: back } = await readDicomPatient(whole, {}, session);
  // The runner takes seconds to compare long arrays.
  const same = (a: Uint32Array, b: Uint32Array): boolean => a.length === b.length && a.every((v, n) => v === b[n]);
  expect(same(back.doseVoxels, direct.doseVoxels)).toBe(true);
  const structures = back.structureSet.structures;
  expect(structures.map(({ name }) => name)).toEqual(direct.structureSet.structures.map(({ name }) => name));
  for (const [n, { name, voxels }] of direct.structureSet.structures.entries()) {
    expect(same(structures[n].voxels, voxels), name).toBe(true);
  }
});
