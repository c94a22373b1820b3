// Sines and cosines of four angles at once: reduction by pi / 2 in three parts (Cody and Waite), then the minimax polynomials
// of the Cephes library (S. Moshier) on [-pi / 4, pi / 4]. Good to 1e-7 for angles up to some thousand radians.

// out[0] = sines, out[1] = cosines.
export function sinCos4(angle: v128, out: usize): void {
  const n = f32x4.nearest(f32x4.mul(angle, f32x4.splat(0.6366197723675814)));
  let r = f32x4.sub(angle, f32x4.mul(n, f32x4.splat(1.5703125)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(4.837512969970703125e-4)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(7.549789948768648e-8)));
  const z = f32x4.mul(r, r);
  let s = f32x4.add(f32x4.mul(f32x4.splat(-1.9515295891e-4), z), f32x4.splat(8.3321608736e-3));
  s = f32x4.add(f32x4.mul(s, z), f32x4.splat(-1.6666654611e-1));
  s = f32x4.add(f32x4.mul(f32x4.mul(s, z), r), r);
  let c = f32x4.add(f32x4.mul(f32x4.splat(2.443315711809948e-5), z), f32x4.splat(-1.388731625493765e-3));
  c = f32x4.add(f32x4.mul(c, z), f32x4.splat(4.166664568298827e-2));
  c = f32x4.add(f32x4.mul(f32x4.mul(c, z), z), f32x4.sub(f32x4.splat(1), f32x4.mul(f32x4.splat(0.5), z)));
  const k = i32x4.trunc_sat_f32x4_s(n);
  const one = i32x4.splat(1);
  const odd = i32x4.eq(v128.and(k, one), one);
  const sine = v128.bitselect(c, s, odd);
  const cosine = v128.bitselect(s, c, odd);
  const sineSign = i32x4.shl(v128.and(k, i32x4.splat(2)), 30);
  const cosineSign = i32x4.shl(v128.and(i32x4.add(k, one), i32x4.splat(2)), 30);
  v128.store(out, v128.xor(sine, sineSign));
  v128.store(out, v128.xor(cosine, cosineSign), 16);
}
