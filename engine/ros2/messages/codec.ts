import type { CdrInput } from './cdr-input.ts';
import type { CdrOutput } from './cdr-output.ts';
import { NUMBER_TYPES, type NumberType } from './numbers.ts';
import type { Extent, Field, FieldKind, NumberKind } from './structure.ts';

/** How values of one type come from the wire and go there. */
export interface Codec {
  /** The fewest bytes that a value takes, without padding. */
  readonly leastBytes: number;
  read(input: CdrInput): unknown;
  /** @param value undefined for zero or empty */
  write(output: CdrOutput, value: unknown): void;
}

/** Entries up to this many are copied one by one, which is faster than a view of the buffer. */
const FEW = 16;
const HOST_IS_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

const BOOL: Codec = {
  leastBytes: 1,
  read: (input) => input.bytes[input.take(1, 1)] !== 0,
  write(output, value) {
    if (value !== undefined && typeof value !== 'boolean') throw output.fault(value, 'true or false');
    const at = output.take(1, 1);
    output.bytes[at] = value === true ? 1 : 0;
  },
};

const SCALARS = new Map<FieldKind, Codec>([
  ...(Object.keys(NUMBER_TYPES) as NumberKind[]).map((kind) => [kind, numberCodec(NUMBER_TYPES[kind])] as const),
  ['bool', BOOL],
]);

/** A field's codec; `struct` is that of its structure, for fields that have one. */
export function fieldCodec(field: Field, struct: Codec | undefined): Codec {
  const { kind, extent } = field;
  if (extent.kind !== 'one' && kind in NUMBER_TYPES) return numbersCodec(NUMBER_TYPES[kind as NumberKind], extent);
  const entry = struct ?? SCALARS.get(kind) ?? stringCodec(kind === 'wstring', field.stringBound);
  return extent.kind === 'one' ? entry : listCodec(entry, extent);
}

/** A structure's codec. */
export function structCodec(names: readonly string[], codecs: readonly Codec[]): Codec {
  if (names.length === 0) return EMPTY;
  const known = new Set(names);
  const count = names.length;
  // Field names are lower case, so that of all inherited names only this one can be a field's.
  const inherited = known.has('constructor');
  return {
    leastBytes: codecs.reduce((sum, codec) => sum + codec.leastBytes, 0),
    read(input) {
      const value: Record<string, unknown> = {};
      const depth = input.depth;
      input.depth = depth + 1;
      for (let i = 0; i < count; i++) {
        input.path[depth] = names[i];
        value[names[i]] = codecs[i].read(input);
      }
      input.depth = depth;
      return value;
    },
    write(output, value) {
      const record = asRecord(output, value);
      const depth = output.depth;
      if (record !== undefined) {
        for (const key in record) {
          if (known.has(key)) continue;
          output.path[depth] = key;
          output.depth = depth + 1;
          throw output.fault(record[key], `expected: the fields are ${names.join(', ')}`);
        }
      }
      output.depth = depth + 1;
      for (let i = 0; i < count; i++) {
        const name = names[i];
        output.path[depth] = name;
        const given = record === undefined || (inherited && !Object.hasOwn(record, name)) ? undefined : record[name];
        codecs[i].write(output, given);
      }
      output.depth = depth;
    },
  };
}

/** A structure without fields: one byte, because IDL wants at least one member. */
const EMPTY: Codec = {
  leastBytes: 1,
  read(input) {
    input.take(1, 1);
    return {};
  },
  write(output, value) {
    const record = asRecord(output, value);
    for (const key in record) {
      output.path[output.depth++] = key;
      throw output.fault(record[key], 'expected: the type has no fields');
    }
    output.zeros(1, 1);
  },
};

function asRecord(output: CdrOutput, value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw output.fault(value, 'an object of fields');
  }
  return value as Readonly<Record<string, unknown>>;
}

function numberCodec(type: NumberType): Codec {
  const { bytes, zero, wanted } = type;
  return {
    leastBytes: bytes,
    read: (input) => type.get(input.view, input.take(bytes, bytes), input.littleEndian),
    write(output, value) {
      if (value !== undefined && !type.fits(value)) throw output.fault(value, wanted);
      const at = output.take(bytes, bytes);
      type.set(output.view, at, value ?? zero);
    },
  };
}

function stringCodec(wide: boolean, bound: number | undefined): Codec {
  return {
    leastBytes: 4,
    read: (input) => (wide ? input.wstring(bound) : input.string(bound)),
    write(output, value) {
      if (value !== undefined && typeof value !== 'string') throw output.fault(value, 'a string');
      if (wide) output.wstring(value ?? '', bound);
      else output.string(value ?? '', bound);
    },
  };
}

function numbersCodec(type: NumberType, extent: Extent): Codec {
  const { bytes } = type;
  const fixed = extent.kind === 'array' ? extent.length : undefined;
  const bound = extent.kind === 'sequence' ? extent.bound : undefined;
  return {
    leastBytes: fixed === undefined ? 4 : fixed * bytes,
    read(input) {
      const count = fixed ?? input.count(bytes, bound);
      if (count === 0) return type.make(0);
      const at = input.take(count * bytes, bytes);
      if (count > FEW && input.littleEndian === HOST_IS_LITTLE) {
        const start = input.bytes.byteOffset + at;
        return type.over(input.bytes.buffer.slice(start, start + count * bytes) as ArrayBuffer);
      }
      const values = type.make(count);
      for (let i = 0; i < count; i++) values[i] = type.get(input.view, at + i * bytes, input.littleEndian);
      return values;
    },
    write(output, value) {
      if (value === undefined) {
        if (fixed === undefined) output.uint32(0);
        else output.zeros(fixed * bytes, bytes);
        return;
      }
      const values = listOf(output, value, fixed, bound, 'an array of numbers');
      const count = values.length;
      if (fixed === undefined) output.uint32(count);
      if (count === 0) return;
      const same = type.isArray(values);
      if (same && count > FEW && HOST_IS_LITTLE) {
        const at = output.take(count * bytes, bytes);
        output.bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
        return;
      }
      const at = output.take(count * bytes, bytes);
      const view = output.view;
      for (let i = 0; i < count; i++) {
        const entry: unknown = values[i];
        if (!type.fits(entry)) {
          output.path[output.depth++] = i;
          throw output.fault(entry, type.wanted);
        }
        type.set(view, at + i * bytes, entry);
      }
    },
  };
}

function listCodec(entry: Codec, extent: Extent): Codec {
  const fixed = extent.kind === 'array' ? extent.length : undefined;
  const bound = extent.kind === 'sequence' ? extent.bound : undefined;
  return {
    leastBytes: fixed === undefined ? 4 : fixed * entry.leastBytes,
    read(input) {
      if (fixed !== undefined) input.need(fixed, entry.leastBytes);
      const count = fixed ?? input.count(entry.leastBytes, bound);
      const values: unknown[] = [];
      const depth = input.depth;
      input.depth = depth + 1;
      for (let i = 0; i < count; i++) {
        input.path[depth] = i;
        values.push(entry.read(input));
      }
      input.depth = depth;
      return values;
    },
    write(output, value) {
      const values = value === undefined ? [] : listOf(output, value, fixed, bound, 'an array');
      const count = fixed ?? values.length;
      if (fixed === undefined) output.uint32(count);
      const depth = output.depth;
      output.depth = depth + 1;
      for (let i = 0; i < count; i++) {
        output.path[depth] = i;
        if (values[i] === undefined && value !== undefined) throw output.fault(undefined, 'an entry');
        entry.write(output, values[i]);
      }
      output.depth = depth;
    },
  };
}

function listOf(
  output: CdrOutput,
  value: unknown,
  fixed: number | undefined,
  bound: number | undefined,
  wanted: string,
): ArrayLike<unknown> {
  if (!Array.isArray(value) && (!ArrayBuffer.isView(value) || value instanceof DataView)) {
    throw output.fault(value, wanted);
  }
  const { length } = value as unknown as ArrayLike<unknown>;
  if (fixed !== undefined && length !== fixed) throw output.fault(value, `an array of ${fixed}`);
  if (bound !== undefined && length > bound) throw output.fault(value, `an array of at most ${bound}`);
  return value as unknown as ArrayLike<unknown>;
}
