// Edges are proven free, not sampled: stretches that a sweep cannot prove are divided until it can, or until a sphere is
// found in collision, or so little room is left that the edge counts as blocked.
import { placeFrame } from './pose.as';
import { PRISMATIC, JOINT_BYTES, SELF, Space } from './space.as';
import { COARSE, ENDS, FINE, recentMeet, sweep } from './sweep.as';

/** Stretches whose spheres stray further than this from their chords are judged by bounding spheres alone [m]. */
const COARSE_STRAY: f32 = 0.008;
/** An edge that is not proven when spheres stray less than this from chords shorter than that counts as blocked [m]. */
const LEAST_STRAY: f32 = 1e-6;
const SHORT_CHORD: f32 = 1e-3;
const LEAST_CHORD: f32 = 2e-5;
/** Frames there is room for; layout.ts allocates as many. */
const FRAMES: i32 = 48;

/** Writes the edge from configuration `from` to `to` [dim] into the working memory, with the bounds of its bend. */
export function setEdge(s: Space, from: usize, to: usize): void {
  const bodies = <usize>s.bodies;
  for (let b: usize = 1; b < bodies; b++) {
    const joint = s.joints + b * JOINT_BYTES;
    const q = <usize>load<u32>(joint, 8) << 2;
    const factor = load<f32>(joint, 12);
    const p = load<f32>(from + q);
    store<f32>(s.start + (b << 2), factor * p + load<f32>(joint, 44));
    store<f32>(s.delta + (b << 2), factor * (load<f32>(to + q) - p));
  }
  s.bendMost = 0;
  s.speedMost = 0;
  for (let b: usize = 0; b < bodies; b++) boundBend(s, b);
}

/**
 * The second derivative of a point that joints i <= j move is at most the distance from joint j's axis for each pair of
 * turning joints, 1 for a sliding j under a turning i, else 0 (a sliding i moves the axis of j along). Summed from the
 * body down to the base, so that the bound seen from every body on the way comes along.
 */
function boundBend(s: Space, body: usize): void {
  const bodies = <usize>s.bodies;
  const reach = s.reach + ((body * bodies) << 2);
  const out = s.bend + ((body * bodies) << 2);
  let bend: f32 = 0;
  let speed: f32 = 0;
  store<f32>(out + (body << 2), 0);
  for (let j = body; j != 0; ) {
    const joint = s.joints + j * JOINT_BYTES;
    const change = abs(load<f32>(s.delta + (j << 2)));
    const moved = max(load<f32>(reach + (j << 2)), 0) * change;
    if (!(load<u32>(joint, 4) & PRISMATIC)) bend += change * (moved + 2 * speed);
    speed += moved;
    j = <usize>load<u32>(joint, 48);
    // A hair more than float32 may have rounded away.
    store<f32>(out + (j << 2), bend * 1.00001);
  }
  s.bendMost = max(s.bendMost, bend);
  s.speedMost = max(s.speedMost, speed);
}

// @ts-ignore: decorator
@inline
function frameAt(s: Space, index: i32): usize {
  return s.frames + <usize>index * <usize>s.frameBytes;
}

// @ts-ignore: decorator
@inline
function modeOf(s: Space, h: f32): i32 {
  return s.bendMost * h * h * 0.125 > COARSE_STRAY ? COARSE : FINE;
}

/** Whether the robot is free at configuration `q`. */
export function stateFree(s: Space, q: usize): bool {
  setEdge(s, q, q);
  const frame = frameAt(s, 0);
  placeFrame(s, frame, f32x4.splat(0));
  return sweep(s, frame, frame, 0, s.pairs, s.pairCount, s.lists, ENDS, false) == 0;
}

/** Where the pairs of links begin in a list: behind those with obstacles. */
function selfPairsOf(list: usize, count: i32): usize {
  let at = list + (<usize>count << 2);
  while (at > list && (load<u32>(at - 4) & SELF) != 0) at -= 4;
  return at;
}

/** Whether the straight edge between the free configurations `from` and `to` is free at any resolution. */
export function edgeFree(s: Space, from: usize, to: usize): bool {
  s.edges++;
  setEdge(s, from, to);
  const a = frameAt(s, 0);
  const b = frameAt(s, 1);
  const t = f32x4(0, 0.25, 0.5, 0.75);
  placeFrame(s, b, f32x4.add(t, f32x4.splat(0.25)));
  if (recentMeet(s, b)) return false;
  placeFrame(s, a, t);
  const list = s.lists;
  const count = sweep(s, a, b, 0.25, s.pairs, s.pairCount, list, modeOf(s, 0.25), true);
  if (count <= 0) return count == 0;
  const self = selfPairsOf(list, count);
  const end = list + (<usize>count << 2);
  if (self < end && sweep(s, b, b, 0, self, <i32>((end - self) >> 2), end, ENDS, false) != 0) return false;
  return divide(s, a, b, t, 0.25, list, count, 2);
}

/**
 * Whether the pairs listed for the stretches [t, t + h], whose ends are free, can be proven free by dividing them: in
 * halves in all lanes together, or, where a single lane is left, in quarters.
 */
function divide(s: Space, a: usize, b: usize, t: v128, h: f32, list: usize, count: i32, depth: i32): bool {
  const chord = h * s.speedMost;
  if (depth > FRAMES - 2) return false;
  if (chord < LEAST_CHORD || (chord < SHORT_CHORD && s.bendMost * h * h * 0.125 < LEAST_STRAY)) return false;
  let lanes: u32 = 0;
  const end = list + (<usize>count << 2);
  for (let at = list; at < end; at += 4) lanes |= load<u32>(at) >> 28;
  if ((lanes & (lanes - 1)) == 0) return divideLane(s, t, h, list, count, ctz(lanes), depth);
  const half = h * 0.5;
  const middle = frameAt(s, depth);
  const after = f32x4.add(t, f32x4.splat(half));
  placeFrame(s, middle, after);
  const mode = modeOf(s, half);
  const left = sweep(s, a, middle, half, list, count, end, mode, false);
  const rightList = end + (<usize>left << 2);
  const right = sweep(s, middle, b, half, list, count, rightList, mode, false);
  if (left + right == 0) return true;
  const free = rightList + (<usize>right << 2);
  if (left > 0 && sweep(s, middle, middle, 0, end, left, free, ENDS, false) != 0) return false;
  if (right > 0 && sweep(s, middle, middle, 0, rightList, right, free, ENDS, false) != 0) return false;
  if (right > 0 && !divide(s, middle, b, after, half, rightList, right, depth + 1)) return false;
  return left == 0 || divide(s, a, middle, t, half, end, left, depth + 1);
}

function divideLane(s: Space, t: v128, h: f32, list: usize, count: i32, lane: u32, depth: i32): bool {
  const at = s.work;
  v128.store(at, t);
  const quarter = h * 0.25;
  const begin = f32x4.add(
    f32x4.splat(load<f32>(at + (<usize>lane << 2))),
    f32x4.mul(f32x4.splat(quarter), f32x4(0, 1, 2, 3)),
  );
  const end = list + (<usize>count << 2);
  for (let p = list; p < end; p += 4) store<u32>(p, load<u32>(p) | 0xf0000000);
  const a = frameAt(s, depth);
  const b = frameAt(s, depth + 1);
  placeFrame(s, b, f32x4.add(begin, f32x4.splat(quarter)));
  placeFrame(s, a, begin);
  const open = sweep(s, a, b, quarter, list, count, end, modeOf(s, quarter), false);
  if (open == 0) return true;
  if (sweep(s, b, b, 0, end, open, end + (<usize>open << 2), ENDS, false) != 0) return false;
  return divide(s, a, b, begin, quarter, end, open, depth + 2);
}
