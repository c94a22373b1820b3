import type { Dict, DictElement } from 'dcmjs';
import { inputError } from '../../core/errors.ts';
import { tagName, tagOf } from './dictionary.ts';

/** One data set, or an item of a sequence, read by keyword (`PatientID`). Every error names the file and the tag. */
export class Dataset {
  /** Name of the file, for messages. */
  readonly file: string;
  readonly #dict: Dict;

  constructor(file: string, dict: Dict) {
    this.file = file;
    this.#dict = dict;
  }

  /** Whether the attribute is there and not empty. */
  has(keyword: string): boolean {
    return this.#values(keyword).length > 0;
  }

  /** The first value, without padding; undefined where there is none. */
  text(keyword: string): string | undefined {
    return this.texts(keyword)[0];
  }

  texts(keyword: string): readonly string[] {
    return this.#values(keyword).map((value) => textOf(value));
  }

  /** @throws IsocenterError `dicom/bad-value` for what is no number */
  number(keyword: string): number | undefined {
    return this.numbers(keyword)[0];
  }

  /** @throws IsocenterError `dicom/bad-value` for what is no number */
  numbers(keyword: string): readonly number[] {
    return this.#values(keyword).map((value) => {
      const number = typeof value === 'number' ? value : Number(textOf(value));
      if (Number.isFinite(number)) return number;
      throw this.bad(keyword, `${JSON.stringify(textOf(value).slice(0, 40))} is no number`);
    });
  }

  /** The items of a sequence. */
  items(keyword: string): readonly Dataset[] {
    const values = this.#values(keyword);
    return values.map((value) => {
      if (isDict(value)) return new Dataset(this.file, value);
      throw this.bad(keyword, 'it is no sequence');
    });
  }

  bytes(keyword: string): Uint8Array | undefined {
    const [value] = this.#values(keyword);
    if (value instanceof ArrayBuffer) return new Uint8Array(value);
    return value instanceof Uint8Array ? value : undefined;
  }

  needText(keyword: string): string {
    return this.text(keyword) ?? this.#missing(keyword);
  }

  needNumber(keyword: string): number {
    return this.number(keyword) ?? this.#missing(keyword);
  }

  /** Exactly `count` numbers. */
  needNumbers(keyword: string, count: number): readonly number[] {
    const numbers = this.numbers(keyword);
    if (numbers.length === 0) return this.#missing(keyword);
    if (numbers.length === count) return numbers;
    throw this.bad(keyword, `it has ${numbers.length} numbers instead of ${count}`);
  }

  /** At least one item. */
  needItems(keyword: string): readonly Dataset[] {
    const items = this.items(keyword);
    return items.length > 0 ? items : this.#missing(keyword);
  }

  needBytes(keyword: string): Uint8Array {
    return this.bytes(keyword) ?? this.#missing(keyword);
  }

  /** The elements as they are, by tag (eight hexadecimal digits). */
  get dict(): Readonly<Record<string, Readonly<DictElement>>> {
    return this.#dict;
  }

  /** An error about an attribute, for those who know what is wrong with it. */
  bad(keyword: string, what: string) {
    return inputError(
      'dicom/bad-value',
      `${this.file}: ${tagName(tagOf(keyword))}: ${what}`,
      'export the file again; if its system always writes it so, report this with the system and its version',
    );
  }

  #values(keyword: string): readonly unknown[] {
    const values = this.#dict[tagOf(keyword)]?.Value ?? [];
    if (!Array.isArray(values)) return [values];
    return values.filter((value) => value !== undefined && value !== null && value !== '');
  }

  #missing(keyword: string): never {
    throw inputError(
      'dicom/missing-tag',
      `${this.file}: ${tagName(tagOf(keyword))} is missing or empty`,
      'the file cannot be used without it: export it again',
    );
  }
}

function isDict(value: unknown): value is Dict {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer);
}

/** Text of a value: of a person's name its first component group that is there. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value.replace(/^ +|[ \0]+$/g, '');
  if (typeof value !== 'object' || value === null) return String(value);
  const { Alphabetic, Ideographic, Phonetic } = value as Record<string, unknown>;
  const name = Alphabetic ?? Ideographic ?? Phonetic;
  return typeof name === 'string' ? name.trim() : '';
}
