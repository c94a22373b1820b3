import type { Device, DeviceBuffer, Launch } from '../../engine/compute/device.ts';
import { workgroupsFor } from '../support/workgroups.ts';

/**
 * Shape of a call: for each beam, out = sum over shapes m of W_m in W_m^T, with W_m a banded matrix that both axes share.
 * Row o of W_m holds `band` weights (a multiple of four, padded with zeros) that begin at column starts[o].
 */
export interface SeparableMapShape {
  readonly beams: number;
  /** Maps to be summed before anything else: input is [beams][parts][rowsIn][strideIn]. */
  readonly parts: number;
  readonly rowsIn: number;
  /** Floats from row to row: a multiple of four, at least the last starts[o] + band. */
  readonly strideIn: number;
  readonly rowsOut: number;
  readonly colsOut: number;
  /** Multiple of four, at least colsOut; the columns from colsOut on are set to zero. */
  readonly strideOut: number;
  readonly band: number;
  readonly shapes: number;
  /** Rows of each W_m: at least rowsOut and colsOut. */
  readonly matrixRows: number;
}

export function separableMapScratchBytes(s: SeparableMapShape): number {
  return 4 * s.beams * (s.shapes * s.rowsIn * s.strideOut + s.rowsIn * s.strideIn);
}

/**
 * Binds the call.
 *
 * @param b.input f32[beams][parts][rowsIn][strideIn]
 * @param b.starts u32[matrixRows]
 * @param b.weights f32[shapes][matrixRows][band]
 * @param b.scratch {@link separableMapScratchBytes} bytes
 * @param b.output f32[beams][rowsOut][strideOut]
 */
export function prepareSeparableMap(
  device: Device,
  s: SeparableMapShape,
  b: {
    input: DeviceBuffer;
    starts: DeviceBuffer;
    weights: DeviceBuffer;
    scratch: DeviceBuffer;
    output: DeviceBuffer;
  },
): readonly Launch[] {
  const values = [s.rowsIn, s.strideIn, s.rowsOut, s.colsOut, s.strideOut, s.band, s.shapes, s.parts, s.matrixRows];
  const params = values.map((value) => ['u32', value] as const);
  const buffers = [b.input, b.starts, b.weights, b.scratch, b.output];
  const kernel = 'separable-map';
  if (device.kind === 'wasm') {
    return [device.prepare({ kernel, entry: 'separableMap', params, buffers, tasks: s.beams, workgroups: [1, 1, 1] })];
  }
  const common = { kernel, params: [...params, ['u32', s.beams] as const], tasks: 0 };
  const threads = 64;
  return [
    device.prepare({
      ...common,
      entry: 'separableMapAlongX',
      buffers: [b.starts, b.weights, b.input, b.scratch],
      workgroups: workgroupsFor(Math.ceil((s.beams * s.shapes * s.rowsIn * s.strideOut) / threads)),
    }),
    device.prepare({
      ...common,
      entry: 'separableMapAlongY',
      buffers: [b.starts, b.weights, b.scratch, b.output],
      workgroups: workgroupsFor(Math.ceil((s.beams * s.rowsOut * s.strideOut) / threads)),
    }),
  ];
}
