import { fixed, table } from '../../engine/core/text-table.ts';
import type { GammaReport } from './run.ts';

const WIDEST_BAR = 40;
const BINS_A_ROW = 2;

/** The result as tables. */
export function gammaText(report: GammaReport): string {
  const { criteria: c, passPercent, points, outside, mean, max, maxAtMm, histogram } = report;
  const share = c.local ? 'of the local dose' : `of ${c.normalisationGy.toPrecision(4)} Gy`;
  const head = `Gamma of ${report.evaluated} against ${report.reference}\n${c.dosePercent} % ${share} / ${c.distanceMm} mm, above ${c.thresholdPercent} % of ${c.normalisationGy.toPrecision(4)} Gy, up to ${c.maxGamma}\n\n`;
  const rows = [
    ['pass (gamma of at most 1)', `${fixed(passPercent, 2)} %`],
    ['points', String(points)],
    ['outside the evaluated dose', String(outside)],
    ['mean', fixed(mean, 3)],
    ['max', `${fixed(max, 3)} at (${maxAtMm.map((mm) => fixed(mm, 1)).join(', ')}) mm`],
  ];
  const result = table(
    [
      { title: 'result', align: 'left' },
      { title: '', align: 'left' },
    ],
    rows,
  );
  return `${head}${result}\n${bars(histogram, points)}`;
}

function bars(histogram: readonly number[], points: number): string {
  const sums: number[] = [];
  histogram.forEach((count, n) => {
    const row = Math.floor(n / BINS_A_ROW);
    sums[row] = (sums[row] ?? 0) + count;
  });
  const most = Math.max(...sums);
  return table(
    [{ title: 'gamma' }, { title: '%' }, { title: '', align: 'left' }],
    sums.map((count, row) => [
      `${fixed((row * BINS_A_ROW) / 10, 1)} to ${fixed(((row + 1) * BINS_A_ROW) / 10, 1)}`,
      fixed((100 * count) / points, 2),
      '#'.repeat(Math.ceil((WIDEST_BAR * count) / most)),
    ]),
  );
}
