import { inputError } from '../../core/errors.ts';

/** How samples are coded. */
export interface SampleType {
  readonly kind: 'int' | 'uint' | 'float';
  readonly bits: 8 | 16 | 32 | 64;
}

/** Volumes beyond that are refused before anything is allocated: a gigabyte of float32. */
export const MOST_VOXELS = 2 ** 28;

/** `count` samples as float32; whole numbers above 16,777,216 lose their last digits. */
export function readSamples(
  file: string,
  area: string,
  bytes: Uint8Array,
  count: number,
  { kind, bits }: SampleType,
  little: boolean,
): Float32Array {
  const width = bits / 8;
  if (bytes.length < count * width) {
    throw inputError(
      `${area}/truncated`,
      `${file}: ${bytes.length} bytes of data for ${count} voxels of ${bits} bits`,
      'the file was cut off: take a fresh copy',
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, count * width);
  const out = new Float32Array(count);
  const read = reader(view, kind, bits, little);
  for (let n = 0; n < count; n++) out[n] = read(n * width);
  return out;
}

function reader(v: DataView, kind: SampleType['kind'], bits: SampleType['bits'], little: boolean) {
  const of = {
    int8: (at: number) => v.getInt8(at),
    uint8: (at: number) => v.getUint8(at),
    int16: (at: number) => v.getInt16(at, little),
    uint16: (at: number) => v.getUint16(at, little),
    int32: (at: number) => v.getInt32(at, little),
    uint32: (at: number) => v.getUint32(at, little),
    int64: (at: number) => Number(v.getBigInt64(at, little)),
    uint64: (at: number) => Number(v.getBigUint64(at, little)),
    float32: (at: number) => v.getFloat32(at, little),
    float64: (at: number) => v.getFloat64(at, little),
  };
  return of[`${kind}${bits}` as keyof typeof of];
}

/** Whether values are whole and fit into the type: they are then written so, else as float32. */
export function fits(values: Float32Array, low: number, high: number): boolean {
  for (let n = 0; n < values.length; n++) {
    const value = values[n];
    if (!(value >= low && value <= high && Number.isInteger(value))) return false;
  }
  return true;
}
