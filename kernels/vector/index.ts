import type { Device, DeviceBuffer, Launch } from '../../engine/compute/device.ts';
import { workgroupsFor } from '../support/workgroups.ts';

/** Elements of one task: fixed, so that sums do not depend on the number of threads. A multiple of four. */
export const VECTOR_CHUNK = 1024;
/** Marks "no element" in an index list. */
export const NO_INDEX = 0xffffffff;

export function vectorChunks(n: number): number {
  return Math.max(1, Math.ceil(n / VECTOR_CHUNK));
}

/** Length of one row of a history matrix for vectors of n elements: whole 16-byte groups. */
export function rowStride(n: number): number {
  return Math.ceil(n / 4) * 4;
}

function launch(
  device: Device,
  entry: string,
  n: number,
  more: readonly (readonly ['u32' | 'f32', number])[],
  buffers: readonly DeviceBuffer[],
): Launch {
  const tasks = vectorChunks(n);
  const params = [['u32', n] as const, ['u32', VECTOR_CHUNK] as const, ...more];
  return device.prepare({ kernel: 'vector', entry, params, buffers, tasks, workgroups: workgroupsFor(tasks) });
}

/** out[i] = scale[i] * x[index[i]], 0 where index[i] is {@link NO_INDEX}; `n` elements. */
export function prepareGatherScale(
  device: Device,
  n: number,
  b: { x: DeviceBuffer; index: DeviceBuffer; scale: DeviceBuffer; out: DeviceBuffer },
): Launch {
  return launch(device, 'gatherScale', n, [], [b.x, b.index, b.scale, b.out]);
}

/** out[i] = scale[i] * (a[indexA[i]] + b[indexB[i]]); `n` elements. */
export function prepareGatherSum(
  device: Device,
  n: number,
  b: {
    a: DeviceBuffer;
    b: DeviceBuffer;
    indexA: DeviceBuffer;
    indexB: DeviceBuffer;
    scale: DeviceBuffer;
    out: DeviceBuffer;
  },
): Launch {
  return launch(device, 'gatherSum', n, [], [b.a, b.b, b.indexA, b.indexB, b.scale, b.out]);
}

/** trial = max(0, w + step * direction); parameter 2 of the launch is the step. */
export function prepareProjectedStep(
  device: Device,
  n: number,
  b: { w: DeviceBuffer; direction: DeviceBuffer; trial: DeviceBuffer },
): Launch {
  return launch(device, 'projectedStep', n, [['f32', 1]], [b.w, b.direction, b.trial]);
}
export const STEP_PARAM = 2;

/**
 * Moves to an accepted trial: row s of the history becomes trial - w, row y gTrial - g; then w = trial and row g of the
 * history = gTrial. Parameters {@link ROW_S_PARAM} and {@link ROW_Y_PARAM} choose the rows.
 */
export function prepareAcceptStep(
  device: Device,
  n: number,
  rows: { s: number; y: number; g: number },
  b: { trial: DeviceBuffer; gTrial: DeviceBuffer; w: DeviceBuffer; history: DeviceBuffer },
): Launch {
  const more = [
    ['u32', rowStride(n)],
    ['u32', rows.s],
    ['u32', rows.y],
    ['u32', rows.g],
  ] as const;
  return launch(device, 'acceptStep', n, more, [b.trial, b.gTrial, b.w, b.history]);
}
export const ROW_S_PARAM = 3;
export const ROW_Y_PARAM = 4;

/** Pairs of rows whose dot products {@link prepareFreeGram} forms: the lower triangle, row by row. */
export function gramPairs(rowCount: number): number {
  return (rowCount * (rowCount + 1)) / 2;
}

/**
 * Marks the free variables (positive, or with a negative gradient in row g) and forms all dot products of the rows of
 * `history` over them: partials[chunk][a (a + 1) / 2 + b], b <= a, to be summed over the chunks.
 */
export function prepareFreeGram(
  device: Device,
  n: number,
  rowCount: number,
  rowG: number,
  b: { w: DeviceBuffer; history: DeviceBuffer; free: DeviceBuffer; partials: DeviceBuffer },
): Launch {
  const more = [
    ['u32', rowStride(n)],
    ['u32', rowCount],
    ['u32', rowG],
  ] as const;
  return launch(device, 'freeGram', n, more, [b.w, b.history, b.free, b.partials]);
}

/** direction = free * sum over the rows of coefficients[row] * history[row]. */
export function prepareCombineRows(
  device: Device,
  n: number,
  rowCount: number,
  b: { history: DeviceBuffer; coefficients: DeviceBuffer; free: DeviceBuffer; direction: DeviceBuffer },
): Launch {
  const more = [
    ['u32', rowStride(n)],
    ['u32', rowCount],
  ] as const;
  return launch(device, 'combineRows', n, more, [b.history, b.coefficients, b.free, b.direction]);
}

/**
 * partials[chunk] = { g . (trial - w), |trial - w|^2, |P(w - g) - w|^2, max |P(w - g) - w| } with P the projection on
 * w >= 0; the first three are to be summed over the chunks, the last maximised.
 */
export function prepareStepDots(
  device: Device,
  n: number,
  b: { w: DeviceBuffer; g: DeviceBuffer; trial: DeviceBuffer; partials: DeviceBuffer },
): Launch {
  return launch(device, 'stepDots', n, [], [b.w, b.g, b.trial, b.partials]);
}
