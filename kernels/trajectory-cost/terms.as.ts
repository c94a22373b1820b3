import { f32At, pointerAt, u32At } from '../support/args.as';
import { control } from './frames.as';
import { real } from './lanes.as';

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
