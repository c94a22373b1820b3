import type { MessageDefinitionField } from '@foxglove/message-definition';
import { textName } from './names.ts';
import type { Field } from './structure.ts';

const RULE = '='.repeat(80);

/** Fields that stand in no file, as definitions and as text. */
export function renderFields(fields: readonly Field[]): { definitions: MessageDefinitionField[]; text: string } {
  const definitions = fields.map(definitionOf);
  return { definitions, text: renderText(definitions, fields) };
}

/** The lines of a definition, constants too, as they would stand in a .msg file. */
export function renderText(definitions: readonly MessageDefinitionField[], fields: readonly Field[]): string {
  const bytes = new Set(fields.filter((field) => field.isByte).map((field) => field.name));
  return definitions.map((definition) => `${renderLine(definition, bytes.has(definition.name))}\n`).join('');
}

/** A definition and those that it is made of, between lines of `=`, as ros2bag and MCAP keep them. */
export function joinTexts(structures: readonly { readonly name: string; readonly text: string }[]): string {
  const [own, ...others] = structures;
  return own.text + others.map(({ name, text }) => `${RULE}\nMSG: ${textName(name)}\n${text}`).join('');
}

function renderLine(definition: MessageDefinitionField, isByte: boolean): string {
  const { name, isComplex, isArray, arrayLength, arrayUpperBound, upperBound, defaultValue } = definition;
  const base = isByte ? 'byte' : isComplex === true ? textName(definition.type) : definition.type;
  if (definition.isConstant === true) return `${base} ${name}=${definition.valueText ?? String(definition.value)}`;
  const bound = upperBound === undefined ? '' : `<=${upperBound}`;
  const many = arrayUpperBound === undefined ? `[${arrayLength ?? ''}]` : `[<=${arrayUpperBound}]`;
  const type = `${base}${bound}${isArray === true ? many : ''}`;
  return defaultValue === undefined ? `${type} ${name}` : `${type} ${name} ${renderDefault(defaultValue)}`;
}

function renderDefault(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(renderDefault).join(', ')}]`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function definitionOf(field: Field): MessageDefinitionField {
  const { extent } = field;
  return {
    name: field.name,
    type: field.struct ?? field.kind,
    isComplex: field.kind === 'struct',
    isArray: extent.kind !== 'one',
    ...(extent.kind === 'array' ? { arrayLength: extent.length } : {}),
    ...(extent.kind === 'sequence' && extent.bound !== undefined ? { arrayUpperBound: extent.bound } : {}),
    ...(field.stringBound === undefined ? {} : { upperBound: field.stringBound }),
  };
}
