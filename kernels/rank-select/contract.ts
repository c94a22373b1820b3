import { seededRandom } from '../../engine/core/random.ts';
import { defineKernel, type KernelArray, type KernelCase } from '../contract.ts';
import { normalArray, shuffledIndices, withValue } from '../support/case-data.ts';
import { prepareRankSelect } from './index.ts';
import { rankSelectReference } from './reference.ts';

interface Params {
  readonly lists: number;
}

/** Lists of the given lengths, one after another, each over values of its own. */
export function listTables(
  random: () => number,
  lengths: readonly number[],
): { first: number[]; indices: Uint32Array } {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const first: number[] = [];
  let at = 0;
  for (const length of lengths) {
    first.push(at);
    at += length;
  }
  return { first, indices: shuffledIndices(random, total) };
}

function rankCase(
  name: string,
  seed: number,
  lists: readonly (readonly [length: number, rank: number])[],
  make: (random: () => number, total: number) => Float32Array,
  nan = false,
): KernelCase<Params> {
  const random = seededRandom(seed);
  const { first, indices } = listTables(
    random,
    lists.map(([length]) => length),
  );
  const table = Uint32Array.from(lists.flatMap(([length, rank], i) => [first[i], first[i] + length, rank, 0]));
  const inputs: Record<string, KernelArray> = { values: make(random, indices.length), table, indices };
  return {
    name,
    params: { lists: lists.length },
    inputs,
    outputs: { selected: { type: 'f32', length: lists.length } },
    nan,
  };
}

const doses = (random: () => number, total: number): Float32Array =>
  Float32Array.from({ length: total }, () => 70 * random());
const ties = (random: () => number, total: number): Float32Array =>
  Float32Array.from({ length: total }, () => Math.floor(4 * random()));
const lengths = [1, 2, 3, 31, 32, 33, 1023, 1024, 1025];

export const rankSelect = defineKernel<Params>({
  name: 'rank-select',
  doc: 'for each list, the value of a given rank in descending order',
  inputs: {
    values: 'f32[..]',
    table: 'u32[lists][4] first and end in indices, rank, unused',
    indices: 'u32[..] into values',
  },
  outputs: { selected: 'f32[lists] in the unit of the values' },
  tolerance: { relative: 0, why: 'one of the values is copied' },
  cases: [
    rankCase('an empty list', 120, [[0, 0]], doses),
    rankCase('one value', 121, [[1, 0]], doses),
    rankCase(
      'the largest of each list',
      122,
      lengths.map((n) => [n, 0]),
      normalArray,
    ),
    rankCase(
      'the smallest of each list',
      123,
      lengths.map((n) => [n, n - 1]),
      normalArray,
    ),
    rankCase(
      'the middle of each list',
      124,
      lengths.map((n) => [n, n >> 1]),
      normalArray,
    ),
    rankCase(
      'many equal values, zeros among them',
      125,
      lengths.map((n) => [n, n >> 1]),
      ties,
    ),
    rankCase(
      'empty lists between others',
      126,
      [
        [0, 0],
        [5, 2],
        [0, 0],
        [7, 6],
        [0, 0],
      ],
      normalArray,
    ),
    rankCase(
      'ten structures',
      127,
      [[20000, 19000], [5000, 249], ...lengths.slice(0, 8).map((n) => [n, 0] as const)],
      doses,
    ),
    rankCase(
      'NaN in the first of two lists',
      128,
      [
        [100, 0],
        [100, 50],
      ],
      (random, total) => withValue(doses(random, total), shuffledIndices(seededRandom(128), total)[3], Number.NaN),
      true,
    ),
  ],
  cost: ({ inputs }) => ({ flops: 32 * 3 * inputs.indices.length, bytes: 32 * 8 * inputs.indices.length }),
  reference: ({ inputs }) => ({
    selected: rankSelectReference(inputs.values, inputs.table as Uint32Array, inputs.indices as Uint32Array),
  }),
  prepare: (device, { params }, { values, table, indices, selected }) => [
    prepareRankSelect(device, params.lists, { values, table, indices, selected }),
  ],
});
