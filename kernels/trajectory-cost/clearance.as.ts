import { f32At, pointerAt, u32At } from '../support/args.as';
import { distance4, gradient4 } from './distance.as';
import { push } from './frames.as';
import { allAtLeast, dot3, FRAME, GROUP, lanes, mad, OBSTACLE, put, real, V } from './lanes.as';

const NEVER: f32 = -1e30;

// Spheres against all obstacles: costs onto `sums`, forces onto the wrenches. `step` is the time between samples [s].
export function againstObstacles(
  args: usize, step: f32, wrenches: usize, centres: usize, points: usize, sums: usize,
): void {
  const groups = <i32>u32At(args, 5);
  const obstacles = <i32>u32At(args, 8);
  const groupRows = pointerAt(args, 35) + <usize>u32At(args, 4) * FRAME;
  const sphereRows = groupRows + <usize>groups * GROUP;
  const fields = pointerAt(args, 37);
  for (let o = 0; o < obstacles; o++) {
    const row = pointerAt(args, 36) + <usize>o * OBSTACLE;
    const margin = real(row, 5);
    const weight = margin > 0 ? step * real(row, 6) : <f32>0;
    const solid = real(row, 7);
    if (solid == 0 && weight == 0) continue;
    const keep = real(row, 22) + f32At(args, 13);
    const active = max(solid != 0 ? keep : NEVER, weight != 0 ? margin : NEVER);
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
        const point = points + <usize>s * 3 * V;
        const d = f32x4.sub(
          distance4(row, fields, lanes(point, 0), lanes(point, 1), lanes(point, 2)),
          f32x4.splat(radius),
        );
        if (allAtLeast(d, f32x4.splat(active))) continue;
        meet(row, fields, d, solid * f32At(args, 14), keep, margin, weight, point, wrench, sums);
      }
    }
  }
}

// One sphere at distance d of an obstacle.
function meet(
  row: usize, fields: usize, d: v128, forbidden: f32, keep: f32, margin: f32, weight: f32,
  point: usize, wrench: usize, sums: usize,
): void {
  const zero = f32x4.splat(0);
  const inside = f32x4.max(zero, f32x4.sub(f32x4.splat(keep), d));
  let slope = f32x4.mul(f32x4.splat(-2 * forbidden), inside);
  put(sums, 0, mad(f32x4.splat(forbidden), f32x4.mul(inside, inside), lanes(sums, 0)));
  if (weight != 0) {
    const near = f32x4.max(zero, f32x4.mul(f32x4.sub(f32x4.splat(margin), d), f32x4.splat(1 / margin)));
    const costs = f32x4.mul(f32x4.splat(weight), f32x4.mul(near, near));
    put(sums, 0, f32x4.add(lanes(sums, 0), costs));
    put(sums, 1, f32x4.add(lanes(sums, 1), costs));
    slope = f32x4.sub(slope, f32x4.mul(f32x4.splat((2 * weight) / margin), near));
  }
  const px = lanes(point, 0);
  const py = lanes(point, 1);
  const pz = lanes(point, 2);
  const temp = sums + 2 * V;
  gradient4(row, fields, px, py, pz, temp);
  const fx = f32x4.mul(slope, lanes(temp, 0));
  const fy = f32x4.mul(slope, lanes(temp, 1));
  const fz = f32x4.mul(slope, lanes(temp, 2));
  push(wrench, px, py, pz, fx, fy, fz);
}

// Spheres of the pairs of groups that must not meet.
export function againstItself(args: usize, wrenches: usize, centres: usize, points: usize, sums: usize): void {
  const groups = <i32>u32At(args, 5);
  const pairs = <i32>u32At(args, 7);
  const buffer = f32At(args, 15);
  const groupRows = pointerAt(args, 35) + <usize>u32At(args, 4) * FRAME;
  const sphereRows = groupRows + <usize>groups * GROUP;
  const pairRows = sphereRows + ((<usize>u32At(args, 6)) << 4);
  for (let k = 0; k < pairs; k++) {
    const a = <i32>real(pairRows, 2 * k);
    const b = <i32>real(pairRows, 2 * k + 1);
    const groupA = groupRows + <usize>a * GROUP;
    const groupB = groupRows + <usize>b * GROUP;
    const gx = f32x4.sub(lanes(centres, 3 * a), lanes(centres, 3 * b));
    const gy = f32x4.sub(lanes(centres, 3 * a + 1), lanes(centres, 3 * b + 1));
    const gz = f32x4.sub(lanes(centres, 3 * a + 2), lanes(centres, 3 * b + 2));
    const apart = real(groupA, 7) + real(groupB, 7) + buffer;
    if (allAtLeast(dot3(gx, gy, gz, gx, gy, gz), f32x4.splat(apart * apart))) continue;
    const wrenchA = wrenches + <usize>(<i32>real(groupA, 0)) * 6 * V;
    const wrenchB = wrenches + <usize>(<i32>real(groupB, 0)) * 6 * V;
    for (let s = <i32>real(groupA, 1), lastA = <i32>real(groupA, 2); s < lastA; s++) {
      const radius = real(sphereRows, 4 * s + 3) + buffer;
      for (let t = <i32>real(groupB, 1), lastB = <i32>real(groupB, 2); t < lastB; t++) {
        const wanted = radius + real(sphereRows, 4 * t + 3);
        part(points + <usize>s * 3 * V, points + <usize>t * 3 * V, wanted, f32At(args, 14), wrenchA, wrenchB, sums);
      }
    }
  }
}

// Two spheres whose centres are to be `wanted` apart.
// @ts-ignore: decorator
@inline
function part(a: usize, b: usize, wanted: f32, forbidden: f32, wrenchA: usize, wrenchB: usize, sums: usize): void {
  const ax = lanes(a, 0);
  const ay = lanes(a, 1);
  const az = lanes(a, 2);
  const bx = lanes(b, 0);
  const by = lanes(b, 1);
  const bz = lanes(b, 2);
  const dx = f32x4.sub(ax, bx);
  const dy = f32x4.sub(ay, by);
  const dz = f32x4.sub(az, bz);
  const squared = dot3(dx, dy, dz, dx, dy, dz);
  if (allAtLeast(squared, f32x4.splat(wanted * wanted))) return;
  const length = f32x4.max(f32x4.splat(1e-9), f32x4.sqrt(squared));
  const inside = f32x4.max(f32x4.splat(0), f32x4.sub(f32x4.splat(wanted), length));
  put(sums, 0, mad(f32x4.splat(forbidden), f32x4.mul(inside, inside), lanes(sums, 0)));
  const slope = f32x4.div(f32x4.mul(f32x4.splat(-2 * forbidden), inside), length);
  const fx = f32x4.mul(slope, dx);
  const fy = f32x4.mul(slope, dy);
  const fz = f32x4.mul(slope, dz);
  push(wrenchA, ax, ay, az, fx, fy, fz);
  push(wrenchB, bx, by, bz, f32x4.neg(fx), f32x4.neg(fy), f32x4.neg(fz));
}
