import { triangleDistanceSquared } from './triangle.ts';

/** Triangles in a tree of boxes, halved at the median of the longest side. */
interface TriangleTree {
  /** [nodes][6] least and greatest corner of each box [m]. */
  readonly boxes: Float64Array;
  /** [nodes][2] the first of two children and 0, or of a leaf its first triangle and how many it has. */
  readonly links: Uint32Array;
  /** Corners in the order of the leaves, nine numbers a triangle. */
  readonly corners: Float64Array;
}

const LEAF = 4;

/**
 * Squared distance of a point to the nearest of the triangles [nine numbers each]: that of trying them all, infinite where there
 * are none.
 */
export function nearestTriangle(corners: Float64Array): (x: number, y: number, z: number) => number {
  if (corners.length === 0) return () => Number.POSITIVE_INFINITY;
  const tree = treeOf(corners);
  return (x, y, z) => nearest(tree, 0, x, y, z, Number.POSITIVE_INFINITY);
}

function treeOf(corners: Float64Array): TriangleTree {
  const count = corners.length / 9;
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const boxes = new Float64Array(6 * 2 * count);
  const links = new Uint32Array(2 * 2 * count);
  let used = 1;
  const build = (node: number, begin: number, end: number): void => {
    const box = boxes.subarray(6 * node, 6 * node + 6);
    enclose(corners, order.subarray(begin, end), box);
    if (end - begin <= LEAF) {
      links.set([begin, end - begin], 2 * node);
      return;
    }
    const sides = [box[3] - box[0], box[4] - box[1], box[5] - box[2]];
    const axis = sides.indexOf(Math.max(...sides));
    const middle = (i: number): number => corners[9 * i + axis] + corners[9 * i + 3 + axis] + corners[9 * i + 6 + axis];
    order.subarray(begin, end).sort((a, b) => middle(a) - middle(b));
    const first = used;
    used += 2;
    links.set([first, 0], 2 * node);
    const split = (begin + end) >> 1;
    build(first, begin, split);
    build(first + 1, split, end);
  };
  build(0, 0, count);
  const sorted = new Float64Array(corners.length);
  order.forEach((from, i) => {
    sorted.set(corners.subarray(9 * from, 9 * from + 9), 9 * i);
  });
  return { boxes, links, corners: sorted };
}

function enclose(corners: Float64Array, triangles: Uint32Array, box: Float64Array): void {
  box.fill(Number.POSITIVE_INFINITY, 0, 3);
  box.fill(Number.NEGATIVE_INFINITY, 3, 6);
  for (const t of triangles) {
    for (let c = 0; c < 9; c++) {
      box[c % 3] = Math.min(box[c % 3], corners[9 * t + c]);
      box[3 + (c % 3)] = Math.max(box[3 + (c % 3)], corners[9 * t + c]);
    }
  }
}

/** The lesser of `least` and the squared distance to the triangles below a node; the nearer child is looked at first. */
function nearest(tree: TriangleTree, node: number, x: number, y: number, z: number, least: number): number {
  const { links, corners } = tree;
  const first = links[2 * node];
  const count = links[2 * node + 1];
  let found = least;
  if (count > 0) {
    for (let t = first; t < first + count; t++) {
      // Written so that NaN comes out as NaN.
      const d = triangleDistanceSquared(corners, 9 * t, x, y, z);
      if (!(d >= found)) found = d;
    }
    return found;
  }
  const left = boxDistanceSquared(tree, first, x, y, z);
  const right = boxDistanceSquared(tree, first + 1, x, y, z);
  const near = right < left ? first + 1 : first;
  if (!(Math.min(left, right) >= found)) found = nearest(tree, near, x, y, z, found);
  if (!(Math.max(left, right) >= found)) found = nearest(tree, 2 * first + 1 - near, x, y, z, found);
  return found;
}

function boxDistanceSquared({ boxes }: TriangleTree, node: number, x: number, y: number, z: number): number {
  const i = 6 * node;
  const dx = Math.max(boxes[i] - x, 0, x - boxes[i + 3]);
  const dy = Math.max(boxes[i + 1] - y, 0, y - boxes[i + 4]);
  const dz = Math.max(boxes[i + 2] - z, 0, z - boxes[i + 5]);
  return dx * dx + dy * dy + dz * dz;
}
