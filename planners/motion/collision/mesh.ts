import type { Vec3 } from '../../../engine/core/grid.ts';
import type { TriangleMesh } from '../../../engine/core/robot.ts';

/** Corners of the triangles in metres, with the scale of the shape: nine numbers each. */
export function scaledMesh(mesh: TriangleMesh, scale: Vec3): Float64Array {
  const corners = new Float64Array(3 * mesh.triangles.length);
  for (let i = 0; i < mesh.triangles.length; i++) {
    for (let r = 0; r < 3; r++) corners[3 * i + r] = mesh.vertices[3 * mesh.triangles[i] + r] * scale[r];
  }
  return corners;
}

/**
 * Signed distance to a closed mesh: the distance to the closest triangle, negative where the winding number says inside.
 * Of an open mesh the surface alone is solid.
 */
export function meshDistance(corners: Float64Array): (x: number, y: number, z: number) => number {
  const inside = meshInside(corners);
  return (x, y, z) => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < corners.length; i += 9) least = Math.min(least, triangleDistanceSquared(corners, i, x, y, z));
    return inside(x, y, z) ? -Math.sqrt(least) : Math.sqrt(least);
  };
}

/** Whether a point is inside a closed mesh, by its winding number; never outside the mesh's bounding box. */
export function meshInside(corners: Float64Array): (x: number, y: number, z: number) => boolean {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = low.map((v) => -v);
  for (let i = 0; i < corners.length; i++) {
    low[i % 3] = Math.min(low[i % 3], corners[i]);
    high[i % 3] = Math.max(high[i % 3], corners[i]);
  }
  return (x, y, z) => {
    if (x < low[0] || y < low[1] || z < low[2] || x > high[0] || y > high[1] || z > high[2]) return false;
    let solidAngle = 0;
    for (let i = 0; i < corners.length; i += 9) solidAngle += triangleSolidAngle(corners, i, x, y, z);
    return Math.abs(solidAngle) > 2 * Math.PI;
  };
}

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

/** Signed solid angle of a triangle seen from a point: A. van Oosterom and J. Strackee, IEEE Trans. Biomed. Eng. 30 (1983). */
function triangleSolidAngle(t: ArrayLike<number>, i: number, x: number, y: number, z: number): number {
  const a = [t[i] - x, t[i + 1] - y, t[i + 2] - z];
  const b = [t[i + 3] - x, t[i + 4] - y, t[i + 5] - z];
  const c = [t[i + 6] - x, t[i + 7] - y, t[i + 8] - z];
  const [la, lb, lc] = [Math.hypot(...a), Math.hypot(...b), Math.hypot(...c)];
  const volume =
    a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
  return 2 * Math.atan2(volume, la * lb * lc + dot(a, b) * lc + dot(b, c) * la + dot(c, a) * lb);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function squared(x: number, y: number, z: number): number {
  return x * x + y * y + z * z;
}
