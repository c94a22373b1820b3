import { type Grid, type Vec3, voxelCentreMm } from '../../../engine/core/grid.ts';
import { extentOf, maskOfVoxels } from '../collision/voxel-region.ts';

/** The body as a solid of voxels. */
export interface Body {
  readonly grid: Grid;
  /** One byte a voxel of the grid. */
  readonly mask: Uint8Array;
  /** First and last voxel of the body along each axis. */
  readonly first: readonly number[];
  readonly last: readonly number[];
}

export function bodyOf(grid: Grid, voxels: Uint32Array): Body {
  return { grid, mask: maskOfVoxels(grid, voxels), ...extentOf(grid, [voxels]) };
}

/**
 * Voxels of the body at its outer skin, ascending: a face of theirs looks at air that reaches the border of the grid through
 * faces, so that cavities inside have no skin. Where the image ends is no skin either: faces at the border of the grid, and
 * those of the body's first and last slice that look along z.
 */
export function skinVoxels(body: Body): Uint32Array {
  const { grid, mask, first, last } = body;
  const outer = outerAir(body);
  const [nx, ny, nz] = grid.size;
  const steps = [1, nx, nx * ny];
  const skin: number[] = [];
  for (let k = first[2]; k <= last[2]; k++) {
    for (let j = first[1]; j <= last[1]; j++) {
      for (let i = first[0]; i <= last[0]; i++) {
        const voxel = i + nx * (j + ny * k);
        if (mask[voxel] === 0) continue;
        const exposed =
          (i > 0 && outer[voxel - steps[0]]) ||
          (i < nx - 1 && outer[voxel + steps[0]]) ||
          (j > 0 && outer[voxel - steps[1]]) ||
          (j < ny - 1 && outer[voxel + steps[1]]) ||
          (k > first[2] && outer[voxel - steps[2]]) ||
          (k < Math.min(last[2], nz - 1) && outer[voxel + steps[2]]);
        if (exposed) skin.push(voxel);
      }
    }
  }
  return Uint32Array.from(skin);
}

/** One byte a voxel: 1 for air of the box around the body (one voxel wider where the grid allows) that is connected to outside. */
function outerAir({ grid, mask, first, last }: Body): Uint8Array {
  const [nx, ny, nz] = grid.size;
  const low = first.map((n) => Math.max(0, n - 1));
  const high = last.map((n, axis) => Math.min(grid.size[axis] - 1, n + 1));
  const outer = new Uint8Array(nx * ny * nz);
  const stack = new Uint32Array((high[0] - low[0] + 1) * (high[1] - low[1] + 1) * (high[2] - low[2] + 1));
  let top = 0;
  const reach = (voxel: number): void => {
    if (mask[voxel] !== 0 || outer[voxel] !== 0) return;
    outer[voxel] = 1;
    stack[top++] = voxel;
  };
  for (let k = low[2]; k <= high[2]; k++) {
    for (let j = low[1]; j <= high[1]; j++) {
      const onSide = k === low[2] || k === high[2] || j === low[1] || j === high[1];
      for (let i = low[0]; i <= high[0]; i += onSide ? 1 : Math.max(1, high[0] - low[0])) {
        reach(i + nx * (j + ny * k));
      }
    }
  }
  while (top > 0) {
    const voxel = stack[--top];
    const i = voxel % nx;
    const j = Math.floor(voxel / nx) % ny;
    const k = Math.floor(voxel / (nx * ny));
    if (i > low[0]) reach(voxel - 1);
    if (i < high[0]) reach(voxel + 1);
    if (j > low[1]) reach(voxel - nx);
    if (j < high[1]) reach(voxel + nx);
    if (k > low[2]) reach(voxel - nx * ny);
    if (k < high[2]) reach(voxel + nx * ny);
  }
  return outer;
}

/**
 * One voxel for each cube of side `spacingMm` (counted from the centre of the grid's first voxel) that holds any: the nearest
 * to the cube's centre, the first of the list where two are. In the order of the list.
 */
export function thinOut(grid: Grid, voxels: Uint32Array, spacingMm: number): Uint32Array {
  const best = new Map<string, { voxel: number; squared: number }>();
  const centre = [0, 0, 0];
  for (const voxel of voxels) {
    voxelCentreMm(grid, voxel, centre);
    const cube = centre.map((c, axis) => Math.floor((c - grid.originMm[axis]) / spacingMm));
    const squared = cube.reduce(
      (sum, n, axis) => sum + (centre[axis] - grid.originMm[axis] - (n + 0.5) * spacingMm) ** 2,
      0,
    );
    const key = cube.join();
    const there = best.get(key);
    if (there === undefined || squared < there.squared - 1e-9) best.set(key, { voxel, squared });
  }
  return Uint32Array.from([...best.values()], ({ voxel }) => voxel).sort();
}

/**
 * Outward unit normals of the skin at some of its voxels: from the centroid of the body's voxels within `radiusMm` of the
 * voxel to the voxel itself. Near the body's first and last slice, where the image ends, only as many slices on either side
 * count as there are on both. Zero where there is no direction.
 */
export function skinNormals(body: Body, voxels: Uint32Array, radiusMm: number): Float64Array {
  const { grid, mask, first, last } = body;
  const [nx, ny] = grid.size;
  const [hx, hy, hz] = grid.spacingMm;
  const offsets = ballOffsets(grid.spacingMm, radiusMm);
  const normals = new Float64Array(3 * voxels.length);
  for (let n = 0; n < voxels.length; n++) {
    const i = voxels[n] % nx;
    const j = Math.floor(voxels[n] / nx) % ny;
    const k = Math.floor(voxels[n] / (nx * ny));
    const slices = Math.min(k - first[2], last[2] - k);
    let [x, y, z] = [0, 0, 0];
    for (let o = 0; o < offsets.length; o += 3) {
      const [di, dj, dk] = [offsets[o], offsets[o + 1], offsets[o + 2]];
      if (Math.abs(dk) > slices || i + di < 0 || i + di >= nx || j + dj < 0 || j + dj >= ny) continue;
      if (mask[voxels[n] + di + nx * (dj + ny * dk)] === 0) continue;
      x -= di * hx;
      y -= dj * hy;
      z -= dk * hz;
    }
    const length = Math.hypot(x, y, z);
    if (length > 1e-9) normals.set([x / length, y / length, z / length], 3 * n);
  }
  return normals;
}

function ballOffsets(spacingMm: Vec3, radiusMm: number): Int32Array {
  const [ri, rj, rk] = spacingMm.map((h) => Math.floor(radiusMm / h));
  const offsets: number[] = [];
  for (let k = -rk; k <= rk; k++) {
    for (let j = -rj; j <= rj; j++) {
      for (let i = -ri; i <= ri; i++) {
        if (Math.hypot(i * spacingMm[0], j * spacingMm[1], k * spacingMm[2]) <= radiusMm) offsets.push(i, j, k);
      }
    }
  }
  return Int32Array.from(offsets);
}
