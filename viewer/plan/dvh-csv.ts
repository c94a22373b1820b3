import type { Curves } from '../state/curves.ts';

/**
 * All curves as a table: the lower edge of each bin, then a column for each structure of the plan and of the dose that is
 * compared with it.
 */
export function dvhCsv(
  { kind, binWidthGy, plan, other }: Curves,
  structures: readonly string[],
  otherName: string | undefined,
): string {
  const volume =
    kind === 'cumulative' ? 'volume at this dose or more [%]' : `volume in a bin of ${digits(binWidthGy)} Gy [%]`;
  const columns = [...plan, ...(other ?? [])];
  const titles = [
    ...structures.map((name) => `${name}, ${volume}`),
    ...(other === undefined ? [] : structures.map((name) => `${name} of ${otherName}, ${volume}`)),
  ];
  const rows = columns.reduce((most, { length }) => Math.max(most, length), 0);
  const lines = [['Dose [Gy]', ...titles].map(quoted).join(',')];
  for (let bin = 0; bin < rows; bin++) {
    const values = columns.map((curve) => (curve.length === 0 ? '' : digits(curve[bin] ?? 0)));
    lines.push([digits(bin * binWidthGy), ...values].join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}

const digits = (value: number): string => String(Number(value.toFixed(5)));

/**
 * RFC 4180. Spreadsheets run what begins like a formula, and names of structures come from files: an apostrophe keeps them
 * from it.
 */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
