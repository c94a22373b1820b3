// A search tree: after its address follow [capacity][dim] configurations, [capacity / 4][dim][4] the same for the search of
// neighbours, [capacity] parents and [capacity] radii of the dynamic domain.
import { Space } from './space.as';

export function configurationOf(s: Space, tree: usize, node: i32): usize {
  return tree + ((<usize>node * <usize>s.dim) << 2);
}

// @ts-ignore: decorator
@inline
function blocksOf(s: Space, tree: usize): usize {
  return tree + ((<usize>s.capacity * <usize>s.dim) << 2);
}

export function parentOf(s: Space, tree: usize, node: i32): usize {
  return tree + ((<usize>s.capacity * <usize>s.dim) << 3) + (<usize>node << 2);
}

export function radiusOf(s: Space, tree: usize, node: i32): usize {
  return parentOf(s, tree, node) + (<usize>s.capacity << 2);
}

export function addNode(s: Space, tree: usize, node: i32, q: usize, parent: i32): void {
  const dim = <usize>s.dim;
  memory.copy(configurationOf(s, tree, node), q, dim << 2);
  const block = blocksOf(s, tree) + ((<usize>(node >> 2) * dim) << 4) + ((<usize>node & 3) << 2);
  for (let i: usize = 0; i < dim; i++) store<f32>(block + (i << 4), load<f32>(q + (i << 2)));
  store<i32>(parentOf(s, tree, node), parent);
  store<f32>(radiusOf(s, tree, node), f32.MAX_VALUE);
}

/** The node closest to `q`, the first of equals; its squared distance is stored at `distance`. */
export function nearest(s: Space, tree: usize, size: i32, q: usize, distance: usize): i32 {
  const dim = <usize>s.dim;
  let best = f32x4.splat(f32.MAX_VALUE);
  let bestIndex = i32x4.splat(0);
  let index = i32x4(0, 1, 2, 3);
  let block = blocksOf(s, tree);
  const last = i32x4.splat(size);
  for (let node = 0; node < size; node += 4) {
    let sum = f32x4.splat(0);
    for (let i: usize = 0; i < dim; i++) {
      const d = f32x4.sub(v128.load(block), v128.load_splat<f32>(q + (i << 2)));
      sum = f32x4.add(sum, f32x4.mul(d, d));
      block += 16;
    }
    const closer = v128.and(f32x4.lt(sum, best), i32x4.lt_s(index, last));
    best = v128.bitselect(sum, best, closer);
    bestIndex = v128.bitselect(index, bestIndex, closer);
    index = i32x4.add(index, i32x4.splat(4));
  }
  let node = i32x4.extract_lane(bestIndex, 0);
  let least = f32x4.extract_lane(best, 0);
  for (let lane: i32 = 1; lane < 4; lane++) {
    best = i8x16.shuffle(best, best, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
    bestIndex = i8x16.shuffle(bestIndex, bestIndex, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
    const other = f32x4.extract_lane(best, 0);
    const otherIndex = i32x4.extract_lane(bestIndex, 0);
    if (other < least || (other == least && otherIndex < node)) {
      least = other;
      node = otherIndex;
    }
  }
  store<f32>(distance, least);
  return node;
}
