import { f32At, pointerAt } from '../support/args.as';
import { distance4, gradient4 } from './distance.as';
import { place, push } from './frames.as';
import { dot3, lanes, mad, OBSTACLE, put, real, splatAt, V } from './lanes.as';

// Places of the tips in the sums' scratch, at the samples before, of and after the lanes.
const TIPS: usize = 80;

// Keeps the tip of the sample `shift` away.
export function rememberTip(sums: usize, shift: i32, pose: usize, args: usize): void {
  // The tip's coordinates are among the scalars, from the 16th on.
  place(sums + TIPS + <usize>(shift + 1) * 3 * V, pose, args + 64);
}

// Tissue on the way from the sample before to the one after: cost onto `sums`, force onto the tip's wrench.
export function addTissue(args: usize, obstacles: i32, first: i32, wrench: usize, sums: usize): void {
  const fields = pointerAt(args, 37);
  const band = f32At(args, 19);
  const before = sums + TIPS;
  const own = before + 3 * V;
  const after = own + 3 * V;
  for (let o = 0; o < obstacles; o++) {
    const row = pointerAt(args, 36) + <usize>o * OBSTACLE;
    if (real(row, 21) == 0) continue;
    const arriving = tissueStep(row, fields, before, own, own, band, wrench, sums + 2 * V);
    let cost = tissueStep(row, fields, own, after, own, band, wrench, sums + 2 * V);
    // The step from the start to the first sample belongs to no other sample.
    if (first == 0) cost = f32x4.add(cost, f32x4.replace_lane(f32x4.splat(0), 0, f32x4.extract_lane(arriving, 0)));
    put(sums, 0, f32x4.add(lanes(sums, 0), cost));
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
