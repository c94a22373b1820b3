import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readDicom } from '../../../engine/formats/dicom/read.ts';
import { writeDicom } from '../../../engine/formats/dicom/write.ts';
import { buildPhantom } from '../../../sim/phantoms/registry.ts';
import { planted } from '../../engine/formats/dicom/deidentify/planted.ts';
import { exported } from '../../engine/formats/dicom/rt-fixture.ts';
import { python, verifierErrors, writeAll } from '../../engine/formats/dicom/tools.ts';
import { isocenter, temporaryFolder } from '../support/cli.ts';

const folder = temporaryFolder();
const patient = buildPhantom('tg119-cshape', { voxelMm: 10 });
const { ct, structures, dose } = exported(patient);
const originals = writeAll(join(folder, 'originals', 'Erika Muster'), [
  ...ct,
  { name: 'copy of the first', bytes: ct[0].bytes },
  { name: 'planted', bytes: planted(ct[0].bytes, 0) },
  structures,
  dose,
]);
writeFileSync(join(originals, 'letter.txt'), 'Dear Erika');
writeFileSync(
  join(originals, 'capture'),
  writeDicom({ SOPClassUID: '1.2.840.10008.5.1.4.1.1.7', SOPInstanceUID: '1.2.3', PatientName: 'Muster^Erika' }),
);
const input = join(folder, 'originals');
const secret = { STUDY_SECRET: 'correct horse battery staple' };

async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = secret) {
  return isocenter(['deidentify', ...args], { env });
}

it('a folder: no identity in files, names or report, and the check agrees', async () => {
  const out = join(folder, 'out');
  const { code, stdout, stderr } = await run([input, out, '--secret-env', 'STUDY_SECRET']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('(0010,0010) PatientName');
  expect(stdout).toContain('letter.txt: it is no DICOM file');
  expect(stdout).toContain('capture: it is a capture');
  expect(stdout).toContain('an object of the same UID is there already');
  for (const telling of ['Zqxplant', '47114711', secret.STUDY_SECRET]) expect(stdout).not.toContain(telling);
  const files = await filesIn(out);
  expect(files).toHaveLength(ct.length + 3);
  for (const path of files) {
    expect(path).toMatch(/\/P-[0-9a-f]{12}\/(CT|RTSTRUCT|RTDOSE)\.2\.25\.\d+\.dcm$/);
    expect(readFileSync(path).toString('latin1')).not.toMatch(/zqxplant|tg119/i);
  }
  for (const path of files.filter((one) => /RTSTRUCT|RTDOSE/.test(one))) expect(verifierErrors(path)).toEqual([]);
  const check = await run([out, input, '--check']);
  expect({ code: check.code, stderr: check.stderr }).toEqual({ code: 0, stderr: '' });
  expect(check.stdout).toContain(`No identity was found in ${files.length} files`);
});

it('the same secret gives the same files in another run, chance gives others', async () => {
  const again = join(folder, 'again');
  const chance = join(folder, 'chance');
  expect((await run([input, again, '--secret-env', 'STUDY_SECRET', '--json'])).code).toBe(0);
  const { stdout } = await run([input, chance]);
  expect(stdout).toContain('The pseudonyms are of this run only');
  const names = async (path: string) => (await filesIn(path)).map((file) => file.slice(path.length)).sort();
  expect(await names(again)).toEqual(await names(join(folder, 'out')));
  expect((await names(chance)).some((name) => existsSync(join(again, name)))).toBe(false);
});

it('what is kept is named in the report', async () => {
  const out = join(folder, 'kept');
  const flags = ['--keep-dates', '--keep-uids', '--keep-device', '--keep-institution', '--keep-characteristics'];
  const { stdout } = await run([join(originals, 'RD.dcm'), out, ...flags, '--json']);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ files: 1, patients: 1, isRepeatable: false });
  expect(report.profile).toContain('Retain UIDs Option');
  const [path] = await filesIn(out);
  expect(readDicom(path, readFileSync(path)).dataset.text('StudyDate')).toBe('20260102');
});

it('the check finds identity that remains, without telling it', async () => {
  const before = await run([input, '--check']);
  expect({ code: before.code, lines: before.stderr.trim().split('\n').length }).toEqual({ code: 2, lines: 2 });
  expect(before.stdout).toContain('PatientName: it is no pseudonym');
  expect(before.stdout).toContain('private attributes');
  expect(before.stdout).not.toContain('Zqxplant');
  // What another tool might leave: a name in a text that the profile does not touch.
  const leaky = join(folder, 'leaky');
  mkdirSync(leaky);
  const [clean] = await filesIn(join(folder, 'out'));
  writeFileSync(join(leaky, 'a.dcm'), readFileSync(clean));
  python(
    'import sys, pydicom; d = pydicom.dcmread(sys.argv[1]); d.ConvolutionKernel = "for tg119-CSHAPE"; d.save_as(sys.argv[1])',
    join(leaky, 'a.dcm'),
  );
  const after = await run([leaky, input, '--check', '--json']);
  expect(after.code).toBe(2);
  expect(JSON.parse(after.stdout).findings).toEqual([
    { file: 'a.dcm', attribute: '(0018,1210) ConvolutionKernel', problem: 'it repeats identity of the originals' },
  ]);
});

it.each([
  ['the same folder', () => [input, input], 'within each other'],
  ['a folder inside', () => [input, join(input, 'new', 'deep')], 'within each other'],
  ['a folder around', () => [input, folder], 'within each other'],
  ['a folder that is not empty', () => [input, join(folder, 'out')], 'is not empty'],
  ['a missing input', () => [join(folder, 'none'), join(folder, 'x')], 'cannot be read'],
  ['no output', () => [input], 'no folder for the output'],
  ['a secret that is not set', () => [input, join(folder, 'x'), '--secret-env', 'NOT_SET_ANYWHERE'], 'is not set'],
  ['a short secret', () => [input, join(folder, 'x'), '--secret-env', 'SHORT'], 'is shorter than'],
  ['two ways with dates', () => [input, join(folder, 'x'), '--keep-dates', '--remove-dates'], 'exclude each other'],
  ['nothing to do', () => [join(originals, 'letter.txt'), join(folder, 'x')], 'no file that can be de-identified'],
])('%s is refused', async (_, args, part) => {
  const { code, stderr } = await run(args(), { ...secret, SHORT: 'pw-17' });
  expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, lines: 2 });
  expect(stderr).toContain(part);
  expect(stderr).not.toContain('pw-17');
  expect(existsSync(join(folder, 'x'))).toBe(false);
});

it('a damaged file in the middle leaves nothing behind', async () => {
  const broken = writeAll(join(folder, 'broken'), [ct[0], { name: 'z', bytes: ct[1].bytes.slice(0, 900) }]);
  const { code, stderr } = await run([broken, join(folder, 'x')]);
  expect(code).toBe(2);
  expect(stderr).toContain(join(broken, 'z'));
  expect(readdirSync(folder).filter((name) => name === 'x' || name.endsWith('.partial'))).toEqual([]);
});
