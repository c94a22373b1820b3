import { NUMBER_BYTES, type NumberKind } from './structure.ts';

export type NumberArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** How a kind of number is read, written and checked. */
export interface NumberType {
  readonly bytes: number;
  readonly zero: number | bigint;
  /** What fits, in words. */
  readonly wanted: string;
  fits(value: unknown): value is number | bigint;
  get(view: DataView, at: number, littleEndian: boolean): number | bigint;
  set(view: DataView, at: number, value: number | bigint): void;
  make(length: number): NumberArray;
  /** Entries in memory, over bytes that begin at a multiple of an entry's. */
  over(buffer: ArrayBuffer): NumberArray;
  /** Whether it is an array of this kind of number, as it stands in memory. */
  isArray(value: unknown): value is NumberArray;
}

const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

type Access = readonly [
  make: { new (length: number): NumberArray; new (buffer: ArrayBuffer): NumberArray },
  get: NumberType['get'],
  set: NumberType['set'],
];

/** Written out: calls by a method's name cost two to three times as much in long arrays. */
const ACCESS: Readonly<Record<NumberKind, Access>> = {
  int8: [Int8Array, (v, at) => v.getInt8(at), (v, at, value) => v.setInt8(at, value as number)],
  uint8: [Uint8Array, (v, at) => v.getUint8(at), (v, at, value) => v.setUint8(at, value as number)],
  int16: [Int16Array, (v, at, le) => v.getInt16(at, le), (v, at, value) => v.setInt16(at, value as number, true)],
  uint16: [Uint16Array, (v, at, le) => v.getUint16(at, le), (v, at, value) => v.setUint16(at, value as number, true)],
  int32: [Int32Array, (v, at, le) => v.getInt32(at, le), (v, at, value) => v.setInt32(at, value as number, true)],
  uint32: [Uint32Array, (v, at, le) => v.getUint32(at, le), (v, at, value) => v.setUint32(at, value as number, true)],
  int64: [
    BigInt64Array,
    (v, at, le) => v.getBigInt64(at, le),
    (v, at, value) => v.setBigInt64(at, value as bigint, true),
  ],
  uint64: [
    BigUint64Array,
    (v, at, le) => v.getBigUint64(at, le),
    (v, at, value) => v.setBigUint64(at, value as bigint, true),
  ],
  float32: [
    Float32Array,
    (v, at, le) => v.getFloat32(at, le),
    (v, at, value) => v.setFloat32(at, value as number, true),
  ],
  float64: [
    Float64Array,
    (v, at, le) => v.getFloat64(at, le),
    (v, at, value) => v.setFloat64(at, value as number, true),
  ],
};

/** All kinds of numbers. */
export const NUMBER_TYPES: Readonly<Record<NumberKind, NumberType>> = Object.fromEntries(
  (Object.keys(ACCESS) as NumberKind[]).map((kind) => [kind, numberType(kind)]),
) as Record<NumberKind, NumberType>;

function numberType(kind: NumberKind): NumberType {
  const [Make, get, set] = ACCESS[kind];
  return {
    bytes: NUMBER_BYTES[kind],
    zero: kind === 'int64' || kind === 'uint64' ? 0n : 0,
    ...check(kind),
    get,
    set,
    make: (length) => new Make(length),
    over: (buffer) => new Make(buffer),
    isArray: (value): value is NumberArray =>
      value instanceof Make || (kind === 'uint8' && value instanceof Uint8ClampedArray),
  };
}

function check(kind: NumberKind): Pick<NumberType, 'wanted' | 'fits'> {
  if (kind === 'float64') {
    return { wanted: 'a number', fits: (value): value is number => typeof value === 'number' };
  }
  if (kind === 'float32') {
    return {
      wanted: `a number within ±${MAX_FLOAT32} (float32)`,
      // Rounds to float32 first: what rounds to the largest one fits.
      fits: (value): value is number =>
        typeof value === 'number' && (!Number.isFinite(value) || Number.isFinite(Math.fround(value))),
    };
  }
  const bits = 8 * NUMBER_BYTES[kind];
  const signed = kind.startsWith('i');
  if (bits === 64) {
    const low = signed ? -(2n ** 63n) : 0n;
    const high = signed ? 2n ** 63n - 1n : 2n ** 64n - 1n;
    return {
      wanted: `a bigint from ${low} to ${high} (${kind})`,
      fits: (value): value is bigint => typeof value === 'bigint' && value >= low && value <= high,
    };
  }
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const high = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  return {
    wanted: `an integer from ${low} to ${high} (${kind})`,
    fits: (value): value is number =>
      typeof value === 'number' && value >= low && value <= high && Number.isInteger(value),
  };
}
