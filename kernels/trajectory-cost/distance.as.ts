// Signed distances of four points to one obstacle, and their gradients; formulas in reference-distance.ts.
const BOX: f32 = 0;
const CAPSULE: f32 = 1;
const CYLINDER: f32 = 2;

// @ts-ignore: decorator
@inline
function at(row: usize, index: i32): v128 {
  return f32x4.splat(load<f32>(row + ((<usize>index) << 2)));
}

// @ts-ignore: decorator
@inline
function local(row: usize, r: i32, x: v128, y: v128, z: v128): v128 {
  const turned = f32x4.add(f32x4.mul(at(row, 8 + r), x), f32x4.mul(at(row, 11 + r), y));
  return f32x4.add(f32x4.add(turned, f32x4.mul(at(row, 14 + r), z)), at(row, 17 + r));
}

// @ts-ignore: decorator
@inline
function length3(x: v128, y: v128, z: v128): v128 {
  return f32x4.sqrt(f32x4.add(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)), f32x4.mul(z, z)));
}

// v with the sign of s, for v >= 0.
// @ts-ignore: decorator
@inline
function signed(v: v128, s: v128): v128 {
  return v128.xor(v, v128.and(s, i32x4.splat(0x80000000)));
}

// @ts-ignore: decorator
@inline
function overLength(v: v128, length: v128): v128 {
  return f32x4.div(v, f32x4.max(length, f32x4.splat(1e-30)));
}

export function distance4(row: usize, fields: usize, x: v128, y: v128, z: v128): v128 {
  const kind = load<f32>(row);
  const zero = f32x4.splat(0);
  const px = local(row, 0, x, y, z);
  const py = local(row, 1, x, y, z);
  const pz = local(row, 2, x, y, z);
  if (kind == BOX) {
    const qx = f32x4.sub(f32x4.abs(px), at(row, 1));
    const qy = f32x4.sub(f32x4.abs(py), at(row, 2));
    const qz = f32x4.sub(f32x4.abs(pz), at(row, 3));
    const outside = length3(f32x4.max(qx, zero), f32x4.max(qy, zero), f32x4.max(qz, zero));
    return f32x4.add(outside, f32x4.min(f32x4.max(qx, f32x4.max(qy, qz)), zero));
  }
  if (kind == CAPSULE) {
    const half = at(row, 3);
    const rest = f32x4.sub(pz, f32x4.min(half, f32x4.max(f32x4.neg(half), pz)));
    return f32x4.sub(length3(px, py, rest), at(row, 4));
  }
  if (kind == CYLINDER) {
    const qr = f32x4.sub(length3(px, py, zero), at(row, 4));
    const qz = f32x4.sub(f32x4.abs(pz), at(row, 3));
    const outside = length3(f32x4.max(qr, zero), f32x4.max(qz, zero), zero);
    return f32x4.add(outside, f32x4.min(f32x4.max(qr, qz), zero));
  }
  let d = f32x4.splat(fieldAt(row, fields, lane(px, 0), lane(py, 0), lane(pz, 0), 0));
  d = f32x4.replace_lane(d, 1, fieldAt(row, fields, lane(px, 1), lane(py, 1), lane(pz, 1), 0));
  d = f32x4.replace_lane(d, 2, fieldAt(row, fields, lane(px, 2), lane(py, 2), lane(pz, 2), 0));
  return f32x4.replace_lane(d, 3, fieldAt(row, fields, lane(px, 3), lane(py, 3), lane(pz, 3), 0));
}

// @ts-ignore: decorator
@inline
function lane(v: v128, index: i32): f32 {
  if (index == 0) return f32x4.extract_lane(v, 0);
  if (index == 1) return f32x4.extract_lane(v, 1);
  if (index == 2) return f32x4.extract_lane(v, 2);
  return f32x4.extract_lane(v, 3);
}

// out[0..2] = gradient by the point, base frame.
export function gradient4(row: usize, fields: usize, x: v128, y: v128, z: v128, out: usize): void {
  const kind = load<f32>(row);
  const zero = f32x4.splat(0);
  const px = local(row, 0, x, y, z);
  const py = local(row, 1, x, y, z);
  const pz = local(row, 2, x, y, z);
  let gx: v128;
  let gy: v128;
  let gz: v128;
  if (kind == BOX) {
    const qx = f32x4.sub(f32x4.abs(px), at(row, 1));
    const qy = f32x4.sub(f32x4.abs(py), at(row, 2));
    const qz = f32x4.sub(f32x4.abs(pz), at(row, 3));
    const ox = f32x4.max(qx, zero);
    const oy = f32x4.max(qy, zero);
    const oz = f32x4.max(qz, zero);
    const length = length3(ox, oy, oz);
    const outside = f32x4.gt(length, zero);
    const one = f32x4.splat(1);
    const onX = v128.and(f32x4.ge(qx, qy), f32x4.ge(qx, qz));
    const onY = v128.andnot(f32x4.ge(qy, qz), onX);
    const onZ = v128.not(v128.or(onX, onY));
    gx = signed(v128.bitselect(overLength(ox, length), v128.and(one, onX), outside), px);
    gy = signed(v128.bitselect(overLength(oy, length), v128.and(one, onY), outside), py);
    gz = signed(v128.bitselect(overLength(oz, length), v128.and(one, onZ), outside), pz);
  } else if (kind == CAPSULE) {
    const half = at(row, 3);
    const rest = f32x4.sub(pz, f32x4.min(half, f32x4.max(f32x4.neg(half), pz)));
    const length = length3(px, py, rest);
    gx = overLength(px, length);
    gy = overLength(py, length);
    gz = overLength(rest, length);
  } else if (kind == CYLINDER) {
    const radial = length3(px, py, zero);
    const qr = f32x4.sub(radial, at(row, 4));
    const qz = f32x4.sub(f32x4.abs(pz), at(row, 3));
    const or = f32x4.max(qr, zero);
    const oz = f32x4.max(qz, zero);
    const length = length3(or, oz, zero);
    const outside = f32x4.gt(length, zero);
    const onSide = f32x4.ge(qr, qz);
    const one = f32x4.splat(1);
    const a = v128.bitselect(overLength(or, length), v128.and(one, onSide), outside);
    const b = v128.bitselect(overLength(oz, length), v128.andnot(one, onSide), outside);
    gx = f32x4.mul(a, overLength(px, radial));
    gy = f32x4.mul(a, overLength(py, radial));
    gz = signed(b, pz);
  } else {
    gx = zero;
    gy = zero;
    gz = zero;
    for (let i = 0; i < 4; i++) {
      v128.store(out, zero);
      fieldAt(row, fields, lane(px, i), lane(py, i), lane(pz, i), out);
      const mask = i32x4.eq(i32x4.splat(i), i32x4(0, 1, 2, 3));
      gx = v128.bitselect(f32x4.splat(load<f32>(out)), gx, mask);
      gy = v128.bitselect(f32x4.splat(load<f32>(out, 4)), gy, mask);
      gz = v128.bitselect(f32x4.splat(load<f32>(out, 8)), gz, mask);
    }
  }
  for (let c = 0; c < 3; c++) {
    const back = f32x4.add(f32x4.mul(at(row, 8 + 3 * c), gx), f32x4.mul(at(row, 9 + 3 * c), gy));
    v128.store(out + ((<usize>c) << 4), f32x4.add(back, f32x4.mul(at(row, 10 + 3 * c), gz)));
  }
}

// Value of a field at a point of its own frame; where `out` is not 0, its gradient goes there.
function fieldAt(row: usize, fields: usize, px: f32, py: f32, pz: f32, out: usize): f32 {
  // A NaN would make an index of nothing.
  if (!(px + py + pz - (px + py + pz) == 0)) {
    if (out != 0) store<f32>(out, px + py + pz);
    return px + py + pz;
  }
  const nx = <i32>load<f32>(row, 96);
  const ny = <i32>load<f32>(row, 100);
  const nz = <i32>load<f32>(row, 104);
  const sx = load<f32>(row, 108);
  const sy = load<f32>(row, 112);
  const sz = load<f32>(row, 116);
  const ax = px / sx;
  const ay = py / sy;
  const az = pz / sz;
  const cx = min(max<f32>(ax, 0), <f32>(nx - 1));
  const cy = min(max<f32>(ay, 0), <f32>(ny - 1));
  const cz = min(max<f32>(az, 0), <f32>(nz - 1));
  const i = max(0, min(<i32>cx, nx - 2));
  const j = max(0, min(<i32>cy, ny - 2));
  const k = max(0, min(<i32>cz, nz - 2));
  const u = cx - <f32>i;
  const v = cy - <f32>j;
  const w = cz - <f32>k;
  const first = fields + ((<usize>load<u32>(row, 80) + <usize>i + <usize>nx * (<usize>j + <usize>ny * <usize>k)) << 2);
  const dx: usize = nx > 1 ? 4 : 0;
  const dy: usize = ny > 1 ? <usize>nx << 2 : 0;
  const dz: usize = nz > 1 ? (<usize>nx * <usize>ny) << 2 : 0;
  const a000 = load<f32>(first);
  const a100 = load<f32>(first + dx);
  const a010 = load<f32>(first + dy);
  const a110 = load<f32>(first + dx + dy);
  const a001 = load<f32>(first + dz);
  const a101 = load<f32>(first + dx + dz);
  const a011 = load<f32>(first + dy + dz);
  const a111 = load<f32>(first + dx + dy + dz);
  const a00 = a000 + u * (a100 - a000);
  const a10 = a010 + u * (a110 - a010);
  const a01 = a001 + u * (a101 - a001);
  const a11 = a011 + u * (a111 - a011);
  const a0 = a00 + v * (a10 - a00);
  const a1 = a01 + v * (a11 - a01);
  const d = a0 + w * (a1 - a0);
  const bx = (ax - cx) * sx;
  const by = (ay - cy) * sy;
  const bz = (az - cz) * sz;
  const away = sqrt<f32>(bx * bx + by * by + bz * bz);
  const total = away > 0 ? (d < 0 ? away + d : sqrt<f32>(away * away + d * d)) : d;
  if (out != 0) {
    const b00 = a100 - a000;
    const b10 = a110 - a010;
    const b01 = a101 - a001;
    const b11 = a111 - a011;
    const b0 = b00 + v * (b10 - b00);
    const b1 = b01 + v * (b11 - b01);
    const gx = (b0 + w * (b1 - b0)) / sx;
    const gy = (a10 - a00 + w * (a11 - a01 - (a10 - a00))) / sy;
    const gz = (a1 - a0) / sz;
    const along: f32 = away > 0 && d >= 0 ? d / total : 1;
    const across = d < 0 ? away : total;
    store<f32>(out, bx != 0 ? bx / across : along * gx);
    store<f32>(out, by != 0 ? by / across : along * gy, 4);
    store<f32>(out, bz != 0 ? bz / across : along * gz, 8);
  }
  return total;
}
