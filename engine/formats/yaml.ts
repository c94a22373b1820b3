import { LineCounter, parseDocument } from 'yaml';
import { type IsocenterError, inputError } from '../core/errors.ts';
import type { Vec3 } from '../core/grid.ts';

/** A value inside a YAML (or JSON) document that knows where it stands, for errors that say so. */
export class YamlValue {
  readonly value: unknown;
  readonly #file: string;
  readonly #at: string;
  readonly #area: string;

  constructor(value: unknown, file: string, area: string, at = '') {
    this.value = value;
    this.#file = file;
    this.#at = at;
    this.#area = area;
  }

  fault(reason: string, message: string, hint: string): IsocenterError {
    const place = this.#at === '' ? this.#file : `${this.#file}, ${this.#at}`;
    return inputError(`${this.#area}/${reason}`, `${place}: ${message}`, hint);
  }

  get missing(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** The value below a key; one that is `missing` where there is none. */
  get(key: string): YamlValue {
    const inside = typeof this.value === 'object' && this.value !== null && Object.hasOwn(this.value, key);
    const value = inside ? (this.value as Record<string, unknown>)[key] : undefined;
    return new YamlValue(value, this.#file, this.#area, this.#at === '' ? key : `${this.#at}.${key}`);
  }

  /** The elements of a list; none where the value is missing. */
  list(): YamlValue[] {
    if (this.missing) return [];
    if (!Array.isArray(this.value)) throw this.fault('not-a-list', 'this is not a list', 'write a list, as [a, b]');
    return this.value.map((value, i) => new YamlValue(value, this.#file, this.#area, `${this.#at}[${i}]`));
  }

  /** Keys and values of a mapping; none where the value is missing. */
  entries(): [string, YamlValue][] {
    if (this.missing) return [];
    if (typeof this.value !== 'object' || Array.isArray(this.value)) {
      throw this.fault('not-a-mapping', 'this is not a mapping', 'write names and values, as name: value');
    }
    return Object.keys(this.value as object).map((key) => [key, this.get(key)]);
  }

  text(): string {
    if (typeof this.value === 'string') return this.value;
    throw this.fault('not-text', `${JSON.stringify(this.value)} is no text`, 'write a name');
  }

  number(fallback?: number): number {
    if (fallback !== undefined && this.missing) return fallback;
    if (typeof this.value === 'number' && Number.isFinite(this.value)) return this.value;
    throw this.fault('not-a-number', `${JSON.stringify(this.value)} is no finite number`, 'write numbers like 0.5');
  }

  numbers(count: number): number[] {
    const list = this.list();
    if (list.length === count) return list.map((item) => item.number());
    throw this.fault(
      'not-a-number',
      `${list.length} numbers where ${count} must be`,
      `write a list of ${count} numbers`,
    );
  }

  point(fallback?: Vec3): Vec3 {
    if (fallback !== undefined && this.missing) return fallback;
    return this.numbers(3) as unknown as Vec3;
  }

  /** A quaternion x, y, z, w, brought to length 1. */
  quaternion(): [number, number, number, number] {
    const q = this.numbers(4);
    const length = Math.hypot(...q);
    if (length < 1e-6)
      throw this.fault('zero-quaternion', 'the quaternion has length 0', 'write x, y, z, w; 0, 0, 0, 1 is no turn');
    return q.map((x) => x / length) as [number, number, number, number];
  }
}

/**
 * Reads YAML (JSON is YAML too).
 *
 * @param area first part of the error codes
 * @throws IsocenterError `AREA/malformed` with line and column
 */
export function readYaml(text: string, path: string, area: string): YamlValue {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'error',
  });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw inputError(
      `${area}/malformed`,
      `${path}, line ${line}, column ${col}: ${error.message}`,
      'the file must be well-formed YAML',
    );
  }
  try {
    return new YamlValue(document.toJS({ maxAliasCount: 100 }), path, area);
  } catch (cause) {
    throw inputError(`${area}/malformed`, `${path}: ${(cause as Error).message}`, 'write the file without aliases');
  }
}
