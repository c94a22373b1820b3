/** Text for HTML and SVG, in elements and in quoted attributes; characters that XML does not know become U+FFFD. */
export function escapeText(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/'/g, '&#39;')
  );
}

/** A name cut to what a label has room for; not in the middle of a character. */
export function shortName(name: string, most: number): string {
  const characters = [...name];
  return characters.length <= most ? name : `${characters.slice(0, most - 1).join('')}…`;
}

/** The letter that stands for the n-th structure in figures and tables: A .. Z, then A2 .. Z2 and so on. */
export function structureLetter(n: number): string {
  const round = Math.floor(n / 26);
  return `${String.fromCharCode(65 + (n % 26))}${round === 0 ? '' : round + 1}`;
}

/** Rectangles that are taken; labels ask for room. */
export class LabelSpace {
  readonly #taken: [number, number, number, number][] = [];
  readonly #bounds: readonly [number, number, number, number];

  constructor(left: number, top: number, right: number, bottom: number) {
    this.#bounds = [left, top, right, bottom];
  }

  /** Takes the rectangle where it is free and within bounds. */
  take(left: number, top: number, width: number, height: number): boolean {
    const [right, bottom] = [left + width, top + height];
    const [l, t, r, b] = this.#bounds;
    if (left < l || top < t || right > r || bottom > b) return false;
    for (const [a, c, d, e] of this.#taken) if (left < d && right > a && top < e && bottom > c) return false;
    this.#taken.push([left, top, right, bottom]);
    return true;
  }
}

/** Width of a text in a sans-serif font, estimated on the wide side [px]. */
export function textWidth(text: string, sizePx: number): number {
  return [...text].length * sizePx * 0.58 + 2;
}
