import type { Grid, Vec3 } from '../../engine/core/grid.ts';
import type { SliceAxis } from '../engine/messages.ts';

/** How a slice is looked at: which way is right and which is up on the screen, as the field has it. */
export interface SliceLook {
  readonly name: string;
  /** Axis of the patient across the screen, and whether it runs to the right. */
  readonly across: SliceAxis;
  readonly acrossSign: 1 | -1;
  /** Axis of the patient up the screen, and whether it runs upwards. */
  readonly up: SliceAxis;
  readonly upSign: 1 | -1;
  /** At the left, right, top and bottom of the view. */
  readonly letters: readonly [string, string, string, string];
}

/** By the axis that the slice is square to: sagittal from the patient's left, coronal from the front, axial from the feet. */
export const looks: readonly SliceLook[] = [
  { name: 'Sagittal', across: 1, acrossSign: 1, up: 2, upSign: 1, letters: ['A', 'P', 'S', 'I'] },
  { name: 'Coronal', across: 0, acrossSign: 1, up: 2, upSign: 1, letters: ['R', 'L', 'S', 'I'] },
  { name: 'Axial', across: 0, acrossSign: 1, up: 1, upSign: -1, letters: ['R', 'L', 'A', 'P'] },
];

/** What part of its slice a view shows. */
export interface Framing {
  /** Point in the middle of the view [mm, along across and up]. */
  readonly acrossMm: number;
  readonly upMm: number;
  readonly mmPerPixel: number;
}

/** The whole slice, with a small margin. */
export function wholeSlice(
  { size, spacingMm, originMm }: Grid,
  look: SliceLook,
  width: number,
  height: number,
): Framing {
  const extent = (a: number): number => size[a] * spacingMm[a];
  const middle = (a: number): number => originMm[a] + ((size[a] - 1) / 2) * spacingMm[a];
  const mmPerPixel = 1.04 * Math.max(extent(look.across) / Math.max(1, width), extent(look.up) / Math.max(1, height));
  return { acrossMm: middle(look.across), upMm: middle(look.up), mmPerPixel };
}

/** From a point of the patient to the view [px, from its top left]. */
export function toView(
  look: SliceLook,
  framing: Framing,
  width: number,
  height: number,
  acrossMm: number,
  upMm: number,
) {
  return {
    x: width / 2 + (look.acrossSign * (acrossMm - framing.acrossMm)) / framing.mmPerPixel,
    y: height / 2 - (look.upSign * (upMm - framing.upMm)) / framing.mmPerPixel,
  };
}

/** From the view to the patient [mm along across and up]. */
export function fromView(look: SliceLook, framing: Framing, width: number, height: number, x: number, y: number) {
  return {
    acrossMm: framing.acrossMm + look.acrossSign * (x - width / 2) * framing.mmPerPixel,
    upMm: framing.upMm - look.upSign * (y - height / 2) * framing.mmPerPixel,
  };
}

/** The slice of the grid nearest to a position. */
export function sliceIndex({ size, spacingMm, originMm }: Grid, axis: SliceAxis, mm: number): number {
  return Math.min(size[axis] - 1, Math.max(0, Math.round((mm - originMm[axis]) / spacingMm[axis])));
}

export function slicePosition({ spacingMm, originMm }: Grid, axis: SliceAxis, index: number): number {
  return originMm[axis] + index * spacingMm[axis];
}

/** The voxel that holds a point; undefined outside of the grid. */
export function voxelAt({ size, spacingMm, originMm }: Grid, p: Vec3): number | undefined {
  const index = p.map((mm, a) => Math.round((mm - originMm[a]) / spacingMm[a]));
  if (index.some((n, a) => n < 0 || n >= size[a])) return undefined;
  return index[0] + size[0] * (index[1] + size[1] * index[2]);
}
