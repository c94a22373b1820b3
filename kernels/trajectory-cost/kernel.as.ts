import { f32At, pointerAt, u32At } from '../support/args.as';
import { sinCos4 } from './math.as';
import { distance4, gradient4 } from './distance.as';

// Everything here works on four samples at once, one a lane. Strides are those of tables.ts.
const FRAME: usize = 80;
const GROUP: usize = 32;
const OBSTACLE: usize = 128;
const V: usize = 16;

// @ts-ignore: decorator
@inline
function real(p: usize, index: i32): f32 {
  return load<f32>(p + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
function splatAt(p: usize, index: i32): v128 {
  return f32x4.splat(load<f32>(p + ((<usize>index) << 2)));
}

// @ts-ignore: decorator
@inline
function lanes(p: usize, index: i32): v128 {
  return v128.load(p + ((<usize>index) << 4));
}

// @ts-ignore: decorator
@inline
function put(p: usize, index: i32, v: v128): void {
  v128.store(p + ((<usize>index) << 4), v);
}

// @ts-ignore: decorator
@inline
function mad(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

// @ts-ignore: decorator
@inline
function dot3(ax: v128, ay: v128, az: v128, bx: v128, by: v128, bz: v128): v128 {
  return f32x4.add(f32x4.add(f32x4.mul(ax, bx), f32x4.mul(ay, by)), f32x4.mul(az, bz));
}

// Whether every lane of a - b is at least zero; a NaN is not.
// @ts-ignore: decorator
@inline
function allAtLeast(a: v128, b: v128): bool {
  return i32x4.all_true(f32x4.ge(a, b));
}

// Configurations of the samples first + shift + 0..3 into q; before the first sample is the start, beyond the last the goal.
function configurations(
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
function control(x: usize, ends: usize, joints: i32, free: i32, i: i32, j: i32): f32 {
  if (i < 3) return real(ends, j);
  if (i >= free + 3) return real(ends, joints + j);
  return real(x, (i - 3) * joints + j);
}

// Poses of all frames: three columns of the rotation and the origin, twelve vectors a frame.
function forward(poses: usize, robot: usize, frames: i32, q: usize): void {
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
function place(out: usize, pose: usize, p: usize): void {
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
function push(wrench: usize, px: v128, py: v128, pz: v128, fx: v128, fy: v128, fz: v128): void {
  put(wrench, 0, f32x4.add(lanes(wrench, 0), fx));
  put(wrench, 1, f32x4.add(lanes(wrench, 1), fy));
  put(wrench, 2, f32x4.add(lanes(wrench, 2), fz));
  put(wrench, 3, f32x4.add(lanes(wrench, 3), f32x4.sub(f32x4.mul(py, fz), f32x4.mul(pz, fy))));
  put(wrench, 4, f32x4.add(lanes(wrench, 4), f32x4.sub(f32x4.mul(pz, fx), f32x4.mul(px, fz))));
  put(wrench, 5, f32x4.add(lanes(wrench, 5), f32x4.sub(f32x4.mul(px, fy), f32x4.mul(py, fx))));
}

// Derivative by q from the wrenches, from the leaves to the base.
function pullBack(gradient: usize, joints: i32, robot: usize, frames: i32, poses: usize, wrenches: usize): void {
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

// Task = four samples of a seed.
export function trajectorySamples(begin: i32, end: i32, args: usize): void {
  const joints = <i32>u32At(args, 1);
  const free = <i32>u32At(args, 2);
  const perSegment = <i32>u32At(args, 3);
  const frames = <i32>u32At(args, 4);
  const groups = <i32>u32At(args, 5);
  const spheres = <i32>u32At(args, 6);
  const pairs = <i32>u32At(args, 7);
  const obstacles = <i32>u32At(args, 8);
  const tipFrame = <i32>u32At(args, 9);
  const stride = <usize>u32At(args, 10) << 2;
  const tissue = u32At(args, 11) != 0;
  const scratchFloats = <usize>u32At(args, 12);
  const buffer = f32At(args, 13);
  const forbidden = f32At(args, 14);
  const selfBuffer = f32At(args, 15);
  const band = f32At(args, 19);
  const robot = pointerAt(args, 22);
  const table = pointerAt(args, 23);
  const fields = pointerAt(args, 24);
  const basis = pointerAt(args, 25);
  const samples = (free + 3) * perSegment;
  const quads = (samples + 3) / 4;
  const groupRows = robot + <usize>frames * FRAME;
  const sphereRows = groupRows + <usize>groups * GROUP;
  const pairRows = sphereRows + <usize>spheres * 16;
  for (let task = begin; task < end; task++) {
    const seed = task / quads;
    const first = (task % quads) * 4;
    const x = pointerAt(args, 20) + <usize>seed * stride;
    const ends = pointerAt(args, 21) + ((<usize>(seed * 2 * joints)) << 2);
    const poses = pointerAt(args, 26) + <usize>task * scratchFloats * V;
    // Behind the poses the wrenches, whose place the sines of `forward` use before they are set to zero.
    const wrenches = poses + <usize>frames * 12 * V;
    const centres = wrenches + <usize>frames * 6 * V;
    const points = centres + <usize>groups * 3 * V;
    const q = points + <usize>spheres * 3 * V;
    const gradient = q + <usize>joints * V;
    const temp = gradient + <usize>joints * V;
    const step = <f32>Math.exp(<f64>real(x, free * joints)) / <f32>perSegment;
    if (tissue) {
      for (let shift = -1; shift < 2; shift += 2) {
        configurations(q, x, ends, basis, joints, free, perSegment, first, shift, samples - 1);
        forward(poses, robot, frames, q);
        place(temp + <usize>(shift < 0 ? 3 : 9) * V, poses + <usize>tipFrame * 12 * V, args + 64);
      }
    }
    configurations(q, x, ends, basis, joints, free, perSegment, first, 0, samples - 1);
    forward(poses, robot, frames, q);
    memory.fill(wrenches, 0, <usize>frames * 6 * V);
    let value = f32x4.splat(0);
    let growing = f32x4.splat(0);
    for (let g = 0; g < groups; g++) {
      const group = groupRows + <usize>g * GROUP;
      const pose = poses + <usize>(<i32>real(group, 0)) * 12 * V;
      place(centres + <usize>g * 3 * V, pose, group + 16);
      for (let s = <i32>real(group, 1), last = <i32>real(group, 2); s < last; s++) {
        place(points + <usize>s * 3 * V, pose, sphereRows + <usize>s * 16);
      }
    }
    for (let o = 0; o < obstacles; o++) {
      const row = table + <usize>o * OBSTACLE;
      const margin = real(row, 5);
      const weight = margin > 0 ? step * real(row, 6) : <f32>0;
      const solid = real(row, 7);
      if (solid == 0 && weight == 0) continue;
      const keep = real(row, 22) + buffer;
      const active = max(solid != 0 ? keep : <f32>-1e30, weight != 0 ? margin : <f32>-1e30);
      for (let g = 0; g < groups; g++) {
        const group = groupRows + <usize>g * GROUP;
        const frame = <i32>real(group, 0);
        if (frame == 0) continue;
        const centre = centres + <usize>g * 3 * V;
        const reach = f32x4.splat(active + real(group, 7));
        if (allAtLeast(distance4(row, fields, lanes(centre, 0), lanes(centre, 1), lanes(centre, 2)), reach)) continue;
        const wrench = wrenches + <usize>frame * 6 * V;
        for (let s = <i32>real(group, 1), last = <i32>real(group, 2); s < last; s++) {
          const radius = real(sphereRows, 4 * s + 3);
          const px = lanes(points, 3 * s);
          const py = lanes(points, 3 * s + 1);
          const pz = lanes(points, 3 * s + 2);
          const d = f32x4.sub(distance4(row, fields, px, py, pz), f32x4.splat(radius));
          if (allAtLeast(d, f32x4.splat(active))) continue;
          const zero = f32x4.splat(0);
          const inside = f32x4.mul(f32x4.splat(solid), f32x4.max(zero, f32x4.sub(f32x4.splat(keep), d)));
          let slope = f32x4.mul(f32x4.splat(-2 * forbidden), inside);
          value = mad(f32x4.splat(forbidden), f32x4.mul(inside, inside), value);
          if (weight != 0) {
            const near = f32x4.max(zero, f32x4.mul(f32x4.sub(f32x4.splat(margin), d), f32x4.splat(1 / margin)));
            const costs = f32x4.mul(f32x4.splat(weight), f32x4.mul(near, near));
            value = f32x4.add(value, costs);
            growing = f32x4.add(growing, costs);
            slope = f32x4.sub(slope, f32x4.mul(f32x4.splat((2 * weight) / margin), near));
          }
          gradient4(row, fields, px, py, pz, temp);
          const fx = f32x4.mul(slope, lanes(temp, 0));
          const fy = f32x4.mul(slope, lanes(temp, 1));
          const fz = f32x4.mul(slope, lanes(temp, 2));
          push(wrench, px, py, pz, fx, fy, fz);
        }
      }
    }
    for (let k = 0; k < pairs; k++) {
      const a = <i32>real(pairRows, 2 * k);
      const b = <i32>real(pairRows, 2 * k + 1);
      const groupA = groupRows + <usize>a * GROUP;
      const groupB = groupRows + <usize>b * GROUP;
      const gx = f32x4.sub(lanes(centres, 3 * a), lanes(centres, 3 * b));
      const gy = f32x4.sub(lanes(centres, 3 * a + 1), lanes(centres, 3 * b + 1));
      const gz = f32x4.sub(lanes(centres, 3 * a + 2), lanes(centres, 3 * b + 2));
      const apart = real(groupA, 7) + real(groupB, 7) + selfBuffer;
      if (allAtLeast(dot3(gx, gy, gz, gx, gy, gz), f32x4.splat(apart * apart))) continue;
      const wrenchA = wrenches + <usize>(<i32>real(groupA, 0)) * 6 * V;
      const wrenchB = wrenches + <usize>(<i32>real(groupB, 0)) * 6 * V;
      for (let s = <i32>real(groupA, 1), lastA = <i32>real(groupA, 2); s < lastA; s++) {
        const ax = lanes(points, 3 * s);
        const ay = lanes(points, 3 * s + 1);
        const az = lanes(points, 3 * s + 2);
        const radiusA = real(sphereRows, 4 * s + 3);
        for (let t = <i32>real(groupB, 1), lastB = <i32>real(groupB, 2); t < lastB; t++) {
          const dx = f32x4.sub(ax, lanes(points, 3 * t));
          const dy = f32x4.sub(ay, lanes(points, 3 * t + 1));
          const dz = f32x4.sub(az, lanes(points, 3 * t + 2));
          const wanted = radiusA + real(sphereRows, 4 * t + 3) + selfBuffer;
          const squared = dot3(dx, dy, dz, dx, dy, dz);
          if (allAtLeast(squared, f32x4.splat(wanted * wanted))) continue;
          const length = f32x4.max(f32x4.splat(1e-9), f32x4.sqrt(squared));
          const inside = f32x4.max(f32x4.splat(0), f32x4.sub(f32x4.splat(wanted), length));
          value = mad(f32x4.splat(forbidden), f32x4.mul(inside, inside), value);
          const slope = f32x4.div(f32x4.mul(f32x4.splat(-2 * forbidden), inside), length);
          const fx = f32x4.mul(slope, dx);
          const fy = f32x4.mul(slope, dy);
          const fz = f32x4.mul(slope, dz);
          push(wrenchA, ax, ay, az, fx, fy, fz);
          push(
            wrenchB, lanes(points, 3 * t), lanes(points, 3 * t + 1), lanes(points, 3 * t + 2),
            f32x4.neg(fx), f32x4.neg(fy), f32x4.neg(fz),
          );
        }
      }
    }
    if (tissue) {
      const tips = temp + 3 * V;
      place(tips + 3 * V, poses + <usize>tipFrame * 12 * V, args + 64);
      const wrench = wrenches + <usize>tipFrame * 6 * V;
      for (let o = 0; o < obstacles; o++) {
        const row = table + <usize>o * OBSTACLE;
        if (real(row, 21) == 0) continue;
        const before = tissueStep(row, fields, tips, tips + 3 * V, tips + 3 * V, band, wrench, temp);
        const after = tissueStep(row, fields, tips + 3 * V, tips + 6 * V, tips + 3 * V, band, wrench, temp);
        value = f32x4.add(value, after);
        // The step from the start to the first sample belongs to no other sample.
        if (first == 0) value = f32x4.add(value, f32x4.replace_lane(f32x4.splat(0), 0, f32x4.extract_lane(before, 0)));
      }
    }
    pullBack(gradient, joints, robot, frames, poses, wrenches);
    put(temp, 0, value);
    put(temp, 1, growing);
    const out = pointerAt(args, 27) + ((<usize>((seed * samples + first) * (joints + 2))) << 2);
    for (let lane = 0, last = min(4, samples - first); lane < last; lane++) {
      const row = out + ((<usize>(lane * (joints + 2))) << 2);
      for (let j = 0; j < joints; j++) store<f32>(row + ((<usize>j) << 2), real(gradient, 4 * j + lane));
      store<f32>(row + ((<usize>joints) << 2), real(temp, lane));
      store<f32>(row + ((<usize>(joints + 1)) << 2), real(temp, 4 + lane));
    }
  }
}

// Tissue between the tips at a and b; the derivative by the tip at `own`, one of them, is pushed onto the wrench.
function tissueStep(row: usize, fields: usize, a: usize, b: usize, own: usize, band: f32, wrench: usize, temp: usize): v128 {
  const weight = splatAt(row, 21);
  const dx = f32x4.sub(lanes(b, 0), lanes(a, 0));
  const dy = f32x4.sub(lanes(b, 1), lanes(a, 1));
  const dz = f32x4.sub(lanes(b, 2), lanes(a, 2));
  const length = f32x4.sqrt(f32x4.add(dot3(dx, dy, dz, dx, dy, dz), f32x4.splat(1e-12)));
  const ta = insideShare(distance4(row, fields, lanes(a, 0), lanes(a, 1), lanes(a, 2)), band);
  const tb = insideShare(distance4(row, fields, lanes(b, 0), lanes(b, 1), lanes(b, 2)), band);
  const half = f32x4.splat(0.5);
  const mean = f32x4.mul(half, f32x4.add(smooth(ta), smooth(tb)));
  gradient4(row, fields, lanes(own, 0), lanes(own, 1), lanes(own, 2), temp);
  const t = own == a ? ta : tb;
  const one = f32x4.splat(1);
  const slope = f32x4.mul(f32x4.splat(-3 / band), f32x4.mul(t, f32x4.sub(one, t)));
  const bySelf = f32x4.mul(weight, f32x4.mul(half, f32x4.mul(length, slope)));
  const byStep = f32x4.mul(f32x4.splat(own == a ? -1 : 1), f32x4.div(f32x4.mul(weight, mean), length));
  push(
    wrench, lanes(own, 0), lanes(own, 1), lanes(own, 2),
    mad(bySelf, lanes(temp, 0), f32x4.mul(byStep, dx)),
    mad(bySelf, lanes(temp, 1), f32x4.mul(byStep, dy)),
    mad(bySelf, lanes(temp, 2), f32x4.mul(byStep, dz)),
  );
  return f32x4.mul(weight, f32x4.mul(length, mean));
}

// @ts-ignore: decorator
@inline
function insideShare(d: v128, band: f32): v128 {
  const t = f32x4.mul(f32x4.sub(f32x4.splat(band), d), f32x4.splat(0.5 / band));
  return f32x4.min(f32x4.splat(1), f32x4.max(f32x4.splat(0), t));
}

// @ts-ignore: decorator
@inline
function smooth(t: v128): v128 {
  return f32x4.mul(f32x4.mul(t, t), f32x4.sub(f32x4.splat(3), f32x4.add(t, t)));
}

// Adds `by` to the derivative by control point i of joint j, where it is a free one.
// @ts-ignore: decorator
@inline
function credit(gradient: usize, joints: i32, free: i32, i: i32, j: i32, by: f32): void {
  if (i < 3 || i >= free + 3) return;
  const at = gradient + ((<usize>((i - 3) * joints + j)) << 2);
  store<f32>(at, load<f32>(at) + by);
}

// Task = a seed: the terms of its control points, and its samples' derivatives carried over to them.
export function trajectoryTerms(begin: i32, end: i32, args: usize): void {
  const joints = <i32>u32At(args, 1);
  const free = <i32>u32At(args, 2);
  const perSegment = <i32>u32At(args, 3);
  const stride = <usize>u32At(args, 4) << 2;
  const duration = f32At(args, 5);
  const jerkWeight = f32At(args, 6);
  const segments = free + 3;
  const penalty = f32At(args, 7) / <f32>segments;
  const positions = f32At(args, 8) / <f32>segments;
  const basis = pointerAt(args, 12);
  const samples = segments * perSegment;
  for (let seed = begin; seed < end; seed++) {
    const x = pointerAt(args, 9) + <usize>seed * stride;
    const ends = pointerAt(args, 10) + ((<usize>(seed * 2 * joints)) << 2);
    const results = pointerAt(args, 13) + ((<usize>(seed * samples * (joints + 2))) << 2);
    const gradient = pointerAt(args, 15) + <usize>seed * stride;
    memory.fill(gradient, 0, <usize>(free * joints + 1) << 2);
    const h = <f32>Math.exp(<f64>real(x, free * joints));
    let sampled: f32 = 0;
    let byLogH: f32 = 0;
    for (let m = 0; m < samples; m++) {
      const row = results + ((<usize>(m * (joints + 2))) << 2);
      const weights = basis + ((<usize>(m % perSegment)) << 4);
      sampled += real(row, joints);
      byLogH += real(row, joints + 1);
      const segment = m / perSegment;
      for (let k = 0; k < 4; k++) {
        const w = real(weights, k);
        for (let j = 0; j < joints; j++) credit(gradient, joints, free, segment + k, j, w * real(row, j));
      }
    }
    let value: f32 = sampled;
    let jerkCost: f32 = 0;
    for (let j = 0; j < joints; j++) {
      const limit = pointerAt(args, 11) + ((<usize>(8 * j)) << 2);
      const perV: f32 = <f32>1 / (real(limit, 2) * h);
      const perA: f32 = <f32>1 / (real(limit, 3) * h * h);
      const perJ: f32 = <f32>1 / (real(limit, 4) * h * h * h);
      let c0 = real(ends, j);
      let c1 = c0;
      let c2 = c0;
      for (let e = 0; e < free + 3; e++) {
        const c3 = control(x, ends, joints, free, e + 3, j);
        // The last three points of those four give one velocity, one acceleration and one jerk; the first ones are at rest.
        const v = (c3 - c2) * perV;
        const a = (c3 - 2 * c2 + c1) * perA;
        const u = (c3 - c0 + 3 * (c1 - c2)) * perJ;
        const overV = max<f32>(0, abs<f32>(v) - 1);
        const overA = max<f32>(0, abs<f32>(a) - 1);
        const overJ = max<f32>(0, abs<f32>(u) - 1);
        value += penalty * (overV * overV + overA * overA + overJ * overJ);
        jerkCost += u * u;
        const slopeV = copysign<f32>(2 * penalty * overV, v);
        const slopeA = copysign<f32>(2 * penalty * overA, a);
        const slopeJ = copysign<f32>(2 * penalty * overJ, u);
        const sumJ = slopeJ + 2 * jerkWeight * h * u;
        byLogH -= v * slopeV + 2 * a * slopeA + 3 * u * slopeJ;
        credit(gradient, joints, free, e + 3, j, slopeV * perV + slopeA * perA + sumJ * perJ);
        credit(gradient, joints, free, e + 2, j, -slopeV * perV - 2 * slopeA * perA - 3 * sumJ * perJ);
        credit(gradient, joints, free, e + 1, j, slopeA * perA + 3 * sumJ * perJ);
        credit(gradient, joints, free, e, j, -sumJ * perJ);
        if (e < free) {
          const over = max<f32>(0, c3 - real(limit, 1)) - max<f32>(0, real(limit, 0) - c3);
          value += positions * over * over;
          credit(gradient, joints, free, e + 3, j, 2 * positions * over);
        }
        c0 = c1;
        c1 = c2;
        c2 = c3;
      }
    }
    const total = <f32>segments * h;
    jerkCost *= h;
    store<f32>(gradient + ((<usize>(free * joints)) << 2), byLogH + duration * total - 5 * jerkWeight * jerkCost);
    const out = pointerAt(args, 14) + ((<usize>seed) << 4);
    store<f32>(out, value + duration * total + jerkWeight * jerkCost);
    store<f32>(out, total, 4);
    store<f32>(out, jerkCost, 8);
    store<f32>(out, sampled, 12);
  }
}
