import { inputError } from '../../core/errors.ts';
import { guarded } from './guarded.ts';
import type { Parameters, ParameterValue } from './types.ts';

interface Entry {
  readonly kind: string;
  readonly check: ((value: ParameterValue) => string | undefined) | undefined;
  value: ParameterValue;
}

/** The parameters of one node. */
export class NodeParameters implements Parameters {
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(name: string, value: ParameterValue) => void>();
  /** Values given at the start, until their parameter is declared. */
  readonly #given: Map<string, ParameterValue>;

  constructor(given: Readonly<Record<string, ParameterValue>>) {
    this.#given = new Map(Object.entries(given));
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  declare(name: string, value: ParameterValue, check?: (value: ParameterValue) => string | undefined): void {
    if (this.#entries.has(name)) {
      throw inputError('ros2/parameter', `the parameter ${name} is declared already`, 'declare it once');
    }
    this.#entries.set(name, { kind: kindOf(value), check, value });
    const given = this.#given.get(name);
    if (given === undefined) {
      this.#tell(name, value);
      return;
    }
    const refused = this.set(name, given);
    if (refused === undefined) return;
    this.#entries.delete(name);
    throw inputError('ros2/parameter', refused, 'start with another value');
  }

  get(name: string): ParameterValue | undefined {
    return this.#entries.get(name)?.value;
  }

  /** The type of a parameter in the words of ROS; undefined where there is none. */
  kind(name: string): string | undefined {
    return this.#entries.get(name)?.kind;
  }

  /** Why a value would be refused. */
  refusal(name: string, value: ParameterValue | undefined): string | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return `there is no parameter ${name}`;
    if (value === undefined) return `${name} cannot be taken away`;
    if (!fits(value, entry.kind)) return `${name} is a ${entry.kind}, not a ${kindOf(value)}`;
    try {
      return entry.check?.(value);
    } catch (error) {
      return `${name} is refused: ${(error as Error).message}`;
    }
  }

  set(name: string, value: ParameterValue): string | undefined {
    const refused = this.refusal(name, value);
    if (refused !== undefined) return refused;
    (this.#entries.get(name) as Entry).value = value;
    this.#tell(name, value);
    return undefined;
  }

  onChange(listener: (name: string, value: ParameterValue) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(name: string, value: ParameterValue): void {
    for (const listener of [...this.#listeners]) guarded(() => listener(name, value));
  }
}

/** An empty list is one of any kind that lists have. */
function fits(value: ParameterValue, kind: string): boolean {
  return kindOf(value) === kind || (Array.isArray(value) && value.length === 0 && LISTS.includes(kind));
}

const LISTS = ['bool_array', 'integer_array', 'string_array'];

/** The type of a value in the words of ROS. */
export function kindOf(value: ParameterValue): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'integer';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
  }
  if (value instanceof Uint8Array) return 'byte_array';
  if (value instanceof Float64Array) return 'double_array';
  const [first] = value as readonly (boolean | bigint | string)[];
  return typeof first === 'boolean' ? 'bool_array' : typeof first === 'bigint' ? 'integer_array' : 'string_array';
}
