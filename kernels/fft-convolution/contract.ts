import { normal, seededRandom } from '../../engine/core/random.ts';
import { defineKernel, type KernelArray, type KernelCase } from '../contract.ts';
import {
  type FftConvolutionShape,
  fftScratchBytes,
  fftTables,
  prepareFftConvolve,
  prepareFftConvolveAdjoint,
  spectrumLength,
} from './index.ts';
import { convolveAdjointReference, convolveReference } from './reference.ts';

/**
 * Spectra of radial kernels: each a sum of two Gaussians of the widths [cells] and signs that a pencil beam's components
 * have, exp(-2 pi^2 sigma^2 f^2) / n^2 at frequency f [1 / cell].
 */
export function radialSpectra(random: () => number, beams: number, n: number): Float32Array {
  const spectra = new Float32Array(beams * spectrumLength(n));
  let at = 0;
  for (let plane = 0; plane < 4 * beams; plane++) {
    const narrow = 0.5 + 1.5 * random();
    const wide = 2 + (n / 8) * random();
    const share = 0.3 * normal(random);
    for (let kx = 0; kx <= n / 2; kx++) {
      for (let ky = 0; ky < n; ky++) {
        const f2 = (kx / n) ** 2 + (Math.min(ky, n - ky) / n) ** 2;
        const gaussian = (sigma: number): number => Math.exp(-2 * (Math.PI * sigma) ** 2 * f2);
        spectra[at++] = ((1 - share) * gaussian(narrow) + share * gaussian(wide)) / (n * n);
      }
    }
  }
  return spectra;
}

interface Options extends FftConvolutionShape {
  readonly name: string;
  readonly seed: number;
  readonly parts?: number;
  /** Non-zero elements of each map; all of the filled ones by default. */
  readonly points?: number;
  readonly nan?: boolean;
}

type Shape = FftConvolutionShape & { readonly parts: number };

function shapeOf(o: Options): Shape {
  return { beams: o.beams, size: o.size, filledRows: o.filledRows, filledCols: o.filledCols, parts: o.parts ?? 1 };
}

function fill(o: Options, random: () => number, rows: number, cols: number, put: (y: number, x: number) => void): void {
  if (o.points === undefined) {
    for (let y = 0; y < rows; y++) for (let x = 0; x < cols; x++) put(y, x);
  } else {
    put(rows - 1, cols - 1);
    for (let i = 1; i < o.points; i++) put(Math.floor(random() * rows), Math.floor(random() * cols));
  }
}

function convolveCase(o: Options): KernelCase<Shape> {
  const random = seededRandom(o.seed);
  const n = o.size;
  const input = new Float32Array(o.beams * n * n);
  for (let beam = 0; beam < o.beams; beam++) {
    fill(o, random, o.filledRows, o.filledCols, (y, x) => {
      input[(beam * n + y) * n + x] = random();
    });
  }
  if (o.nan) input[n + 1] = Number.NaN;
  const params = shapeOf(o);
  return {
    name: o.name,
    params,
    inputs: { input, spectra: radialSpectra(random, o.beams, n), tables: fftTables(n) },
    outputs: { output: { type: 'f32', length: 4 * o.beams * n * n } },
    scratch: { scratch: fftScratchBytes(params) },
    nan: o.nan === true,
  };
}

function adjointCase(o: Options): KernelCase<Shape> {
  const random = seededRandom(o.seed);
  const n = o.size;
  const params = shapeOf(o);
  const input = new Float32Array(4 * o.beams * params.parts * n * n);
  for (let map = 0; map < o.beams * params.parts; map++) {
    fill(o, random, n, n, (y, x) => {
      for (let k = 0; k < 4; k++) input[4 * ((map * n + y) * n + x) + k] = normal(random);
    });
  }
  if (o.nan) input[4 * n + 2] = Number.NaN;
  return {
    name: o.name,
    params,
    inputs: { input, spectra: radialSpectra(random, o.beams, n), tables: fftTables(n) },
    outputs: { output: { type: 'f32', length: o.beams * n * n } },
    scratch: { scratch: fftScratchBytes(params) },
    nan: o.nan === true,
  };
}

/** The filled rows and columns of [beams][n][n]: all that the adjoint specifies. */
function filledPart(s: Shape, output: KernelArray | Float64Array): Float64Array {
  const kept: number[] = [];
  for (let beam = 0; beam < s.beams; beam++) {
    for (let y = 0; y < s.filledRows; y++) {
      for (let x = 0; x < s.filledCols; x++) kept.push(output[(beam * s.size + y) * s.size + x]);
    }
  }
  return Float64Array.from(kept);
}

/** 5 n log2 n flops a complex transform: `complexMaps` of them along one axis and back, filled columns along the other. */
function transformCost({ params: s }: KernelCase<Shape>, complexIn: number, complexOut: number) {
  const n = s.size;
  const line = 5 * n * Math.log2(n);
  const lines = complexIn * (s.filledCols + n) + complexOut * 2 * n;
  const words = n * n * (1 + 4 * s.parts + 2 + 2 * 6);
  return { flops: s.beams * (lines * line + 16 * n * n), bytes: 4 * s.beams * words };
}

const tolerance = {
  relative: 5e-6,
  why: 'float32 transforms of up to 512 x 512: 2 log2(n) stages there and back, each one rounding of the largest element',
};

const whole = { beams: 1, size: 16, filledRows: 16, filledCols: 16 };

export const fftConvolution = defineKernel<Shape>({
  name: 'fft-convolution',
  doc: "circular convolution of each beam's map with its four radial kernels",
  inputs: {
    input: 'f32[beams][size][size], zero outside the filled rows and columns',
    spectra: 'f32[beams][4][size / 2 + 1][size], real and even, 1 / size^2 included',
    tables: 'u32[size] bit-reversed rows, f32[size / 2][2] cos and sin',
  },
  outputs: { output: 'f32[beams][size][size][4]' },
  tolerance,
  cases: [
    convolveCase({ ...whole, name: 'smallest size', seed: 11 }),
    convolveCase({ ...whole, name: 'one filled element', seed: 12, filledRows: 1, filledCols: 1 }),
    convolveCase({ ...whole, name: 'odd filled part', seed: 13, beams: 2, size: 32, filledRows: 7, filledCols: 19 }),
    convolveCase({ ...whole, name: 'five beams', seed: 14, beams: 5, size: 64, filledRows: 40, filledCols: 33 }),
    convolveCase({ ...whole, name: '128', seed: 15, beams: 1, size: 128, filledRows: 50, filledCols: 50 }),
    convolveCase({
      ...whole,
      name: '256, sparse',
      seed: 16,
      beams: 2,
      size: 256,
      filledRows: 100,
      filledCols: 90,
      points: 50,
    }),
    convolveCase({ ...whole, name: '512, sparse', seed: 17, size: 512, filledRows: 320, filledCols: 500, points: 20 }),
    convolveCase({ ...whole, name: 'NaN in the first of two beams', seed: 18, beams: 2, size: 32, nan: true }),
  ],
  cost: (c) => transformCost(c, 1, 2),
  reference: ({ params: s, inputs }) => ({
    output: convolveReference(s.beams, s.size, inputs.input, inputs.spectra),
  }),
  prepare: (device, { params }, { input, spectra, tables, scratch, output }) =>
    prepareFftConvolve(device, params, { input, spectra, tables, scratch, output }),
});

export const fftConvolutionAdjoint = defineKernel<Shape>({
  name: 'fft-convolution/adjoint',
  doc: 'the transpose of fft-convolution, summing the parts of its input',
  inputs: {
    input: 'f32[beams][parts][size][size][4]',
    spectra: 'f32[beams][4][size / 2 + 1][size], real and even, 1 / size^2 included',
    tables: 'u32[size] bit-reversed rows, f32[size / 2][2] cos and sin',
  },
  outputs: { output: 'f32[beams][size][size], the filled rows and columns only' },
  tolerance,
  cases: [
    adjointCase({ ...whole, name: 'smallest size', seed: 21 }),
    adjointCase({ ...whole, name: 'one filled element', seed: 22, filledRows: 1, filledCols: 1 }),
    adjointCase({ ...whole, name: 'odd filled part', seed: 23, beams: 2, size: 32, filledRows: 7, filledCols: 19 }),
    adjointCase({ ...whole, name: 'five beams, four parts', seed: 24, beams: 5, parts: 4, size: 32, filledCols: 32 }),
    adjointCase({ ...whole, name: '64', seed: 25, size: 64, filledRows: 40, filledCols: 33 }),
    adjointCase({
      ...whole,
      name: '256, sparse, two parts',
      seed: 26,
      beams: 2,
      parts: 2,
      size: 256,
      filledRows: 100,
      filledCols: 90,
      points: 50,
    }),
    adjointCase({ ...whole, name: '512, sparse', seed: 27, size: 512, filledRows: 320, filledCols: 500, points: 20 }),
    adjointCase({ ...whole, name: 'NaN in the first of two beams', seed: 28, beams: 2, size: 32, nan: true }),
  ],
  cost: (c) => transformCost(c, 1, 2),
  reference: ({ params: s, inputs }) => ({
    output: filledPart(s, convolveAdjointReference(s.beams, s.parts, s.size, inputs.input, inputs.spectra)),
  }),
  compared: ({ params }, { output }) => ({ output: filledPart(params, output) }),
  prepare: (device, { params }, { input, spectra, tables, scratch, output }) =>
    prepareFftConvolveAdjoint(device, params, { input, spectra, tables, scratch, output }),
});
