import { type Volume, voxelCount } from './grid.ts';
import type { Structure } from './patient.ts';

/** Tissue is denser than that [HU]; used for the body only where nobody drew it. */
export const BODY_HU = -350;

/** Whether a structure of that name is the outline of the body. */
export function isBodyName(name: string): boolean {
  return /^(external|body|skin)$/i.test(name);
}

/**
 * The voxels of the body: those of the structure that is called so, or {@link bodyOfCt} where there is none.
 *
 * @param drawn the body where its file says which structure it is
 * @returns flat indices, ascending
 */
export function bodyVoxels(
  ct: Volume,
  structures: readonly Structure[],
  warnings: string[],
  drawn: Structure | undefined = structures.find(({ name }) => isBodyName(name)),
): Uint32Array {
  if (drawn !== undefined && drawn.voxels.length > 0) return drawn.voxels;
  warnings.push(
    `No structure is the body (called External or Body, in DICOM of type EXTERNAL): what is above ${BODY_HU} HU, and what that encloses, counts as the body, the couch too.`,
  );
  return bodyOfCt(ct);
}

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
