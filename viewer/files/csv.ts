/** A table as RFC 4180 has it. @param columns of the same length or shorter; null where there is no value */
export function csvTable(titles: readonly string[], columns: readonly ArrayLike<number | null>[]): string {
  const rows = columns.reduce((most, { length }) => Math.max(most, length), 0);
  const lines = [titles.map(quoted).join(',')];
  for (let n = 0; n < rows; n++) lines.push(columns.map((column) => digits(column[n])).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

const digits = (value: number | null | undefined): string => (value == null ? '' : String(Number(value.toFixed(5))));

/**
 * Spreadsheets run what begins like a formula, and names of structures come from files: an apostrophe keeps them from it.
 */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
