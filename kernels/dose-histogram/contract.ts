import { seededRandom } from '../../engine/core/random.ts';
import { defineKernel, type KernelArray, type KernelCase } from '../contract.ts';
import { listTables } from '../rank-select/contract.ts';
import { withValue } from '../support/case-data.ts';
import { prepareDoseHistogram } from './index.ts';
import { doseHistogramReference } from './reference.ts';

interface Params {
  readonly lists: number;
  readonly bins: number;
  readonly low: number;
  readonly binWidth: number;
}

interface Options {
  readonly name: string;
  readonly seed: number;
  readonly lengths: readonly number[];
  readonly bins: number;
  readonly low: number;
  readonly binWidth: number;
  /** Values exactly on the edges of bins, whose width must then be a power of two. */
  readonly onEdges?: boolean;
  readonly nan?: boolean;
}

/** Values within and beyond the bins; unless they are meant to lie on edges, far enough from them for float32. */
function histogramCase(o: Options): KernelCase<Params> {
  const random = seededRandom(o.seed);
  const { first, indices } = listTables(random, o.lengths);
  let values: Float32Array = Float32Array.from({ length: indices.length }, () => {
    const bin = Math.floor((1.2 * random() - 0.1) * o.bins);
    return o.low + (bin + (o.onEdges ? 0 : 0.01 + 0.98 * random())) * o.binWidth;
  });
  if (values.length > 8 && !o.onEdges) {
    values[indices[0]] = -1e30;
    values[indices[1]] = 1e30;
  }
  if (o.nan) values = withValue(values, indices[4], Number.NaN);
  const table = Uint32Array.from(o.lengths.flatMap((length, i) => [first[i], first[i] + length, 0, 0]));
  const inputs: Record<string, KernelArray> = { values, table, indices };
  const { bins, low, binWidth } = o;
  const lists = o.lengths.length;
  return {
    name: o.name,
    params: { lists, bins, low, binWidth },
    inputs,
    outputs: { counts: { type: 'u32', length: lists * (bins + 1) } },
    nan: o.nan === true,
  };
}

const usual = { bins: 160, low: 0, binWidth: 0.5 };

export const doseHistogram = defineKernel<Params>({
  name: 'dose-histogram',
  doc: 'for each list, counts of its values in equal bins',
  inputs: {
    values: 'f32[..] Gy',
    table: 'u32[lists][4] first and end in indices, two unused',
    indices: 'u32[..] into values',
  },
  outputs: { counts: 'u32[lists][bins + 1], NaN in the last' },
  tolerance: { relative: 0, why: 'counts; the values keep a hundredth of a bin from its edges, or are exact on them' },
  cases: [
    histogramCase({ ...usual, name: 'an empty list', seed: 130, lengths: [0] }),
    histogramCase({ ...usual, name: 'one value', seed: 131, lengths: [1] }),
    histogramCase({ ...usual, name: 'lists of many lengths', seed: 132, lengths: [3, 0, 1023, 1024, 1025, 31, 64] }),
    histogramCase({ name: 'one bin', seed: 133, lengths: [100, 3], bins: 1, low: 10, binWidth: 3 }),
    histogramCase({ name: 'an odd number of bins', seed: 134, lengths: [500, 77], bins: 37, low: -2.5, binWidth: 0.3 }),
    histogramCase({ ...usual, name: 'values on edges', seed: 135, lengths: [700, 300], onEdges: true }),
    histogramCase({ name: 'fine bins', seed: 136, lengths: [20000, 9000, 11], bins: 2000, low: 0, binWidth: 0.04 }),
    histogramCase({ ...usual, name: 'one NaN', seed: 137, lengths: [100, 100], nan: true }),
  ],
  cost: ({ inputs }) => ({ flops: 4 * inputs.indices.length, bytes: 12 * inputs.indices.length }),
  reference: ({ params, inputs }) => ({
    counts: doseHistogramReference(params, inputs.values, inputs.table as Uint32Array, inputs.indices as Uint32Array),
  }),
  prepare: (device, { params }, { values, table, indices, counts }) => [
    prepareDoseHistogram(device, params, { values, table, indices, counts }),
  ],
});
