import type { TriangleMesh } from '../../../engine/core/robot.ts';
import { insideMesh } from './mesh-distance.ts';

/**
 * Spheres, x, y, z, radius each [m, mesh frame], that hold a mesh, surface and inside, cut by a grid of cubes. What lies of the
 * solid in a cube is a polyhedron; its corners are those of the polygons that the triangles leave in the cube, and those of
 * the cube that are inside; a sphere is convex, so one that holds them holds it all. Cubes wholly inside are added whole.
 */
export function meshCover(mesh: TriangleMesh, edge: number, cap: number): number[] | undefined {
  const { vertices: v, triangles: t } = mesh;
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = low.map((x) => -x);
  for (const vertex of t) {
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis], v[3 * vertex + axis]);
      high[axis] = Math.max(high[axis], v[3 * vertex + axis]);
    }
  }
  const cells = low.map((from, axis) => Math.max(1, Math.ceil((high[axis] - from) / edge - 1e-9)));
  const size = low.map((from, axis) => Math.max(1e-9, (high[axis] - from) / cells[axis]));
  const corners = new Map<number, number[]>();
  for (let i = 0; i < t.length; i += 3) {
    const triangle = [0, 1, 2].map((k) => [v[3 * t[i + k]], v[3 * t[i + k] + 1], v[3 * t[i + k] + 2]]);
    spread(triangle, low, size, cells, corners);
    if (corners.size > 3 * cap) return undefined;
  }
  const out: number[] = [];
  const inside = new Map<string, boolean>();
  const isInside = (at: readonly number[]): boolean => {
    const key = at.join();
    const known = inside.get(key);
    if (known !== undefined) return known;
    const [x, y, z] = at.map((n, axis) => low[axis] + n * size[axis]);
    const value = insideMesh(mesh, x, y, z);
    inside.set(key, value);
    return value;
  };
  for (const [cell, points] of corners) {
    const at = [cell % cells[0], Math.floor(cell / cells[0]) % cells[1], Math.floor(cell / (cells[0] * cells[1]))];
    for (let corner = 0; corner < 8; corner++) {
      const node = [at[0] + (corner & 1), at[1] + ((corner >> 1) & 1), at[2] + (corner >> 2)];
      if (isInside(node)) points.push(...node.map((n, axis) => low[axis] + n * size[axis]));
    }
    out.push(...enclosing(points));
  }
  for (let k = 1; k < cells[2] - 1; k++) {
    for (let j = 1; j < cells[1] - 1; j++) {
      for (let i = 1; i < cells[0] - 1; i++) {
        if (corners.has(i + cells[0] * (j + cells[1] * k))) continue;
        const centre = [i, j, k].map((n, axis) => low[axis] + (n + 0.5) * size[axis]);
        if (!insideMesh(mesh, centre[0], centre[1], centre[2])) continue;
        out.push(centre[0], centre[1], centre[2], Math.hypot(size[0], size[1], size[2]) / 2);
      }
    }
  }
  return out;
}

/** Adds the corners of what each cell cuts out of a triangle. */
function spread(
  triangle: readonly number[][],
  low: readonly number[],
  size: readonly number[],
  cells: readonly number[],
  corners: Map<number, number[]>,
): void {
  const index = (value: number, axis: number): number =>
    Math.min(cells[axis] - 1, Math.max(0, Math.floor((value - low[axis]) / size[axis])));
  const range = [0, 1, 2].map((axis) => {
    const values = triangle.map((p) => p[axis]);
    return [index(Math.min(...values), axis), index(Math.max(...values), axis)];
  });
  for (let k = range[2][0]; k <= range[2][1]; k++) {
    for (let j = range[1][0]; j <= range[1][1]; j++) {
      for (let i = range[0][0]; i <= range[0][1]; i++) {
        let polygon = triangle;
        [i, j, k].forEach((n, axis) => {
          // A hair of overlap, so that rounding leaves no gap between neighbours.
          const slack = 1e-9;
          polygon = clipped(polygon, axis, low[axis] + n * size[axis] - slack, 1);
          polygon = clipped(polygon, axis, low[axis] + (n + 1) * size[axis] + slack, -1);
        });
        if (polygon.length === 0) continue;
        const cell = i + cells[0] * (j + cells[1] * k);
        const list = corners.get(cell) ?? [];
        for (const p of polygon) list.push(p[0], p[1], p[2]);
        corners.set(cell, list);
      }
    }
  }
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

/** A small sphere that holds all points: the centre walks towards the farthest one (Badoiu and Clarkson 2003). */
function enclosing(points: readonly number[]): number[] {
  const n = points.length / 3;
  const c = [points[0], points[1], points[2]];
  for (let step = 1; step <= 200; step++) {
    const { at } = farthest(points, n, c);
    for (let k = 0; k < 3; k++) c[k] += (points[3 * at + k] - c[k]) / (step + 1);
  }
  return [...c, farthest(points, n, c).distance + 1e-12];
}

function farthest(points: readonly number[], n: number, c: readonly number[]): { at: number; distance: number } {
  let at = 0;
  let distance = -1;
  for (let i = 0; i < n; i++) {
    const d = Math.hypot(points[3 * i] - c[0], points[3 * i + 1] - c[1], points[3 * i + 2] - c[2]);
    if (d > distance) {
      distance = d;
      at = i;
    }
  }
  return { at, distance };
}
