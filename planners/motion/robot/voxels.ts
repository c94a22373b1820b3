import type { TriangleMesh } from '../../../engine/core/robot.ts';

/** What a voxel holds. */
export const OUTSIDE = 0;
const INSIDE = 1;
const SURFACE = 2;

/**
 * A mesh in cubes of one size, two empty ones around it. Cubes that a triangle enters are surface; what cannot be reached from
 * the border without crossing them is inside, so that gaps of the mesh narrower than a cube do not matter.
 */
export interface Voxels {
  /** Edge of a cube [m]. */
  readonly edge: number;
  /** Corner of cube (0, 0, 0) [m]. */
  readonly low: readonly [number, number, number];
  readonly size: readonly [number, number, number];
  readonly kind: Uint8Array;
}

export function voxelise({ vertices: v, triangles: t }: TriangleMesh, edge: number): Voxels {
  const low: [number, number, number] = [0, 0, 0];
  const size: [number, number, number] = [0, 0, 0];
  for (let axis = 0; axis < 3; axis++) {
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    for (const vertex of t) {
      from = Math.min(from, v[3 * vertex + axis]);
      to = Math.max(to, v[3 * vertex + axis]);
    }
    low[axis] = from - 2 * edge;
    size[axis] = Math.ceil((to - from) / edge) + 4;
  }
  const voxels: Voxels = { edge, low, size, kind: new Uint8Array(size[0] * size[1] * size[2]).fill(INSIDE) };
  for (let i = 0; i < t.length; i += 3)
    markTriangle(
      voxels,
      [0, 1, 2].map((k) => vertexAt(v, t[i + k])),
    );
  floodOutside(voxels);
  return voxels;
}

/** 1 for cubes of the solid, inside or on its surface. */
export function isSolid(voxels: Voxels, index: number): boolean {
  return voxels.kind[index] !== OUTSIDE;
}

/** Whether a point lies in a cube that is inside and that no triangle enters. */
export function isDeepInside({ edge, low, size, kind }: Voxels, x: number, y: number, z: number): boolean {
  const i = Math.floor((x - low[0]) / edge);
  const j = Math.floor((y - low[1]) / edge);
  const k = Math.floor((z - low[2]) / edge);
  if (i < 0 || j < 0 || k < 0 || i >= size[0] || j >= size[1] || k >= size[2]) return false;
  return kind[i + size[0] * (j + size[1] * k)] === INSIDE;
}

/** Distance from the centre of every cube to the nearest centre of a cube outside [m], exact; axis by axis. */
export function depths({ edge, size, kind }: Voxels): Float64Array {
  let squared = Float64Array.from(kind, (k) => (k === OUTSIDE ? 0 : Number.POSITIVE_INFINITY));
  const strides = [1, size[0], size[0] * size[1]];
  for (let axis = 0; axis < 3; axis++) {
    const next = new Float64Array(squared.length);
    const n = size[axis];
    for (let start = 0; start < squared.length; start++) {
      if (Math.floor(start / strides[axis]) % n !== 0) continue;
      for (let a = 0; a < n; a++) {
        let least = Number.POSITIVE_INFINITY;
        for (let b = 0; b < n; b++) least = Math.min(least, squared[start + b * strides[axis]] + (a - b) * (a - b));
        next[start + a * strides[axis]] = least;
      }
    }
    squared = next;
  }
  return squared.map((s) => edge * Math.sqrt(s));
}

function vertexAt(v: Float32Array, vertex: number): number[] {
  return [v[3 * vertex], v[3 * vertex + 1], v[3 * vertex + 2]];
}

function markTriangle({ edge, low, size, kind }: Voxels, triangle: readonly number[][]): void {
  // A hair of overlap, so that rounding leaves no gap between neighbours.
  const slack = 1e-6 * edge;
  const range = [0, 1, 2].map((axis) => {
    const values = triangle.map((p) => (p[axis] - low[axis]) / edge);
    return [Math.floor(Math.min(...values) - 1e-6), Math.floor(Math.max(...values) + 1e-6)];
  });
  for (let k = range[2][0]; k <= range[2][1]; k++) {
    const slab = between(triangle, 2, low[2] + k * edge - slack, low[2] + (k + 1) * edge + slack);
    for (let j = range[1][0]; j <= range[1][1] && slab.length > 0; j++) {
      const rod = between(slab, 1, low[1] + j * edge - slack, low[1] + (j + 1) * edge + slack);
      if (rod.length === 0) continue;
      const along = rod.map((p) => (p[0] - low[0]) / edge);
      const last = Math.floor(Math.max(...along) + 1e-6);
      for (let i = Math.floor(Math.min(...along) - 1e-6); i <= last; i++)
        kind[i + size[0] * (j + size[1] * k)] = SURFACE;
    }
  }
}

/** The part of a convex polygon between two planes across an axis. */
function between(polygon: readonly number[][], axis: number, from: number, to: number): number[][] {
  return clipped(clipped(polygon, axis, from, 1), axis, to, -1);
}

/** The part of a convex polygon with sign * (coordinate - at) >= 0 (Sutherland and Hodgman). */
function clipped(polygon: readonly number[][], axis: number, at: number, sign: number): number[][] {
  const out: number[][] = [];
  for (let i = 0; i < polygon.length; i++) {
    const a = polygon[i];
    const b = polygon[(i + 1) % polygon.length];
    const da = sign * (a[axis] - at);
    const db = sign * (b[axis] - at);
    if (da >= 0) out.push(a);
    if (da >= 0 !== db >= 0) {
      const s = da / (da - db);
      out.push(a.map((value, k) => value + s * (b[k] - value)));
    }
  }
  return out;
}

/** Marks what the border reaches through cubes that no triangle enters. */
function floodOutside({ size, kind }: Voxels): void {
  const strides = [1, size[0], size[0] * size[1]];
  const stack = [0];
  kind[0] = OUTSIDE;
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    for (let axis = 0; axis < 3; axis++) {
      const place = Math.floor(at / strides[axis]) % size[axis];
      for (const side of [-1, 1]) {
        if (place + side < 0 || place + side >= size[axis]) continue;
        const next = at + side * strides[axis];
        if (kind[next] !== INSIDE) continue;
        kind[next] = OUTSIDE;
        stack.push(next);
      }
    }
  }
}
