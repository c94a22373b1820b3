/** Squared distance of a point to triangle `i` of `corners`: C. Ericson, Real-Time Collision Detection, 5.1.5. */
export function triangleDistanceSquared(t: ArrayLike<number>, i: number, x: number, y: number, z: number): number {
  const ab = [t[i + 3] - t[i], t[i + 4] - t[i + 1], t[i + 5] - t[i + 2]];
  const ac = [t[i + 6] - t[i], t[i + 7] - t[i + 1], t[i + 8] - t[i + 2]];
  const ap = [x - t[i], y - t[i + 1], z - t[i + 2]];
  const [d1, d2] = [dot(ab, ap), dot(ac, ap)];
  const [aa, bb, cc] = [dot(ab, ab), dot(ab, ac), dot(ac, ac)];
  const area = aa * cc - bb * bb;
  const v = (cc * d1 - bb * d2) / area;
  const w = (aa * d2 - bb * d1) / area;
  if (area > 0 && v >= 0 && w >= 0 && v + w <= 1) {
    return squared(ap[0] - v * ab[0] - w * ac[0], ap[1] - v * ab[1] - w * ac[1], ap[2] - v * ab[2] - w * ac[2]);
  }
  // Outside the prism above the triangle the closest point lies on an edge.
  return Math.min(
    edgeDistanceSquared(t, i, i + 3, x, y, z),
    edgeDistanceSquared(t, i + 3, i + 6, x, y, z),
    edgeDistanceSquared(t, i + 6, i, x, y, z),
  );
}

function edgeDistanceSquared(t: ArrayLike<number>, a: number, b: number, x: number, y: number, z: number): number {
  const e = [t[b] - t[a], t[b + 1] - t[a + 1], t[b + 2] - t[a + 2]];
  const p = [x - t[a], y - t[a + 1], z - t[a + 2]];
  const length = dot(e, e);
  const s = length > 0 ? Math.max(0, Math.min(1, dot(e, p) / length)) : 0;
  return squared(p[0] - s * e[0], p[1] - s * e[1], p[2] - s * e[2]);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function squared(x: number, y: number, z: number): number {
  return x * x + y * y + z * z;
}
