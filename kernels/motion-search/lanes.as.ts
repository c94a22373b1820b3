// Four lanes of float32 at once.

/** The number at an address in all lanes. */
// @ts-ignore: decorator
@inline
export function splat(at: usize): v128 {
  return v128.load_splat<f32>(at);
}

/** a + b * c */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(a, f32x4.mul(b, c));
}

// @ts-ignore: decorator
@inline
export function dot(ax: v128, ay: v128, az: v128, bx: v128, by: v128, bz: v128): v128 {
  return madd(madd(f32x4.mul(ax, bx), ay, by), az, bz);
}

/**
 * Lanes in which a plane does not keep `keep` from both ends of a chord: the plane lies across the offset v of the chord's
 * middle, whose square is `vv`, and `along` is v times half the chord. NaN counts as open.
 */
// @ts-ignore: decorator
@inline
export function planeOpen(vv: v128, along: v128, keep: v128): i32 {
  const room = f32x4.sub(vv, f32x4.abs(along));
  const wide = f32x4.gt(f32x4.mul(room, room), f32x4.mul(f32x4.mul(keep, keep), vv));
  return v128.bitmask<i32>(v128.and(wide, f32x4.gt(room, f32x4.splat(0)))) ^ 15;
}
