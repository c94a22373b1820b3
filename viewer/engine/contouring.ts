import { contours } from 'd3-contour';
import type { Grid } from '../../engine/core/grid.ts';
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

/** Lines at which the samples of a slice cross `level`, in mm along the plane's axes. */
export function linesAt(
  samples: ArrayLike<number>,
  grid: Grid,
  axis: SliceAxis,
  level: number,
  of: number,
): SliceLines | undefined {
  const [a, d] = SLICE_PLANE[axis];
  const [width, height] = [grid.size[a], grid.size[d]];
  const [multi] = contours().size([width, height]).thresholds([level])(samples as number[]);
  const points: number[] = [];
  const starts: number[] = [];
  for (const polygon of multi.coordinates) {
    for (const ring of polygon) {
      starts.push(points.length / 2);
      // d3 counts from the corner of the first cell, a grid from its centre.
      for (const [x, y] of ring) {
        points.push(grid.originMm[a] + (x - 0.5) * grid.spacingMm[a], grid.originMm[d] + (y - 0.5) * grid.spacingMm[d]);
      }
    }
  }
  if (points.length === 0) return undefined;
  return { of, points: Float32Array.from(points), starts: Uint32Array.from([...starts, points.length / 2]) };
}
