import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isocenter, temporaryFolder } from './support/cli.ts';
import { writeOpenKbpFolder } from './support/openkbp-folder.ts';

const folder = temporaryFolder();
const good = writeOpenKbpFolder(join(folder, 'good'));
const goal = '"goals":[],"overlapPriority":[]';

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

let made = 0;
function patient(changes: Readonly<Record<string, string | undefined>>): string {
  return writeOpenKbpFolder(join(folder, `bad-${made++}`), changes);
}

/** Two lines on stderr, nothing on stdout, exit code 2. */
async function expectRefused(
  args: readonly string[],
  message: RegExp,
  env: Record<string, string> = {},
): Promise<void> {
  const { code, stdout, stderr } = await isocenter(args, { env });
  expect(stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
  expect(stderr).toMatch(message);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
}

describe('usage', () => {
  it.each<[string, string[], RegExp]>([
    ['no command', [], /no command/],
    ['unknown command', ['plann', 'x'], /unknown command 'plann'.*\n.*plan/],
    ['no patient', ['plan'], /missing required argument/],
    ['unknown option', ['plan', good, '--foo'], /unknown option '--foo'/],
    ['option without value', ['plan', good, '--bixel'], /argument missing/],
    ['too many arguments', ['plan', good, good], /too many arguments/],
    ['no machine command', ['machine'], /no command/],
    ['evaluate without dose', ['evaluate', good], /--dose/],
    ['commission without tables', ['machine', 'commission', '--name', 'x'], /--tpr/],
  ])('%s', (_, args, message) => expectRefused(args, message));
});

describe('values', () => {
  it.each<[string, string[], RegExp]>([
    ['bixel is no number', ['--bixel', 'abc'], /--bixel: "abc" is not a number/],
    ['bixel is too small', ['--bixel', '0.5'], /0.5 mm is outside 1 to 50 mm/],
    ['bixel is negative', ['--bixel', '-5'], /-5 mm is outside/],
    ['empty angle', ['--gantry', '0,,40'], /--gantry: "" in "0,,40" is not a number/],
    ['gantry out of range', ['--gantry', '0,361'], /361 deg is outside 0 to 360 deg/],
    ['couch out of range', ['--couch', '400'], /400 deg is outside/],
    ['NaN', ['--collimator', 'NaN'], /"NaN" is not a number/],
    ['hexadecimal', ['--beams', '0x9'], /not a number/],
    ['fraction of a beam', ['--beams', '9.5'], /not a whole number/],
    ['no beams', ['--beams', '0'], /outside 1 to 360/],
    ['both beams and gantry', ['--beams', '3', '--gantry', '0,10,20'], /both given/],
    ['couch count', ['--gantry', '0,40,80', '--couch', '1,2'], /--couch has 2 angles for 3 beams/],
    ['no iterations', ['--max-iterations', '0'], /--max-iterations: 0 is outside/],
    ['isocentre of two numbers', ['--isocenter', '1,2'], /three must be/],
    ['isocentre outside the CT', ['--isocenter', '1,2,9000'], /z = 9000 mm is outside the CT/],
    ['dose grid out of range', ['--dose-grid', '0.1'], /outside 0.5 to 20 mm/],
    ['unknown device', ['--device', 'gpu'], /Allowed choices are auto, wasm, webgpu/],
    ['unknown protocol', ['--protocol', 'nope'], /there is no protocol nope/],
    ['unknown machine', ['--machine', 'nope'], /there is no machine nope/],
    ['missing machine file', ['--machine', './nope.json'], /no such file/],
    ['broken machine file', ['--machine', file('machine.json', '{"name":\n')], /not JSON/],
    ['incomplete machine file', ['--machine', file('machine2.json', '{"name":"x"}')], /machine2.json/],
    ['missing table', ['--hlut', join(folder, 'nope.hlut')], /no such file/],
    ['broken table', ['--hlut', file('bad.hlut', '-1000 0\n0 x\n')], /bad.hlut line 2/],
    ['broken protocol', ['--protocol', file('p1.json', '{')], /not JSON/],
    ['incomplete protocol', ['--protocol', file('p2.json', '{}')], /p2.json/],
  ])('%s', (_, args, message) => expectRefused(['plan', good, ...args], message));

  it('threads', () => expectRefused(['plan', good], /threads were asked for/, { ISOCENTER_THREADS: 'x' }));

  it('a protocol without a target that the patient has', async () => {
    const target = '"targets":[{"structure":"GTV","prescriptionGy":60}],"objectives":[]';
    const text = `{"name":"p","description":"","fractions":30,"doseVolumeConvention":"openkbp",${target},${goal}}`;
    await expectRefused(['plan', good, '--protocol', file('p3.json', text)], /no target of protocol p \(GTV\)/);
  });
});

describe('patients', () => {
  it.each<[string, () => string, RegExp]>([
    ['missing folder', () => join(folder, 'nope'), /no such file or folder/],
    ['a file', () => file('patient', ''), /it is a file, not a folder/],
    ['folder without ct.csv', () => patient({ ct: undefined }), /no ct.csv/],
    ['folder of patients', () => folder, /holds folders that have one/],
    ['no mask', () => patient({ possible_dose_mask: undefined }), /possible_dose_mask.csv is missing/],
    ['malformed row', () => patient({ ct: ',data\n1,1000\n2;1000\n' }), /ct.csv line 3/],
    ['NaN', () => patient({ ct: ',data\n1,nan\n' }), /ct.csv line 2/],
    ['index outside 128^3', () => patient({ PTV70: ',data\n2097152,\n' }), /PTV70.csv line 2/],
    ['duplicate index', () => patient({ PTV70: ',data\n5,\n5,\n' }), /PTV70.csv/],
    ['voxel size 0', () => patient({ voxel_dimensions: '5\n0\n5\n' }), /voxel_dimensions.csv line 2/],
    ['empty target', () => patient({ PTV70: ',data\n' }), /no target/],
    ['unknown phantom', () => 'phantom:nope', /no phantom "nope"/],
    ['phantom without protocol', () => 'phantom:water-tank', /no protocol of its own/],
  ])('%s', (_, name, message) => expectRefused(['plan', name()], message));

  it('a file that cannot be read', async () => {
    const name = patient({ PTV70: undefined });
    mkdirSync(join(name, 'PTV70.csv'));
    await expectRefused(['plan', name], /PTV70.csv cannot be read/);
  });
});

describe('doses', () => {
  it.each<[string, string, RegExp]>([
    ['missing', join(folder, 'nope.csv'), /no such file/],
    ['no header', file('d1.csv', '1,2\n'), /d1.csv/],
    ['not a number', file('d2.csv', ',data\n1,2\n2,x\n'), /d2.csv line 3/],
    ['duplicate', file('d3.csv', ',data\n1,2\n1,2\n'), /d3.csv/],
    ['outside', file('d4.csv', ',data\n99999999,2\n'), /d4.csv line 2/],
  ])('%s', async (_, dose, message) => {
    await expectRefused(['evaluate', good, '--dose', dose], message);
    await expectRefused(['evaluate', 'phantom:prostate', '--dose-grid', '8', '--dose', dose], message);
  });
});

describe('outputs', () => {
  const file1 = file('taken', 'mine');
  it.each<[string, string]>([
    ['a file', file1],
    ['inside a file', join(file1, 'x')],
  ])('%s', (_, out) => expectRefused(['plan', good, '--out', out], /cannot be written/));

  it.runIf(process.platform === 'linux')('where nothing can be written', () =>
    expectRefused(['plan', good, '--out', '/proc/isocenter/x'], /\/proc\/isocenter cannot be written/),
  );

  it('a folder in the place of plan.json', async () => {
    const out = join(folder, 'occupied');
    mkdirSync(join(out, 'plan.json'), { recursive: true });
    await expectRefused(['plan', good, '--out', out], /plan.json cannot be written: it is a folder/);
    expect(readdirSync(out)).toEqual(['plan.json']);
  });

  it('bad input leaves no folder behind', async () => {
    const out = join(folder, 'a', 'b');
    await expectRefused(['plan', good, '--machine', 'nope', '--out', out], /no machine/);
    expect(existsSync(join(folder, 'a'))).toBe(false);
  });
});

it('ISOCENTER_DEBUG=1 adds the stack', async () => {
  const { stderr } = await isocenter(['plan', 'phantom:nope'], { env: { ISOCENTER_DEBUG: '1' } });
  expect(stderr).toMatch(/^error: .*\nhint: .*\n[\s\S]*\n {4}at /);
});
