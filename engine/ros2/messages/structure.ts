import type { DefaultValue, MessageDefinitionField } from '@foxglove/message-definition';

/** The kinds of numbers in messages and their bytes on the wire; `byte` and `char` of ROS are uint8 there. */
export const NUMBER_BYTES = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float32: 4,
  float64: 8,
} as const;
export type NumberKind = keyof typeof NUMBER_BYTES;
export type FieldKind = NumberKind | 'bool' | 'string' | 'wstring' | 'struct';

/** How many a field holds: one, exactly `length`, or a sequence of at most `bound`. */
export type Extent =
  | { readonly kind: 'one' }
  | { readonly kind: 'array'; readonly length: number }
  | { readonly kind: 'sequence'; readonly bound: number | undefined };

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  /** Full name of the structure, for `struct`. */
  readonly struct: string | undefined;
  readonly extent: Extent;
  /** The most bytes of a string, code units of a wstring. */
  readonly stringBound: number | undefined;
  /** Written as `byte` in the definition: the same on the wire, not in the type hash. */
  readonly isByte: boolean;
  readonly defaultValue: DefaultValue;
  /** Line in its file, from 1; 0 for fields that stand in no file. */
  readonly line: number;
}

/** A message, or a part of a service or action, as its definition says. */
export interface Structure {
  /** Full name: `std_msgs/msg/Header`. */
  readonly name: string;
  readonly fields: readonly Field[];
  /** Fields and constants, types by full names. */
  readonly definitions: readonly MessageDefinitionField[];
  readonly text: string;
  readonly file: string;
}

export const ONE: Extent = { kind: 'one' };

/** A field that is one structure, or a sequence of them. */
export function structField(name: string, struct: string, extent: Extent = ONE): Field {
  return {
    name,
    kind: 'struct',
    struct,
    extent,
    stringBound: undefined,
    isByte: false,
    defaultValue: undefined,
    line: 0,
  };
}

/** A field that is one number or truth value. */
export function plainField(name: string, kind: FieldKind): Field {
  return {
    name,
    kind,
    struct: undefined,
    extent: ONE,
    stringBound: undefined,
    isByte: false,
    defaultValue: undefined,
    line: 0,
  };
}
