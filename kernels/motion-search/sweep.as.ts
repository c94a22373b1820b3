// One step of the proof that an edge is free. Each lane is a stretch of the edge of length h (as a part of it); a sphere
// centre strays from the chord between its ends by at most bend * h^2 / 8, so that a sphere is free of a convex solid when
// the plane through the solid's point closest to the chord's middle keeps radius + bend * h^2 / 8 away from both ends.
import { dot, madd, planeOpen, splat } from './lanes.as';
import { obstacleOpen, sphereOpen } from './obstacle.as';
import { carriedOpen } from './self.as';
import { BODY_BYTES, BRANCH, CENTRE_BYTES, CHORD_BYTES, OTHER, OTHER_GROUP, RECENT, SELF, Space } from './space.as';

/** Bounding spheres alone decide: for long stretches, whose spheres would decide no more. */
export const COARSE: i32 = 0;
/** Spheres decide. */
export const FINE: i32 = 1;
/** Only the ends `b` are looked at: the first pair in collision ends it. */
export const ENDS: i32 = 2;
/** What `sweep` returns when it was asked to look at the ends on the way and found one in collision. */
export const HIT: i32 = -1;

/** Chords of the spheres of a group in this sweep, made when first asked for. */
function makeChords(s: Space, g: usize, a: usize, b: usize): void {
  const stamp = s.stamps + (g << 2);
  if (load<i32>(stamp) == s.sweeps) return;
  store<i32>(stamp, s.sweeps);
  const group = s.groupTable + (g << 6);
  const body = <usize>load<u32>(group);
  const first = <usize>load<u32>(group, 4);
  const end = first + <usize>load<u32>(group, 8);
  const half = f32x4.splat(0.5);
  for (let i = first; i < end; i++) {
    const sphere = s.sphereTable + (i << 4);
    const out = s.chords + i * CHORD_BYTES;
    const x = splat(sphere);
    const y = splat(sphere + 4);
    const z = splat(sphere + 8);
    let squared = f32x4.splat(0);
    for (let r: usize = 0; r < 48; r += 16) {
      const pb = b + body + r;
      const there = madd(madd(madd(v128.load(pb, 144), v128.load(pb), x), v128.load(pb, 48), y), v128.load(pb, 96), z);
      if (a == b) {
        v128.store(out + r, there);
        v128.store(out + r, f32x4.splat(0), 48);
        continue;
      }
      const pa = a + body + r;
      const here = madd(madd(madd(v128.load(pa, 144), v128.load(pa), x), v128.load(pa, 48), y), v128.load(pa, 96), z);
      const d = f32x4.mul(f32x4.sub(there, here), half);
      v128.store(out + r, f32x4.add(here, d));
      v128.store(out + r, d, 48);
      squared = madd(squared, d, d);
    }
    v128.store(out, f32x4.sqrt(squared), 96);
  }
}

/** Lanes among `lanes` in which a sphere of the group may meet the obstacle. */
function spheresOpen(s: Space, g: usize, o: i32, lanes: i32, stray: f32): i32 {
  const group = s.groupTable + (g << 6);
  const first = <usize>load<u32>(group, 4);
  const end = first + <usize>load<u32>(group, 8);
  let open = 0;
  for (let i = first; i < end; i++) {
    const c = s.chords + i * CHORD_BYTES;
    open |= sphereOpen(
      s, o, v128.load(c), v128.load(c, 16), v128.load(c, 32), v128.load(c, 48), v128.load(c, 64), v128.load(c, 80),
      v128.load(c, 96), load<f32>(s.sphereTable + (i << 4), 12), stray,
    );
    if ((open & lanes) == lanes) break;
  }
  return open & lanes;
}

/** Whether a sphere of the group meets the obstacle at the frame's configurations. */
function spheresMeet(s: Space, g: usize, o: i32, frame: usize): bool {
  const group = s.groupTable + (g << 6);
  const none = f32x4.splat(0);
  const centre = frame + <usize>s.bodies * BODY_BYTES + g * CENTRE_BYTES;
  const whole = f32x4.splat(load<f32>(group, 28));
  const cx = v128.load(centre);
  const cy = v128.load(centre, 16);
  const cz = v128.load(centre, 32);
  if (obstacleOpen(s, o, cx, cy, cz, none, none, none, whole, none) == 0) return false;
  const body = frame + <usize>load<u32>(group);
  const first = <usize>load<u32>(group, 4);
  const end = first + <usize>load<u32>(group, 8);
  for (let i = first; i < end; i++) {
    const sphere = s.sphereTable + (i << 4);
    const px = splat(sphere);
    const py = splat(sphere + 4);
    const pz = splat(sphere + 8);
    const x = madd(madd(madd(v128.load(body, 144), v128.load(body), px), v128.load(body, 48), py), v128.load(body, 96), pz);
    const y = madd(madd(madd(v128.load(body, 160), v128.load(body, 16), px), v128.load(body, 64), py), v128.load(body, 112), pz);
    const z = madd(madd(madd(v128.load(body, 176), v128.load(body, 32), px), v128.load(body, 80), py), v128.load(body, 128), pz);
    if (sphereOpen(s, o, x, y, z, none, none, none, none, load<f32>(sphere, 12), 0) != 0) return true;
  }
  return false;
}

// @ts-ignore: decorator
@inline
function apartOpen(c: usize, e: usize, keep: f32): i32 {
  const wx = f32x4.sub(v128.load(c), v128.load(e));
  const wy = f32x4.sub(v128.load(c, 16), v128.load(e, 16));
  const wz = f32x4.sub(v128.load(c, 32), v128.load(e, 32));
  const ww = dot(wx, wy, wz, wx, wy, wz);
  const ball = f32x4.add(f32x4.splat(keep), f32x4.add(v128.load(c, 96), v128.load(e, 96)));
  const open = v128.bitmask<i32>(f32x4.gt(ww, f32x4.mul(ball, ball))) ^ 15;
  if (open == 0) return 0;
  const along = dot(
    wx, wy, wz, f32x4.sub(v128.load(c, 48), v128.load(e, 48)), f32x4.sub(v128.load(c, 64), v128.load(e, 64)),
    f32x4.sub(v128.load(c, 80), v128.load(e, 80)),
  );
  return planeOpen(ww, along, f32x4.splat(keep)) & open;
}

/** Lanes among `lanes` in which a sphere of group g may meet one of group k, whose bounding sphere is on chord e -+ f. */
function selfSpheresOpen(
  s: Space, g: usize, k: usize, lanes: i32, stray: f32, ex: v128, ey: v128, ez: v128, fx: v128, fy: v128, fz: v128,
): i32 {
  const groupG = s.groupTable + (g << 6);
  const groupK = s.groupTable + (k << 6);
  const firstG = <usize>load<u32>(groupG, 4);
  const endG = firstG + <usize>load<u32>(groupG, 8);
  const firstK = <usize>load<u32>(groupK, 4);
  const endK = firstK + <usize>load<u32>(groupK, 8);
  const whole = load<f32>(groupK, 28);
  let open = 0;
  for (let i = firstG; i < endG; i++) {
    const c = s.chords + i * CHORD_BYTES;
    const radius = load<f32>(s.sphereTable + (i << 4), 12) + stray;
    const wx = f32x4.sub(v128.load(c), ex);
    const wy = f32x4.sub(v128.load(c, 16), ey);
    const wz = f32x4.sub(v128.load(c, 32), ez);
    const ww = dot(wx, wy, wz, wx, wy, wz);
    const along = dot(
      wx, wy, wz, f32x4.sub(v128.load(c, 48), fx), f32x4.sub(v128.load(c, 64), fy), f32x4.sub(v128.load(c, 80), fz),
    );
    if ((planeOpen(ww, along, f32x4.splat(radius + whole)) & lanes) == 0) continue;
    for (let j = firstK; j < endK; j++) {
      open |= apartOpen(c, s.chords + j * CHORD_BYTES, radius + load<f32>(s.sphereTable + (j << 4), 12));
      if ((open & lanes) == lanes) return lanes;
    }
  }
  return open & lanes;
}

/** Puts a pair in front of those that collided last. */
function remember(s: Space, pair: u32): i32 {
  memory.copy(s.recent + 4, s.recent, (RECENT - 1) << 2);
  store<u32>(s.recent, pair);
  return HIT;
}

/** Whether a pair that collided lately collides at the frame's configurations: it often does again. */
export function recentMeet(s: Space, frame: usize): bool {
  for (let at = s.recent; at < s.recent + (RECENT << 2); at += 4) {
    const pair = load<u32>(at);
    if (pair != 0 && spheresMeet(s, <usize>((pair >> 16) & 0xfff), <i32>(pair & OTHER), frame)) return true;
  }
  return false;
}

/**
 * Which of the listed pairs are not proven free between the frames a and b, stretches of `h` of the edge: written to `out`
 * with their open lanes; returns how many. With ENDS: at b alone, 1 at the first. With `hits` the ends b of what is open
 * are checked against obstacles on the way, and the first collision returns HIT.
 */
export function sweep(
  s: Space, a: usize, b: usize, h: f32, list: usize, count: i32, out: usize, mode: i32, hits: bool,
): i32 {
  s.sweeps++;
  const half = f32x4.splat(0.5);
  const eighth = h * h * 0.125;
  const centres = <usize>s.bodies * BODY_BYTES;
  const row = <usize>s.bodies << 2;
  let found = 0;
  let last: usize = -1;
  let group: usize = 0;
  let mx = half;
  let my = half;
  let mz = half;
  let dx = half;
  let dy = half;
  let dz = half;
  let length = half;
  let keep = half;
  let stray: f32 = 0;
  let radius: f32 = 0;
  const end = list + (<usize>count << 2);
  for (let at = list; at < end; at += 4) {
    const pair = load<u32>(at);
    const g = <usize>((pair >> 16) & 0xfff);
    if (g != last) {
      last = g;
      group = s.groupTable + (g << 6);
      const pa = a + centres + g * CENTRE_BYTES;
      const pb = b + centres + g * CENTRE_BYTES;
      const ax = v128.load(pa);
      const ay = v128.load(pa, 16);
      const az = v128.load(pa, 32);
      dx = f32x4.mul(f32x4.sub(v128.load(pb), ax), half);
      dy = f32x4.mul(f32x4.sub(v128.load(pb, 16), ay), half);
      dz = f32x4.mul(f32x4.sub(v128.load(pb, 32), az), half);
      mx = f32x4.add(ax, dx);
      my = f32x4.add(ay, dy);
      mz = f32x4.add(az, dz);
      length = f32x4.sqrt(dot(dx, dy, dz, dx, dy, dz));
      stray = eighth * load<f32>(s.bend + (<usize>load<u32>(group, 12) * row));
      radius = load<f32>(group, 28) + stray;
      keep = f32x4.splat(radius);
    }
    let lanes = <i32>(pair >> 28);
    if (pair & SELF) {
      const k = <usize>(pair & OTHER_GROUP);
      const other = s.groupTable + (k << 6);
      const pa = a + centres + k * CENTRE_BYTES;
      const pb = b + centres + k * CENTRE_BYTES;
      const ax = v128.load(pa);
      const ay = v128.load(pa, 16);
      const az = v128.load(pa, 32);
      const ex = f32x4.mul(f32x4.sub(v128.load(pb), ax), half);
      const ey = f32x4.mul(f32x4.sub(v128.load(pb, 16), ay), half);
      const ez = f32x4.mul(f32x4.sub(v128.load(pb, 32), az), half);
      const nx = f32x4.add(ax, ex);
      const ny = f32x4.add(ay, ey);
      const nz = f32x4.add(az, ez);
      const wx = f32x4.sub(mx, nx);
      const wy = f32x4.sub(my, ny);
      const wz = f32x4.sub(mz, nz);
      const along = dot(wx, wy, wz, f32x4.sub(dx, ex), f32x4.sub(dy, ey), f32x4.sub(dz, ez));
      const strayK = eighth * load<f32>(s.bend + (<usize>load<u32>(other, 12) * row));
      lanes &= planeOpen(dot(wx, wy, wz, wx, wy, wz), along, f32x4.splat(radius + load<f32>(other, 28) + strayK));
      if (lanes == 0) continue;
      if (!(pair & BRANCH)) {
        lanes = carriedOpen(s, g, k, a, b, lanes, eighth);
      } else if (mode != COARSE) {
        makeChords(s, g, a, b);
        makeChords(s, k, a, b);
        lanes = selfSpheresOpen(s, g, k, lanes, stray + strayK, nx, ny, nz, ex, ey, ez);
      }
    } else {
      const o = <i32>(pair & OTHER);
      lanes &= obstacleOpen(s, o, mx, my, mz, dx, dy, dz, keep, length);
      if (lanes == 0) continue;
      if (hits && spheresMeet(s, g, o, b)) return remember(s, pair);
      if (mode != COARSE) {
        makeChords(s, g, a, b);
        lanes = spheresOpen(s, g, o, lanes, stray);
      }
    }
    if (lanes == 0) continue;
    if (mode == ENDS) return 1;
    store<u32>(out + (<usize>found << 2), (pair & 0x0fffffff) | (<u32>lanes << 28));
    found++;
  }
  return found;
}
