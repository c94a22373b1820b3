// Shortening of a path by leaving out vertices and cutting corners; every new edge is proven free first.
import { edgeFree } from './edge.as';
import { between, workAt } from './search.as';
import { Space } from './space.as';

/** Corners whose cut gains less than this part of its length stay. */
const LEAST_GAIN: f32 = 0.004;
/** Rounds end when one shortens the path by less than this part. */
const LEAST_PROGRESS: f32 = 0.005;

// @ts-ignore: decorator
@inline
function vertex(s: Space, index: i32): usize {
  return s.path + ((<usize>index * <usize>s.dim) << 2);
}

function span(s: Space, a: usize, b: usize): f32 {
  let sum: f32 = 0;
  for (let i: usize = 0; i < (<usize>s.dim) << 2; i += 4) {
    const d = load<f32>(a + i) - load<f32>(b + i);
    sum += d * d;
  }
  return sqrt<f32>(sum);
}

export function pathLength(s: Space): f32 {
  let sum: f32 = 0;
  for (let i = 1; i < s.pathCount; i++) sum += span(s, vertex(s, i - 1), vertex(s, i));
  return sum;
}

/** From each vertex on to the furthest that a free edge reaches. */
function shortcut(s: Space): void {
  const bytes = <usize>s.dim << 2;
  for (let i = 0; i < s.pathCount - 2; i++) {
    for (let j = s.pathCount - 1; j > i + 1; j--) {
      if (!edgeFree(s, vertex(s, i), vertex(s, j))) continue;
      const left = s.pathCount - j;
      memory.copy(vertex(s, i + 1), vertex(s, j), <usize>left * bytes);
      s.pathCount = i + 1 + left;
      break;
    }
  }
}

/** Replaces a corner by the edge between the middles, or the near quarters, of its two sides. */
function cutCorners(s: Space): void {
  const bytes = <usize>s.dim << 2;
  const a = workAt(s, 0);
  const b = workAt(s, 1);
  let out = s.spare;
  memory.copy(out, vertex(s, 0), bytes);
  out += bytes;
  const last = s.pathCount - 1;
  for (let i = 1; i < last; i++) {
    const room = s.pathCapacity - <i32>((out - s.spare) / bytes) - (last - i);
    let cut = false;
    const sides = span(s, vertex(s, i - 1), vertex(s, i)) + span(s, vertex(s, i), vertex(s, i + 1));
    for (let part: f32 = 0.5; part > 0.2 && room > 2; part *= 0.5) {
      between(s, vertex(s, i), vertex(s, i - 1), part, a);
      between(s, vertex(s, i), vertex(s, i + 1), part, b);
      if (part * sides - span(s, a, b) < LEAST_GAIN * sides) break;
      if (!edgeFree(s, a, b)) continue;
      memory.copy(out, a, bytes);
      memory.copy(out + bytes, b, bytes);
      out += 2 * bytes;
      cut = true;
      break;
    }
    if (cut) continue;
    memory.copy(out, vertex(s, i), bytes);
    out += bytes;
  }
  memory.copy(out, vertex(s, last), bytes);
  out += bytes;
  s.pathCount = <i32>((out - s.spare) / bytes);
  const path = s.path;
  s.path = s.spare;
  s.spare = path;
}

export function simplify(s: Space, rounds: i32): void {
  let length = pathLength(s);
  shortcut(s);
  for (let round = 0; round < rounds && s.pathCount > 2; round++) {
    cutCorners(s);
    shortcut(s);
    const now = pathLength(s);
    if (now > length * (1 - LEAST_PROGRESS)) break;
    length = now;
  }
}
