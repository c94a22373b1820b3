import type { ScoreCase } from '../../planners/guidance/scoring/case.ts';
import { valueAt } from '../../planners/guidance/scoring/resample.ts';

const WIDTH = 760;
const LEFT = 64;
const PANEL = 150;
const GAP = 44;
const WINDOW_SEC = 6;
const POINTS = 1200;
const COLOURS = { before: '#e0654f', after: '#3f7fd0', meant: '#8a8f98' };

interface Line {
  readonly name: string;
  readonly colour: string;
  readonly values: (k: number) => number;
}

/**
 * A recording before and after a filter, as SVG: some seconds of the axis that trembles most. Above, what was measured and what
 * is left once the estimate, made `latencySec` before, is taken out; below, the tremor alone and what remains of it.
 */
export function beforeAfterSvg(
  c: ScoreCase,
  estimates: readonly Float64Array[],
  latencySec: number,
  filter: string,
): string {
  const axis = strongest(c);
  const shift = latencySec * c.rateHz;
  const count = Math.min(
    Math.round(WINDOW_SEC * c.rateHz),
    c.signal[axis].length - c.leaveOut[0] - c.leaveOut[1] - Math.ceil(shift),
  );
  const first = windowStart(c, axis, count, Math.ceil(shift));
  const [unit, scale] = c.voluntaryKnown ? ['um', 1e6] : ['counts', 1];
  const at = (x: Float64Array, k: number): number => scale * valueAt(x, k + shift);
  const signal = (k: number): number => at(c.signal[axis], k);
  const tremor = (k: number): number => at(c.tremor[axis], k);
  const estimate = (k: number): number => scale * estimates[axis][k];
  const upper: Line[] = [
    { name: 'measured', colour: COLOURS.before, values: signal },
    { name: 'steadied', colour: COLOURS.after, values: (k) => signal(k) - estimate(k) },
  ];
  if (c.voluntaryKnown) upper.push({ name: 'meant', colour: COLOURS.meant, values: (k) => at(c.voluntary[axis], k) });
  const lower: Line[] = [
    { name: 'tremor before', colour: COLOURS.before, values: tremor },
    { name: 'after', colour: COLOURS.after, values: (k) => tremor(k) - estimate(k) },
  ];
  const seconds: readonly [number, number] = [first / c.rateHz, (first + count) / c.rateHz];
  const height = 2 * PANEL + 2 * GAP + 24;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="12">
<title>${escaped(`${c.name.split('/').at(-1)}: ${filter}, ${1000 * latencySec} ms ahead`)}</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="${LEFT}" y="16" fill="#333">${escaped(`${c.name.split('/').at(-1)}, ${filter}, ${(1000 * latencySec).toFixed(0)} ms ahead, axis ${axis + 1} [${unit}]`)}</text>
${panel(upper, first, count, 24, seconds)}
${panel(lower, first, count, 24 + PANEL + GAP, seconds)}
</svg>
`;
}

function strongest({ tremor }: ScoreCase): number {
  const power = tremor.map((x) => x.reduce((sum, value) => sum + value * value, 0));
  return power.indexOf(Math.max(...power));
}

/** The stretch whose tremor is nearest to the median of all stretches: neither the best nor the worst. */
function windowStart(c: ScoreCase, axis: number, count: number, shift: number): number {
  const starts: { at: number; power: number }[] = [];
  for (let at = c.leaveOut[0]; at + count + shift <= c.tremor[axis].length - c.leaveOut[1]; at += count) {
    let power = 0;
    for (let k = at; k < at + count; k++) power += c.tremor[axis][k] ** 2;
    starts.push({ at, power });
  }
  starts.sort((a, b) => a.power - b.power);
  return starts[starts.length >> 1]?.at ?? c.leaveOut[0];
}

function panel(
  lines: readonly Line[],
  first: number,
  count: number,
  top: number,
  seconds: readonly [number, number],
): string {
  const step = Math.max(1, Math.floor(count / POINTS));
  const samples = lines.map(({ values }) => {
    const list: number[] = [];
    for (let k = first; k < first + count; k += step) list.push(values(k));
    return list;
  });
  const all = samples.flat();
  const low = Math.min(...all);
  const high = Math.max(...all);
  const span = high - low || 1;
  const x = (i: number): string => (LEFT + ((WIDTH - LEFT - 12) * i) / Math.max(1, samples[0].length - 1)).toFixed(1);
  const y = (value: number): string => (top + PANEL * (1 - (value - low) / span)).toFixed(1);
  const label = (value: number): string =>
    Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3).replace(/\.?0+$/, '');
  return [
    `<rect x="${LEFT}" y="${top}" width="${WIDTH - LEFT - 12}" height="${PANEL}" fill="none" stroke="#ccc"/>`,
    `<text x="${LEFT - 6}" y="${top + 10}" text-anchor="end" fill="#555">${label(high)}</text>`,
    `<text x="${LEFT - 6}" y="${top + PANEL}" text-anchor="end" fill="#555">${label(low)}</text>`,
    `<text x="${LEFT}" y="${top + PANEL + 14}" fill="#555">${seconds[0].toFixed(1)} s</text>`,
    `<text x="${WIDTH - 12}" y="${top + PANEL + 14}" text-anchor="end" fill="#555">${seconds[1].toFixed(1)} s</text>`,
    ...lines.map(
      ({ name, colour }, n) =>
        `<text x="${LEFT + 90 + 110 * n}" y="${top + PANEL + 14}" fill="${colour}">${name}</text>`,
    ),
    ...samples.map(
      (list, n) =>
        `<polyline fill="none" stroke="${lines[n].colour}" stroke-width="1.2" points="${list.map((value, i) => `${x(i)},${y(value)}`).join(' ')}"/>`,
    ),
  ].join('\n');
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
