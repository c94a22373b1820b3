/** A closed surface of triangles; indices into positions, outside seen anticlockwise. */
export interface TriangleSurface {
  /** x, y, z of each vertex, in cells of the field: vertex (i, j, k) of the field is at i, j, k. */
  readonly positions: Float32Array;
  readonly triangles: Uint32Array;
}

const CORNERS = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const EDGES: readonly (readonly [number, number])[] = CORNERS.flatMap((a) =>
  [1, 2, 4].filter((bit) => (a & bit) === 0).map((bit) => [a, a | bit] as const),
);

/**
 * The surface at which a field of nx x ny x nz samples (x fastest) crosses `level`, by naive surface nets (Gibson 1998): one
 * vertex for each cell that the surface passes, at the mean of where it crosses the cell's edges, and a quad for each edge
 * of the grid that it crosses. What is at or above the level is inside; samples on the border of the field count as
 * they are, so a region that reaches it is left open there unless the caller pads.
 */
export function surfaceNets(
  field: ArrayLike<number>,
  [nx, ny, nz]: readonly [number, number, number],
  level: number,
): TriangleSurface {
  const vertexOf = new Int32Array(nx * ny * 2).fill(-1);
  const positions: number[] = [];
  const triangles: number[] = [];
  const step = [1, nx, nx * ny] as const;
  const values = new Float64Array(8);
  for (let k = 0; k + 1 < nz; k++) {
    const now = (k & 1) * nx * ny;
    const before = nx * ny - now;
    for (let j = 0; j + 1 < ny; j++) {
      for (let i = 0; i + 1 < nx; i++) {
        const at = i + nx * (j + ny * k);
        let inside = 0;
        for (let c = 0; c < 8; c++) {
          values[c] = field[at + (c & 1) + ((c >> 1) & 1) * step[1] + (c >> 2) * step[2]];
          if (values[c] >= level) inside |= 1 << c;
        }
        const cell = now + i + nx * j;
        if (inside === 0 || inside === 255) {
          vertexOf[cell] = -1;
          continue;
        }
        vertexOf[cell] = positions.length / 3;
        let count = 0;
        let x = 0;
        let y = 0;
        let z = 0;
        for (const [a, b] of EDGES) {
          if (((inside >> a) & 1) === ((inside >> b) & 1)) continue;
          const t = (level - values[a]) / (values[b] - values[a]);
          x += (a & 1) + t * ((b & 1) - (a & 1));
          y += ((a >> 1) & 1) + t * (((b >> 1) & 1) - ((a >> 1) & 1));
          z += (a >> 2) + t * ((b >> 2) - (a >> 2));
          count++;
        }
        positions.push(i + x / count, j + y / count, k + z / count);
        // The three edges of the grid that leave this cell's first corner; the cells around each have their vertices by now.
        const first = inside & 1;
        if (j > 0 && k > 0 && ((inside >> 1) & 1) !== first) {
          quad(
            triangles,
            first === 1,
            vertexOf[cell],
            vertexOf[cell - nx],
            vertexOf[before + i + nx * (j - 1)],
            vertexOf[before + i + nx * j],
          );
        }
        if (i > 0 && k > 0 && ((inside >> 2) & 1) !== first) {
          quad(
            triangles,
            first === 1,
            vertexOf[cell],
            vertexOf[before + i + nx * j],
            vertexOf[before + i - 1 + nx * j],
            vertexOf[cell - 1],
          );
        }
        if (i > 0 && j > 0 && ((inside >> 4) & 1) !== first) {
          quad(
            triangles,
            first === 1,
            vertexOf[cell],
            vertexOf[cell - 1],
            vertexOf[cell - 1 - nx],
            vertexOf[cell - nx],
          );
        }
      }
    }
  }
  return { positions: Float32Array.from(positions), triangles: Uint32Array.from(triangles) };
}

/**
 * Unit normals of a surface's vertices, outwards: of each the mean of its triangles' normals, weighted by their areas. Of vertices
 * without triangles 0.
 *
 * @returns x, y, z of each vertex
 */
export function vertexNormals({ positions: p, triangles }: TriangleSurface): Float32Array {
  const normals = new Float32Array(p.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const a = 3 * triangles[t];
    const b = 3 * triangles[t + 1];
    const c = 3 * triangles[t + 2];
    const ux = p[b] - p[a];
    const uy = p[b + 1] - p[a + 1];
    const uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a];
    const vy = p[c + 1] - p[a + 1];
    const vz = p[c + 2] - p[a + 2];
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    for (const at of [a, b, c]) {
      normals[at] += nx;
      normals[at + 1] += ny;
      normals[at + 2] += nz;
    }
  }
  for (let at = 0; at < normals.length; at += 3) {
    const length = Math.hypot(normals[at], normals[at + 1], normals[at + 2]);
    if (length === 0) continue;
    for (let r = 0; r < 3; r++) normals[at + r] /= length;
  }
  return normals;
}

function quad(triangles: number[], turned: boolean, a: number, b: number, c: number, d: number): void {
  if (turned) triangles.push(a, b, c, a, c, d);
  else triangles.push(a, c, b, a, d, c);
}
