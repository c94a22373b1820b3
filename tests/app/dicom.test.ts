import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readDicom } from '../../engine/formats/dicom/read.ts';
import { derivedUid } from '../../engine/formats/dicom/uids.ts';
import { writeDicom } from '../../engine/formats/dicom/write.ts';
import { registrationRecord } from '../engine/formats/dicom/plan-fixture.ts';
import { verifierErrors } from '../engine/formats/dicom/tools.ts';
import { isocenter, temporaryFolder } from './support/cli.ts';

const folder = temporaryFolder();
const cshape = join(folder, 'cshape');
const prostate = join(folder, 'prostate');
const coarse = ['--beams', '3', '--bixel', '10', '--max-iterations', '15'];

interface Structure {
  readonly name: string;
  readonly meanGy: number;
  readonly d98Gy: number;
  readonly d50Gy: number;
  readonly d2Gy: number;
}

async function json(...args: readonly string[]) {
  const { code, stdout, stderr } = await isocenter([...args, '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

async function refused(args: readonly string[], message: RegExp): Promise<void> {
  const { code, stdout, stderr } = await isocenter(args);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(2);
}

/** A copy of a folder, changed. */
function copyOf(from: string, name: string): string {
  const to = join(folder, name);
  cpSync(from, to, { recursive: true });
  return to;
}

beforeAll(async () => {
  await json('dicom', 'export', 'phantom:tg119-cshape', cshape);
  await json('dicom', 'export', 'phantom:prostate', prostate);
});

describe('isocenter dicom export', () => {
  it('writes files that dciodvfy has nothing against', () => {
    const files = readdirSync(cshape);
    expect(files).toContain('RS.dcm');
    expect(verifierErrors(join(cshape, 'RS.dcm'))).toEqual([]);
    expect(verifierErrors(join(cshape, 'CT.0001.dcm'))).toEqual([]);
  });

  it('writes the same files again', async () => {
    const again = join(folder, 'again');
    await json('dicom', 'export', 'phantom:tg119-cshape', again);
    for (const name of ['RS.dcm', 'CT.0007.dcm']) {
      expect(readFileSync(join(again, name))).toEqual(readFileSync(join(cshape, name)));
    }
  });

  it('leaves nothing behind where it cannot write', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await refused(['dicom', 'export', 'phantom:tg119-cshape', join(file, 'out')], /cannot be written/);
    await refused(['dicom', 'export', 'phantom:nobody', join(folder, 'nobody')], /nobody/);
    expect(existsSync(join(folder, 'nobody'))).toBe(false);
    await refused(['dicom', 'export', cshape, join(folder, 'twice')], /DICOM folder already/);
  });
});

describe('isocenter dicom info and check', () => {
  it('say what is there', async () => {
    const { items, findings } = await json('dicom', 'info', cshape);
    expect(items.map(({ kind }: { kind: string }) => kind)).toEqual(['CT', 'RTSTRUCT']);
    expect(items[1].summary).toContain('Core');
    expect(findings).toEqual([]);
    const { stdout } = await isocenter(['dicom', 'check', cshape]);
    expect(stdout).toContain('tg119-cshape');
  });

  it('fail where slices are missing', async () => {
    const gap = copyOf(cshape, 'gap');
    rmSync(join(gap, 'CT.0020.dcm'));
    await refused(['dicom', 'check', gap], /slices are missing between/);
    await refused(['plan', gap, '--protocol', 'tg119-cshape'], /slices are missing between .* mm/);
  });

  it('fail where there is nothing, or no DICOM file', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    await refused(['dicom', 'info', empty], /holds no DICOM files: it is empty/);
    writeFileSync(join(empty, 'note.txt'), 'nothing');
    await refused(['dicom', 'check', empty], /none of its 1 files/);
  });
});

describe('isocenter plan with a DICOM folder', () => {
  it('gives the dose of the phantom itself, and writes doses that are judged alike', async () => {
    const out = join(folder, 'plan');
    const direct = await json('plan', 'phantom:tg119-cshape', '--protocol', 'tg119-cshape', ...coarse);
    const args = ['--protocol', 'tg119-cshape', ...coarse, '--out', out, '--beam-doses'];
    const plan = await json('plan', cshape, ...args);
    expect(plan.voxels).toBe(direct.voxels);
    const byName = new Map<string, Structure>(plan.structures.map((s: Structure) => [s.name, s]));
    for (const s of direct.structures as Structure[]) {
      for (const metric of ['meanGy', 'd98Gy', 'd50Gy', 'd2Gy'] as const) {
        expect(Math.abs((byName.get(s.name)?.[metric] ?? 0) - s[metric]), `${metric} of ${s.name}`).toBeLessThan(0.1);
      }
    }
    const written = JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8'));
    expect(written.dicom).toEqual([
      'dicom/RD.dcm',
      'dicom/RD.beam01.dcm',
      'dicom/RD.beam02.dcm',
      'dicom/RD.beam03.dcm',
    ]);
    expect(verifierErrors(join(out, 'dicom', 'RD.dcm'))).toEqual([]);
    expect(verifierErrors(join(out, 'dicom', 'RD.beam01.dcm'))).toEqual([]);
    const { dataset } = readDicom('RD', readFileSync(join(out, 'dicom', 'RD.dcm')));
    const rs = readDicom('RS', readFileSync(join(cshape, 'RS.dcm')));
    expect(dataset.items('ReferencedStructureSetSequence')[0].text('ReferencedSOPInstanceUID')).toBe(rs.sopInstanceUid);
    expect(dataset.text('StudyInstanceUID')).toBe(rs.dataset.text('StudyInstanceUID'));

    const dose = join(out, 'dicom', 'RD.dcm');
    const judged = await json('evaluate', cshape, '--protocol', 'tg119-cshape', '--dose', dose);
    for (const s of judged.structures as Structure[]) {
      expect(s.meanGy, s.name).toBeCloseTo(byName.get(s.name)?.meanGy ?? 0, 4);
    }
    // The beams make up the plan.
    const beams = copyOf(cshape, 'beams');
    for (const n of [1, 2, 3]) cpSync(join(out, 'dicom', `RD.beam0${n}.dcm`), join(beams, `beam ${n}`));
    const sum = await json('evaluate', beams, '--protocol', 'tg119-cshape', '--sum-beams');
    for (const s of sum.structures as Structure[]) {
      expect(s.meanGy, `${s.name} by beams`).toBeCloseTo(byName.get(s.name)?.meanGy ?? 0, 3);
    }
    // A folder that holds the dose as well is judged without naming it.
    const whole = copyOf(cshape, 'whole');
    cpSync(dose, join(whole, 'dose without extension'));
    const again = await json('evaluate', whole, '--protocol', 'tg119-cshape');
    expect(again.goals).toEqual(judged.goals);
  });

  it('of a phantom writes CT and structures beside the dose', async () => {
    const out = join(folder, 'of-phantom');
    await json('plan', 'phantom:tg119-cshape', ...coarse, '--out', out);
    const names = readdirSync(join(out, 'dicom'));
    expect(names).toContain('RS.dcm');
    expect(names.filter((name) => name.startsWith('CT.')).length).toBeGreaterThan(10);
    const { findings } = await json('dicom', 'info', join(out, 'dicom'));
    expect(findings).toEqual([]);
  });

  it('finds structures by the names of TG-263 and by aliases, and says so', async () => {
    const aliases = join(folder, 'aliases.yaml');
    writeFileSync(aliases, 'Core: Core\nTarget: PTV\n');
    const renamed = copyOf(prostate, 'renamed');
    const names: Readonly<Record<string, string>> = { PTV: 'Target', Rectum: 'Rektum', Bladder: 'urinary bladder' };
    rename(join(renamed, 'RS.dcm'), names);
    const args = [renamed, '--protocol', 'tg119-prostate', '--beams', '3', '--bixel', '10', '--max-iterations', '5'];
    await refused(['plan', ...args], /no target/);
    const { code, stdout, stderr } = await isocenter(['plan', ...args, '--aliases', aliases]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('"Target" is PTV (alias)');
    expect(stdout).toContain('"Rektum" is Rectum (TG-263)');
    expect(stdout).toContain('"urinary bladder" is Bladder (TG-263)');
  });
});

describe('what is refused', () => {
  const both = join(folder, 'both');
  beforeAll(() => {
    cpSync(cshape, join(both, 'a'), { recursive: true });
    cpSync(prostate, join(both, 'b', 'deeper'), { recursive: true });
  });

  it('two patients in one folder, unless one is chosen', async () => {
    await refused(['plan', both, '--protocol', 'tg119-cshape'], /2 patients: prostate \(72 files\), tg119-cshape/);
    await refused(['plan', both, '--protocol', 'tg119-cshape', '--patient-id', 'x'], /there is no patient x/);
    const plan = await json('plan', both, '--protocol', 'tg119-cshape', '--patient-id', 'tg119-cshape', ...coarse);
    expect(plan.patient).toBe('tg119-cshape');
  });

  it('structures of another frame of reference, unless a registration leads to it', async () => {
    const other = copyOf(cshape, 'other');
    const rs = join(other, 'RS.dcm');
    const frame = readDicom('RS', readFileSync(rs)).dataset.text('FrameOfReferenceUID') ?? '';
    swap(rs, frame, derivedUid('other frame').padEnd(frame.length, '0').slice(0, frame.length));
    await refused(['plan', other, '--protocol', 'tg119-cshape'], /RS\.dcm lies in frame of reference/);
    await refused(['dicom', 'check', other], /which no CT here has/);
    const shift = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    const moved = readDicom('RS', readFileSync(rs)).dataset.text('FrameOfReferenceUID') ?? '';
    const record = JSON.parse(
      JSON.stringify(registrationRecord(shift))
        .replaceAll(derivedUid('planning frame'), frame)
        .replaceAll(derivedUid('other frame'), moved),
    );
    writeFileSync(join(other, 'REG'), writeDicom({ ...record, PatientID: 'tg119-cshape' }));
    const plan = await json('plan', other, '--protocol', 'tg119-cshape', ...coarse);
    expect(plan.warnings.join()).toMatch(/brought to the CT's frame of reference by REG/);
  });

  it('two structure sets, two series, no structures, no protocol', async () => {
    const two = copyOf(cshape, 'two');
    const uid = readDicom('RS', readFileSync(join(two, 'RS.dcm'))).sopInstanceUid;
    cpSync(join(two, 'RS.dcm'), join(two, 'RS2.dcm'));
    swap(join(two, 'RS2.dcm'), uid, `${uid.slice(0, -1)}${uid.endsWith('1') ? '2' : '1'}`);
    await refused(['plan', two, '--protocol', 'tg119-cshape'], /2 structure sets/);
    rmSync(join(two, 'RS.dcm'));
    rmSync(join(two, 'RS2.dcm'));
    await refused(['plan', two, '--protocol', 'tg119-cshape'], /no target/);
    await refused(['plan', cshape], /no protocol was given/);
  });

  it('a damaged file, by its name', async () => {
    const cut = copyOf(cshape, 'cut');
    const path = join(cut, 'CT.0003.dcm');
    writeFileSync(path, readFileSync(path).subarray(0, 3000));
    await refused(
      ['plan', cut, '--protocol', 'tg119-cshape', '--out', join(folder, 'none')],
      /CT\.0003\.dcm: \(7FE0,0010\) PixelData/,
    );
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  it('a dose of another frame of reference, one of zero scaling, none at all', async () => {
    await refused(['evaluate', cshape, '--protocol', 'tg119-cshape'], /holds no RT Dose/);
    await refused(['evaluate', 'phantom:tg119-cshape'], /no dose was given/);
  });
});

/** Replaces text of the same length in a file. */
function swap(path: string, from: string, to: string): void {
  const bytes = readFileSync(path).toString('latin1');
  expect(to).toHaveLength(from.length);
  writeFileSync(path, Buffer.from(bytes.replaceAll(from, to), 'latin1'));
}

/** Writes a structure set again under other names: implicit VR, so that lengths can change. */
function rename(path: string, names: Readonly<Record<string, string>>): void {
  const bytes = readFileSync(path);
  let text = bytes.toString('latin1');
  for (const [from, to] of Object.entries(names)) {
    const padded = (name: string): string => (name.length % 2 === 0 ? name : `${name} `);
    const element = (name: string): string => {
      const value = padded(name);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(value.length);
      return `\x06\x30\x26\x00${length.toString('latin1')}${value}`;
    };
    expect(text).toContain(element(from));
    text = text.replace(element(from), element(to));
  }
  writeFileSync(path, Buffer.from(text, 'latin1'));
}
