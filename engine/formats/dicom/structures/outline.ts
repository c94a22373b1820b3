import { contours as isolines } from 'd3-contour';
import type { Grid } from '../../../core/grid.ts';
import type { Contour } from './contour.ts';

/**
 * Voxels as contours, slice by slice: halfway between the centres of voxels inside and outside. Holes are contours of their
 * own (even-odd), as dicompyler-core and most systems read them; plastimatch does with --xor-contours, else it fills them.
 * {@link rasterise} brings the same voxels back.
 *
 * @param voxels ascending
 */
export function outline(voxels: Uint32Array, grid: Grid): Contour[] {
  const [columns, rows] = grid.size;
  const inSlice = columns * rows;
  const found: Contour[] = [];
  for (let start = 0; start < voxels.length; ) {
    const k = Math.floor(voxels[start] / inSlice);
    let end = start;
    while (end < voxels.length && voxels[end] < (k + 1) * inSlice) end++;
    found.push(...sliceOutline(voxels.subarray(start, end), k, grid));
    start = end;
  }
  return found;
}

function sliceOutline(voxels: Uint32Array, k: number, { size, spacingMm, originMm }: Grid): Contour[] {
  const [columns, rows] = size;
  const first = columns * rows * k;
  let [i0, i1, j0, j1] = [columns, 0, rows, 0];
  for (const voxel of voxels) {
    const i = (voxel - first) % columns;
    const j = Math.floor((voxel - first) / columns);
    i0 = Math.min(i0, i);
    i1 = Math.max(i1, i);
    j0 = Math.min(j0, j);
    j1 = Math.max(j1, j);
  }
  // A margin of empty pixels closes every line.
  const width = i1 - i0 + 3;
  const height = j1 - j0 + 3;
  const mask = new Array<number>(width * height).fill(0);
  for (const voxel of voxels) {
    const i = ((voxel - first) % columns) - i0 + 1;
    const j = Math.floor((voxel - first) / columns) - j0 + 1;
    mask[i + width * j] = 1;
  }
  deepenHoles(mask, width, height);
  const [shape] = isolines().size([width, height]).thresholds([0.5])(mask);
  const zMm = originMm[2] + k * spacingMm[2];
  return shape.coordinates.flatMap((polygon) =>
    polygon.map((ring): Contour => {
      const corners = withoutStraightOnes(ring.slice(0, -1) as [number, number][]);
      const points = new Float64Array(2 * corners.length);
      for (const [n, [x, y]] of corners.entries()) {
        // The library counts from the corner of the first pixel, a grid from its centre.
        points[2 * n] = originMm[0] + (x - 1.5 + i0) * spacingMm[0];
        points[2 * n + 1] = originMm[1] + (y - 1.5 + j0) * spacingMm[1];
      }
      return { zMm, points };
    }),
  );
}

/** What pulls the line from half of the way to two thirds. */
const DEEP = -0.5;

/**
 * A pixel on its own covers half of itself as it is drawn, and so does the inside around a hole of one pixel: to be told apart the
 * hole is drawn larger.
 */
function deepenHoles(mask: number[], width: number, height: number): void {
  const around = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1];
  for (let j = 1; j < height - 1; j++) {
    for (let n = j * width + 1; n < (j + 1) * width - 1; n++) {
      if (mask[n] === 0 && around.every((step) => mask[n + step] === 1)) mask[n] = DEEP;
    }
  }
}

function withoutStraightOnes(ring: readonly [number, number][]): [number, number][] {
  return ring.filter(([x, y], n) => {
    const [ax, ay] = ring[(n + ring.length - 1) % ring.length];
    const [bx, by] = ring[(n + 1) % ring.length];
    return Math.abs((x - ax) * (by - y) - (y - ay) * (bx - x)) > 1e-9;
  });
}
