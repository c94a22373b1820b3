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

const ACCESS = {
  int8: [Int8Array, 'Int8'],
  uint8: [Uint8Array, 'Uint8'],
  int16: [Int16Array, 'Int16'],
  uint16: [Uint16Array, 'Uint16'],
  int32: [Int32Array, 'Int32'],
  uint32: [Uint32Array, 'Uint32'],
  int64: [BigInt64Array, 'BigInt64'],
  uint64: [BigUint64Array, 'BigUint64'],
  float32: [Float32Array, 'Float32'],
  float64: [Float64Array, 'Float64'],
} as const;

/** All kinds of numbers. */
export const NUMBER_TYPES: Readonly<Record<NumberKind, NumberType>> = Object.fromEntries(
  (Object.keys(ACCESS) as NumberKind[]).map((kind) => [kind, numberType(kind)]),
) as Record<NumberKind, NumberType>;

function numberType(kind: NumberKind): NumberType {
  const [Make, method] = ACCESS[kind];
  const access = DataView.prototype as unknown as Record<string, (...given: unknown[]) => number | bigint>;
  const read = access[`get${method}`];
  const write = access[`set${method}`];
  return {
    bytes: NUMBER_BYTES[kind],
    zero: kind === 'int64' || kind === 'uint64' ? 0n : 0,
    ...check(kind),
    get: (view, at, littleEndian) => read.call(view, at, littleEndian),
    set: (view, at, value) => void write.call(view, at, value, true),
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
