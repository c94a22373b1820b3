import { type SortedDoses, volumePercentAtDose } from '../evaluation/dose-volume.ts';
import { escapeText, LabelSpace, shortName, textWidth } from './svg.ts';

/** One curve of a dose-volume histogram. */
export interface DvhCurve {
  readonly letter: string;
  readonly name: string;
  /** [Gy], ascending */
  readonly doses: SortedDoses;
  readonly isTarget: boolean;
}

export const dashPatterns: readonly string[] = [
  '',
  '7 3',
  '2 2.5',
  '9 3 2 3',
  '14 4',
  '5 2 1.5 2 1.5 2',
  '1 4',
  '12 3 5 3',
];

/** How the n-th structure is drawn; targets are wide. */
export function lineStyle(n: number, isTarget: boolean): { readonly dash: string; readonly width: number } {
  return { dash: dashPatterns[n % dashPatterns.length], width: isTarget ? 2.4 : 1.2 };
}

const frame = { left: 46, right: 12, top: 10, bottom: 40 } as const;
const steps = 400;

/**
 * A cumulative dose-volume histogram as SVG, black on white. Curves are told apart by dash pattern and by a letter on the curve;
 * the name stands beside it where there is room.
 *
 * @param mostGy right end of the axis
 * @param marksGy prescriptions: thin vertical lines
 */
export function dvhFigure(
  curves: readonly DvhCurve[],
  options: { widthPx: number; heightPx: number; mostGy: number; marksGy: readonly number[] },
): string {
  const { widthPx, heightPx, mostGy, marksGy } = options;
  const [w, h] = [widthPx - frame.left - frame.right, heightPx - frame.top - frame.bottom];
  const x = (gy: number): number => frame.left + (gy / mostGy) * w;
  const y = (percent: number): number => frame.top + h * (1 - percent / 100);
  const parts = [axes(mostGy, x, y, widthPx, heightPx)];
  for (const gy of new Set(marksGy)) {
    if (gy > mostGy) continue;
    parts.push(
      `<path d="M${px(x(gy))} ${px(y(100))}V${px(y(0))}" stroke="#000" stroke-width=".6" stroke-dasharray="1 3"/>`,
    );
  }
  const space = new LabelSpace(frame.left + 2, frame.top, widthPx - 2, heightPx - frame.bottom - 1);
  const labels: string[] = [];
  curves.forEach((curve, n) => {
    if (curve.doses.length === 0) return;
    const { dash, width } = lineStyle(n, curve.isTarget);
    const points: string[] = [];
    for (let s = 0; s <= steps; s++) {
      const gy = (s / steps) * mostGy;
      const percent = volumePercentAtDose(curve.doses, gy);
      points.push(`${px(x(gy))},${px(y(percent))}`);
      if (percent === 0) break;
    }
    const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
    parts.push(
      `<polyline data-structure="${curve.letter}" points="${points.join(' ')}" fill="none" stroke="#000" stroke-width="${width}" stroke-linejoin="round"${dashes}/>`,
    );
    labels.push(curveLabel(curve, space, x, y));
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" class="figure" viewBox="0 0 ${widthPx} ${heightPx}" width="${widthPx}" height="${heightPx}" role="img" aria-label="Dose-volume histogram"><g font-size="10" fill="#000">${parts.join('')}${labels.join('')}</g></svg>`;
}

function curveLabel(
  { letter, name, doses }: DvhCurve,
  space: LabelSpace,
  x: (gy: number) => number,
  y: (percent: number) => number,
): string {
  for (const text of [`${letter} ${shortName(name, 20)}`, letter]) {
    for (const percent of [55, 40, 70, 25, 82, 12, 48, 62, 33, 90, 18, 6, 76, 3]) {
      const gy = doses[Math.min(doses.length - 1, Math.floor((1 - percent / 100) * doses.length))];
      const [left, base] = [x(gy) + 3, y(percent)];
      if (!space.take(left, base - 9, textWidth(text, 10), 12)) continue;
      return `<text class="on-line" x="${px(left)}" y="${px(base)}">${escapeText(text)}</text>`;
    }
  }
  return '';
}

function axes(
  mostGy: number,
  x: (gy: number) => number,
  y: (percent: number) => number,
  width: number,
  height: number,
): string {
  const step = niceStep(mostGy / 8);
  const parts: string[] = [];
  for (let n = 0; n * step <= mostGy * 1.0001; n++) {
    const at = px(x(n * step));
    parts.push(
      `<path d="M${at} ${px(y(100))}V${px(y(0))}" stroke="#ddd" stroke-width=".7"/><text x="${at}" y="${px(y(0) + 14)}" text-anchor="middle">${Number((n * step).toPrecision(6))}</text>`,
    );
  }
  for (let percent = 0; percent <= 100; percent += 10) {
    const at = px(y(percent));
    parts.push(`<path d="M${px(x(0))} ${at}H${px(x(mostGy))}" stroke="#ddd" stroke-width=".7"/>`);
    if (percent % 20 === 0)
      parts.push(`<text x="${px(x(0) - 5)}" y="${px(y(percent) + 3.5)}" text-anchor="end">${percent}</text>`);
  }
  parts.push(
    `<path d="M${px(x(0))} ${px(y(100))}V${px(y(0))}H${px(x(mostGy))}" fill="none" stroke="#000"/>`,
    `<text x="${px((x(0) + width) / 2)}" y="${height - 8}" text-anchor="middle">Dose [Gy]</text>`,
    `<text transform="translate(11 ${px((y(0) + y(100)) / 2)}) rotate(-90)" text-anchor="middle">Volume [%]</text>`,
  );
  return parts.join('');
}

/** The nearest of 1, 2, 5 times a power of ten that is not smaller. */
export function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5, 10].find((n) => n * power >= least * 0.9999) ?? 10);
}

function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}
