// Four numbers at once, one a sample, and how tables and scratch are read.

export const FRAME: usize = 80;
export const GROUP: usize = 32;
export const OBSTACLE: usize = 128;
// Bytes of four numbers.
export const V: usize = 16;

// @ts-ignore: decorator
@inline
export function real(p: usize, index: i32): f32 {
  return load<f32>(p + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
export function splatAt(p: usize, index: i32): v128 {
  return f32x4.splat(load<f32>(p + ((<usize>index) << 2)));
}

// @ts-ignore: decorator
@inline
export function lanes(p: usize, index: i32): v128 {
  return v128.load(p + ((<usize>index) << 4));
}

// @ts-ignore: decorator
@inline
export function put(p: usize, index: i32, v: v128): void {
  v128.store(p + ((<usize>index) << 4), v);
}

// @ts-ignore: decorator
@inline
export function mad(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

// @ts-ignore: decorator
@inline
export function dot3(ax: v128, ay: v128, az: v128, bx: v128, by: v128, bz: v128): v128 {
  return f32x4.add(f32x4.add(f32x4.mul(ax, bx), f32x4.mul(ay, by)), f32x4.mul(az, bz));
}

// Whether every lane of a - b is at least zero; a NaN is not.
// @ts-ignore: decorator
@inline
export function allAtLeast(a: v128, b: v128): bool {
  return i32x4.all_true(f32x4.ge(a, b));
}
