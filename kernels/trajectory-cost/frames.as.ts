import { dot3, FRAME, lanes, mad, put, real, splatAt, V } from './lanes.as';
import { sinCos4 } from './math.as';

// Configurations of the samples first + shift + 0..3 into q; before the first sample is the start, beyond the last the goal.
export function configurations(
  q: usize, x: usize, ends: usize, basis: usize,
  joints: i32, free: i32, perSegment: i32, first: i32, shift: i32, last: i32,
): void {
  const samples = (free + 3) * perSegment;
  for (let lane = 0; lane < 4; lane++) {
    const m = min(first + lane, last) + shift;
    const out = q + ((<usize>lane) << 2);
    if (m < 0 || m >= samples) {
      const from = m < 0 ? ends : ends + ((<usize>joints) << 2);
      for (let j = 0; j < joints; j++) store<f32>(out + ((<usize>j) << 4), real(from, j));
      continue;
    }
    const segment = m / perSegment;
    const weights = basis + ((<usize>(m % perSegment)) << 4);
    for (let j = 0; j < joints; j++) {
      let sum: f32 = 0;
      for (let k = 0; k < 4; k++) sum += real(weights, k) * control(x, ends, joints, free, segment + k, j);
      store<f32>(out + ((<usize>j) << 4), sum);
    }
  }
}

// @ts-ignore: decorator
@inline
export function control(x: usize, ends: usize, joints: i32, free: i32, i: i32, j: i32): f32 {
  if (i < 3) return real(ends, j);
  if (i >= free + 3) return real(ends, joints + j);
  return real(x, (i - 3) * joints + j);
}

// Poses of all frames: three columns of the rotation and the origin, twelve vectors a frame.
export function forward(poses: usize, robot: usize, frames: i32, q: usize): void {
  const one = f32x4.splat(1);
  for (let i = 0; i < 12; i++) put(poses, i, i == 0 || i == 4 || i == 8 ? one : f32x4.splat(0));
  for (let f = 1; f < frames; f++) {
    const row = robot + <usize>f * FRAME;
    const parent = poses + <usize>(<i32>real(row, 15)) * 12 * V;
    const pose = poses + <usize>f * 12 * V;
    const position = mad(splatAt(row, 12), lanes(q, <i32>real(row, 14)), splatAt(row, 13));
    for (let c = 0; c < 4; c++) {
      const vx = splatAt(row, 3 * c);
      const vy = splatAt(row, 3 * c + 1);
      const vz = splatAt(row, 3 * c + 2);
      for (let r = 0; r < 3; r++) {
        let sum = dot3(lanes(parent, r), lanes(parent, 3 + r), lanes(parent, 6 + r), vx, vy, vz);
        if (c == 3) sum = f32x4.add(sum, lanes(parent, 9 + r));
        put(pose, 3 * c + r, sum);
      }
    }
    if (real(row, 16) == 1) {
      for (let r = 0; r < 3; r++) put(pose, 9 + r, mad(lanes(pose, 6 + r), position, lanes(pose, 9 + r)));
      continue;
    }
    // The sine and the cosine pass through the place of the first column's neighbours, two spare vectors behind the pose.
    sinCos4(position, poses + <usize>frames * 12 * V);
    const s = lanes(poses + <usize>frames * 12 * V, 0);
    const c = lanes(poses + <usize>frames * 12 * V, 1);
    for (let r = 0; r < 3; r++) {
      const a = lanes(pose, r);
      const b = lanes(pose, 3 + r);
      put(pose, r, mad(c, a, f32x4.mul(s, b)));
      put(pose, 3 + r, f32x4.sub(f32x4.mul(c, b), f32x4.mul(s, a)));
    }
  }
}

// out = where the point at `p` (x, y, z) of a frame lies.
// @ts-ignore: decorator
@inline
export function place(out: usize, pose: usize, p: usize): void {
  const x = splatAt(p, 0);
  const y = splatAt(p, 1);
  const z = splatAt(p, 2);
  for (let r = 0; r < 3; r++) {
    put(out, r, f32x4.add(dot3(lanes(pose, r), lanes(pose, 3 + r), lanes(pose, 6 + r), x, y, z), lanes(pose, 9 + r)));
  }
}

// Adds a force at p to a frame's wrench: force and moment about the base's origin.
// @ts-ignore: decorator
@inline
export function push(wrench: usize, px: v128, py: v128, pz: v128, fx: v128, fy: v128, fz: v128): void {
  put(wrench, 0, f32x4.add(lanes(wrench, 0), fx));
  put(wrench, 1, f32x4.add(lanes(wrench, 1), fy));
  put(wrench, 2, f32x4.add(lanes(wrench, 2), fz));
  put(wrench, 3, f32x4.add(lanes(wrench, 3), f32x4.sub(f32x4.mul(py, fz), f32x4.mul(pz, fy))));
  put(wrench, 4, f32x4.add(lanes(wrench, 4), f32x4.sub(f32x4.mul(pz, fx), f32x4.mul(px, fz))));
  put(wrench, 5, f32x4.add(lanes(wrench, 5), f32x4.sub(f32x4.mul(px, fy), f32x4.mul(py, fx))));
}

// Derivative by q from the wrenches, from the leaves to the base.
export function pullBack(gradient: usize, joints: i32, robot: usize, frames: i32, poses: usize, wrenches: usize): void {
  for (let j = 0; j < joints; j++) put(gradient, j, f32x4.splat(0));
  for (let f = frames - 1; f > 0; f--) {
    const row = robot + <usize>f * FRAME;
    const pose = poses + <usize>f * 12 * V;
    const wrench = wrenches + <usize>f * 6 * V;
    const parent = wrenches + <usize>(<i32>real(row, 15)) * 6 * V;
    for (let i = 0; i < 6; i++) put(parent, i, f32x4.add(lanes(parent, i), lanes(wrench, i)));
    const zx = lanes(pose, 6);
    const zy = lanes(pose, 7);
    const zz = lanes(pose, 8);
    const fx = lanes(wrench, 0);
    const fy = lanes(wrench, 1);
    const fz = lanes(wrench, 2);
    let along: v128;
    if (real(row, 16) == 1) {
      along = dot3(zx, zy, zz, fx, fy, fz);
    } else {
      const ox = lanes(pose, 9);
      const oy = lanes(pose, 10);
      const oz = lanes(pose, 11);
      const mx = f32x4.sub(lanes(wrench, 3), f32x4.sub(f32x4.mul(oy, fz), f32x4.mul(oz, fy)));
      const my = f32x4.sub(lanes(wrench, 4), f32x4.sub(f32x4.mul(oz, fx), f32x4.mul(ox, fz)));
      const mz = f32x4.sub(lanes(wrench, 5), f32x4.sub(f32x4.mul(ox, fy), f32x4.mul(oy, fx)));
      along = dot3(zx, zy, zz, mx, my, mz);
    }
    const j = <i32>real(row, 14);
    put(gradient, j, mad(splatAt(row, 12), along, lanes(gradient, j)));
  }
}
