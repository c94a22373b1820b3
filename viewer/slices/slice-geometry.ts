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

/** What the user chose to see of a slice: the point in the middle, and how much larger than the whole slice fits. */
export interface SliceFrame {
  readonly acrossMm: number;
  readonly upMm: number;
  readonly zoom: number;
}

/** What part of its slice a view of some size shows. */
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

export function framingOf(whole: Framing, frame: SliceFrame | undefined): Framing {
  if (frame === undefined) return whole;
  return { acrossMm: frame.acrossMm, upMm: frame.upMm, mmPerPixel: whole.mmPerPixel / frame.zoom };
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

/** Trilinear between voxel centres, the border held for half a voxel; undefined outside of the grid. */
export function sampleAt({ size, spacingMm, originMm }: Grid, values: ArrayLike<number>, p: Vec3): number | undefined {
  let sum = 0;
  const low = [0, 0, 0];
  const share = [0, 0, 0];
  for (let a = 0; a < 3; a++) {
    const at = (p[a] - originMm[a]) / spacingMm[a];
    if (!(at >= -0.5 && at <= size[a] - 0.5)) return undefined;
    const held = Math.min(size[a] - 1, Math.max(0, at));
    low[a] = Math.max(0, Math.min(size[a] - 2, Math.floor(held)));
    share[a] = held - low[a];
  }
  for (let corner = 0; corner < 8; corner++) {
    const high = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const weight = high.reduce((w, h, a) => w * (h === 1 ? share[a] : 1 - share[a]), 1);
    if (weight === 0) continue;
    sum += weight * values[low[0] + high[0] + size[0] * (low[1] + high[1] + size[1] * (low[2] + high[2]))];
  }
  return sum;
}

/** The voxel that holds a point; undefined outside of the grid. */
export function voxelAt({ size, spacingMm, originMm }: Grid, p: Vec3): number | undefined {
  const index = p.map((mm, a) => Math.round((mm - originMm[a]) / spacingMm[a]));
  if (index.some((n, a) => n < 0 || n >= size[a])) return undefined;
  return index[0] + size[0] * (index[1] + size[1] * index[2]);
}
