import type { Grid, Vec3 } from '../../../engine/core/grid.ts';
import { surfaceVoxels } from '../collision/voxel-region.ts';

/** Boxes of boxes over the cells of a structure's surface voxels, for exact distances from straight paths. */
export interface VoxelTree {
  /** Lower and upper corner of each node [mm, patient frame]: [nodes][6]. */
  readonly box: Float64Array;
  /** Children 2 n + 1 and 2 n + 2 of an inner node n; from here on the nodes are single cells. */
  readonly firstLeaf: number;
  readonly nodes: number;
}

/** Builds the tree over the cells of a list of voxels, which must not be empty. */
export function voxelTree(grid: Grid, voxels: Uint32Array): VoxelTree {
  const cells = surfaceVoxels(grid, voxels);
  const leaves = 2 ** Math.ceil(Math.log2(cells.length));
  const box = new Float64Array(6 * (2 * leaves - 1)).fill(Number.NaN);
  const order = cells.slice();
  const keys = new Float64Array(cells.length);
  const [nx, ny] = grid.size;
  const at = (voxel: number, axis: number): number =>
    axis === 0 ? voxel % nx : axis === 1 ? Math.floor(voxel / nx) % ny : Math.floor(voxel / (nx * ny));
  const build = (node: number, begin: number, end: number, span: number): void => {
    if (begin >= end) return;
    const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    const high = [-1, -1, -1];
    for (let n = begin; n < end; n++) {
      for (let axis = 0; axis < 3; axis++) {
        const i = at(order[n], axis);
        low[axis] = Math.min(low[axis], i);
        high[axis] = Math.max(high[axis], i);
      }
    }
    for (let axis = 0; axis < 3; axis++) {
      box[6 * node + axis] = grid.originMm[axis] + (low[axis] - 0.5) * grid.spacingMm[axis];
      box[6 * node + 3 + axis] = grid.originMm[axis] + (high[axis] + 0.5) * grid.spacingMm[axis];
    }
    if (span === 1) return;
    const extent = low.map((n, axis) => (high[axis] - n) * grid.spacingMm[axis]);
    const axis = extent[0] >= extent[1] ? (extent[0] >= extent[2] ? 0 : 2) : extent[1] >= extent[2] ? 1 : 2;
    // By coordinate, then by number: one key for both sorts without calls.
    for (let n = begin; n < end; n++) keys[n] = at(order[n], axis) * 2 ** 32 + order[n];
    keys.subarray(begin, end).sort();
    for (let n = begin; n < end; n++) order[n] = keys[n] % 2 ** 32;
    const middle = Math.min(end, begin + span / 2);
    build(2 * node + 1, begin, middle, span / 2);
    build(2 * node + 2, middle, end, span / 2);
  };
  build(0, 0, order.length, leaves);
  return { box, firstLeaf: leaves - 1, nodes: 2 * leaves - 1 };
}

/**
 * Least distance [mm] from the segment a to b to the cells of the tree, 0 where it meets one; exact to rounding. Search stops
 * early where it is known to be below `enough`.
 *
 * @param within an upper bound of the distance, if one is known: the search is shorter
 */
export function segmentDistance(
  tree: VoxelTree,
  a: Vec3,
  b: Vec3,
  within = Number.POSITIVE_INFINITY,
  enough = 0,
): number {
  const { box, firstLeaf } = tree;
  let best = within * within;
  let top = 0;
  stackNode[top] = 0;
  stackBound[top++] = boxDistanceSquared(box, 0, a, b);
  while (top > 0 && best > enough * enough) {
    top--;
    if (stackBound[top] >= best) continue;
    const node = stackNode[top];
    if (node >= firstLeaf) {
      best = stackBound[top];
      continue;
    }
    const left = 2 * node + 1;
    const toLeft = boxDistanceSquared(box, 6 * left, a, b);
    const toRight = boxDistanceSquared(box, 6 * left + 6, a, b);
    const leftFirst = !(toLeft > toRight);
    // The nearer one on top. A node that holds nothing is NaN and never below `best`.
    for (const second of [true, false]) {
      const isLeft = second !== leftFirst;
      const bound = isLeft ? toLeft : toRight;
      if (!(bound < best)) continue;
      stackNode[top] = isLeft ? left : left + 1;
      stackBound[top++] = bound;
    }
  }
  return Math.sqrt(best);
}

const DEPTH = 128;
const stackNode = new Int32Array(DEPTH);
const stackBound = new Float64Array(DEPTH);

/**
 * Squared distance between the segment a to b and an axis-parallel box. Along the segment it is convex and made of
 * parabolas that change where the segment crosses the planes of the box's faces: the slope is bracketed between these and
 * is linear within the bracket.
 */
export function boxDistanceSquared(box: Float64Array, at: number, a: Vec3, b: Vec3): number {
  const slopeAt = (t: number): number => {
    let slope = 0;
    for (let axis = 0; axis < 3; axis++) {
      const d = b[axis] - a[axis];
      const x = a[axis] + t * d;
      if (x < box[at + axis]) slope += (x - box[at + axis]) * d;
      else if (x > box[at + 3 + axis]) slope += (x - box[at + 3 + axis]) * d;
    }
    return slope;
  };
  let low = 0;
  let high = 1;
  let lowSlope = slopeAt(0);
  let t = 0;
  if (lowSlope < 0) {
    let highSlope = slopeAt(1);
    if (highSlope <= 0) t = 1;
    else {
      for (let face = 0; face < 6; face++) {
        const axis = face % 3;
        const crossing = (box[at + face] - a[axis]) / (b[axis] - a[axis]);
        if (!(crossing > low && crossing < high)) continue;
        const slope = slopeAt(crossing);
        if (slope < 0) {
          low = crossing;
          lowSlope = slope;
        } else {
          high = crossing;
          highSlope = slope;
        }
      }
      t = low + ((high - low) * -lowSlope) / (highSlope - lowSlope);
    }
  }
  let squared = 0;
  for (let axis = 0; axis < 3; axis++) {
    const x = a[axis] + t * (b[axis] - a[axis]);
    const gap = Math.max(box[at + axis] - x, x - box[at + 3 + axis], 0);
    squared += gap * gap;
  }
  return squared;
}
