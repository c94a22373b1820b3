import { escapeText } from './svg.ts';

export interface HtmlColumn {
  readonly title: string;
  /** Numbers stand on the right. */
  readonly isNumber?: boolean;
}

/** Markup that is already safe. */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

export type Cell = string | Markup;

export function htmlTable(columns: readonly HtmlColumn[], rows: readonly (readonly Cell[])[], name: string): string {
  const head = columns.map(({ title, isNumber }) => `<th scope="col"${numeric(isNumber)}>${escapeText(title)}</th>`);
  const body = rows.map(
    (row) => `<tr>${row.map((cell, c) => `<td${numeric(columns[c].isNumber)}>${cellHtml(cell)}</td>`).join('')}</tr>`,
  );
  return `<table class="${name}"><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}

/** Names and values, one pair a line. */
export function htmlFacts(facts: readonly (readonly [name: string, value: Cell])[]): string {
  return `<dl>${facts.map(([name, value]) => `<dt>${escapeText(name)}</dt><dd>${cellHtml(value)}</dd>`).join('')}</dl>`;
}

export function htmlList(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${escapeText(item)}</li>`).join('')}</ul>`;
}

function cellHtml(cell: Cell): string {
  return typeof cell === 'string' ? escapeText(cell) : cell.html;
}

function numeric(isNumber: boolean | undefined): string {
  return isNumber ? ' class="n"' : '';
}
