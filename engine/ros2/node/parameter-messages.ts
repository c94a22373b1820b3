import type { RosMessage } from '../messages/types.ts';
import { kindOf } from './parameters.ts';
import type { ParameterValue } from './types.ts';

/** rcl_interfaces/msg/ParameterType: kinds by their number, with the field of ParameterValue that holds them. */
const KINDS = [
  ['not_set', ''],
  ['bool', 'bool_value'],
  ['integer', 'integer_value'],
  ['double', 'double_value'],
  ['string', 'string_value'],
  ['byte_array', 'byte_array_value'],
  ['bool_array', 'bool_array_value'],
  ['integer_array', 'integer_array_value'],
  ['double_array', 'double_array_value'],
  ['string_array', 'string_array_value'],
] as const;

/**
 * rcl_interfaces/msg/ParameterValue; not set for undefined.
 *
 * @param kind of the parameter: an empty list does not show its own
 */
export function parameterMessage(value: ParameterValue | undefined, kind: string | undefined): RosMessage {
  if (value === undefined) return { type: 0 };
  const type = typeNumber(kind ?? kindOf(value));
  const field = KINDS[type][1];
  if (kind === 'integer_array') return { type, [field]: BigInt64Array.from(value as readonly bigint[]) };
  return { type, [field]: value };
}

/** rcl_interfaces/msg/ParameterType of a kind; not set for undefined. */
export function typeNumber(kind: string | undefined): number {
  return kind === undefined ? 0 : KINDS.findIndex(([each]) => each === kind);
}

/** The value of an rcl_interfaces/msg/ParameterValue; undefined where it is not set. */
export function parameterOf(message: RosMessage): ParameterValue | undefined {
  const [kind, field] = KINDS[Number(message.type)] ?? KINDS[0];
  if (kind === 'not_set') return undefined;
  const value = message[field];
  switch (kind) {
    case 'byte_array':
      return Uint8Array.from(value as ArrayLike<number>);
    case 'double_array':
      return Float64Array.from(value as ArrayLike<number>);
    case 'bool_array':
    case 'string_array':
      return Array.from(value as ArrayLike<boolean>, (each) => each) as readonly boolean[] | readonly string[];
    case 'integer_array':
      return Array.from(value as ArrayLike<bigint>, (each) => each);
    default:
      return value as ParameterValue;
  }
}
