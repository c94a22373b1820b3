import { type Volume, voxelCount } from './grid.ts';

/** Tissue is denser than that [HU]; used for the body only where nobody drew it. */
export const BODY_HU = -350;

/**
 * The body where nobody drew it: in each axial slice all that air from the image's border does not reach, so that lungs and bowel
 * gas are part of it. So is the couch.
 *
 * @param ct [HU]
 * @returns flat indices, ascending
 */
export function bodyOfCt({ grid, data }: Volume): Uint32Array {
  const [columns, rows, slices] = grid.size;
  const inSlice = columns * rows;
  const isAir = new Uint8Array(inSlice);
  const pending = new Int32Array(inSlice);
  const voxels = new Uint32Array(voxelCount(grid));
  let count = 0;
  for (let k = 0; k < slices; k++) {
    const start = k * inSlice;
    isAir.fill(0);
    let left = 0;
    const visit = (n: number): void => {
      if (isAir[n] === 1 || data[start + n] > BODY_HU) return;
      isAir[n] = 1;
      pending[left++] = n;
    };
    for (let i = 0; i < columns; i++) {
      visit(i);
      visit(inSlice - columns + i);
    }
    for (let j = 0; j < rows; j++) {
      visit(j * columns);
      visit(j * columns + columns - 1);
    }
    while (left > 0) {
      const n = pending[--left];
      const i = n % columns;
      if (i > 0) visit(n - 1);
      if (i < columns - 1) visit(n + 1);
      if (n >= columns) visit(n - columns);
      if (n < inSlice - columns) visit(n + columns);
    }
    for (let n = 0; n < inSlice; n++) if (isAir[n] === 0) voxels[count++] = start + n;
  }
  return voxels.slice(0, count);
}
