import type { DistanceField } from '../../../engine/core/scene.ts';

/**
 * Signed distance by trilinear interpolation [m]. Outside the grid c is the closest point of the grid and d its value:
 * sqrt(|x - c|^2 + d^2), the closest that the region can be as the grid is convex and holds it all; d - |x - c| where the
 * grid's border cuts through the region, which may go on outside.
 */
export function fieldDistance(field: DistanceField): (x: number, y: number, z: number) => number {
  const { size, spacingM, distance } = field;
  const [nx, ny, nz] = size;
  const value = (i: number, j: number, k: number): number =>
    distance[Math.min(i, nx - 1) + nx * (Math.min(j, ny - 1) + ny * Math.min(k, nz - 1))];
  return (x, y, z) => {
    const cx = Math.max(0, Math.min((nx - 1) * spacingM[0], x));
    const cy = Math.max(0, Math.min((ny - 1) * spacingM[1], y));
    const cz = Math.max(0, Math.min((nz - 1) * spacingM[2], z));
    const i = Math.floor(cx / spacingM[0]);
    const j = Math.floor(cy / spacingM[1]);
    const k = Math.floor(cz / spacingM[2]);
    const u = cx / spacingM[0] - i;
    const v = cy / spacingM[1] - j;
    const w = cz / spacingM[2] - k;
    let d = 0;
    for (let corner = 0; corner < 8; corner++) {
      const a = corner & 1;
      const b = (corner >> 1) & 1;
      const c = corner >> 2;
      d += (a ? u : 1 - u) * (b ? v : 1 - v) * (c ? w : 1 - w) * value(i + a, j + b, k + c);
    }
    const away = Math.hypot(x - cx, y - cy, z - cz);
    return d < 0 ? d - away : Math.hypot(away, d);
  };
}
