import { inputError } from '../../core/errors.ts';
import type { DicomFile } from './read.ts';

/** Stored values of all frames, frame after frame, row by row; not yet rescaled. */
export type PixelValues = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;

/** How the stored values of an image lie in memory. */
export interface PixelLayout {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly bitsAllocated: 8 | 16 | 32;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly isSigned: boolean;
}

const MOST_VALUES = 2 ** 29;

/** @throws IsocenterError `dicom/...` naming the tag and its value where it is no layout of an image that is read */
export function pixelLayout({ dataset, name }: DicomFile): PixelLayout {
  const rows = dataset.needNumber('Rows');
  const columns = dataset.needNumber('Columns');
  const frames = dataset.number('NumberOfFrames') ?? 1;
  const bitsAllocated = dataset.needNumber('BitsAllocated');
  const bitsStored = dataset.number('BitsStored') ?? bitsAllocated;
  const highBit = dataset.number('HighBit') ?? bitsStored - 1;
  const samples = dataset.number('SamplesPerPixel') ?? 1;
  for (const [keyword, value] of Object.entries({ Rows: rows, Columns: columns, NumberOfFrames: frames })) {
    if (!(Number.isInteger(value) && value >= 1)) throw dataset.bad(keyword, `${value} is no number of them`);
  }
  if (samples !== 1)
    throw dataset.bad('SamplesPerPixel', `${samples} samples a pixel are a colour image, not read here`);
  if (bitsAllocated !== 8 && bitsAllocated !== 16 && bitsAllocated !== 32) {
    throw dataset.bad('BitsAllocated', `${bitsAllocated} bits are not read; 8, 16 and 32 are`);
  }
  if (!(Number.isInteger(bitsStored) && bitsStored >= 1 && bitsStored <= bitsAllocated)) {
    throw dataset.bad('BitsStored', `${bitsStored} of ${bitsAllocated} bits`);
  }
  if (!(Number.isInteger(highBit) && highBit >= bitsStored - 1 && highBit < bitsAllocated)) {
    throw dataset.bad('HighBit', `${highBit} for ${bitsStored} of ${bitsAllocated} bits`);
  }
  if (rows * columns * frames > MOST_VALUES) {
    throw inputError(
      'dicom/too-large',
      `${name}: ${columns} x ${rows} pixels in ${frames} frames are more than ${MOST_VALUES}`,
      'export the image with fewer frames in a file',
    );
  }
  const isSigned = (dataset.number('PixelRepresentation') ?? 0) === 1;
  return { rows, columns, frames, bitsAllocated, bitsStored, highBit, isSigned };
}

/**
 * The stored values of an image whose pixel data are native (not compressed).
 *
 * @throws IsocenterError `dicom/...` for a layout that is not read, or too few bytes
 */
export function nativePixels(file: DicomFile, layout = pixelLayout(file)): PixelValues {
  const { pixels } = file;
  if (pixels === undefined) {
    const hint = 'the file has no image: choose another one';
    throw inputError('dicom/missing-tag', `${file.name}: (7FE0,0010) PixelData is missing or empty`, hint);
  }
  return valuesOf(file, pixels.pieces[0], layout, pixels.little);
}

/** From bytes in their order to values, their unused bits filled with the sign or zero. */
export function valuesOf({ dataset }: DicomFile, bytes: Uint8Array, layout: PixelLayout, little: boolean): PixelValues {
  const { rows, columns, frames, bitsAllocated, bitsStored, highBit, isSigned } = layout;
  const count = rows * columns * frames;
  const width = bitsAllocated / 8;
  if (bytes.length < count * width) {
    throw dataset.bad('PixelData', `${bytes.length} bytes for ${count} pixels of ${bitsAllocated} bits`);
  }
  const own = bytes.slice(0, count * width);
  if (!little && width > 1) swapBytes(own, width);
  const values = viewOf(own.buffer, bitsAllocated, isSigned);
  const above = bitsAllocated - 1 - highBit;
  const spare = bitsAllocated - bitsStored;
  if (spare === 0) return values;
  // Shifts work on 32 bits: what lies above the value is pushed out, then what lies below it.
  const up = 32 - bitsAllocated + above;
  const down = 32 - bitsStored;
  for (let n = 0; n < values.length; n++) values[n] = isSigned ? (values[n] << up) >> down : (values[n] << up) >>> down;
  return values;
}

function viewOf(buffer: ArrayBuffer, bits: 8 | 16 | 32, isSigned: boolean): PixelValues {
  if (bits === 8) return isSigned ? new Int8Array(buffer) : new Uint8Array(buffer);
  if (bits === 16) return isSigned ? new Int16Array(buffer) : new Uint16Array(buffer);
  return isSigned ? new Int32Array(buffer) : new Uint32Array(buffer);
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) {
    for (let low = at, high = at + width - 1; low < high; low++, high--) {
      const byte = bytes[low];
      bytes[low] = bytes[high];
      bytes[high] = byte;
    }
  }
}
