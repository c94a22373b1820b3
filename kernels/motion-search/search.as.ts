// RRT-Connect (J. Kuffner, S. LaValle, ICRA 2000) with dynamic domains (A. Yershova et al., ICRA 2005) and trees kept in balance.
import { edgeFree } from './edge.as';
import { nextHalton } from './halton.as';
import { Space } from './space.as';
import { addNode, configurationOf, nearest, parentOf, radiusOf } from './tree.as';

export const SOLVED: i32 = 1;
export const OUT_OF_ITERATIONS: i32 = 2;
export const OUT_OF_NODES: i32 = 3;

/** Configurations in work lie behind the 64 bytes that the edge check uses. */
// @ts-ignore: decorator
@inline
export function workAt(s: Space, index: usize): usize {
  return s.work + 64 + ((index * <usize>s.dim) << 2);
}

// @ts-ignore: decorator
@inline
export function between(s: Space, from: usize, to: usize, t: f32, out: usize): void {
  for (let i: usize = 0; i < (<usize>s.dim) << 2; i += 4) {
    const a = load<f32>(from + i);
    store<f32>(out + i, a + t * (load<f32>(to + i) - a));
  }
}

/** Searches until it is solved or `iterations` are spent; the path, start to goal, is then in `s.path`. */
export function search(s: Space, start: usize, goal: usize, iterations: i32): i32 {
  let a = s.treeA;
  let b = s.treeB;
  let sizeA = 1;
  let sizeB = 1;
  const measured = s.work + 32;
  const sample = workAt(s, 0);
  const fresh = workAt(s, 1);
  const step = workAt(s, 2);
  addNode(s, a, 0, start, -1);
  addNode(s, b, 0, goal, -1);
  nearest(s, b, 1, start, measured);
  s.closest = sqrt<f32>(load<f32>(measured));
  s.iterations = 0;
  let code = OUT_OF_ITERATIONS;
  let endA = 0;
  let endB = 0;
  if (edgeFree(s, start, goal)) {
    code = SOLVED;
    iterations = 0;
  }
  const range = s.range;
  while (s.iterations < iterations) {
    s.iterations++;
    // Grow the smaller tree until it has half the other's size, then take turns.
    if (<f32>abs(sizeA - sizeB) < <f32>sizeA) {
      const tree = a;
      a = b;
      b = tree;
      const size = sizeA;
      sizeA = sizeB;
      sizeB = size;
    }
    nextHalton(s.halton, s.dim, s.limits, sample);
    const near = nearest(s, a, sizeA, sample, measured);
    const distance = sqrt<f32>(load<f32>(measured));
    const domain = radiusOf(s, a, near);
    const radius = load<f32>(domain);
    if (radius < distance || distance == 0) continue;
    const from = configurationOf(s, a, near);
    between(s, from, sample, distance > range ? range / distance : 1, fresh);
    if (!edgeFree(s, from, fresh)) {
      store<f32>(domain, radius == f32.MAX_VALUE ? s.domainRadius : max(radius * (1 - s.domainAlpha), s.domainLeast));
      continue;
    }
    if (radius != f32.MAX_VALUE) store<f32>(domain, radius * (1 + s.domainAlpha));
    addNode(s, a, sizeA, fresh, near);
    endA = sizeA++;
    let other = nearest(s, b, sizeB, fresh, measured);
    const gap = sqrt<f32>(load<f32>(measured));
    s.closest = min(s.closest, gap);
    const steps = max(<i32>ceil<f32>(gap / range), 1);
    const target = configurationOf(s, a, endA);
    const origin = configurationOf(s, b, other);
    let i = 1;
    for (; i < steps; i++) {
      between(s, origin, target, <f32>i / <f32>steps, step);
      if (!edgeFree(s, configurationOf(s, b, other), step)) break;
      addNode(s, b, sizeB, step, other);
      other = sizeB++;
      s.closest = min(s.closest, gap * <f32>(steps - i) / <f32>steps);
      if (sizeB == s.capacity) break;
    }
    if (i == steps && edgeFree(s, configurationOf(s, b, other), target)) {
      endB = other;
      code = SOLVED;
      break;
    }
    if (sizeA + 1 >= s.capacity || sizeB + 1 >= s.capacity) {
      code = OUT_OF_NODES;
      break;
    }
  }
  s.sizeA = a == s.treeA ? sizeA : sizeB;
  s.sizeB = a == s.treeA ? sizeB : sizeA;
  if (code == SOLVED) code = tracePath(s, a == s.treeA ? endA : endB, a == s.treeA ? endB : endA);
  return code;
}

/** Writes the path from the start through `endA` of its tree and `endB` of the goal's to the goal. */
function tracePath(s: Space, endA: i32, endB: i32): i32 {
  const bytes = <usize>s.dim << 2;
  let count = 0;
  for (let node = endA; node >= 0; node = load<i32>(parentOf(s, s.treeA, node))) count++;
  let rest = 0;
  for (let node = endB; node >= 0; node = load<i32>(parentOf(s, s.treeB, node))) rest++;
  if (count + rest > s.pathCapacity) return OUT_OF_NODES;
  let at = count;
  for (let node = endA; node >= 0; node = load<i32>(parentOf(s, s.treeA, node))) {
    at--;
    memory.copy(s.path + <usize>at * bytes, configurationOf(s, s.treeA, node), bytes);
  }
  at = count;
  for (let node = endB; node >= 0; node = load<i32>(parentOf(s, s.treeB, node))) {
    memory.copy(s.path + <usize>at * bytes, configurationOf(s, s.treeB, node), bytes);
    at++;
  }
  s.pathCount = at;
  return SOLVED;
}
