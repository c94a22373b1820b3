// Obstacles that are no convex solids, lane by lane: triangle meshes by a tree of boxes, distance fields by interpolation.

/** Lanes in which the mesh's surface comes within `reach` and its margin of a point of its own frame. */
export function meshOpen(t: usize, x: v128, y: v128, z: v128, reach: v128): i32 {
  const tree = <usize>load<u32>(t, 48);
  const near = f32x4.add(reach, v128.load_splat<f32>(t, 60));
  const triangles = <usize>load<u32>(t, 52);
  return (
    meshNear(tree, triangles, 0, f32x4.extract_lane(x, 0), f32x4.extract_lane(y, 0), f32x4.extract_lane(z, 0), f32x4.extract_lane(near, 0)) |
    (meshNear(tree, triangles, 0, f32x4.extract_lane(x, 1), f32x4.extract_lane(y, 1), f32x4.extract_lane(z, 1), f32x4.extract_lane(near, 1)) << 1) |
    (meshNear(tree, triangles, 0, f32x4.extract_lane(x, 2), f32x4.extract_lane(y, 2), f32x4.extract_lane(z, 2), f32x4.extract_lane(near, 2)) << 2) |
    (meshNear(tree, triangles, 0, f32x4.extract_lane(x, 3), f32x4.extract_lane(y, 3), f32x4.extract_lane(z, 3), f32x4.extract_lane(near, 3)) << 3)
  );
}

/** Node of 32 bytes: least x, y, z; first child or triangle; greatest x, y, z; number of triangles, 0 of an inner node. */
function meshNear(tree: usize, triangles: usize, index: u32, x: f64, y: f64, z: f64, near: f64): i32 {
  const node = tree + (<usize>index << 5);
  const dx = max(max(<f64>load<f32>(node) - x, x - <f64>load<f32>(node, 16)), 0);
  const dy = max(max(<f64>load<f32>(node, 4) - y, y - <f64>load<f32>(node, 20)), 0);
  const dz = max(max(<f64>load<f32>(node, 8) - z, z - <f64>load<f32>(node, 24)), 0);
  // Written so that NaN counts as near.
  if (dx * dx + dy * dy + dz * dz > near * near) return 0;
  const first = load<u32>(node, 12);
  const count = load<u32>(node, 28);
  if (count == 0) {
    if (meshNear(tree, triangles, first, x, y, z, near)) return 1;
    return meshNear(tree, triangles, first + 1, x, y, z, near);
  }
  for (let i: u32 = 0; i < count; i++) {
    if (!(triangleDistanceSquared(triangles + <usize>(first + i) * 36, x, y, z) > near * near)) return 1;
  }
  return 0;
}

function triangleDistanceSquared(t: usize, x: f64, y: f64, z: f64): f64 {
  const ax: f64 = load<f32>(t);
  const ay: f64 = load<f32>(t, 4);
  const az: f64 = load<f32>(t, 8);
  const bx = <f64>load<f32>(t, 12) - ax;
  const by = <f64>load<f32>(t, 16) - ay;
  const bz = <f64>load<f32>(t, 20) - az;
  const cx = <f64>load<f32>(t, 24) - ax;
  const cy = <f64>load<f32>(t, 28) - ay;
  const cz = <f64>load<f32>(t, 32) - az;
  const px = x - ax;
  const py = y - ay;
  const pz = z - az;
  const d1 = bx * px + by * py + bz * pz;
  const d2 = cx * px + cy * py + cz * pz;
  const bb = bx * bx + by * by + bz * bz;
  const bc = bx * cx + by * cy + bz * cz;
  const cc = cx * cx + cy * cy + cz * cz;
  const area = bb * cc - bc * bc;
  if (area > 0) {
    const v = (cc * d1 - bc * d2) / area;
    const w = (bb * d2 - bc * d1) / area;
    if (v >= 0 && w >= 0 && v + w <= 1) {
      const ox = px - v * bx - w * cx;
      const oy = py - v * by - w * cy;
      const oz = pz - v * bz - w * cz;
      return ox * ox + oy * oy + oz * oz;
    }
  }
  return min(
    min(edgeDistanceSquared(bx, by, bz, px, py, pz), edgeDistanceSquared(cx, cy, cz, px, py, pz)),
    edgeDistanceSquared(cx - bx, cy - by, cz - bz, px - bx, py - by, pz - bz),
  );
}

function edgeDistanceSquared(ex: f64, ey: f64, ez: f64, px: f64, py: f64, pz: f64): f64 {
  const length = ex * ex + ey * ey + ez * ez;
  const s = length > 0 ? max(min((ex * px + ey * py + ez * pz) / length, 1), 0) : 0;
  const x = px - s * ex;
  const y = py - s * ey;
  const z = pz - s * ez;
  return x * x + y * y + z * z;
}

/**
 * Lanes in which the value of a field may come down to `radius` and its margin within `reach` of a point: over a metre it
 * changes by at most its steepest slope.
 */
export function fieldOpen(t: usize, x: v128, y: v128, z: v128, radius: v128, reach: v128): i32 {
  const field = <usize>load<u32>(t, 48);
  const margin = load<f32>(t, 60);
  const steepest = load<f32>(field, 36);
  const keep = f32x4.add(f32x4.add(f32x4.mul(reach, f32x4.splat(steepest)), radius), f32x4.splat(margin));
  const d = f32x4(
    fieldAt(field, f32x4.extract_lane(x, 0), f32x4.extract_lane(y, 0), f32x4.extract_lane(z, 0), f32x4.extract_lane(reach, 0)),
    fieldAt(field, f32x4.extract_lane(x, 1), f32x4.extract_lane(y, 1), f32x4.extract_lane(z, 1), f32x4.extract_lane(reach, 1)),
    fieldAt(field, f32x4.extract_lane(x, 2), f32x4.extract_lane(y, 2), f32x4.extract_lane(z, 2), f32x4.extract_lane(reach, 2)),
    fieldAt(field, f32x4.extract_lane(x, 3), f32x4.extract_lane(y, 3), f32x4.extract_lane(z, 3), f32x4.extract_lane(reach, 3)),
  );
  return v128.bitmask<i32>(f32x4.gt(d, keep)) ^ 15;
}

/**
 * Header: size x, y, z (i32), 1 / spacing, spacing, steepest slope, address of the samples, what the distance drops by at
 * the border at most (distance-field.ts takes less for granted outside). Where a point outside faces a border that the
 * region may cut within `reach`, nothing is known: the least number.
 */
function fieldAt(field: usize, x: f32, y: f32, z: f32, reach: f32): f32 {
  if (!(abs(x) + abs(y) + abs(z) < f32.MAX_VALUE)) return -f32.MAX_VALUE;
  const nx = load<i32>(field);
  const ny = load<i32>(field, 4);
  const nz = load<i32>(field, 8);
  const cx = max(min(x * load<f32>(field, 12), <f32>(nx - 1)), 0);
  const cy = max(min(y * load<f32>(field, 16), <f32>(ny - 1)), 0);
  const cz = max(min(z * load<f32>(field, 20), <f32>(nz - 1)), 0);
  const i = <i32>cx;
  const j = <i32>cy;
  const k = <i32>cz;
  const u = cx - <f32>i;
  const v = cy - <f32>j;
  const w = cz - <f32>k;
  const right: usize = i + 1 < nx ? 4 : 0;
  const back: usize = j + 1 < ny ? <usize>nx << 2 : 0;
  const up: usize = k + 1 < nz ? <usize>(nx * ny) << 2 : 0;
  const at = <usize>load<u32>(field, 40) + (<usize>(i + nx * (j + ny * k)) << 2);
  const low = mix(row(at, right, u), row(at + back, right, u), v);
  const high = mix(row(at + up, right, u), row(at + up + back, right, u), v);
  const d = mix(low, high, w);
  const ox = x - cx * load<f32>(field, 24);
  const oy = y - cy * load<f32>(field, 28);
  const oz = z - cz * load<f32>(field, 32);
  const away = ox * ox + oy * oy + oz * oz;
  const drop = load<f32>(field, 44);
  if (away > 0) {
    const edge = d - drop;
    return edge < reach * load<f32>(field, 36) ? -f32.MAX_VALUE : sqrt<f32>(away + edge * edge);
  }
  const within =
    min(min(x, y), z) >= reach &&
    x + reach <= <f32>(nx - 1) * load<f32>(field, 24) &&
    y + reach <= <f32>(ny - 1) * load<f32>(field, 28) &&
    z + reach <= <f32>(nz - 1) * load<f32>(field, 32);
  return within ? d : d - drop;
}

// @ts-ignore: decorator
@inline
function mix(a: f32, b: f32, t: f32): f32 {
  return a + t * (b - a);
}

// @ts-ignore: decorator
@inline
function row(at: usize, right: usize, u: f32): f32 {
  return mix(load<f32>(at), load<f32>(at + right), u);
}
