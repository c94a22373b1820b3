import { normal, seededRandom } from '../../engine/core/random.ts';
import { defineKernel, type KernelCase } from '../contract.ts';
import { prepareSeparableMap, type SeparableMapShape, separableMapScratchBytes } from './index.ts';
import { separableMapReference } from './reference.ts';

const pad = (n: number): number => Math.ceil(n / 4) * 4;

interface Banded {
  readonly starts: Uint32Array;
  readonly weights: Float32Array;
  readonly band: number;
}

/** Packs dense matrices [shapes][rows][columns] of one pattern as starts and bands within `stride` columns. */
function packBands(dense: readonly Float32Array[], rows: number, columns: number, stride: number): Banded {
  const firsts: number[] = [];
  let widest = 1;
  for (let q = 0; q < rows; q++) {
    const used: number[] = [];
    for (let c = 0; c < columns; c++) if (dense.some((matrix) => matrix[q * columns + c] !== 0)) used.push(c);
    firsts.push(used[0] ?? 0);
    if (used.length > 0) widest = Math.max(widest, used[used.length - 1] - used[0] + 1);
  }
  const band = pad(widest);
  const starts = Uint32Array.from(firsts, (first) => Math.min(first, stride - band));
  const weights = new Float32Array(dense.length * rows * band);
  dense.forEach((matrix, m) => {
    for (let q = 0; q < rows; q++) {
      for (let a = 0; a < band && starts[q] + a < columns; a++) {
        weights[(m * rows + q) * band + a] = matrix[q * columns + starts[q] + a];
      }
    }
  });
  return { starts, weights, band };
}

interface Options {
  readonly name: string;
  readonly seed: number;
  readonly beams: number;
  readonly parts: number;
  readonly shapes: number;
  readonly rowsIn: number;
  readonly colsIn: number;
  readonly rowsOut: number;
  readonly colsOut: number;
  /** Largest number of non-zero weights in a row of the matrix. */
  readonly width: number;
  readonly nan?: boolean;
}

function matrices(o: Options, random: () => number): { dense: Float32Array[]; rows: number; columns: number } {
  const rows = Math.max(o.rowsOut, o.colsOut);
  const columns = Math.max(o.rowsIn, o.colsIn);
  const dense = Array.from({ length: o.shapes }, () => new Float32Array(rows * columns));
  for (let q = 0; q < rows; q++) {
    const first = Math.max(
      0,
      Math.min(columns - o.width, Math.round((q / Math.max(1, rows - 1)) * (columns - o.width))),
    );
    for (const matrix of dense) {
      for (let a = 0; a < Math.min(o.width, columns); a++) matrix[q * columns + first + a] = normal(random);
    }
  }
  return { dense, rows, columns };
}

function build(
  o: Options,
  random: () => number,
  dense: readonly Float32Array[],
  rows: number,
  columns: number,
): KernelCase<SeparableMapShape> {
  // A stride that lets every band begin within the input, whichever axis is longer.
  const strideIn = pad(columns) + 4;
  const { starts, weights, band } = packBands(dense, rows, columns, strideIn);
  const strideOut = pad(o.colsOut);
  const input = new Float32Array(o.beams * o.parts * o.rowsIn * strideIn);
  for (let row = 0; row < o.beams * o.parts * o.rowsIn; row++) {
    for (let c = 0; c < o.colsIn; c++) input[row * strideIn + c] = normal(random);
  }
  if (o.nan) input[(o.rowsIn >> 1) * strideIn + (o.colsIn >> 1)] = Number.NaN;
  const { beams, parts, shapes, rowsIn, rowsOut, colsOut } = o;
  const params = { beams, parts, rowsIn, strideIn, rowsOut, colsOut, strideOut, band, shapes, matrixRows: rows };
  return {
    name: o.name,
    params,
    inputs: { input, starts, weights },
    outputs: { output: { type: 'f32', length: beams * rowsOut * strideOut } },
    scratch: { scratch: separableMapScratchBytes(params) },
    nan: o.nan === true,
  };
}

function mapCase(o: Options): KernelCase<SeparableMapShape> {
  const random = seededRandom(o.seed);
  const { dense, rows, columns } = matrices(o, random);
  return build(o, random, dense, rows, columns);
}

/** A case and its transpose: the same matrices with input and output exchanged. For dot-product tests. */
export function transposedPair(
  o: Options,
): readonly [forward: KernelCase<SeparableMapShape>, adjoint: KernelCase<SeparableMapShape>] {
  const random = seededRandom(o.seed);
  const { dense, rows, columns } = matrices(o, random);
  const flipped = dense.map((matrix) =>
    Float32Array.from({ length: rows * columns }, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]),
  );
  const back = { ...o, rowsIn: o.rowsOut, colsIn: o.colsOut, rowsOut: o.rowsIn, colsOut: o.colsIn };
  return [build(o, random, dense, rows, columns), build(back, random, flipped, columns, rows)];
}

const one = { beams: 1, parts: 1, shapes: 1, rowsIn: 1, colsIn: 1, rowsOut: 1, colsOut: 1, width: 1 };

export const separableMap = defineKernel<SeparableMapShape>({
  name: 'separable-map',
  doc: 'for each beam, out = sum over shapes of W in W^T with a banded matrix W that both axes share',
  inputs: {
    input: 'f32[beams][parts][rowsIn][strideIn]',
    starts: 'u32[matrixRows] first column of each band',
    weights: 'f32[shapes][matrixRows][band]',
  },
  outputs: { output: 'f32[beams][rowsOut][strideOut]; zero from column colsOut on' },
  tolerance: { relative: 5e-6, why: 'two float32 sums of up to band terms of either sign, summed over shapes' },
  cases: [
    mapCase({ ...one, name: 'one element', seed: 1 }),
    mapCase({ ...one, name: 'one row to odd columns', seed: 2, colsIn: 5, rowsOut: 3, colsOut: 7, width: 3 }),
    mapCase({
      ...one,
      name: 'odd sizes',
      seed: 3,
      shapes: 2,
      rowsIn: 7,
      colsIn: 11,
      rowsOut: 13,
      colsOut: 9,
      width: 5,
    }),
    mapCase({
      ...one,
      name: 'more rows than columns',
      seed: 4,
      rowsIn: 21,
      colsIn: 6,
      rowsOut: 30,
      colsOut: 10,
      width: 7,
    }),
    mapCase({
      ...one,
      name: 'eight parts',
      seed: 5,
      beams: 2,
      parts: 8,
      shapes: 2,
      rowsIn: 12,
      colsIn: 10,
      rowsOut: 6,
      colsOut: 5,
      width: 4,
    }),
    mapCase({
      ...one,
      name: 'bixels to B-spline coefficients of nine beams',
      seed: 6,
      beams: 9,
      shapes: 2,
      rowsIn: 20,
      colsIn: 17,
      rowsOut: 58,
      colsOut: 50,
      width: 8,
    }),
    mapCase({
      ...one,
      name: 'B-spline coefficients to bixels, two parts',
      seed: 7,
      beams: 9,
      parts: 2,
      shapes: 2,
      rowsIn: 58,
      colsIn: 50,
      rowsOut: 20,
      colsOut: 17,
      width: 24,
    }),
    mapCase({
      ...one,
      name: 'one NaN in the first of two beams',
      seed: 8,
      beams: 2,
      shapes: 2,
      rowsIn: 12,
      colsIn: 10,
      rowsOut: 20,
      colsOut: 18,
      width: 4,
      nan: true,
    }),
  ],
  cost: ({ params: s }) => ({
    flops: 2 * s.beams * s.shapes * s.band * s.colsOut * (s.rowsIn + s.rowsOut),
    bytes:
      4 * s.beams * (s.parts * s.rowsIn * s.strideIn + 2 * s.shapes * s.rowsIn * s.strideOut + s.rowsOut * s.strideOut),
  }),
  reference: ({ params, inputs }) => ({
    output: separableMapReference(params, inputs.input, inputs.starts as Uint32Array, inputs.weights as Float32Array),
  }),
  prepare: (device, c, { input, starts, weights, scratch, output }) =>
    prepareSeparableMap(device, c.params, { input, starts, weights, scratch, output }),
});
