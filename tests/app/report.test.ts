import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { evaluateDose } from '../../planners/radiation/evaluation/evaluate.ts';
import { builtinProtocol } from '../../planners/radiation/protocol/registry.ts';
import { reportHtml } from '../../planners/radiation/report/html.ts';
import { buildPhantom } from '../../sim/phantoms/registry.ts';
import { openFile } from '../support/browser.ts';
import { dataFolder } from '../support/data.ts';
import { isocenter, temporaryFolder } from './support/cli.ts';
import { planFileSchema } from './support/schemas.ts';

const folder = temporaryFolder();
const phantom = 'phantom:tg119-cshape';
const small = ['--dose-grid', '6', '--beams', '5', '--bixel', '10', '--max-iterations', '10', '--device', 'wasm'];
const made = join(folder, 'made');
let plan: z.infer<typeof planFileSchema>;

beforeAll(async () => {
  const { code, stderr } = await isocenter(['plan', phantom, ...small, '--out', made]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  plan = planFileSchema.parse(JSON.parse(readFileSync(join(made, 'plan.json'), 'utf8')));
});

const withoutDate = (html: string): string => html.replace(/Report written by<\/dt><dd>[^<]*/, '');
const fixed = (value: number | null): string => (value === null ? '-' : value.toFixed(2));

/** Rows of cells of a table, as a reader sees them. */
async function rowsOf(page: Awaited<ReturnType<typeof openFile>>['page'], name: string): Promise<string[][]> {
  return page
    .locator(`table.${name} tbody tr`)
    .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent.trim())));
}

describe('the report of a plan', () => {
  it('opens without a request or an error, with the numbers of plan.json, and prints on A4', async () => {
    const { page, errors, requests, close } = await openFile(join(made, 'report.html'));
    try {
      expect(requests.filter((url) => !url.startsWith('data:'))).toHaveLength(1);
      expect(await rowsOf(page, 'goals')).toEqual(
        plan.goals.map((goal, n) => [
          String(n + 1),
          goal.structure,
          goal.metric,
          expect.stringContaining(String(goal.limit)),
          fixed(goal.value),
          expect.any(String),
          goal.pass ? '✓ pass' : '✗ FAIL',
        ]),
      );
      expect(await rowsOf(page, 'structures')).toEqual(
        plan.structures.map((s, n) => [
          String.fromCharCode(65 + n),
          expect.stringContaining(s.name),
          ...[s.volumeCc, s.meanGy, s.d98Gy, s.d95Gy, s.d50Gy, s.d2Gy, s.maxGy].map(fixed),
        ]),
      );
      const beams = await rowsOf(page, 'beams');
      expect(beams.map((row) => Number(row[1]))).toEqual(plan.beams.map(({ gantryDeg }) => gantryDeg));
      beams.forEach((row, n) => {
        const sum = plan.weights[n].reduce((total, weight) => total + weight, 0);
        expect(Number(row[7])).toBeCloseTo(sum, 1);
      });
      const inputs = await rowsOf(page, 'inputs');
      expect(inputs.map(([role]) => role)).toEqual(plan.provenance.inputs.map(({ role }) => role));
      expect(await page.locator('.planes svg.figure').count()).toBe(6);
      expect(await page.locator('.planes svg.figure image').count()).toBe(6);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wide).toBeLessThanOrEqual(0);
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
      // A4 is 595.3 x 841.9 points.
      expect(pdf).toMatch(/\/MediaBox \[0 0 59[45][.\d]* 84[12][.\d]*\]/);
      expect(errors).toEqual([]);
    } finally {
      await close();
    }
  });

  it('has curves that pass through the evaluated D50 and D2', async () => {
    const html = readFileSync(join(made, 'report.html'), 'utf8');
    const most = 1.05 * Math.max(50, ...plan.structures.map(({ maxGy }) => maxGy ?? 0));
    plan.structures.forEach((structure, n) => {
      const points = new RegExp(`data-structure="${String.fromCharCode(65 + n)}" points="([^"]+)"`)
        .exec(html)![1]
        .split(' ')
        .map((point) => point.split(',').map(Number));
      for (const [percent, gy] of [
        [50, structure.d50Gy!],
        [2, structure.d2Gy!],
      ]) {
        const y = 10 + 350 * (1 - percent / 100);
        const after = points.findIndex((point) => point[1] >= y);
        const found = ((points[after][0] - 46) / 622) * most;
        // The curve has a point every 1/400 of the axis; small structures step from voxel to voxel.
        expect(Math.abs(found - gy)).toBeLessThan(most / 400 + 0.5);
      }
    });
  });

  it('is black on white, with dash patterns, and no colour at all', () => {
    const html = readFileSync(join(made, 'report.html'), 'utf8');
    const colours = new Set(html.replace(/base64,[^"]*/g, '').match(/#[0-9a-f]{3,6}\b(?=["; ])/g));
    for (const colour of colours) expect(colour).toMatch(/^#(.)\1*$/);
    expect(new Set(html.match(/stroke-dasharray="[^"]+"/g)).size).toBeGreaterThan(5);
    expect(statSync(join(made, 'report.html')).size).toBeLessThan(3e6);
  });

  it('is the same when it is written later', async () => {
    const later = join(folder, 'later.html');
    const { code, stdout, stderr } = await isocenter(['report', phantom, '--plan', made, '--out', later]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`Report written: ${later}\n`);
    const numbers = (html: string): string[] =>
      withoutDate(html)
        .match(/<table class="(goals|structures|indices|beams)">.*?<\/table>/g)!
        .flat();
    expect(numbers(readFileSync(later, 'utf8'))).toEqual(numbers(readFileSync(join(made, 'report.html'), 'utf8')));
  });

  it('is refused where patient, plan or dose do not belong together, and nothing is written', async () => {
    const out = join(folder, 'none', 'report.html');
    const changed = join(folder, 'changed');
    cpSync(made, changed, { recursive: true });
    const csv = readFileSync(join(changed, 'dose.csv'), 'utf8').split('\n');
    const wrong = csv.map((line, n) => (n % 2 === 0 ? line : line.replace(/,\d/, ',9')));
    writeFileSync(join(changed, 'dose.csv'), wrong.join('\n'));
    writeFileSync(join(folder, 'damaged.json'), '{"patient": "x"}');
    const cases: [readonly string[], RegExp][] = [
      [['phantom:prostate', '--plan', made], /./],
      [[phantom, '--plan', changed], /dose\.csv gives .* Gy where .*plan\.json says .* Gy/],
      [[phantom, '--plan', join(folder, 'damaged.json')], /damaged\.json: device: /],
      [[phantom, '--plan', made, '--dose', 'x.csv'], /cannot be used with/],
    ];
    const outcomes = await Promise.all(cases.map(([args]) => isocenter(['report', ...args, '--out', out])));
    outcomes.forEach(({ code, stdout, stderr }, n) => {
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^error: .+\nhint: .+\n$/);
      expect(stderr).toMatch(cases[n][1]);
    });
    const nowhere = await isocenter(['report', phantom, '--dose', join(made, 'dose.csv')]);
    expect(nowhere.stderr).toBe('error: no place for the report was given\nhint: give --out FILE.html\n');
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});

describe('the report of a dose', () => {
  it('of RT Dose from elsewhere has the goals of evaluate', async () => {
    const out = join(folder, 'dose.html');
    const dose = readdirSync(join(made, 'dicom')).find((name) => name.startsWith('RD'))!;
    const args = [phantom, '--dose-grid', '6', '--dose', join(made, 'dicom', dose)];
    const report = await isocenter(['report', ...args, '--out', out]);
    expect({ code: report.code, stderr: report.stderr }).toEqual({ code: 0, stderr: '' });
    const judged = JSON.parse((await isocenter(['evaluate', ...args, '--json'])).stdout);
    const html = readFileSync(out, 'utf8');
    expect(html).toContain('Dose evaluation report');
    for (const goal of judged.goals) expect(html).toContain(`<td class="n">${goal.value.toFixed(2)}</td>`);
    expect(html).not.toContain('<h2>Beams</h2>');
  });

  it('shows whatever names and doses there are: markup, many structures, none with voxels, no dose, no goals', async () => {
    const phantomPatient = buildPhantom('head-and-neck');
    const { structures, grid } = phantomPatient.structureSet;
    const name =
      '</text></svg><script>alert(1)</script>" onload="x" & PTV 70 \'minus\' 5 mm, edited by the second reviewer';
    const more = Array.from({ length: 30 }, (_, n) => ({
      name: `${n} ${name}`,
      voxels: n % 3 === 0 ? new Uint32Array(0) : structures[n % structures.length].voxels,
    }));
    const id = 'Doe^"Jane"</style><img src=http://example.invalid/x>\\';
    const patient = { ...phantomPatient, id, structureSet: { grid, structures: [...structures, ...more] } };
    const protocol = { ...builtinProtocol('tg119-head-neck'), goals: [] };
    mkdirSync(join(folder, 'hostile'));
    for (const gy of [0, 45]) {
      const dose = new Float32Array(patient.ct.data.length).fill(gy);
      const evaluation = evaluateDose({ patient, protocol, dose });
      const provenance = {
        program: 'isocenter',
        version: '0',
        node: '',
        platform: '',
        date: '',
        settings: { patient: name },
        inputs: [],
      } as const;
      const judged = { ...evaluation, patient: id, protocol: protocol.name, matches: [], warnings: [name], provenance };
      const path = join(folder, 'hostile', `${gy}.html`);
      writeFileSync(path, reportHtml({ patient, protocol, dose, judged }, '0'));
      const { page, errors, requests, close } = await openFile(path);
      try {
        expect(requests.filter((url) => !url.startsWith('data:'))).toHaveLength(1);
        expect(errors).toEqual([]);
        expect(await page.locator('script, img, [onload]').count()).toBe(0);
        expect((await rowsOf(page, 'structures')).map(([, shown]) => shown)).toContain(`29 ${name}`);
        expect(await page.locator('body').textContent()).toContain('The protocol has no goals for this patient.');
        expect(await page.locator('.planes').count()).toBe(gy === 0 ? 1 : 2);
        expect(await page.locator('body').textContent()).not.toMatch(/NaN|Infinity|undefined/);
      } finally {
        await close();
      }
    }
  });
});

const data = dataFolder();

describe.skipIf(data === undefined)('the report of a patient of OpenKBP', () => {
  it('of its reference dose is written, small enough to send', async () => {
    const real = join(data ?? '', 'openkbp/train-pats/pt_143');
    const out = join(folder, 'pt_143.html');
    const { code, stderr } = await isocenter(['report', real, '--dose', join(real, 'dose.csv'), '--out', out]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(statSync(out).size).toBeLessThan(3e6);
  });
});
