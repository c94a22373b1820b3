import { inputError } from '../core/errors.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of a file, without a byte order mark.
 *
 * @param area first part of the error code
 * @throws IsocenterError `AREA/encoding` for bytes that are not UTF-8
 */
export function decodeText(text: string | Uint8Array, path: string, area: string): string {
  if (typeof text === 'string') return text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return decoder.decode(text);
  } catch {
    throw inputError(`${area}/encoding`, `${path}: the bytes are not text in UTF-8`, 'save the file as UTF-8');
  }
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The number that a word of a text file spells in decimal digits; NaN for anything else, and for one beyond float64. */
export function decimal(word: string): number {
  const value = DECIMAL.test(word) ? Number(word) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}
