import { f32At } from '../support/args.as';
import { push } from './frames.as';
import { dot3, lanes, mad, put } from './lanes.as';

// @ts-ignore: decorator
@inline
function scalar(args: usize, index: i32): v128 {
  return f32x4.splat(f32At(args, index));
}

// Row r of a pose times a vector among the scalars.
// @ts-ignore: decorator
@inline
function turned(pose: usize, r: i32, args: usize, index: i32): v128 {
  return dot3(
    lanes(pose, r), lanes(pose, 3 + r), lanes(pose, 6 + r),
    scalar(args, index), scalar(args, index + 1), scalar(args, index + 2),
  );
}

// Distance of the trocar from the shaft's line, and from the stretch of the shaft that it may sit on: cost onto `sums`, the
// force at the trocar, as at a point of the tool, onto the wrench.
export function addShaft(args: usize, pose: usize, wrench: usize, sums: usize): void {
  const weight = scalar(args, 21);
  const tx = scalar(args, 22);
  const ty = scalar(args, 23);
  const tz = scalar(args, 24);
  const dx = f32x4.sub(tx, f32x4.add(turned(pose, 0, args, 25), lanes(pose, 9)));
  const dy = f32x4.sub(ty, f32x4.add(turned(pose, 1, args, 25), lanes(pose, 10)));
  const dz = f32x4.sub(tz, f32x4.add(turned(pose, 2, args, 25), lanes(pose, 11)));
  const ux = turned(pose, 0, args, 28);
  const uy = turned(pose, 1, args, 28);
  const uz = turned(pose, 2, args, 28);
  const along = dot3(dx, dy, dz, ux, uy, uz);
  const ex = f32x4.sub(dx, f32x4.mul(along, ux));
  const ey = f32x4.sub(dy, f32x4.mul(along, uy));
  const ez = f32x4.sub(dz, f32x4.mul(along, uz));
  const zero = f32x4.splat(0);
  const beyond = f32x4.max(zero, f32x4.sub(along, scalar(args, 32)));
  const before = f32x4.max(zero, f32x4.sub(scalar(args, 31), along));
  const out = f32x4.sub(beyond, before);
  put(sums, 0, mad(weight, f32x4.add(dot3(ex, ey, ez, ex, ey, ez), f32x4.mul(out, out)), lanes(sums, 0)));
  const slope = f32x4.mul(f32x4.splat(-2), weight);
  push(
    wrench, tx, ty, tz,
    f32x4.mul(slope, mad(out, ux, ex)), f32x4.mul(slope, mad(out, uy, ey)), f32x4.mul(slope, mad(out, uz, ez)),
  );
}
