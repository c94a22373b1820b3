// How a kernel reads its argument block: four-byte scalars, then one pointer a buffer (engine/compute/device.ts).

// @ts-ignore: decorator
@inline
export function u32At(args: usize, index: i32): u32 {
  return load<u32>(args + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
export function i32At(args: usize, index: i32): i32 {
  return load<i32>(args + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
export function f32At(args: usize, index: i32): f32 {
  return load<f32>(args + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
export function pointerAt(args: usize, index: i32): usize {
  return <usize>load<u32>(args + ((<usize>index) << 2));
}
