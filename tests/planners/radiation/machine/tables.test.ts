import { describe, expect, it } from 'vitest';
import { IsocenterError } from '../../../../engine/core/errors.ts';
import {
  parseMachineParams,
  parseOutputFactors,
  parsePrimaryFluence,
  parseTprTable,
} from '../../../../planners/radiation/machine/tables.ts';

const depths = Array.from({ length: 10 }, (_, i) => i * 10);
const TPR = `# a comment\n0 0 50 100 # sides\n${depths.map((d) => `${d}\t0.9 ${1 - d / 200} ${1 - d / 300}`).join('\n')}\n`;
const PARAMS = 'SAD 1000.0\nphoton_energy 6.0\nfwhm_gauss 5\ndose_reference_ssd 900\ndose_reference_depth 100\n';

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(IsocenterError);
    expect((error as IsocenterError).hint).not.toBe('');
    return (error as IsocenterError).message;
  }
  throw new Error('nothing was thrown');
}

describe('tables of measured beam data', () => {
  it('reads tissue-phantom ratios without the column of field side 0', () => {
    const table = parseTprTable(TPR, 'a.dat');
    expect([...table.fieldMm]).toEqual([50, 100]);
    expect([...table.depthMm]).toEqual(depths);
    expect(table.ratio[3 * 2 + 1]).toBeCloseTo(0.9, 12);
    expect(table.ratio.length).toBe(20);
  });

  it.each([
    [TPR.replace('30\t0.9', '30\t0.9 7'), 'a.dat, line 6: 5 values, expected 4'],
    [TPR.replace('30\t0.9', '30\tx0.9'), "a.dat, line 6: 'x0.9', expected a number"],
    [TPR.replace('\n30\t', '\n15\t'), 'a.dat, line 6: depth 15 mm, expected above the one before it (20 mm)'],
    [TPR.replace('0 0 50 100', '0 0 100 50'), 'a.dat, line 2: field side 50 mm, expected above'],
    [TPR.replace('0.9 1 1', '0.9 -1 1'), 'a.dat, line 3: tissue-phantom ratio -1, expected between 0 and 10'],
    ['0 50 100\n0 1 1\n', 'a.dat, line 1: 1 depths, expected at least 10 rows'],
    ['# only a comment\n', 'a.dat: no line of numbers'],
    ['', 'a.dat: no line of numbers'],
  ])('refuses malformed ratios, case %#', (text, message) => {
    expect(messageOf(() => parseTprTable(text, 'a.dat'))).toContain(message);
  });

  it('reads output factors and the in-air profile', () => {
    const factors = parseOutputFactors('10 .7\r\n100 1\r\n400 1.17', 'of.dat');
    expect([...factors.factor]).toEqual([0.7, 1, 1.17]);
    const profile = parsePrimaryFluence('0 1\n100 1.05\n300 3e-2\n', 'p.dat');
    expect([...profile.radiusMm]).toEqual([0, 100, 300]);
  });

  it.each([
    ['10 0.7\n100 1 2\n', 'of.dat, line 2: 3 values, expected two'],
    ['10 0.7\n100 NaN\n', "of.dat, line 2: 'NaN', expected a number"],
    ['10 0.7\n100 11\n', 'of.dat, line 2: output factor 11, expected between 0 and 10'],
    ['10 0.7\n10 1\n20 1\n', 'of.dat, line 2: field side 10 mm, expected above'],
    ['10 0.7\n100 1\n', 'of.dat, line 1: 2 rows, expected at least 3'],
  ])('refuses malformed output factors, case %#', (text, message) => {
    expect(messageOf(() => parseOutputFactors(text, 'of.dat'))).toContain(message);
  });

  it('refuses a profile that does not start at 1 on the axis', () => {
    expect(messageOf(() => parsePrimaryFluence('# x\n5 1\n9 1\n12 1', 'p.dat'))).toContain(
      'p.dat, line 2: radius 5 mm',
    );
    expect(messageOf(() => parsePrimaryFluence('0 .9\n9 1\n12 1', 'p.dat'))).toContain('line 1: fluence 0.9');
  });

  it('reads parameters and warns of unknown keys', () => {
    const params = parseMachineParams(`${PARAMS}flux_capacitor 1.21\n`, 'params.dat');
    expect(params).toMatchObject({ sadMm: 1000, energyMV: 6, sourceFwhmMm: 5, outputFactorSsdMm: 900 });
    expect(params.warnings).toEqual(["params.dat, line 6: unknown key 'flux_capacitor' is ignored"]);
  });

  it.each([
    [PARAMS.replace('SAD 1000.0\n', ''), "params.dat: 'SAD' is missing"],
    [PARAMS.replace('SAD 1000.0', 'SAD 0'), "params.dat: 'SAD' is 0"],
    [PARAMS.replace('SAD 1000.0', 'SAD one'), "params.dat, line 1: 'one', expected a number"],
    [PARAMS.replace('SAD 1000.0', 'SAD 1 2'), "params.dat, line 1: 'SAD 1 2', expected a key and one number"],
    [PARAMS.replace('SAD 1000.0', 'SAD'), "params.dat, line 1: 'SAD', expected a key and one number"],
    [`${PARAMS}SAD 1000\n`, "params.dat, line 6: 'SAD' a second time"],
    [PARAMS.replace('SAD 1000.0', 'SAD -5'), 'params.dat, line 1: SAD -5, expected between 0'],
  ])('refuses malformed parameters, case %#', (text, message) => {
    expect(messageOf(() => parseMachineParams(text, 'params.dat'))).toContain(message);
  });
});
