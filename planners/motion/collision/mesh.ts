import type { Vec3 } from '../../../engine/core/grid.ts';
import type { TriangleMesh } from '../../../engine/core/robot.ts';
import { nearestTriangle } from './triangle-tree.ts';

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
  const nearest = nearestTriangle(corners);
  return (x, y, z) => {
    const distance = Math.sqrt(nearest(x, y, z));
    return inside(x, y, z) ? -distance : distance;
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
