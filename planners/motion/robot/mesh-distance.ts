import type { Vec3 } from '../../../engine/core/grid.ts';
import type { Random } from '../../../engine/core/random.ts';
import type { TriangleMesh } from '../../../engine/core/robot.ts';

/** Whether a point lies inside a mesh: its solid-angle winding number (Van Oosterom and Strackee 1983) is above one half. */
export function insideMesh({ vertices: v, triangles: t }: TriangleMesh, x: number, y: number, z: number): boolean {
  let angle = 0;
  for (let i = 0; i < t.length; i += 3) {
    const [a, b, c] = [3 * t[i], 3 * t[i + 1], 3 * t[i + 2]];
    const [ax, ay, az] = [v[a] - x, v[a + 1] - y, v[a + 2] - z];
    const [bx, by, bz] = [v[b] - x, v[b + 1] - y, v[b + 2] - z];
    const [cx, cy, cz] = [v[c] - x, v[c + 1] - y, v[c + 2] - z];
    const la = Math.hypot(ax, ay, az);
    const lb = Math.hypot(bx, by, bz);
    const lc = Math.hypot(cx, cy, cz);
    const triple = ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
    const below =
      la * lb * lc +
      (ax * bx + ay * by + az * bz) * lc +
      (bx * cx + by * cy + bz * cz) * la +
      (cx * ax + cy * ay + cz * az) * lb;
    angle += 2 * Math.atan2(triple, below);
  }
  return Math.abs(angle) > 2 * Math.PI;
}

/** Distance from a point to the nearest triangle [m]. */
export function meshDistance({ vertices: v, triangles: t }: TriangleMesh, x: number, y: number, z: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < t.length; i += 3) {
    nearest = Math.min(nearest, triangleDistance2(v, 3 * t[i], 3 * t[i + 1], 3 * t[i + 2], x, y, z));
  }
  return Math.sqrt(nearest);
}

/** Squared distance to a triangle: over its inside by the plane, else the nearest of its edges. */
function triangleDistance2(
  v: ArrayLike<number>,
  a: number,
  b: number,
  c: number,
  x: number,
  y: number,
  z: number,
): number {
  const [ux, uy, uz] = [v[b] - v[a], v[b + 1] - v[a + 1], v[b + 2] - v[a + 2]];
  const [wx, wy, wz] = [v[c] - v[a], v[c + 1] - v[a + 1], v[c + 2] - v[a + 2]];
  const [px, py, pz] = [x - v[a], y - v[a + 1], z - v[a + 2]];
  const [nx, ny, nz] = [uy * wz - uz * wy, uz * wx - ux * wz, ux * wy - uy * wx];
  const area2 = nx * nx + ny * ny + nz * nz;
  if (area2 > 0) {
    // Barycentric coordinates of the foot.
    const s = ((py * wz - pz * wy) * nx + (pz * wx - px * wz) * ny + (px * wy - py * wx) * nz) / area2;
    const r = ((uy * pz - uz * py) * nx + (uz * px - ux * pz) * ny + (ux * py - uy * px) * nz) / area2;
    if (s >= 0 && r >= 0 && s + r <= 1) {
      const height = px * nx + py * ny + pz * nz;
      return (height * height) / area2;
    }
  }
  return Math.min(edge2(v, a, b, x, y, z), edge2(v, b, c, x, y, z), edge2(v, c, a, x, y, z));
}

function edge2(v: ArrayLike<number>, a: number, b: number, x: number, y: number, z: number): number {
  const [ux, uy, uz] = [v[b] - v[a], v[b + 1] - v[a + 1], v[b + 2] - v[a + 2]];
  const [px, py, pz] = [x - v[a], y - v[a + 1], z - v[a + 2]];
  const length2 = ux * ux + uy * uy + uz * uz;
  const s = length2 > 0 ? Math.min(1, Math.max(0, (px * ux + py * uy + pz * uz) / length2)) : 0;
  const [dx, dy, dz] = [px - s * ux, py - s * uy, pz - s * uz];
  return dx * dx + dy * dy + dz * dz;
}

/** A random point of a random triangle. */
export function meshSample({ vertices: v, triangles: t }: TriangleMesh, random: Random): Vec3 {
  const i = 3 * Math.floor((random() * t.length) / 3);
  let s = random();
  let r = random();
  if (s + r > 1) {
    s = 1 - s;
    r = 1 - r;
  }
  const at = (k: number): number => v[3 * t[i] + k] * (1 - s - r) + v[3 * t[i + 1] + k] * s + v[3 * t[i + 2] + k] * r;
  return [at(0), at(1), at(2)];
}
