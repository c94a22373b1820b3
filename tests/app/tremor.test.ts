import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { tremorFilterNames } from '../../planners/guidance/tremor/create.ts';
import { isocenter, temporaryFolder } from './support/cli.ts';

const folder = temporaryFolder();
const percent = z.number().nullable();
const schema = z.object({
  file: z.string(),
  rateHz: z.number(),
  kind: z.enum(['physiological', 'pathological']),
  rows: z.array(
    z.strictObject({
      filter: z.string(),
      latencyMs: z.number(),
      tremorReductionPct: percent,
      inBandReductionPct: percent,
      voluntaryErrorReductionPct: percent,
      voluntaryLagMs: z.number().nullable(),
      voluntaryChangePct: percent,
      perSampleUs: z.strictObject({ median: z.number(), p99: z.number() }),
    }),
  ),
  provenance: z.object({ inputs: z.array(z.object({ role: z.string(), name: z.string() })) }),
});

/** 30 s of a 5 Hz tremor on a slow motion, at 200 Hz. */
const recording = join(folder, 'hand.csv');
writeFileSync(
  recording,
  `t_s,ax,ay\n${Array.from({ length: 6000 }, (_, k) => {
    const t = k / 200;
    const tremor = Math.sin(2 * Math.PI * 5 * t + Math.sin(0.5 * t));
    return `${t},${100 * tremor + 300 * Math.sin(t)},${40 * tremor}`;
  }).join('\n')}\n`,
);

describe('tremor score', () => {
  it('scores a simulated hand', async () => {
    const { code, stdout } = await isocenter(['tremor', 'score', '--synthetic', '7', '--latency-ms', '0,10', '--json']);
    expect(code).toBe(0);
    const report = schema.parse(JSON.parse(stdout));
    expect(report).toMatchObject({ file: 'synthetic:7', rateHz: 1000, kind: 'physiological' });
    expect(report.rows.map(({ filter, latencyMs }) => [filter, latencyMs])).toEqual([
      ['steady-hand', 0],
      ['steady-hand', 10],
    ]);
    expect(report.rows[1].tremorReductionPct).toBeGreaterThan(60);
    expect(report.rows[1].voluntaryErrorReductionPct).toBeGreaterThan(50);
  });

  it('scores all filters on a recording, and draws', async () => {
    const plot = join(folder, 'plot.svg');
    const args = [
      'tremor',
      'score',
      recording,
      '--filter',
      'all',
      '--latency-ms',
      '0,5,20',
      '--device',
      'wasm',
      '--json',
    ];
    const { code, stdout } = await isocenter([...args, '--plot', plot]);
    expect(code).toBe(0);
    const report = schema.parse(JSON.parse(stdout));
    expect(report.rateHz).toBe(100);
    expect(report.rows.length).toBe(3 * tremorFilterNames.length);
    expect(report.rows.every((row) => row.voluntaryErrorReductionPct === null)).toBe(true);
    // A tone is predicted almost wholly.
    for (const row of report.rows.slice(0, 3)) expect(row.tremorReductionPct).toBeGreaterThan(80);
    const svg = readFileSync(plot, 'utf8');
    expect(svg).toMatch(/^<svg[^>]+>[\s\S]+<\/svg>\n$/);
    expect(svg.match(/<polyline/g)?.length).toBe(4);
    expect(svg).not.toContain('NaN');
  });

  it('prints a table', async () => {
    const { code, stdout } = await isocenter(['tremor', 'score', recording, '--filter', 'wflc', '--latency-ms', '20']);
    expect(code).toBe(0);
    expect(stdout).toContain('pathological tremor, 100 Hz');
    expect(stdout).toMatch(/wflc +20 /);
  });

  const short = join(folder, 'short.csv');
  writeFileSync(short, readFileSync(recording, 'utf8').split('\n').slice(0, 500).join('\n'));
  const unnamed = join(folder, 'unnamed.csv');
  writeFileSync(unnamed, '1,2,3\n4,5,6\n');
  it.each([
    ['no input', [], 'no file and no --synthetic'],
    ['two inputs', [recording, '--synthetic', '1'], '--synthetic'],
    ['an unknown filter', ['--synthetic', '1', '--filter', 'magic'], 'magic'],
    ['a file that is not there', [join(folder, 'none.csv')], 'none.csv'],
    ['no named columns', [unnamed], 't_s'],
    ['columns that are not there', [recording, '--columns', 't_s,q'], '"q"'],
    ['a short recording', [short], 'at least 10 s'],
    ['a latency that is no number', ['--synthetic', '1', '--latency-ms', 'soon'], 'soon'],
    ['a latency beyond what the filter can do', ['--synthetic', '1', '--latency-ms', '5,200'], 'at most 100 ms'],
    ['a latency beyond the limit', ['--synthetic', '1', '--latency-ms', '900'], '500'],
  ])('refuses %s in two lines', async (_, args, part) => {
    const { code, stdout, stderr } = await isocenter(['tremor', 'score', ...args]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n').length).toBe(2);
    expect(stderr).toMatch(/^error: .*\nhint: /);
    expect(stderr).toContain(part);
  });

  it('leaves no picture where it fails', async () => {
    const plot = join(folder, 'never.svg');
    expect((await isocenter(['tremor', 'score', unnamed, '--plot', plot])).code).toBe(2);
    expect(existsSync(plot)).toBe(false);
  });
});
