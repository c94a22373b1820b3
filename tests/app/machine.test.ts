import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dataFolder } from '../support/data.ts';
import { isocenter, temporaryFolder } from './support/cli.ts';

const folder = temporaryFolder();

const reportSchema = z.object({
  machine: z.string(),
  tpr2010: z.number(),
  calibration: z.object({ gyPerMu: z.number() }),
  depthDoses: z.array(z.object({ fieldMm: z.number(), depthMm: z.array(z.number()), percent: z.array(z.number()) })),
  outputFactors: z.object({ fieldMm: z.array(z.number()), factor: z.array(z.number()) }),
  provenance: z.object({ inputs: z.array(z.object({ sha256: z.string() })) }),
});

describe('isocenter machine report', () => {
  it('prints what the engine computes, as JSON', async () => {
    const { code, stdout, stderr } = await isocenter(['machine', 'report', 'generic-6mv', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const report = reportSchema.parse(JSON.parse(stdout));
    // limits of the project for the engine in water
    expect(Math.abs(report.tpr2010 - 0.6795)).toBeLessThan(0.005);
    expect(Math.abs(report.calibration.gyPerMu - 0.01)).toBeLessThan(0.0001);
  });

  it('prints tables', async () => {
    const { code, stdout } = await isocenter(['machine', 'report', 'artiste-6mv']);
    expect(code).toBe(0);
    for (const title of ['TPR20,10', 'Depth dose', 'Output factors', 'In-air profile', 'Off-axis ratios']) {
      expect(stdout).toContain(title);
    }
  });

  it('refuses a machine that is not there', async () => {
    const { code, stderr } = await isocenter(['machine', 'report', 'nope']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: there is no machine nope\nhint: [^\n]*generic-6mv[^\n]*\n$/);
  });
});

const data = dataFolder();

describe.skipIf(data === undefined)('isocenter machine commission', () => {
  const prefix = join(data ?? '', 'beam-6mv/photon6MV_synergy');
  const tables = {
    '--tpr': `${prefix}_tpr.dat`,
    '--output-factors': `${prefix}_of.dat`,
    '--primary-fluence': `${prefix}_primflu.dat`,
    '--params': `${prefix}_params.dat`,
    '--name': 'ours',
  };
  const commission = (changes: Record<string, string>) =>
    isocenter(['machine', 'commission', ...Object.entries({ ...tables, ...changes }).flat()]);

  it('writes a machine that report and plan take', async () => {
    const out = join(folder, 'ours.json');
    const { code, stdout, stderr } = await commission({ '--out': out });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('tissue-phantom ratios');
    expect(readdirSync(folder)).toEqual(['ours.json']);
    const report = reportSchema.parse(JSON.parse((await isocenter(['machine', 'report', out, '--json'])).stdout));
    expect(report.machine).toBe('ours');
    expect(Math.abs(report.tpr2010 - 0.6795)).toBeLessThan(0.005);
    const args = [
      'phantom:tg119-cshape',
      '--machine',
      out,
      '--bixel',
      '10',
      '--dose-grid',
      '8',
      '--max-iterations',
      '2',
    ];
    expect((await isocenter(['plan', ...args])).stdout).toContain('on ours');
  });

  it.each<[string, () => Record<string, string>, RegExp]>([
    [
      'a broken table',
      () => {
        writeFileSync(join(folder, 'bad.dat'), '30 0.9\n50 x\n');
        return { '--output-factors': join(folder, 'bad.dat') };
      },
      /bad.dat, line 2/,
    ],
    ['a missing table', () => ({ '--params': join(folder, 'nope.dat') }), /params .*nope.dat cannot be read/],
    ['an empty name', () => ({ '--name': '' }), /no name for a machine/],
    ['an unwritable file', () => ({ '--out': folder }), /cannot be written/],
  ])('refuses %s and writes nothing', async (_, changes, message) => {
    const out = join(folder, 'none', 'none.json');
    const { code, stderr, stdout } = await commission({ '--out': out, ...changes() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});
