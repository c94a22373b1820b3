import { type DistanceTransformShape, NO_SURFACE_M, wordsPerRow } from './index.ts';

/**
 * The signed distance transform by definition, in float64 [m]: for every voxel the least distance from its centre to the
 * cell of a voxel of the other kind. A cell is the box of one spacing around a centre, so along an axis a centre n >= 1
 * voxels away from a cell's is (n - 1/2) spacings away from the cell.
 */
export function distanceTransformReference(shape: DistanceTransformShape, bits: Uint32Array): Float64Array {
  const [nx, ny, nz] = shape.size;
  const words = wordsPerRow(shape.size);
  const inside: boolean[] = [];
  for (let row = 0; row < ny * nz; row++) {
    for (let i = 0; i < nx; i++) inside.push(((bits[row * words + Math.floor(i / 32)] >>> (i % 32)) & 1) === 1);
  }
  const gapMm = (steps: number, axis: number): number => Math.max(0, Math.abs(steps) - 0.5) * shape.spacingMm[axis];
  return Float64Array.from(inside, (isInside, voxel) => {
    let least = Number.POSITIVE_INFINITY;
    for (let other = 0; other < inside.length; other++) {
      if (inside[other] === isInside) continue;
      const dx = gapMm((voxel % nx) - (other % nx), 0);
      const dy = gapMm((Math.floor(voxel / nx) % ny) - (Math.floor(other / nx) % ny), 1);
      const dz = gapMm(Math.floor(voxel / (nx * ny)) - Math.floor(other / (nx * ny)), 2);
      least = Math.min(least, dx * dx + dy * dy + dz * dz);
    }
    const distance = least === Number.POSITIVE_INFINITY ? NO_SURFACE_M : Math.sqrt(least) / 1000;
    return isInside ? -distance : distance;
  });
}
