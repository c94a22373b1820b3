import { inputError } from '../../core/errors.ts';
import { sha256 } from '../../core/sha256.ts';
import type { Field, FieldKind, Structure } from './structure.ts';

/** type_description_interfaces/msg/FieldType, for one value. */
const TYPE_IDS: Readonly<Record<FieldKind, number>> = {
  struct: 1,
  int8: 2,
  uint8: 3,
  int16: 4,
  uint16: 5,
  int32: 6,
  uint32: 7,
  int64: 8,
  uint64: 9,
  float32: 10,
  float64: 11,
  bool: 15,
  string: 17,
  wstring: 18,
};
const BYTE_ID = 16;
/** From a string to a bounded string. */
const BOUNDED = 4;
const ARRAY = 48;
const BOUNDED_SEQUENCE = 96;
const SEQUENCE = 144;

/** A type as type_description_interfaces/msg/IndividualTypeDescription has it. */
export interface TypeDescription {
  readonly type_name: string;
  readonly fields: readonly {
    readonly name: string;
    readonly type: {
      readonly type_id: number;
      readonly capacity: number;
      readonly string_capacity: number;
      readonly nested_type_name: string;
    };
  }[];
}

/** The description of one structure; of one without fields it has the byte that IDL wants. */
export function describeType(structure: Structure): TypeDescription {
  const fields = structure.fields.map((field) => ({ name: field.name, type: fieldType(field) }));
  const filler = {
    name: 'structure_needs_at_least_one_member',
    type: { type_id: TYPE_IDS.uint8, capacity: 0, string_capacity: 0, nested_type_name: '' },
  };
  return { type_name: structure.name, fields: fields.length === 0 ? [filler] : fields };
}

/**
 * The type hash of REP-2016 (first REP-2011): SHA-256 of the type's description and those of all types it refers to.
 *
 * @param structures the type's own first, all that it refers to after it, each once
 */
export function typeHash(structures: readonly Structure[]): string {
  const [own, ...others] = structures.map(describeType);
  others.sort((a, b) => (a.type_name < b.type_name ? -1 : 1));
  const text = spacedJson({ type_description: own, referenced_type_descriptions: others });
  return `RIHS01_${sha256(new TextEncoder().encode(text))}`;
}

/** What a peer's type hash says of ours. */
export type TypeHashCheck = 'match' | 'absent' | { readonly theirs: string };

/**
 * Compares a type hash with what a peer says in its endpoint's user data (`typehash=RIHS01_..;`). Humble says nothing:
 * then names of types are all there is to go by.
 */
export function checkTypeHash(ours: string, userData: string): TypeHashCheck {
  const found = /(?:^|;)\s*typehash=([^;]*)/.exec(userData);
  const theirs = found?.[1].trim() ?? '';
  if (theirs === '') return 'absent';
  return theirs === ours ? 'match' : { theirs };
}

/** @throws IsocenterError `ros2/type-hash` for a peer whose type is another one */
export function requireTypeHash(name: string, ours: string, userData: string, peer: string): 'match' | 'absent' {
  const check = checkTypeHash(ours, userData);
  if (typeof check === 'string') return check;
  throw inputError(
    'ros2/type-hash',
    `${peer} has another ${name}: its type hash is ${check.theirs.slice(0, 80)}, ours is ${ours}`,
    'say which distribution it runs (control_msgs differs between jazzy and kilted), or give its definition',
  );
}

function fieldType(field: Field): TypeDescription['fields'][number]['type'] {
  const { extent, stringBound } = field;
  const base = field.isByte ? BYTE_ID : TYPE_IDS[field.kind] + (stringBound === undefined ? 0 : BOUNDED);
  const bound = extent.kind === 'sequence' ? extent.bound : undefined;
  const form =
    extent.kind === 'one' ? 0 : extent.kind === 'array' ? ARRAY : bound === undefined ? SEQUENCE : BOUNDED_SEQUENCE;
  return {
    type_id: base + form,
    capacity: extent.kind === 'array' ? extent.length : (bound ?? 0),
    string_capacity: stringBound ?? 0,
    nested_type_name: field.struct ?? '',
  };
}

/** JSON as Python's json.dumps writes it by default: the hash is of that text. Names and numbers only: nothing to escape. */
function spacedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${spacedJson(entry)}`);
  return `{${pairs.join(', ')}}`;
}
