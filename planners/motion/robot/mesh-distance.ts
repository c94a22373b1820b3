import type { Vec3 } from '../../../engine/core/grid.ts';
import type { Random } from '../../../engine/core/random.ts';
import type { TriangleMesh } from '../../../engine/core/robot.ts';
import { isDeepInside, type Voxels, voxelise } from './voxels.ts';

/** A mesh with its triangles sorted into cubes, for distances. */
export interface MeshIndex {
  readonly mesh: TriangleMesh;
  readonly voxels: Voxels;
  /** Cube -> triangles whose box enters it. */
  readonly triangles: ReadonlyMap<number, readonly number[]>;
}

const indices = new WeakMap<TriangleMesh, MeshIndex>();

/** The index of a mesh, made once. */
export function meshIndex(mesh: TriangleMesh): MeshIndex {
  const known = indices.get(mesh);
  if (known !== undefined) return known;
  const voxels = voxelise(mesh, Math.max(...meshSize(mesh)) / 48);
  const triangles = new Map<number, number[]>();
  const { vertices: v, triangles: t } = mesh;
  for (let i = 0; i < t.length; i += 3) {
    const range = [0, 1, 2].map((axis) => {
      const values = [0, 1, 2].map((k) => v[3 * t[i + k] + axis]);
      return [Math.min(...values), Math.max(...values)].map((x) => Math.floor((x - voxels.low[axis]) / voxels.edge));
    });
    for (let c = range[2][0]; c <= range[2][1]; c++) {
      for (let b = range[1][0]; b <= range[1][1]; b++) {
        for (let a = range[0][0]; a <= range[0][1]; a++) {
          const cube = a + voxels.size[0] * (b + voxels.size[1] * c);
          const list = triangles.get(cube);
          if (list === undefined) triangles.set(cube, [i]);
          else list.push(i);
        }
      }
    }
  }
  const index = { mesh, voxels, triangles };
  indices.set(mesh, index);
  return index;
}

/** Sides of the mesh's box [m]. */
export function meshSize({ vertices }: TriangleMesh): Vec3 {
  const side = (axis: number): number => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = axis; i < vertices.length; i += 3) {
      low = Math.min(low, vertices[i]);
      high = Math.max(high, vertices[i]);
    }
    return high - low;
  };
  return [side(0), side(1), side(2)];
}

/**
 * Distance from a point to the nearest triangle [m], 0 for a point in a cube wholly inside. Rings of cubes around the point
 * are searched until no farther one can hold a nearer triangle.
 */
export function meshDistance({ mesh, voxels, triangles }: MeshIndex, x: number, y: number, z: number): number {
  if (isDeepInside(voxels, x, y, z)) return 0;
  const { low, edge, size } = voxels;
  const at = [x, y, z].map((value, axis) => Math.floor((value - low[axis]) / edge));
  const { vertices: v, triangles: t } = mesh;
  // From outside the grid the first rings are empty.
  const gap = Math.max(0, ...at.map((n, axis) => Math.max(-n, n - size[axis] + 1)));
  let nearest = Number.POSITIVE_INFINITY;
  const farthest = gap + Math.max(...size);
  for (let ring = gap; ring <= farthest; ring++) {
    if (nearest <= ((ring - 1) * edge) ** 2 && ring > 0) break;
    for (let c = at[2] - ring; c <= at[2] + ring; c++) {
      if (c < 0 || c >= size[2]) continue;
      for (let b = at[1] - ring; b <= at[1] + ring; b++) {
        if (b < 0 || b >= size[1]) continue;
        const shell = Math.abs(c - at[2]) === ring || Math.abs(b - at[1]) === ring;
        for (let a = at[0] - ring; a <= at[0] + ring; a += shell ? 1 : Math.max(1, 2 * ring)) {
          if (a < 0 || a >= size[0]) continue;
          for (const i of triangles.get(a + size[0] * (b + size[1] * c)) ?? []) {
            nearest = Math.min(nearest, triangleDistance2(v, 3 * t[i], 3 * t[i + 1], 3 * t[i + 2], x, y, z));
          }
        }
      }
    }
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
  const ux = v[b] - v[a];
  const uy = v[b + 1] - v[a + 1];
  const uz = v[b + 2] - v[a + 2];
  const wx = v[c] - v[a];
  const wy = v[c + 1] - v[a + 1];
  const wz = v[c + 2] - v[a + 2];
  const px = x - v[a];
  const py = y - v[a + 1];
  const pz = z - v[a + 2];
  const nx = uy * wz - uz * wy;
  const ny = uz * wx - ux * wz;
  const nz = ux * wy - uy * wx;
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
  const ux = v[b] - v[a];
  const uy = v[b + 1] - v[a + 1];
  const uz = v[b + 2] - v[a + 2];
  const px = x - v[a];
  const py = y - v[a + 1];
  const pz = z - v[a + 2];
  const length2 = ux * ux + uy * uy + uz * uz;
  const s = length2 > 0 ? Math.min(1, Math.max(0, (px * ux + py * uy + pz * uz) / length2)) : 0;
  return (px - s * ux) ** 2 + (py - s * uy) ** 2 + (pz - s * uz) ** 2;
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
