import { madd, splat } from './lanes.as';
import { BODY_BYTES, CENTRE_BYTES, JOINT_BYTES, PRISMATIC, Space, TILT_ANY, TILT_MINUS, TILT_NONE, TILT_PLUS, TURNED } from './space.as';

/** Poses of all bodies and centres of all groups at `t` of the way along the edge in work, one t a lane. */
export function placeFrame(s: Space, frame: usize, t: v128): void {
  s.poses++;
  const bodies = <usize>s.bodies;
  for (let b: usize = 1; b < bodies; b++) {
    const joint = s.joints + b * JOINT_BYTES;
    const parent = frame + <usize>load<u32>(joint);
    const flags = load<u32>(joint, 4);
    const out = frame + b * BODY_BYTES;
    const position = madd(splat(s.start + (b << 2)), t, splat(s.delta + (b << 2)));
    placeBody(joint, parent, out, flags, position);
  }
  placeCentres(s, frame);
}

// @ts-ignore: decorator
@inline
function placeBody(joint: usize, parent: usize, out: usize, flags: u32, position: v128): void {
  let xx = v128.load(parent);
  let xy = v128.load(parent, 16);
  let xz = v128.load(parent, 32);
  let yx = v128.load(parent, 48);
  let yy = v128.load(parent, 64);
  let yz = v128.load(parent, 80);
  let zx = v128.load(parent, 96);
  let zy = v128.load(parent, 112);
  let zz = v128.load(parent, 128);
  const tx = splat(joint + 32);
  const ty = splat(joint + 36);
  const tz = splat(joint + 40);
  let px = madd(madd(madd(v128.load(parent, 144), xx, tx), yx, ty), zx, tz);
  let py = madd(madd(madd(v128.load(parent, 160), xy, tx), yy, ty), zy, tz);
  let pz = madd(madd(madd(v128.load(parent, 176), xz, tx), yz, ty), zz, tz);
  if (flags & TURNED) {
    const c = splat(joint + 24);
    const n = splat(joint + 28);
    let a = xx;
    xx = madd(f32x4.mul(c, a), n, yx);
    yx = f32x4.sub(f32x4.mul(c, yx), f32x4.mul(n, a));
    a = xy;
    xy = madd(f32x4.mul(c, a), n, yy);
    yy = f32x4.sub(f32x4.mul(c, yy), f32x4.mul(n, a));
    a = xz;
    xz = madd(f32x4.mul(c, a), n, yz);
    yz = f32x4.sub(f32x4.mul(c, yz), f32x4.mul(n, a));
  }
  const tilt = flags & TILT_ANY;
  if (tilt == TILT_PLUS) {
    let a = yx;
    yx = zx;
    zx = f32x4.neg(a);
    a = yy;
    yy = zy;
    zy = f32x4.neg(a);
    a = yz;
    yz = zz;
    zz = f32x4.neg(a);
  } else if (tilt == TILT_MINUS) {
    let a = zx;
    zx = yx;
    yx = f32x4.neg(a);
    a = zy;
    zy = yy;
    yy = f32x4.neg(a);
    a = zz;
    zz = yz;
    yz = f32x4.neg(a);
  } else if (tilt != TILT_NONE) {
    const c = splat(joint + 16);
    const n = splat(joint + 20);
    let a = yx;
    yx = madd(f32x4.mul(c, a), n, zx);
    zx = f32x4.sub(f32x4.mul(c, zx), f32x4.mul(n, a));
    a = yy;
    yy = madd(f32x4.mul(c, a), n, zy);
    zy = f32x4.sub(f32x4.mul(c, zy), f32x4.mul(n, a));
    a = yz;
    yz = madd(f32x4.mul(c, a), n, zz);
    zz = f32x4.sub(f32x4.mul(c, zz), f32x4.mul(n, a));
  }
  if (flags & PRISMATIC) {
    px = madd(px, position, zx);
    py = madd(py, position, zy);
    pz = madd(pz, position, zz);
  } else {
    // Sine and cosine by quadrants with the single-precision polynomials of Cephes (S. Moshier), error below 2^-23.
    const quadrants = f32x4.nearest(f32x4.mul(position, f32x4.splat(0.6366197723675814)));
    let r = f32x4.sub(position, f32x4.mul(quadrants, f32x4.splat(1.5703125)));
    r = f32x4.sub(r, f32x4.mul(quadrants, f32x4.splat(4.837512969970703125e-4)));
    r = f32x4.sub(r, f32x4.mul(quadrants, f32x4.splat(7.54978995489188216e-8)));
    const z = f32x4.mul(r, r);
    let sine = madd(f32x4.splat(8.3321608736e-3), z, f32x4.splat(-1.9515295891e-4));
    sine = madd(f32x4.splat(-1.6666654611e-1), z, sine);
    sine = madd(r, f32x4.mul(r, z), sine);
    let cosine = madd(f32x4.splat(-1.388731625493765e-3), z, f32x4.splat(2.443315711809948e-5));
    cosine = madd(f32x4.splat(4.166664568298827e-2), z, cosine);
    cosine = madd(madd(f32x4.splat(1), z, f32x4.splat(-0.5)), f32x4.mul(z, z), cosine);
    const k = i32x4.trunc_sat_f32x4_s(quadrants);
    const odd = i32x4.neg(v128.and(k, i32x4.splat(1)));
    const sineSign = i32x4.shl(v128.and(k, i32x4.splat(2)), 30);
    const cosineSign = i32x4.shl(v128.and(i32x4.add(k, i32x4.splat(1)), i32x4.splat(2)), 30);
    const n = v128.xor(v128.bitselect(cosine, sine, odd), sineSign);
    const c = v128.xor(v128.bitselect(sine, cosine, odd), cosineSign);
    let a = xx;
    xx = madd(f32x4.mul(c, a), n, yx);
    yx = f32x4.sub(f32x4.mul(c, yx), f32x4.mul(n, a));
    a = xy;
    xy = madd(f32x4.mul(c, a), n, yy);
    yy = f32x4.sub(f32x4.mul(c, yy), f32x4.mul(n, a));
    a = xz;
    xz = madd(f32x4.mul(c, a), n, yz);
    yz = f32x4.sub(f32x4.mul(c, yz), f32x4.mul(n, a));
  }
  v128.store(out, xx);
  v128.store(out, xy, 16);
  v128.store(out, xz, 32);
  v128.store(out, yx, 48);
  v128.store(out, yy, 64);
  v128.store(out, yz, 80);
  v128.store(out, zx, 96);
  v128.store(out, zy, 112);
  v128.store(out, zz, 128);
  v128.store(out, px, 144);
  v128.store(out, py, 160);
  v128.store(out, pz, 176);
}

function placeCentres(s: Space, frame: usize): void {
  const groups = <usize>s.groups;
  let out = frame + <usize>s.bodies * BODY_BYTES;
  let group = s.groupTable;
  for (let g: usize = 0; g < groups; g++) {
    const body = frame + <usize>load<u32>(group);
    const x = splat(group + 16);
    const y = splat(group + 20);
    const z = splat(group + 24);
    for (let r: usize = 0; r < 48; r += 16) {
      const at = body + r;
      v128.store(
        out + r,
        madd(madd(madd(v128.load(at, 144), v128.load(at), x), v128.load(at, 48), y), v128.load(at, 96), z),
      );
    }
    group += 64;
    out += CENTRE_BYTES;
  }
}
