import type { Grid } from '../../engine/core/grid.ts';
import { isolines, outlines } from '../../planners/radiation/report/isolines.ts';
import type { Raster } from '../../planners/radiation/report/planes.ts';
import type { SliceAxis, SliceLines } from './messages.ts';

/** The two axes that a slice shows, across and down its image. */
export const SLICE_PLANE: readonly (readonly [across: SliceAxis, down: SliceAxis])[] = [
  [1, 2],
  [0, 2],
  [0, 1],
];

/** Walks the voxels of a slice: the flat index of (0, 0), and the steps across and down. */
export function sliceSteps({ size }: Grid, axis: SliceAxis, index: number) {
  const step = [1, size[0], size[0] * size[1]];
  const [across, down] = SLICE_PLANE[axis];
  return { first: index * step[axis], across: step[across], down: step[down], width: size[across], height: size[down] };
}

/** Lines at which the samples of a slice cross `level`, in mm along the plane's axes; of a mask its outline, closed at the border. */
export function linesAt(
  samples: Float32Array,
  grid: Grid,
  axis: SliceAxis,
  level: number | 'mask',
  of: number,
): SliceLines | undefined {
  const [a, d] = SLICE_PLANE[axis];
  const raster: Raster = {
    width: grid.size[a],
    height: grid.size[d],
    values: samples,
    originMm: [grid.originMm[a], grid.originMm[d]],
    stepMm: [grid.spacingMm[a], grid.spacingMm[d]],
  };
  const lines = level === 'mask' ? outlines(raster) : isolines(raster, level);
  if (lines.length === 0) return undefined;
  const starts = new Uint32Array(lines.length + 1);
  for (const [n, { points }] of lines.entries()) starts[n + 1] = starts[n] + points.length / 2;
  const points = new Float32Array(2 * starts[lines.length]);
  for (const [n, line] of lines.entries()) points.set(line.points, 2 * starts[n]);
  return { of, points, starts };
}
