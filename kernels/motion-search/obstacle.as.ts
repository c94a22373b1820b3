// A ball or sphere against an obstacle, in four lanes.
import { dot, madd, planeOpen, splat } from './lanes.as';
import { fieldOpen, meshOpen } from './solids.as';
import { Space } from './space.as';

// @ts-ignore: decorator
@inline
function beyond(v: v128, h: v128): v128 {
  return f32x4.sub(v, f32x4.pmax(f32x4.pmin(v, h), f32x4.neg(h)));
}

/** Lanes in which the ball of radius `keep` on the chord m -+ d, of half length `length`, may meet obstacle `o`. */
// @ts-ignore: decorator
@inline
export function obstacleOpen(
  s: Space, o: i32, mx: v128, my: v128, mz: v128, dx: v128, dy: v128, dz: v128, keep: v128, length: v128,
): i32 {
  const t = s.obstacleTable + (<usize>o << 6);
  const lx = madd(madd(madd(splat(t + 36), mx, splat(t)), my, splat(t + 4)), mz, splat(t + 8));
  const ly = madd(madd(madd(splat(t + 40), mx, splat(t + 12)), my, splat(t + 16)), mz, splat(t + 20));
  const lz = madd(madd(madd(splat(t + 44), mx, splat(t + 24)), my, splat(t + 28)), mz, splat(t + 32));
  if (o >= s.boxEnd) return otherOpen(s, o, lx, ly, lz, dx, dy, dz, keep, length);
  const vx = beyond(lx, splat(t + 48));
  const vy = beyond(ly, splat(t + 52));
  const vz = beyond(lz, splat(t + 56));
  const vv = dot(vx, vy, vz, vx, vy, vz);
  const solid = f32x4.add(keep, splat(t + 60));
  const ball = f32x4.add(solid, length);
  const open = v128.bitmask<i32>(f32x4.gt(vv, f32x4.mul(ball, ball))) ^ 15;
  return open == 0 ? 0 : open & convexOpen(t, vx, vy, vz, vv, dx, dy, dz, solid);
}

/** The same for an obstacle that is no rounded box, at l in its own frame. */
function otherOpen(
  s: Space, o: i32, lx: v128, ly: v128, lz: v128, dx: v128, dy: v128, dz: v128, keep: v128, length: v128,
): i32 {
  const t = s.obstacleTable + (<usize>o << 6);
  const reach = f32x4.add(keep, length);
  if (o >= s.cylinderEnd) {
    // A ball that covers others needs its whole radius of a field that may change by more than a metre a metre.
    return o < s.meshEnd ? meshOpen(t, lx, ly, lz, reach) : fieldOpen(t, lx, ly, lz, f32x4.splat(0), reach);
  }
  const radial = f32x4.sqrt(madd(f32x4.mul(lx, lx), ly, ly));
  const out = f32x4.pmax(f32x4.sub(radial, splat(t + 48)), f32x4.splat(0));
  // On the axis the offset is zero whatever it is divided by.
  const scale = f32x4.div(out, f32x4.pmax(radial, f32x4.splat(1e-20)));
  const vx = f32x4.mul(lx, scale);
  const vy = f32x4.mul(ly, scale);
  const vz = beyond(lz, splat(t + 56));
  const vv = dot(vx, vy, vz, vx, vy, vz);
  return convexOpen(t, vx, vy, vz, vv, dx, dy, dz, f32x4.add(keep, splat(t + 60)));
}

/** Lanes in which the plane across v, the offset from the solid of table entry t, leaves less than `keep` along d. */
function convexOpen(t: usize, vx: v128, vy: v128, vz: v128, vv: v128, dx: v128, dy: v128, dz: v128, keep: v128): i32 {
  const ax = dot(dx, dy, dz, splat(t), splat(t + 4), splat(t + 8));
  const ay = dot(dx, dy, dz, splat(t + 12), splat(t + 16), splat(t + 20));
  const az = dot(dx, dy, dz, splat(t + 24), splat(t + 28), splat(t + 32));
  return planeOpen(vv, dot(vx, vy, vz, ax, ay, az), keep);
}

/** Lanes in which one sphere on the chord m -+ d, which strays from it by `stray`, may meet obstacle `o`. */
// @ts-ignore: decorator
@inline
export function sphereOpen(
  s: Space, o: i32, mx: v128, my: v128, mz: v128, dx: v128, dy: v128, dz: v128, length: v128, radius: f32, stray: f32,
): i32 {
  if (o >= s.meshEnd) return sphereFieldOpen(s, o, mx, my, mz, radius, f32x4.add(length, f32x4.splat(stray)));
  return obstacleOpen(s, o, mx, my, mz, dx, dy, dz, f32x4.splat(radius + stray), length);
}

function sphereFieldOpen(s: Space, o: i32, mx: v128, my: v128, mz: v128, radius: f32, reach: v128): i32 {
  const t = s.obstacleTable + (<usize>o << 6);
  const lx = madd(madd(madd(splat(t + 36), mx, splat(t)), my, splat(t + 4)), mz, splat(t + 8));
  const ly = madd(madd(madd(splat(t + 40), mx, splat(t + 12)), my, splat(t + 16)), mz, splat(t + 20));
  const lz = madd(madd(madd(splat(t + 44), mx, splat(t + 24)), my, splat(t + 28)), mz, splat(t + 32));
  return fieldOpen(t, lx, ly, lz, f32x4.splat(radius), reach);
}
