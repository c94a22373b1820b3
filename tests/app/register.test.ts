import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isocenter, temporaryFolder } from './support/cli.ts';

const folder = temporaryFolder();
let made = 0;
function csv(text: string): string {
  const path = join(folder, `points-${made++}.csv`);
  writeFileSync(path, text);
  return path;
}

const schema = z.strictObject({
  T_base_patient: z.array(z.array(z.number()).length(4)).length(4),
  fiducialRegistrationErrorMm: z.number(),
  fiducialLocalisationErrorMm: z.number(),
  targetRegistrationErrorMm: z.number().optional(),
  fiducials: z.array(z.strictObject({ name: z.string(), residualMm: z.number() })),
  warnings: z.array(z.string()),
  provenance: z.object({
    version: z.string(),
    settings: z.object({ out: z.string() }),
    inputs: z.array(z.object({ role: z.string(), sha256: z.string().length(64) })).length(2),
  }),
});

/** Robot base: the patient turned by 90 degrees about z and moved by 500, 100 and -50 mm. */
const moving = csv('name,x,y,z\na,0,0,0\nb,100,0,0\nc,0,80,0\nd,10,20,60\n');
const fixed = csv('d,480,110,10\nc,420,100,-50\nb,500,200,-50\na,500,100,-50\n');

describe('isocenter register', () => {
  it('writes and prints the transform in metres, row by row', async () => {
    const out = join(folder, 'made', 'registration.json');
    const args = ['register', fixed, moving, '--target', '10,20,30', '--out', out];
    const { code, stdout, stderr } = await isocenter([...args, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const report = schema.parse(JSON.parse(stdout));
    const wanted = [
      [0, -1, 0, 0.5],
      [1, 0, 0, 0.1],
      [0, 0, 1, -0.05],
      [0, 0, 0, 1],
    ];
    for (const [r, row] of wanted.entries()) {
      for (const [c, value] of row.entries()) expect(report.T_base_patient[r][c]).toBeCloseTo(value, 9);
    }
    expect(report.fiducialRegistrationErrorMm).toBeLessThan(1e-9);
    expect(report.targetRegistrationErrorMm).toBeLessThan(1e-9);
    expect(report.fiducials.map(({ name }) => name)).toEqual(['d', 'c', 'b', 'a']);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(JSON.parse(stdout));
    expect(readdirSync(join(folder, 'made'))).toEqual(['registration.json']);
  });

  it('prints tables', async () => {
    const noisy = csv('a,500.5,100,-50\nb,500,199.6,-50\nc,420,100,-50.3\nd,480,110.2,10\n');
    const { code, stdout } = await isocenter(['register', noisy, moving, '--out', join(folder, 'noisy.json')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/FRE\) +0\.\d{3} +mm/);
    expect(stdout).not.toContain('TRE');
    expect(stdout).toMatch(/T_base_patient \[m\]\n/);
  });

  it('warns of a mirror image', async () => {
    const mirrored = csv('a,0,0,0\nb,-100,0,0\nc,0,80,0\nd,-10,20,60\n');
    const { code, stdout } = await isocenter(['register', fixed, mirrored, '--out', join(folder, 'mirror.json')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/warning: A mirror image would fit better/);
  });

  const line = csv('a,0,0,0\nb,1,1,1\nc,2,2,2\nd,3,3,3\n');
  it.each<[string, string[], RegExp]>([
    ['no files', [], /missing required argument/],
    ['one file', [fixed], /missing required argument/],
    ['no output', [fixed, moving], /--out/],
    ['a missing file', [join(folder, 'nope.csv'), moving], /fixed fiducials .*nope.csv cannot be read/],
    ['a folder', [fixed, folder], /moving fiducials .* cannot be read/],
    ['a broken row', [fixed, csv('a,1,2,3\nb,1,2,x\n')], /line 2: z is "x", not a number/],
    ['NaN', [csv('a,1,2,nan\n'), moving], /line 1: z is "nan"/],
    ['too few', [csv('a,0,0,0\nb,9,0,0\n'), csv('a,0,0,0\nb,9,0,0\n')], /2 pairs of fiducials; a registration needs 3/],
    ['points on a line', [line, moving], /fixed fiducials lie on one line/],
    ['counts that differ', [csv('0,0,0\n1,0,0\n0,1,0\n'), moving], /has 3 fiducials, .* has 4/],
    ['names that differ', [csv('a,0,0,0\nb,9,0,0\nc,0,9,0\ne,1,1,9\n'), moving], /lacks e of/],
    ['metres', [csv('a,0.5,0.1,0\nb,0.5,0.2,0\nc,0.42,0.1,0\nd,0.48,0.11,0.06\n'), moving], /spread over 0.* mm only/],
    [
      'a target of two numbers',
      [fixed, moving, '--target', '1,2'],
      /--target: "1,2" has 2 numbers where three must be/,
    ],
    ['a target that is no point', [fixed, moving, '--target', '1,2,x'], /"x" in "1,2,x" is not a number/],
  ])('refuses %s, and writes nothing', async (name, args, message) => {
    const out = join(folder, 'none', 'none.json');
    const { code, stdout, stderr } = await isocenter([
      'register',
      ...args,
      ...(name === 'no output' ? [] : ['--out', out]),
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  it('refuses an output that cannot be written', async () => {
    const { code, stderr } = await isocenter(['register', fixed, moving, '--out', folder]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot be written/);
  });
});
