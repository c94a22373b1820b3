// A link against one that carries it, over some joints: seen from the one that carries, only those joints move, so that
// long stretches can be proven.
import { dot, madd, planeOpen, splat } from './lanes.as';
import { BODY_BYTES, Space } from './space.as';

/** Lanes among `lanes` in which a sphere of group g may meet one of group k, which carries it. */
export function carriedOpen(s: Space, g: usize, k: usize, a: usize, b: usize, lanes: i32, eighth: f32): i32 {
  const groupG = s.groupTable + (g << 6);
  const groupK = s.groupTable + (k << 6);
  const still = a == b;
  const bodyG = <usize>load<u32>(groupG);
  const bodyK = <usize>load<u32>(groupK);
  const at = s.relative;
  seenFrom(b + bodyK, b + bodyG, at);
  if (!still) {
    seenFrom(a + bodyK, a + bodyG, at + BODY_BYTES);
    toMiddle(at);
  }
  const bend = load<f32>(s.bend + ((<usize>load<u32>(groupG, 12) * <usize>s.bodies + <usize>load<u32>(groupK, 12)) << 2));
  const stray = eighth * bend;
  const first = <usize>load<u32>(groupG, 4);
  const end = first + <usize>load<u32>(groupG, 8);
  const firstK = s.sphereTable + (<usize>load<u32>(groupK, 4) << 4);
  const endK = firstK + (<usize>load<u32>(groupK, 8) << 4);
  const none = f32x4.splat(0);
  let open = 0;
  for (let i = first; i < end; i++) {
    const sphere = s.sphereTable + (i << 4);
    const x = splat(sphere);
    const y = splat(sphere + 4);
    const z = splat(sphere + 8);
    const mx = madd(madd(madd(v128.load(at, 144), v128.load(at), x), v128.load(at, 48), y), v128.load(at, 96), z);
    const my = madd(madd(madd(v128.load(at, 160), v128.load(at, 16), x), v128.load(at, 64), y), v128.load(at, 112), z);
    const mz = madd(madd(madd(v128.load(at, 176), v128.load(at, 32), x), v128.load(at, 80), y), v128.load(at, 128), z);
    let dx = none;
    let dy = none;
    let dz = none;
    if (!still) {
      dx = madd(madd(madd(v128.load(at, 336), v128.load(at, 192), x), v128.load(at, 240), y), v128.load(at, 288), z);
      dy = madd(madd(madd(v128.load(at, 352), v128.load(at, 208), x), v128.load(at, 256), y), v128.load(at, 304), z);
      dz = madd(madd(madd(v128.load(at, 368), v128.load(at, 224), x), v128.load(at, 272), y), v128.load(at, 320), z);
    }
    const radius = load<f32>(sphere, 12) + stray;
    if ((apartOpen(mx, my, mz, dx, dy, dz, groupK + 16, radius) & lanes) == 0) continue;
    for (let other = firstK; other < endK; other += 16) {
      open |= apartOpen(mx, my, mz, dx, dy, dz, other, radius);
      if ((open & lanes) == lanes) return lanes;
    }
  }
  return open & lanes;
}

/** Lanes in which the sphere on the chord m -+ d may meet the one (x, y, z, radius) that stands at `other`. */
// @ts-ignore: decorator
@inline
function apartOpen(mx: v128, my: v128, mz: v128, dx: v128, dy: v128, dz: v128, other: usize, radius: f32): i32 {
  const wx = f32x4.sub(mx, splat(other));
  const wy = f32x4.sub(my, splat(other + 4));
  const wz = f32x4.sub(mz, splat(other + 8));
  const keep = f32x4.splat(radius + load<f32>(other, 12));
  return planeOpen(dot(wx, wy, wz, wx, wy, wz), dot(wx, wy, wz, dx, dy, dz), keep);
}

/** The pose at `body` seen from that at `base`, to `out`. */
function seenFrom(base: usize, body: usize, out: usize): void {
  const px = f32x4.sub(v128.load(body, 144), v128.load(base, 144));
  const py = f32x4.sub(v128.load(body, 160), v128.load(base, 160));
  const pz = f32x4.sub(v128.load(body, 176), v128.load(base, 176));
  for (let row: usize = 0; row < 3; row++) {
    const axis = base + row * 48;
    const ux = v128.load(axis);
    const uy = v128.load(axis, 16);
    const uz = v128.load(axis, 32);
    const at = out + (row << 4);
    v128.store(at, dot(ux, uy, uz, v128.load(body), v128.load(body, 16), v128.load(body, 32)));
    v128.store(at, dot(ux, uy, uz, v128.load(body, 48), v128.load(body, 64), v128.load(body, 80)), 48);
    v128.store(at, dot(ux, uy, uz, v128.load(body, 96), v128.load(body, 112), v128.load(body, 128)), 96);
    v128.store(at, dot(ux, uy, uz, px, py, pz), 144);
  }
}

/** Turns the poses at b and a, one behind the other, into their mean and half their difference. */
function toMiddle(at: usize): void {
  const half = f32x4.splat(0.5);
  for (let i: usize = 0; i < BODY_BYTES; i += 16) {
    const there = v128.load(at + i);
    const here = v128.load(at + i, 192);
    v128.store(at + i, f32x4.mul(f32x4.add(here, there), half));
    v128.store(at + i, f32x4.mul(f32x4.sub(there, here), half), 192);
  }
}
