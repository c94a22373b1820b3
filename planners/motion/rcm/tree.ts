import { between, type Walk } from './walk.ts';

/** A tree of configurations: flat, grown at the end, each with its parent. */
export interface Tree {
  readonly dofs: number;
  x: Float64Array;
  parent: Int32Array;
  size: number;
}

export function createTree(dofs: number): Tree {
  return { dofs, x: new Float64Array(256 * dofs), parent: new Int32Array(256), size: 0 };
}

/** Appends a copy of `x`; returns its number. */
export function addNode(tree: Tree, x: Float64Array, parent: number): number {
  if (tree.size === tree.parent.length) {
    const wider = new Float64Array(2 * tree.x.length);
    wider.set(tree.x);
    tree.x = wider;
    const longer = new Int32Array(2 * tree.parent.length);
    longer.set(tree.parent);
    tree.parent = longer;
  }
  tree.x.set(x, tree.size * tree.dofs);
  tree.parent[tree.size] = parent;
  return tree.size++;
}

export function nodeAt({ x, dofs }: Tree, node: number): Float64Array {
  return x.subarray(node * dofs, (node + 1) * dofs);
}

export function nearestNode(tree: Tree, walk: Walk, to: Float64Array): number {
  let nearest = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let node = 0; node < tree.size; node++) {
    const d = between(walk, nodeAt(tree, node), to);
    if (d < least) {
      least = d;
      nearest = node;
    }
  }
  return nearest;
}

/** Copies of the configurations from the root to `node`. */
export function branch(tree: Tree, node: number): Float64Array[] {
  const out: Float64Array[] = [];
  for (let at = node; at >= 0; at = tree.parent[at]) out.unshift(nodeAt(tree, at).slice());
  return out;
}
