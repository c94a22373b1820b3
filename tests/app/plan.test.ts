import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { dataFolder } from '../support/data.ts';
import { isocenter, temporaryFolder } from './support/cli.ts';
import { writeOpenKbpFolder } from './support/openkbp-folder.ts';
import { evaluationSchema, type goalSchema, planFileSchema, planSchema } from './support/schemas.ts';

const folder = temporaryFolder();
const patient = writeOpenKbpFolder(join(folder, 'pt_test'));
const small = ['--bixel', '10', '--max-iterations', '15', '--device', 'wasm'];
const phantom = ['phantom:tg119-cshape', '--dose-grid', '6', '--beams', '5', ...small];

type Goals = readonly z.infer<typeof goalSchema>[];

/** dose.csv has four decimals: a dose that is read again differs by less than 1e-4 Gy, a mean or a percentile too. */
function expectSameGoals(found: Goals, expected: Goals): void {
  expect(found.length).toBe(expected.length);
  found.forEach((goal, i) => {
    expect(goal).toMatchObject({
      structure: expected[i].structure,
      metric: expected[i].metric,
      limit: expected[i].limit,
    });
    expect(Math.abs(goal.value! - expected[i].value!)).toBeLessThan(1e-3);
  });
}

describe('isocenter plan', () => {
  it('prints one JSON object and nothing else when piped', async () => {
    const { code, stdout, stderr } = await isocenter(['plan', ...phantom, '--json']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const plan = planSchema.parse(JSON.parse(stdout));
    expect(plan).toMatchObject({ patient: 'tg119-cshape', machine: 'generic-6mv', fractions: 25, iterations: 15 });
    expect(plan.beams.map(({ gantryDeg }) => gantryDeg)).toEqual([0, 72, 144, 216, 288]);
    expect(plan.bixels).toBe(plan.beams.reduce((sum, beam) => sum + beam.bixels, 0));
    const { read, geometry, optimize, evaluate, total } = plan.timeMs;
    expect(total).toBeGreaterThan(read + geometry + optimize + evaluate);
    expect(plan.goals.map(({ structure }) => structure)).toEqual(['PTV', 'PTV', 'Core']);
    expect(plan.provenance.inputs.map(({ role }) => role)).toEqual(['patient', 'protocol', 'machine', 'hlut']);
  });

  it('prints tables for people, without progress when piped', async () => {
    const { code, stdout, stderr } = await isocenter(['plan', ...phantom]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Plan of tg119-cshape: tg119-cshape on generic-6mv, 25 fractions\n/);
    expect(stdout).toMatch(/Goals: \d of 3 passed/);
    expect(stdout).not.toContain('\u001b');
  });

  it('takes angles, couch, collimator and isocentre, and says what a turned couch means for OpenKBP', async () => {
    const angles = ['--gantry', '0,90.5', '--couch', '-20,0', '--collimator', '15', '--isocenter', '-5,2.5,0'];
    const { stdout } = await isocenter(['plan', patient, ...angles, ...small, '--json']);
    const plan = planSchema.parse(JSON.parse(stdout));
    expect(plan.beams).toMatchObject([
      { gantryDeg: 0, couchDeg: -20, collimatorDeg: 15, isocenterMm: [-5, 2.5, 0] },
      { gantryDeg: 90.5, couchDeg: 0, collimatorDeg: 15 },
    ]);
    expect(plan.warnings.join()).toContain('count as air');
    expect(plan.notes.join()).toContain('PTV63');
  });

  it('--out writes plan.json and dose.csv, and evaluate finds the same goals in them (OpenKBP)', async () => {
    const out = join(folder, 'made', 'for', 'it');
    const { stdout, code } = await isocenter(['plan', patient, ...small, '--out', out, '--json']);
    expect(code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['dicom', 'dose.csv', 'plan.json', 'report.html']);
    const plan = planFileSchema.parse(JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')));
    expect(plan).toMatchObject(planSchema.parse(JSON.parse(stdout)));
    expect(plan.weights.map((weights) => weights.length)).toEqual(plan.beams.map(({ bixels }) => bixels));
    expect(plan.bixelGrids.map(({ cells }) => cells.length)).toEqual(plan.beams.map(({ bixels }) => bixels));
    const rows = readFileSync(join(out, 'dose.csv'), 'utf8').trimEnd().split('\n');
    expect(rows[0]).toBe(',data');
    expect(rows.length - 1).toBe(plan.voxels);

    const args = ['--dose', join(out, 'dose.csv'), '--protocol', 'head-neck-openkbp', '--json'];
    const again = await isocenter(['evaluate', patient, ...args]);
    const evaluation = evaluationSchema.parse(JSON.parse(again.stdout));
    expectSameGoals(evaluation.goals, plan.goals);
    expect(evaluation.structures.map(({ name }) => name)).toEqual(plan.structures.map(({ name }) => name));
  });

  it('--out works on a dose grid of its own, and so does evaluate', async () => {
    const out = join(folder, 'phantom');
    await isocenter(['plan', ...phantom, '--out', out]);
    const plan = planFileSchema.parse(JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')));
    const args = ['phantom:tg119-cshape', '--dose-grid', '6', '--dose', join(out, 'dose.csv'), '--json'];
    const { stdout } = await isocenter(['evaluate', ...args]);
    expectSameGoals(evaluationSchema.parse(JSON.parse(stdout)).goals, plan.goals);
  });

  it('the same command gives the same bits', async () => {
    const plans = await Promise.all([1, 2].map(() => isocenter(['plan', ...phantom, '--json'])));
    const [a, b] = plans.map(({ stdout }) => planSchema.parse(JSON.parse(stdout)));
    expect(a.objective).toBe(b.objective);
    expect(a.structures).toEqual(b.structures);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('%s stops it without leaving a file', async (signal) => {
    const out = join(folder, signal, 'plan');
    const long = ['phantom:tg119-cshape', '--dose-grid', '3', '--bixel', '3', '--device', 'wasm', '--out', out];
    const started = performance.now();
    const { code, stdout, stderr } = await isocenter(['plan', ...long], {
      onStart: (kill) => setTimeout(() => kill(signal), 2500),
    });
    expect({ code, stdout }).toEqual({ code: signal === 'SIGINT' ? 130 : 143, stdout: '' });
    expect(stderr).toBe('error: cancelled\nhint: nothing was written\n');
    expect(existsSync(join(folder, signal))).toBe(false);
    // The optimiser listens at least once an iteration; the limit leaves room for a busy machine.
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});

const data = dataFolder();

describe.skipIf(data === undefined)('isocenter on a patient of OpenKBP', () => {
  const real = join(data ?? '', 'openkbp/train-pats/pt_143');

  it('plans it, and evaluate finds the same goals in its dose.csv', async () => {
    const out = join(folder, 'pt_143');
    const { code, stdout } = await isocenter(['plan', real, ...small, '--out', out, '--json']);
    expect(code).toBe(0);
    const plan = planSchema.parse(JSON.parse(stdout));
    expect(plan.fractions).toBe(35);
    expect(plan.provenance.inputs.filter(({ role }) => role === 'patient').length).toBeGreaterThan(3);
    const again = await isocenter(['evaluate', real, '--dose', join(out, 'dose.csv'), '--json']);
    expectSameGoals(evaluationSchema.parse(JSON.parse(again.stdout)).goals, plan.goals);
  });

  it('evaluates its reference dose', async () => {
    const args = ['--dose', join(real, 'dose.csv'), '--protocol', 'head-neck-openkbp'];
    const { code, stdout } = await isocenter(['evaluate', real, ...args]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/PTV70 .*D99/);
  });
});
