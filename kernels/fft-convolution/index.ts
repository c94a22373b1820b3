import type { Device, DeviceBuffer, Launch } from '../../engine/compute/device.ts';
import { workgroupsFor } from '../support/workgroups.ts';

/** Shape of a call: square maps of `size` (a power of two, 16 to 512), one real map a beam, four radial kernels a beam. */
export interface FftConvolutionShape {
  readonly beams: number;
  readonly size: number;
  /** The real maps are zero from this row on, and from this column rounded up to 16 on. */
  readonly filledRows: number;
  readonly filledCols: number;
}

export function fftScratchBytes(s: FftConvolutionShape): number {
  return s.beams * (4 * 4 * s.size * s.size + 6 * 64 * s.size);
}

/** Floats of the spectra of one beam: four planes [size / 2 + 1][size]. */
export function spectrumLength(size: number): number {
  return 4 * (size / 2 + 1) * size;
}

/** Bit-reversed row numbers (u32[size]) followed by cos and sin of 2 pi k / size (f32[size / 2][2]). */
export function fftTables(size: number): Uint32Array {
  const tables = new Uint32Array(2 * size);
  const bits = Math.log2(size);
  for (let i = 0; i < size; i++) {
    let reversed = 0;
    for (let b = 0; b < bits; b++) reversed |= ((i >> b) & 1) << (bits - 1 - b);
    tables[i] = reversed;
  }
  const twiddles = new Float32Array(tables.buffer, 4 * size, size);
  for (let k = 0; k < size / 2; k++) {
    const angle = (2 * Math.PI * k) / size;
    twiddles[2 * k] = Math.cos(angle);
    twiddles[2 * k + 1] = Math.sin(angle);
  }
  return tables;
}

interface FftBuffers {
  readonly input: DeviceBuffer;
  readonly spectra: DeviceBuffer;
  readonly tables: DeviceBuffer;
  readonly scratch: DeviceBuffer;
  readonly output: DeviceBuffer;
}

/** On wasm one launch does it all; on webgpu one transforms the columns, one the rows and one the columns back. */
function prepare(
  device: Device,
  entry: string,
  s: FftConvolutionShape & { readonly parts: number },
  columns: { readonly in: number; readonly out: number },
  b: FftBuffers,
): readonly Launch[] {
  const kernel = 'fft-convolution';
  const params = [s.size, s.filledRows, s.filledCols, s.parts].map((value) => ['u32', value] as const);
  if (device.kind === 'wasm') {
    const buffers = [b.input, b.spectra, b.tables, b.scratch, b.output];
    return [device.prepare({ kernel, entry, params, buffers, tasks: s.beams, workgroups: [1, 1, 1] })];
  }
  const common = { kernel, params: [...params, ['u32', s.beams] as const], tasks: 0, constants: { size: s.size } };
  const pass = (name: string, lines: number, third: DeviceBuffer): Launch =>
    device.prepare({
      ...common,
      entry: name,
      buffers: [b.tables, b.scratch, third],
      workgroups: workgroupsFor(s.beams * lines),
    });
  return [
    pass(entry, columns.in, b.input),
    pass(`${entry}Spectra`, s.size, b.spectra),
    pass(`${entry}Output`, columns.out, b.output),
  ];
}

/** Columns that hold fluence, in whole strips of 16. */
function filledColumns(s: FftConvolutionShape): number {
  return Math.min(s.size, Math.ceil(s.filledCols / 16) * 16);
}

/**
 * Circular convolution of each beam's real map with four radial kernels.
 *
 * @param b.input f32[beams][size][size], row = y
 * @param b.spectra f32[beams][4][size / 2 + 1][size]: the kernels' real, even and symmetric spectra at (kx, ky),
 * kx <= size / 2, with the 1 / size^2 of the inverse transform in them
 * @param b.tables {@link fftTables}
 * @param b.scratch {@link fftScratchBytes} bytes
 * @param b.output f32[beams][size][size][4]
 */
export function prepareFftConvolve(device: Device, s: FftConvolutionShape, b: FftBuffers): readonly Launch[] {
  return prepare(device, 'fftConvolve', { ...s, parts: 1 }, { in: filledColumns(s), out: s.size }, b);
}

/**
 * The transpose of {@link prepareFftConvolve}: input f32[beams][parts][size][size][4] is summed over its parts, output is
 * f32[beams][size][size], written for the filled rows and columns only.
 */
export function prepareFftConvolveAdjoint(
  device: Device,
  s: FftConvolutionShape & { readonly parts: number },
  b: FftBuffers,
): readonly Launch[] {
  return prepare(device, 'fftConvolveAdjoint', s, { in: s.size, out: filledColumns(s) }, b);
}
