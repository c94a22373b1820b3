import { type Grid, type Volume, voxelCount } from './grid.ts';

/**
 * A volume on another grid, by trilinear interpolation between voxel centres. Beyond the outermost centres a value holds for
 * half a voxel more (the volume's own border); what lies outside that is `outside`.
 */
export function resample(volume: Volume, grid: Grid, outside = 0): Volume {
  const from = volume.grid;
  const axes = [0, 1, 2].map((a) => sampleAxis(from, grid, a));
  const [nx, ny, nz] = grid.size;
  const [sx, sy] = from.size;
  const [ax, ay, az] = axes;
  const { data } = volume;
  const out = new Float32Array(voxelCount(grid));
  for (let k = 0, n = 0; k < nz; k++) {
    const z0 = az.low[k] * sx * sy;
    const z1 = az.high[k] * sx * sy;
    const tz = az.share[k];
    for (let j = 0; j < ny; j++) {
      const y0 = ay.low[j] * sx;
      const y1 = ay.high[j] * sx;
      const ty = ay.share[j];
      const isInside = az.isInside[k] * ay.isInside[j] === 1;
      for (let i = 0; i < nx; i++, n++) {
        if (!isInside || ax.isInside[i] === 0) {
          out[n] = outside;
          continue;
        }
        const x0 = ax.low[i];
        const x1 = ax.high[i];
        const tx = ax.share[i];
        const a = data[x0 + y0 + z0] + tx * (data[x1 + y0 + z0] - data[x0 + y0 + z0]);
        const b = data[x0 + y1 + z0] + tx * (data[x1 + y1 + z0] - data[x0 + y1 + z0]);
        const c = data[x0 + y0 + z1] + tx * (data[x1 + y0 + z1] - data[x0 + y0 + z1]);
        const d = data[x0 + y1 + z1] + tx * (data[x1 + y1 + z1] - data[x0 + y1 + z1]);
        const low = a + ty * (b - a);
        out[n] = low + tz * (c + ty * (d - c) - low);
      }
    }
  }
  return { grid, data: out, unit: volume.unit };
}

/** Positions this close to a border are on it [voxels]. */
const BORDER = 1e-6;

function sampleAxis(from: Grid, to: Grid, a: number) {
  const count = to.size[a];
  const last = from.size[a] - 1;
  const low = new Int32Array(count);
  const high = new Int32Array(count);
  const share = new Float64Array(count);
  const isInside = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const at = (to.originMm[a] + n * to.spacingMm[a] - from.originMm[a]) / from.spacingMm[a];
    if (at < -0.5 - BORDER || at > last + 0.5 + BORDER) continue;
    isInside[n] = 1;
    const held = Math.min(last, Math.max(0, at));
    low[n] = Math.min(last, Math.floor(held + 1e-9));
    high[n] = Math.min(last, low[n] + 1);
    share[n] = Math.min(1, Math.max(0, held - low[n]));
  }
  return { low, high, share, isInside };
}

/** Whether two grids have the same voxels, to a thousandth of their spacing. */
export function sameGrid(a: Grid, b: Grid): boolean {
  return [0, 1, 2].every((n) => {
    const slack = 1e-3 * a.spacingMm[n];
    const end = (g: Grid): number => g.originMm[n] + (g.size[n] - 1) * g.spacingMm[n];
    return (
      a.size[n] === b.size[n] && Math.abs(a.originMm[n] - b.originMm[n]) <= slack && Math.abs(end(a) - end(b)) <= slack
    );
  });
}
