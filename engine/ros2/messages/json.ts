import type { DefaultValue } from '@foxglove/message-definition';
import { inputError } from '../../core/errors.ts';
import { NUMBER_TYPES, type NumberType } from './numbers.ts';
import { type PathPart, pathText, shownValue } from './path.ts';
import type { Field, NumberKind, Structure } from './structure.ts';
import type { RosMessage } from './types.ts';

/** Structures by full name. */
export type StructureOf = (name: string) => Structure;

/** A message of zeros and empties, or of the defaults that its definition gives. */
export function zeroMessage(structure: Structure, structureOf: StructureOf): RosMessage {
  const message: Record<string, unknown> = {};
  for (const field of structure.fields) message[field.name] = zeroField(field, structureOf);
  return message;
}

/**
 * A message from JSON: plain arrays, numbers or digits for 64-bit integers, base64 for uint8[]; null is NaN.
 * Fields that are left out have the defaults of the definition, as with rosbridge.
 *
 * @throws IsocenterError `ros2/message` for a name or a kind that the definition does not have
 */
export function messageFromJson(value: unknown, structure: Structure, structureOf: StructureOf): RosMessage {
  return new JsonReader(structure.name, structureOf).message(value, structure);
}

/** A message as JSON can hold it: plain arrays; bigint as number where it is exact, else digits; NaN and infinities null. */
export function messageToJson(message: unknown, structure: Structure, structureOf: StructureOf): unknown {
  const given = (message ?? {}) as RosMessage;
  const json: Record<string, unknown> = {};
  for (const field of structure.fields) {
    const value = Object.hasOwn(given, field.name) ? given[field.name] : undefined;
    json[field.name] = fieldToJson(value ?? zeroField(field, structureOf), field, structureOf);
  }
  return json;
}

function zeroField(field: Field, structureOf: StructureOf): unknown {
  const { kind, extent, defaultValue } = field;
  const isNumber = kind in NUMBER_TYPES;
  if (extent.kind === 'one') {
    if (kind === 'struct') return zeroMessage(structureOf(field.struct as string), structureOf);
    if (isNumber) return (defaultValue as number | bigint | undefined) ?? NUMBER_TYPES[kind as NumberKind].zero;
    return defaultValue ?? (kind === 'bool' ? false : '');
  }
  const given = Array.isArray(defaultValue) ? (defaultValue as readonly DefaultValue[]) : undefined;
  const length = extent.kind === 'array' ? extent.length : (given?.length ?? 0);
  if (isNumber) {
    const values = NUMBER_TYPES[kind as NumberKind].make(length);
    given?.forEach((entry, i) => {
      values[i] = entry as number;
    });
    return values;
  }
  if (given !== undefined) return [...given];
  return Array.from({ length }, () => zeroField({ ...field, extent: { kind: 'one' } }, structureOf));
}

function fieldToJson(value: unknown, field: Field, structureOf: StructureOf): unknown {
  if (field.extent.kind === 'one') return oneToJson(value, field, structureOf);
  return Array.from(value as ArrayLike<unknown>, (entry) => oneToJson(entry, field, structureOf));
}

function oneToJson(value: unknown, field: Field, structureOf: StructureOf): unknown {
  if (field.kind === 'struct') return messageToJson(value, structureOf(field.struct as string), structureOf);
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}

class JsonReader {
  private readonly path: PathPart[] = [];
  private readonly type: string;
  private readonly structureOf: StructureOf;

  constructor(type: string, structureOf: StructureOf) {
    this.type = type;
    this.structureOf = structureOf;
  }

  message(value: unknown, structure: Structure): RosMessage {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.fault(value, 'an object of fields');
    const given = value as RosMessage;
    const names = structure.fields.map((field) => field.name);
    for (const key of Object.keys(given)) {
      if (!names.includes(key))
        throw this.at(key, () => this.fault(given[key], `expected: the fields are ${names.join(', ')}`));
    }
    const message: Record<string, unknown> = {};
    for (const field of structure.fields) {
      message[field.name] = Object.hasOwn(given, field.name)
        ? this.at(field.name, () => this.field(given[field.name], field))
        : zeroField(field, this.structureOf);
    }
    return message;
  }

  private field(value: unknown, field: Field): unknown {
    const { kind, extent } = field;
    if (extent.kind === 'one') return this.one(value, field);
    const values = kind === 'uint8' && typeof value === 'string' ? this.base64(value) : value;
    if (!Array.isArray(values) && !(ArrayBuffer.isView(values) && !(values instanceof DataView))) {
      throw this.fault(value, 'an array');
    }
    const list = values as unknown as ArrayLike<unknown>;
    if (extent.kind === 'array' && list.length !== extent.length)
      throw this.fault(value, `an array of ${extent.length}`);
    if (extent.kind === 'sequence' && extent.bound !== undefined && list.length > extent.bound) {
      throw this.fault(value, `an array of at most ${extent.bound}`);
    }
    const entries = Array.from(list, (entry, i) => this.at(i, () => this.one(entry, field)));
    if (!(kind in NUMBER_TYPES)) return entries;
    const numbers = NUMBER_TYPES[kind as NumberKind].make(entries.length);
    entries.forEach((entry, i) => {
      numbers[i] = entry as number;
    });
    return numbers;
  }

  private one(value: unknown, field: Field): unknown {
    const { kind, struct } = field;
    if (kind === 'struct') return this.message(value, this.structureOf(struct as string));
    if (kind === 'bool') {
      if (typeof value !== 'boolean') throw this.fault(value, 'true or false');
      return value;
    }
    if (kind === 'string' || kind === 'wstring') {
      if (typeof value !== 'string') throw this.fault(value, 'a string');
      return value;
    }
    return this.number(value, kind, NUMBER_TYPES[kind]);
  }

  private number(value: unknown, kind: NumberKind, type: NumberType): unknown {
    let number = value;
    if (typeof type.zero === 'bigint') {
      if (typeof value === 'number' && Number.isSafeInteger(value)) number = BigInt(value);
      if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) number = BigInt(value);
    } else if (kind.startsWith('float')) {
      if (value === null || value === 'NaN') number = Number.NaN;
      if (value === 'Infinity' || value === '-Infinity') number = Number(value);
    }
    if (!type.fits(number)) throw this.fault(value, type.wanted);
    return number;
  }

  private base64(text: string): Uint8Array {
    try {
      return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    } catch {
      throw this.fault(text, 'base64');
    }
  }

  private at<T>(part: PathPart, what: () => T): T {
    this.path.push(part);
    const result = what();
    this.path.pop();
    return result;
  }

  private fault(value: unknown, wanted: string): Error {
    return inputError(
      'ros2/message',
      `${this.type}${this.path.length === 0 ? '' : `, ${pathText(this.path, this.path.length)}`}: ${shownValue(value)} is not ${wanted}`,
      'see the definition of the type; 64-bit integers that a number does not hold exactly are text in digits',
    );
  }
}
