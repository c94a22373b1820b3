import type { Transform } from '../../../engine/core/frames.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import type { DistanceField, Obstacle } from '../../../engine/core/scene.ts';
import { meshInside, scaledMesh } from '../collision/mesh.ts';
import { obstacleDistance } from '../collision/shapes.ts';
import { nearestTriangle } from '../collision/triangle-tree.ts';

/** Samples along the longest side of a mesh, and least distance between two samples [m]. */
const SAMPLES = 48;
const LEAST_SPACING_M = 0.001;
/** Samples beyond the box of the mesh, on each side. */
const RIM = 1;

/** Shares of the spacing below which a sample lies on the surface. */
const ON_SURFACE = 1e-6;

/**
 * The obstacle with its mesh as a distance field, for the optimiser: exact at the samples, trilinear between them. Other obstacles
 * stay as they are. What is proven afterwards is proven of the mesh itself.
 *
 * @throws IsocenterError `collision/mesh-not-loaded` where the triangles are not loaded
 */
export function withoutMesh(obstacle: Obstacle): Obstacle {
  const { shape, pose } = obstacle;
  if (shape.kind !== 'mesh') return obstacle;
  if (shape.mesh === undefined) obstacleDistance(obstacle, false);
  const corners = shape.mesh === undefined ? new Float64Array(0) : scaledMesh(shape.mesh, shape.scale);
  const { field, originM } = meshField(corners);
  const moved: Transform = pose.slice();
  for (let r = 0; r < 3; r++) {
    moved[12 + r] += pose[r] * originM[0] + pose[4 + r] * originM[1] + pose[8 + r] * originM[2];
  }
  return { ...obstacle, shape: { kind: 'field', field }, pose: moved };
}

/** Signed distance to a closed mesh [nine numbers a triangle] on a grid round it, and where its first sample lies [m]. */
export function meshField(corners: Float64Array): { readonly field: DistanceField; readonly originM: Vec3 } {
  const low = [0, 1, 2].map((r) => extreme(corners, r, Math.min));
  const high = [0, 1, 2].map((r) => extreme(corners, r, Math.max));
  const longest = Math.max(...high.map((v, r) => v - low[r]));
  const spacing = Math.max(LEAST_SPACING_M, longest / (SAMPLES - 1));
  const count = (r: number): number => Math.ceil((high[r] - low[r]) / spacing) + 1 + 2 * RIM;
  const size: Vec3 = [count(0), count(1), count(2)];
  const originM: Vec3 = [low[0] - RIM * spacing, low[1] - RIM * spacing, low[2] - RIM * spacing];
  const nearest = nearestTriangle(corners);
  const distance = new Float32Array(size[0] * size[1] * size[2]);
  const at = (i: number, r: number): number => originM[r] + spacing * i;
  for (let k = 0, n = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      for (let i = 0; i < size[0]; i++, n++) distance[n] = Math.sqrt(nearest(at(i, 0), at(j, 1), at(k, 2)));
    }
  }
  const inside = meshInside(corners);
  const isInside = (n: number): boolean => {
    const [i, j] = [n % size[0], Math.floor(n / size[0]) % size[1]];
    return inside(at(i, 0), at(j, 1), at(Math.floor(n / (size[0] * size[1])), 2));
  };
  setSigns(distance, size, spacing, isInside);
  return { field: { size, spacingM: [spacing, spacing, spacing], distance }, originM };
}

function extreme(corners: Float64Array, r: number, of: (a: number, b: number) => number): number {
  let value = corners[r];
  for (let i = r; i < corners.length; i += 3) value = of(value, corners[i]);
  return value;
}

/**
 * Makes the distances of samples inside negative. Two neighbours are on the same side where their distances together are more than
 * what lies between them: the two empty balls cover it. Each set that hangs together so is asked for once.
 */
function setSigns(distance: Float32Array, size: Vec3, spacing: number, isInside: (sample: number) => boolean): void {
  const side = new Int8Array(distance.length);
  const stack: number[] = [];
  const [nx, ny, nz] = size;
  for (let seed = 0; seed < distance.length; seed++) {
    if (side[seed] !== 0) continue;
    // On the surface there is no side to be told.
    if (distance[seed] <= ON_SURFACE * spacing) {
      side[seed] = 1;
      continue;
    }
    const sign = isInside(seed) ? -1 : 1;
    side[seed] = sign;
    stack.push(seed);
    for (let n = stack.pop(); n !== undefined; n = stack.pop()) {
      const [i, j, k] = [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))];
      for (let c = Math.max(0, k - 1); c <= Math.min(nz - 1, k + 1); c++) {
        for (let b = Math.max(0, j - 1); b <= Math.min(ny - 1, j + 1); b++) {
          for (let a = Math.max(0, i - 1); a <= Math.min(nx - 1, i + 1); a++) {
            const m = a + nx * (b + ny * c);
            if (side[m] !== 0) continue;
            const apart = spacing * Math.sqrt((a - i) ** 2 + (b - j) ** 2 + (c - k) ** 2);
            // A little more than what rounding to float32 may add.
            if (!(distance[n] + distance[m] > apart * (1 + 1e-6))) continue;
            side[m] = sign;
            stack.push(m);
          }
        }
      }
    }
  }
  for (let n = 0; n < distance.length; n++) distance[n] *= side[n];
}
