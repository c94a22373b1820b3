import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { IsocenterError, inputError } from '../core/errors.ts';
import type { Vec3 } from '../core/grid.ts';
import { FARTHEST_M, withinReach } from './extent.ts';
import { decodeText } from './text.ts';

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
    throw this.fault(
      'not-text',
      this.missing ? 'a name is missing' : `${shown(this.value)} is no text`,
      'write a name, in quotes where it is a number',
    );
  }

  /** Text that is not empty. */
  name(): string {
    const text = this.text().trim();
    if (text !== '') return text;
    throw this.fault('not-text', 'the name is empty', 'write a name');
  }

  number(fallback?: number): number {
    if (fallback !== undefined && this.missing) return fallback;
    if (typeof this.value === 'number' && Number.isFinite(this.value)) return this.value;
    throw this.fault(
      'not-a-number',
      this.missing ? 'a number is missing' : `${shown(this.value)} is no finite number`,
      'write numbers like 0.5',
    );
  }

  flag(): boolean {
    if (typeof this.value === 'boolean') return this.value;
    throw this.fault('not-a-flag', `${shown(this.value)} is neither true nor false`, 'write true or false');
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

  /** Numbers of a ROS vector or quaternion: a list, or a mapping of the names given; those left out of a mapping are 0. */
  coordinates(names: readonly string[]): number[] {
    if (Array.isArray(this.value)) return this.numbers(names.length);
    for (const [key, value] of this.entries()) {
      if (!names.includes(key)) {
        throw value.fault('unknown-field', `there is no ${key} here`, `write ${names.join(', ')}`);
      }
    }
    return names.map((name) => this.get(name).number(0));
  }

  /** A position x, y, z [m]; zero where it is missing. */
  position(): Vec3 {
    const point = this.missing ? [0, 0, 0] : this.coordinates(['x', 'y', 'z']);
    if (withinReach(point)) return point as unknown as Vec3;
    throw this.fault('too-far', `${point.join(', ')} lies beyond ${FARTHEST_M} m`, 'give positions in metres');
  }

  /** A quaternion x, y, z, w, brought to length 1; no turn where it is missing. */
  quaternion(): [number, number, number, number] {
    if (this.missing) return [0, 0, 0, 1];
    const q = this.coordinates(['x', 'y', 'z', 'w']);
    const length = Math.hypot(...q);
    if (length < 1e-6 || !Number.isFinite(length)) {
      throw this.fault(
        'zero-quaternion',
        `the quaternion has length ${length}`,
        'write x, y, z, w; 0, 0, 0, 1 is no turn',
      );
    }
    return q.map((x) => x / length) as [number, number, number, number];
  }
}

/** A value in a message: short, whatever it is. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

const LONGEST = 4_000_000;

/**
 * Reads YAML (JSON is YAML too).
 *
 * @param area first part of the error codes
 * @throws IsocenterError `AREA/malformed` with line and column, `AREA/too-large`, `AREA/encoding`
 */
export function readYaml(file: string | Uint8Array, path: string, area: string): YamlValue {
  const text = decodeText(file, path, area);
  if (text.length > LONGEST) {
    throw inputError(
      `${area}/too-large`,
      `${path}: the file has ${text.length} characters; at most ${LONGEST} are read`,
      'keep meshes in files of their own, or leave out what is not needed',
    );
  }
  const lines = new LineCounter();
  // Keys are compared below: the parser's own comparison takes quadratic time.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error' } as const;
  const malformed = (message: string, at: number | undefined): IsocenterError => {
    const { line, col } = lines.linePos(at ?? 0);
    const place = at === undefined ? path : `${path}, line ${line}, column ${col}`;
    const reason = message.includes('call stack') ? 'brackets or dashes are nested too deeply' : message.split('\n')[0];
    return inputError(`${area}/malformed`, `${place}: ${reason}`, 'the file must be well-formed YAML');
  };
  try {
    const document = parseDocument(text, options);
    const [error] = document.errors;
    if (error !== undefined) throw malformed(error.message, error.pos[0]);
    const twice = repeatedKey(document);
    if (twice !== undefined) throw malformed(`the key ${shown(twice.key)} is there twice`, twice.at);
    return new YamlValue(document.toJS({ maxAliasCount: 100 }), path, area);
  } catch (cause) {
    throw cause instanceof IsocenterError ? cause : malformed((cause as Error).message, undefined);
  }
}

function repeatedKey(document: Document): { key: unknown; at: number } | undefined {
  let found: { key: unknown; at: number } | undefined;
  visit(document, {
    Map(_, map) {
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        // Keys become names of a record: 1 and "1" are the same.
        const name = String(key.value);
        if (keys.has(name)) {
          found = { key: name, at: key.range?.[0] ?? 0 };
          return visit.BREAK;
        }
        keys.add(name);
      }
      return undefined;
    },
  });
  return found;
}
