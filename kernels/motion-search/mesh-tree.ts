/** Triangles in a tree of boxes: 32 bytes a node as solids.as.ts reads them, nine numbers a triangle in the tree's order. */
export interface MeshTree {
  readonly nodes: Float32Array;
  readonly triangles: Float32Array;
}

const LEAF = 4;

/** Builds the tree by halving at the median of the longest side. */
export function meshTree(corners: Float32Array): MeshTree {
  const count = corners.length / 9;
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const nodes = new Float32Array(8 * Math.max(1, 2 * count));
  const words = new Uint32Array(nodes.buffer);
  let used = 1;
  const build = (node: number, begin: number, end: number): void => {
    const box = boxOf(corners, order, begin, end);
    nodes.set(box.subarray(0, 3), 8 * node);
    nodes.set(box.subarray(3), 8 * node + 4);
    if (end - begin <= LEAF) {
      words[8 * node + 3] = begin;
      words[8 * node + 7] = end - begin;
      return;
    }
    const sides = [box[3] - box[0], box[4] - box[1], box[5] - box[2]];
    const axis = sides.indexOf(Math.max(...sides));
    const middle = (i: number): number => corners[9 * i + axis] + corners[9 * i + 3 + axis] + corners[9 * i + 6 + axis];
    order.subarray(begin, end).sort((a, b) => middle(a) - middle(b));
    const split = (begin + end) >> 1;
    const left = used;
    used += 2;
    words[8 * node + 3] = left;
    words[8 * node + 7] = 0;
    build(left, begin, split);
    build(left + 1, split, end);
  };
  build(0, 0, count);
  const triangles = new Float32Array(corners.length);
  for (let i = 0; i < count; i++) triangles.set(corners.subarray(9 * order[i], 9 * order[i] + 9), 9 * i);
  return { nodes: nodes.slice(0, 8 * used), triangles };
}

function boxOf(corners: Float32Array, order: Uint32Array, begin: number, end: number): Float32Array {
  const box = Float32Array.of(Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity);
  for (let i = begin; i < end; i++) {
    for (let c = 0; c < 9; c++) {
      const v = corners[9 * order[i] + c];
      const r = c % 3;
      box[r] = Math.min(box[r], v);
      box[3 + r] = Math.max(box[3 + r], v);
    }
  }
  return box;
}
