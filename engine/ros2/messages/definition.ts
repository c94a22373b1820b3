import type { MessageDefinitionField } from '@foxglove/message-definition';
import { parse } from '@foxglove/rosmsg';
import { type IsocenterError, inputError } from '../../core/errors.ts';
import { splitName } from './names.ts';
import { type Extent, type Field, type FieldKind, NUMBER_BYTES, ONE, type Structure } from './structure.ts';

/** The most entries of a fixed array, and the most a bound may say. */
const MAX_LENGTH = 2 ** 24;

/**
 * One message, or one part of a service or action.
 *
 * @param name full name
 * @param firstLine number of the text's first line in its file
 * @throws IsocenterError `ros2/definition` with file and line
 */
export function parseStructure(name: string, text: string, file: string, firstLine = 1): Structure {
  const fields: Field[] = [];
  const definitions: MessageDefinitionField[] = [];
  const seen = new Set<string>();
  text.split(/\r\n|\n|\r/).forEach((line, i) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return;
    const definition = parseLine(trimmed, name, file, firstLine + i);
    if (seen.has(definition.name)) {
      throw definitionError(file, firstLine + i, `${definition.name} is there twice`, 'name it otherwise');
    }
    seen.add(definition.name);
    definitions.push(definition);
    if (definition.isConstant === true) return;
    fields.push(fieldOf(definition, /^byte\b/.test(trimmed), file, firstLine + i));
  });
  return { name, fields, definitions, text, file };
}

/** A field from what the parser made of it; its types by full names. */
export function fieldOf(definition: MessageDefinitionField, isByte: boolean, file: string, line: number): Field {
  const complex = definition.isComplex === true;
  return {
    name: definition.name,
    kind: complex ? 'struct' : kindOf(definition.type, file, line),
    struct: complex ? definition.type : undefined,
    extent: extentOf(definition, file, line),
    stringBound: limited(definition.upperBound, file, line),
    isByte,
    defaultValue: definition.defaultValue,
    line,
  };
}

/** Types by full names, as seen from the package of `owner`; times as the structures that they are. */
export function withFullNames(definition: MessageDefinitionField, owner: string): MessageDefinitionField {
  if (definition.type === 'time') return { ...definition, type: 'builtin_interfaces/msg/Time', isComplex: true };
  if (definition.type === 'duration')
    return { ...definition, type: 'builtin_interfaces/msg/Duration', isComplex: true };
  if (definition.isComplex !== true) return definition;
  const parts = definition.type.split('/');
  if (parts.length === 1) return { ...definition, type: `${splitName(owner).packageName}/msg/${parts[0]}` };
  if (parts.length === 2) return { ...definition, type: `${parts[0]}/msg/${parts[1]}` };
  return definition;
}

/** An error of a definition's text, by file and line. */
export function definitionError(file: string, line: number, what: string, hint: string): IsocenterError {
  return inputError('ros2/definition', `${file}${line > 0 ? `:${line}` : ''}: ${what}`, hint);
}

function parseLine(line: string, owner: string, file: string, number: number): MessageDefinitionField {
  const fault = (what: string): IsocenterError =>
    definitionError(file, number, what, 'a line is `type name`, `type name default` or `type NAME=value`');
  if (line.length > 10_000) throw fault('the line is too long');
  if (/^(=|MSG:)/.test(line)) throw fault(`'${line.slice(0, 60)}' is no field`);
  try {
    const parsed = parse(line, { ros2: true, skipTypeFixup: true });
    const definition = parsed.length === 1 && parsed[0].definitions.length === 1 ? parsed[0].definitions[0] : undefined;
    if (definition === undefined) throw fault(`'${line.slice(0, 60)}' is no field`);
    if (definition.isConstant === true && definition.isArray === true) throw fault('a constant cannot be an array');
    if (definition.isComplex === true && !TYPE_NAME.test(definition.type)) {
      throw fault(`'${definition.type}' is no type`);
    }
    return withFullNames(definition, owner);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause) throw cause;
    throw fault(cause instanceof Error ? cause.message : String(cause));
  }
}

const TYPE_NAME = /^([a-z][a-z0-9_]*\/((msg|srv|action)\/)?)?[A-Z][A-Za-z0-9_]*$/;

function kindOf(type: string, file: string, line: number): FieldKind {
  if (type in NUMBER_BYTES || type === 'bool' || type === 'string' || type === 'wstring') return type as FieldKind;
  throw definitionError(file, line, `'${type}' is no type of ROS 2`, 'see docs.ros.org, interfaces, for its types');
}

function extentOf(definition: MessageDefinitionField, file: string, line: number): Extent {
  if (definition.isArray !== true) return ONE;
  if (definition.arrayLength === undefined) {
    return { kind: 'sequence', bound: limited(definition.arrayUpperBound, file, line) };
  }
  const length = limited(definition.arrayLength, file, line) ?? 0;
  if (length === 0) throw definitionError(file, line, 'an array of no entries', 'give it a length of 1 or more');
  const given = definition.defaultValue;
  if (Array.isArray(given) && given.length !== length) {
    throw definitionError(file, line, `${given.length} defaults for ${length} entries`, 'give one for each entry');
  }
  return { kind: 'array', length };
}

function limited(value: number | undefined, file: string, line: number): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0 && value <= MAX_LENGTH)) return value;
  throw definitionError(
    file,
    line,
    `a length of ${value} is over the limit of ${MAX_LENGTH}`,
    'use a sequence: type[]',
  );
}
