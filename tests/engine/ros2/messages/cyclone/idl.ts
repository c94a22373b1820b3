import type { MessageDefinition, MessageDefinitionField } from '@foxglove/message-definition';
import type { MessageType } from '../../../../../engine/ros2/messages/types.ts';

const PRIMITIVES: Readonly<Record<string, string>> = {
  bool: 'boolean',
  int8: 'int8',
  uint8: 'octet',
  int16: 'short',
  uint16: 'unsigned short',
  int32: 'long',
  uint32: 'unsigned long',
  int64: 'long long',
  uint64: 'unsigned long long',
  float32: 'float',
  float64: 'double',
};

/** Types as IDL: all that they are made of first. Names of fields are prefixed, because some are words of IDL. */
export function idlOf(types: readonly MessageType[]): string {
  const done = new Set<string>();
  let idl = '';
  const emit = (type: MessageType, definition: MessageDefinition): void => {
    const name = definition.name as string;
    if (done.has(name)) return;
    const fields = definition.definitions.filter((field) => field.isConstant !== true);
    for (const field of fields) {
      if (field.isComplex !== true) continue;
      emit(type, type.definitions.find((other) => other.name === field.type) as MessageDefinition);
    }
    done.add(name);
    // IDL wants at least one member.
    const body = fields.length === 0 ? 'octet nothing;' : fields.map(member).join(' ');
    idl += `@final struct ${structName(name)} { ${body} };\n`;
  };
  for (const type of types) emit(type, type.definitions[0]);
  return idl;
}

/** The entries of the C table of descriptors. */
export function tableOf(types: readonly MessageType[]): string {
  return types.map(({ name }) => `{"${name}", &${structName(name)}_desc},\n`).join('');
}

function member(field: MessageDefinitionField): string {
  const base = baseOf(field);
  if (field.isArray !== true) return `${base} f_${field.name};`;
  if (field.arrayLength !== undefined) return `${base} f_${field.name}[${field.arrayLength}];`;
  return `sequence<${base}${field.arrayUpperBound === undefined ? '' : `, ${field.arrayUpperBound}`}> f_${field.name};`;
}

function baseOf(field: MessageDefinitionField): string {
  if (field.isComplex === true) return structName(field.type);
  if (field.type === 'string') return field.upperBound === undefined ? 'string' : `string<${field.upperBound}>`;
  return PRIMITIVES[field.type];
}

function structName(name: string): string {
  return `T_${name.replaceAll('/', '_')}`;
}
