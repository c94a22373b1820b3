import { inverse, type Transform, transformPoint } from '../../engine/core/frames.ts';
import { type Grid, type Vec3, voxelCentreMm } from '../../engine/core/grid.ts';
import type { Raster } from '../../planners/radiation/report/planes.ts';

/** Where a beam's-eye view looks from, and the square of the isocentre plane that it shows. */
export interface BeamEye {
  /** From the beam frame (IEC 61217) to that of the patient. */
  readonly transform: Transform;
  readonly sadMm: number;
  /** Half the side of the square, which the beam axis meets in its middle [mm, isocentre plane]. */
  readonly halfMm: number;
  /** Pixels along a side. */
  readonly pixels: number;
}

/** The square as a raster: x to the right as seen from the source, y up, as its pixels are numbered. */
export function eyeRaster({ halfMm, pixels }: BeamEye, values: Float32Array): Raster {
  const step = (2 * halfMm) / pixels;
  const first = step / 2 - halfMm;
  return { width: pixels, height: pixels, values, originMm: [first, first], stepMm: [step, step] };
}

/**
 * Digitally reconstructed radiograph: for each pixel the water-equivalent length [mm] of the ray from the source through
 * it, to the other side of the image. Attenuation is that of 1 + HU / 1000, nothing below air; it is constant in a voxel.
 */
export function drr(grid: Grid, hu: ArrayLike<number>, eye: BeamEye): Float32Array {
  const source = transformPoint(eye.transform, [0, 0, eye.sadMm]);
  const { width, height, originMm, stepMm } = eyeRaster(eye, new Float32Array(0));
  const lengths = new Float32Array(width * height);
  for (let row = 0, n = 0; row < height; row++) {
    for (let column = 0; column < width; column++, n++) {
      const plane: Vec3 = [originMm[0] + column * stepMm[0], originMm[1] + row * stepMm[1], 0];
      lengths[n] = waterLength(grid, hu, source, transformPoint(eye.transform, plane));
    }
  }
  return lengths;
}

/** Walks from voxel to voxel along the ray from `from` through `through`. */
function waterLength({ size, spacingMm, originMm }: Grid, hu: ArrayLike<number>, from: Vec3, through: Vec3): number {
  const along = through.map((mm, a) => mm - from[a]);
  const norm = Math.hypot(...along);
  let [enter, leave] = [0, Number.POSITIVE_INFINITY];
  for (let a = 0; a < 3; a++) {
    along[a] /= norm;
    const low = originMm[a] - spacingMm[a] / 2 - from[a];
    const high = low + size[a] * spacingMm[a];
    if (along[a] === 0) {
      if (low > 0 || high < 0) return 0;
      continue;
    }
    enter = Math.max(enter, Math.min(low / along[a], high / along[a]));
    leave = Math.min(leave, Math.max(low / along[a], high / along[a]));
  }
  if (!(enter < leave)) return 0;
  const stride = [1, size[0], size[0] * size[1]];
  const next = [0, 0, 0];
  const step = [0, 0, 0];
  let voxel = 0;
  const index = [0, 0, 0];
  for (let a = 0; a < 3; a++) {
    const at = (from[a] + enter * along[a] - originMm[a]) / spacingMm[a] + 0.5;
    index[a] = Math.min(size[a] - 1, Math.max(0, Math.floor(at)));
    voxel += index[a] * stride[a];
    const border = originMm[a] + (index[a] + (along[a] > 0 ? 0.5 : -0.5)) * spacingMm[a];
    next[a] = along[a] === 0 ? Number.POSITIVE_INFINITY : (border - from[a]) / along[a];
    step[a] = along[a] === 0 ? Number.POSITIVE_INFINITY : spacingMm[a] / Math.abs(along[a]);
  }
  let sum = 0;
  for (let at = enter; at < leave; ) {
    const a = next[0] < next[1] ? (next[0] < next[2] ? 0 : 2) : next[1] < next[2] ? 1 : 2;
    const to = Math.min(leave, next[a]);
    sum += Math.max(0, 1 + hu[voxel] / 1000) * Math.max(0, to - at);
    at = to;
    index[a] += along[a] > 0 ? 1 : -1;
    if (index[a] < 0 || index[a] >= size[a]) break;
    voxel += along[a] > 0 ? stride[a] : -stride[a];
    next[a] += step[a];
  }
  return sum;
}

/** Where the rays through a structure's voxels meet the isocentre plane: 1 there, 0 elsewhere. */
export function silhouette(grid: Grid, voxels: Uint32Array, eye: BeamEye): Float32Array {
  const mask = new Float32Array(eye.pixels ** 2);
  const t = inverse(eye.transform);
  const perMm = eye.pixels / (2 * eye.halfMm);
  // Half a voxel along each axis of the patient, as it is seen along x and y of the beam.
  const reach = [0, 1].map((axis) =>
    [0, 1, 2].reduce((sum, a) => sum + (Math.abs(t[4 * a + axis]) * grid.spacingMm[a]) / 2, 0),
  );
  const p = [0, 0, 0];
  for (const voxel of voxels) {
    voxelCentreMm(grid, voxel, p);
    const [x, y, z] = transformPoint(t, p as unknown as Vec3);
    const scale = eye.sadMm / Math.max(1, eye.sadMm - z);
    const range = [x, y].map((mm, axis) => [
      Math.max(0, Math.round(((mm - reach[axis]) * scale + eye.halfMm) * perMm)),
      Math.min(eye.pixels, Math.round(((mm + reach[axis]) * scale + eye.halfMm) * perMm)),
    ]);
    for (let row = range[1][0]; row < range[1][1]; row++) {
      mask.fill(
        1,
        row * eye.pixels + range[0][0],
        Math.max(row * eye.pixels + range[0][0], row * eye.pixels + range[0][1]),
      );
    }
  }
  return mask;
}
