import { seededRandom } from '../../engine/core/random.ts';
import { defineKernel, type KernelCase } from '../contract.ts';
import { indexArray, normalArray, uniformArray, withValue } from '../support/case-data.ts';
import {
  gramPairs,
  NO_INDEX,
  prepareAcceptStep,
  prepareCombineRows,
  prepareFreeGram,
  prepareGatherScale,
  prepareGatherSum,
  prepareProjectedStep,
  prepareStepDots,
  ROW_S_PARAM,
  ROW_Y_PARAM,
  rowStride,
  STEP_PARAM,
  VECTOR_CHUNK,
  vectorChunks,
} from './index.ts';
import {
  acceptStepReference,
  combineRowsReference,
  freeGramReference,
  gatherScaleReference,
  gatherSumReference,
  projectedStepReference,
  stepDotsReference,
} from './reference.ts';

interface Size {
  readonly n: number;
}

/** Nothing, one, less than a SIMD vector, around a chunk, and as many bixels as nine beams have. */
const SIZES = [0, 1, 3, 1023, 1024, 1025, 9001];

const ELEMENTWISE = { relative: 1e-6, why: 'two or three float32 roundings an element' };

function f32(data: { readonly inputs: KernelCase<unknown>['inputs'] }, name: string): Float32Array {
  return data.inputs[name] as Float32Array;
}

function u32(data: { readonly inputs: KernelCase<unknown>['inputs'] }, name: string): Uint32Array {
  return data.inputs[name] as Uint32Array;
}

function gatherScaleCase(n: number, nan: boolean): KernelCase<Size> {
  const random = seededRandom(1000 + n);
  const x = normalArray(random, n + 7);
  const index = indexArray(random, n, n + 7);
  for (let i = 0; i < n; i += 5) index[i] = NO_INDEX;
  if (nan) index[1] = 2;
  return {
    name: nan ? `${n} elements, one NaN` : `${n} elements`,
    params: { n },
    inputs: { x: nan ? withValue(x, 2, Number.NaN) : x, index, scale: uniformArray(random, n, 0.5, 2) },
    outputs: { out: { type: 'f32', length: n } },
    nan,
  };
}

export const gatherScale = defineKernel<Size>({
  name: 'vector/gather-scale',
  doc: 'out[i] = scale[i] * x[index[i]], 0 where there is no index',
  inputs: { x: 'f32[any]', index: 'u32[n] into x, or NO_INDEX', scale: 'f32[n]' },
  outputs: { out: 'f32[n]' },
  tolerance: ELEMENTWISE,
  cases: [...SIZES.map((n) => gatherScaleCase(n, false)), gatherScaleCase(1025, true)],
  cost: ({ params: { n } }) => ({ flops: n, bytes: 16 * n }),
  reference: (c) => ({ out: gatherScaleReference(f32(c, 'x'), u32(c, 'index'), f32(c, 'scale')) }),
  prepare: (device, { params: { n } }, { x, index, scale, out }) => [
    prepareGatherScale(device, n, { x, index, scale, out }),
  ],
});

function gatherSumCase(n: number, nan: boolean): KernelCase<Size> {
  const random = seededRandom(2000 + n);
  const b = normalArray(random, n + 4);
  const indexB = indexArray(random, n, n + 4);
  if (nan) indexB[n - 1] = 0;
  return {
    name: nan ? `${n} elements, one NaN` : `${n} elements`,
    params: { n },
    inputs: {
      a: normalArray(random, n + 9),
      b: nan ? withValue(b, 0, Number.NaN) : b,
      indexA: indexArray(random, n, n + 9),
      indexB,
      scale: uniformArray(random, n, 0.5, 2),
    },
    outputs: { out: { type: 'f32', length: n } },
    nan,
  };
}

export const gatherSum = defineKernel<Size>({
  name: 'vector/gather-sum',
  doc: 'out[i] = scale[i] * (a[indexA[i]] + b[indexB[i]])',
  inputs: { a: 'f32[any]', b: 'f32[any]', indexA: 'u32[n] into a', indexB: 'u32[n] into b', scale: 'f32[n]' },
  outputs: { out: 'f32[n]' },
  tolerance: ELEMENTWISE,
  cases: [...SIZES.map((n) => gatherSumCase(n, false)), gatherSumCase(1025, true)],
  cost: ({ params: { n } }) => ({ flops: 2 * n, bytes: 24 * n }),
  reference: (c) => ({
    out: gatherSumReference(f32(c, 'a'), f32(c, 'b'), u32(c, 'indexA'), u32(c, 'indexB'), f32(c, 'scale')),
  }),
  prepare: (device, { params: { n } }, { a, b, indexA, indexB, scale, out }) => [
    prepareGatherSum(device, n, { a, b, indexA, indexB, scale, out }),
  ],
});

interface Step extends Size {
  readonly step: number;
}

function projectedStepCase(n: number, nan: boolean): KernelCase<Step> {
  const random = seededRandom(3000 + n);
  const w = uniformArray(random, n, 0, 1);
  return {
    name: nan ? `${n} elements, one NaN` : `${n} elements`,
    params: { n, step: 0.625 },
    inputs: { w: nan ? withValue(w, n - 1, Number.NaN) : w, direction: normalArray(random, n) },
    outputs: { trial: { type: 'f32', length: n } },
    nan,
  };
}

export const projectedStep = defineKernel<Step>({
  name: 'vector/projected-step',
  doc: 'trial = max(0, w + step * direction)',
  inputs: { w: 'f32[n]', direction: 'f32[n]' },
  outputs: { trial: 'f32[n]' },
  tolerance: ELEMENTWISE,
  cases: [...SIZES.map((n) => projectedStepCase(n, false)), projectedStepCase(1025, true)],
  cost: ({ params: { n } }) => ({ flops: 3 * n, bytes: 12 * n }),
  reference: (c) => ({ trial: projectedStepReference(f32(c, 'w'), f32(c, 'direction'), c.params.step) }),
  prepare: (device, { params: { n, step } }, { w, direction, trial }) => {
    const launch = prepareProjectedStep(device, n, { w, direction, trial });
    launch.setParam(STEP_PARAM, step);
    return [launch];
  },
});

interface Accept extends Size {
  readonly rows: { readonly s: number; readonly y: number; readonly g: number };
  readonly rowCount: number;
}

/** Rows of n random numbers, the padding of each row zero as it is on the device. */
function historyRows(random: () => number, n: number, rowCount: number): Float32Array {
  const rows = new Float32Array(rowCount * rowStride(n));
  for (let row = 0; row < rowCount; row++) rows.set(normalArray(random, n), row * rowStride(n));
  return rows;
}

function acceptStepCase(n: number, nan: boolean): KernelCase<Accept> {
  const random = seededRandom(4000 + n);
  const rowCount = 5;
  const gTrial = normalArray(random, n);
  return {
    name: nan ? `${n} elements, one NaN` : `${n} elements`,
    params: { n, rowCount, rows: { s: 1, y: 3, g: 4 } },
    inputs: {
      trial: uniformArray(random, n, 0, 1),
      gTrial: nan ? withValue(gTrial, 5, Number.NaN) : gTrial,
      w: uniformArray(random, n, 0, 1),
      history: historyRows(random, n, rowCount),
    },
    outputs: { w: { type: 'f32', length: n }, history: { type: 'f32', length: rowCount * rowStride(n) } },
    nan,
  };
}

export const acceptStep = defineKernel<Accept>({
  name: 'vector/accept-step',
  doc: 'row s of the history = trial - w, row y = gTrial - g, then w = trial and row g = gTrial',
  inputs: { trial: 'f32[n]', gTrial: 'f32[n]', w: 'f32[n]', history: 'f32[rows][rowStride(n)]' },
  outputs: { w: 'f32[n], updated', history: 'f32[rows][rowStride(n)], three rows updated' },
  tolerance: ELEMENTWISE,
  cases: [...SIZES.map((n) => acceptStepCase(n, false)), acceptStepCase(1025, true)],
  cost: ({ params: { n } }) => ({ flops: 2 * n, bytes: 32 * n }),
  reference: (c) => {
    const { n, rows } = c.params;
    return acceptStepReference(f32(c, 'trial'), f32(c, 'gTrial'), f32(c, 'w'), f32(c, 'history'), rowStride(n), rows);
  },
  prepare: (device, { params: { n, rows } }, { trial, gTrial, w, history }) => {
    const launch = prepareAcceptStep(device, n, { s: 0, y: 0, g: rows.g }, { trial, gTrial, w, history });
    launch.setParam(ROW_S_PARAM, rows.s);
    launch.setParam(ROW_Y_PARAM, rows.y);
    return [launch];
  },
});

interface Rows extends Size {
  readonly rowCount: number;
  readonly rowG: number;
}

function freeGramCase(n: number, rowCount: number, nan: boolean): KernelCase<Rows> {
  const random = seededRandom(5000 + n + rowCount);
  const w = uniformArray(random, n, -1, 1).map((value) => Math.max(0, value));
  const history = historyRows(random, n, rowCount);
  if (nan) history[rowStride(n) + 1] = Number.NaN;
  return {
    name: `${n} elements, ${rowCount} rows${nan ? ', one NaN' : ''}`,
    params: { n, rowCount, rowG: rowCount - 1 },
    inputs: { w, history },
    outputs: {
      free: { type: 'f32', length: rowStride(n) },
      partials: { type: 'f32', length: vectorChunks(n) * gramPairs(rowCount) },
    },
    nan,
  };
}

export const freeGram = defineKernel<Rows>({
  name: 'vector/free-gram',
  doc: 'marks the free variables and forms, chunk by chunk, all dot products of the rows of the history over them',
  inputs: { w: 'f32[n]', history: 'f32[rowCount][rowStride(n)], padding zero' },
  outputs: { free: 'f32[rowStride(n)] 0 or 1, padding 0', partials: 'f32[chunks][rowCount (rowCount + 1) / 2]' },
  tolerance: {
    relative: 2e-5,
    why: 'float32 sums of 256 products a lane; 256 roundings of 6e-8 add up to 1.5e-5 at worst',
  },
  cases: [
    ...SIZES.map((n) => freeGramCase(n, 5, false)),
    freeGramCase(1025, 1, false),
    freeGramCase(3000, 21, false),
    freeGramCase(1025, 5, true),
  ],
  cost: ({ params: { n, rowCount } }) => ({
    flops: 3 * n * gramPairs(rowCount),
    bytes: 4 * (n * (rowCount + 2) + vectorChunks(n) * gramPairs(rowCount)),
  }),
  reference: (c) => {
    const { n, rowCount, rowG } = c.params;
    return freeGramReference(f32(c, 'w'), f32(c, 'history'), rowStride(n), rowCount, rowG, VECTOR_CHUNK);
  },
  prepare: (device, { params: { n, rowCount, rowG } }, { w, history, free, partials }) => [
    prepareFreeGram(device, n, rowCount, rowG, { w, history, free, partials }),
  ],
});

function combineRowsCase(n: number, rowCount: number, nan: boolean): KernelCase<Size & { readonly rowCount: number }> {
  const random = seededRandom(6000 + n + rowCount);
  const free = new Float32Array(rowStride(n));
  for (let i = 0; i < n; i++) free[i] = random() < 0.6 ? 1 : 0;
  const history = historyRows(random, n, rowCount);
  if (nan) {
    free[2] = 1;
    history[2] = Number.NaN;
  }
  return {
    name: `${n} elements, ${rowCount} rows${nan ? ', one NaN' : ''}`,
    params: { n, rowCount },
    inputs: { history, coefficients: normalArray(random, rowCount), free },
    outputs: { direction: { type: 'f32', length: rowStride(n) } },
    nan,
  };
}

export const combineRows = defineKernel<Size & { readonly rowCount: number }>({
  name: 'vector/combine-rows',
  doc: 'direction = free * sum over the rows of coefficients[row] * history[row]',
  inputs: { history: 'f32[rowCount][rowStride(n)]', coefficients: 'f32[rowCount]', free: 'f32[rowStride(n)] 0 or 1' },
  outputs: { direction: 'f32[rowStride(n)], padding 0' },
  tolerance: { relative: 2e-6, why: 'a float32 sum over the rows, of which some cancel' },
  cases: [
    ...SIZES.map((n) => combineRowsCase(n, 5, false)),
    combineRowsCase(1025, 1, false),
    combineRowsCase(3000, 21, false),
    combineRowsCase(1025, 5, true),
  ],
  cost: ({ params: { n, rowCount } }) => ({ flops: n * (2 * rowCount + 1), bytes: 4 * n * (rowCount + 2) }),
  reference: (c) => ({
    direction: combineRowsReference(f32(c, 'history'), f32(c, 'coefficients'), f32(c, 'free'), rowStride(c.params.n)),
  }),
  prepare: (device, { params: { n, rowCount } }, { history, coefficients, free, direction }) => [
    prepareCombineRows(device, n, rowCount, { history, coefficients, free, direction }),
  ],
});

function stepDotsCase(n: number, nan: boolean): KernelCase<Size> {
  const random = seededRandom(7000 + n);
  const g = normalArray(random, n);
  return {
    name: nan ? `${n} elements, one NaN` : `${n} elements`,
    params: { n },
    inputs: {
      w: uniformArray(random, n, 0, 1),
      g: nan ? withValue(g, n - 1, Number.NaN) : g,
      trial: uniformArray(random, n, 0, 1),
    },
    outputs: { partials: { type: 'f32', length: 4 * vectorChunks(n) } },
    nan,
  };
}

export const stepDots = defineKernel<Size>({
  name: 'vector/step-dots',
  doc: 'chunk by chunk: g . (trial - w), |trial - w|^2, |P(w - g) - w|^2, max |P(w - g) - w|',
  inputs: { w: 'f32[n]', g: 'f32[n]', trial: 'f32[n]' },
  outputs: { partials: 'f32[chunks][4]' },
  tolerance: { relative: 2e-5, why: 'devices without float64 sum 1,024 products in float32' },
  cases: [...SIZES.map((n) => stepDotsCase(n, false)), stepDotsCase(1025, true)],
  cost: ({ params: { n } }) => ({ flops: 11 * n, bytes: 12 * n + 16 * vectorChunks(n) }),
  reference: (c) => stepDotsReference(f32(c, 'w'), f32(c, 'g'), f32(c, 'trial'), VECTOR_CHUNK),
  compared: (_, { partials }) => ({
    sums: Float64Array.from(partials.filter((_value, i) => i % 4 < 3)),
    largest: Float64Array.from(partials.filter((_value, i) => i % 4 === 3)),
  }),
  prepare: (device, { params: { n } }, { w, g, trial, partials }) => [
    prepareStepDots(device, n, { w, g, trial, partials }),
  ],
});
