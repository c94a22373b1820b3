import { inputError } from '../../../engine/core/errors.ts';

/** Limits of a bixel's side [mm]. */
export const BIXEL_MM = { least: 1, most: 50 } as const;

/**
 * The open bixels of one beam: squares of the isocentre plane whose centres lie at whole multiples of the side, in the
 * beam frame. They are numbered row by row (y, then x) and live in a rectangle of `columns` x `rows` cells.
 */
export interface Bixels {
  readonly sizeMm: number;
  readonly columns: number;
  readonly rows: number;
  /** Centre of cell (0, 0) [mm, beam frame]. */
  readonly firstXMm: number;
  readonly firstYMm: number;
  /** Cell of each bixel: row * columns + column, ascending. */
  readonly cells: Uint32Array;
}

export function bixelX(b: Bixels, index: number): number {
  return b.firstXMm + (b.cells[index] % b.columns) * b.sizeMm;
}

export function bixelY(b: Bixels, index: number): number {
  return b.firstYMm + Math.floor(b.cells[index] / b.columns) * b.sizeMm;
}

/**
 * Opens every bixel that a projected target point touches, and the ring of bixels around them.
 *
 * @param points x, y pairs at the isocentre plane [mm]
 * @param reachMm half the extent of a target voxel at the isocentre plane: where it exceeds half a bixel, the gaps between
 * the points of neighbouring voxels are closed
 */
export function openBixels(points: Float64Array, sizeMm: number, reachMm: number): Bixels {
  if (!(sizeMm >= BIXEL_MM.least && sizeMm <= BIXEL_MM.most)) {
    throw inputError(
      'beams/bixel-size',
      `bixel size ${sizeMm} mm is outside ${BIXEL_MM.least} to ${BIXEL_MM.most} mm`,
      'give --bixel a side in mm, for example 5',
    );
  }
  const reach = Math.max(0, reachMm - sizeMm / 2);
  let x0 = Number.POSITIVE_INFINITY;
  let x1 = Number.NEGATIVE_INFINITY;
  let y0 = x0;
  let y1 = x1;
  for (let p = 0; p < points.length; p += 2) {
    x0 = Math.min(x0, points[p]);
    x1 = Math.max(x1, points[p]);
    y0 = Math.min(y0, points[p + 1]);
    y1 = Math.max(y1, points[p + 1]);
  }
  const cellOf = (mm: number): number => Math.round(mm / sizeMm);
  const firstColumn = cellOf(x0 - reach) - 1;
  const firstRow = cellOf(y0 - reach) - 1;
  const columns = cellOf(x1 + reach) + 1 - firstColumn + 1;
  const rows = cellOf(y1 + reach) + 1 - firstRow + 1;
  const hit = new Uint8Array(columns * rows);
  for (let p = 0; p < points.length; p += 2) {
    const c0 = cellOf(points[p] - reach) - firstColumn;
    const c1 = cellOf(points[p] + reach) - firstColumn;
    const r0 = cellOf(points[p + 1] - reach) - firstRow;
    const r1 = cellOf(points[p + 1] + reach) - firstRow;
    for (let r = r0; r <= r1; r++) hit.fill(1, r * columns + c0, r * columns + c1 + 1);
  }
  const open: number[] = [];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      if (touches(hit, columns, rows, c, r)) open.push(r * columns + c);
    }
  }
  return {
    sizeMm,
    columns,
    rows,
    firstXMm: firstColumn * sizeMm,
    firstYMm: firstRow * sizeMm,
    cells: Uint32Array.from(open),
  };
}

function touches(hit: Uint8Array, columns: number, rows: number, c: number, r: number): boolean {
  for (let y = Math.max(0, r - 1); y <= Math.min(rows - 1, r + 1); y++) {
    for (let x = Math.max(0, c - 1); x <= Math.min(columns - 1, c + 1); x++) {
      if (hit[y * columns + x] === 1) return true;
    }
  }
  return false;
}

/** All cells of a `columns` x `rows` rectangle that is symmetric about the beam axis: an open rectangular field. */
export function rectangularField(widthMm: number, heightMm: number, sizeMm: number): Bixels {
  const columns = Math.round(widthMm / sizeMm);
  const rows = Math.round(heightMm / sizeMm);
  return {
    sizeMm,
    columns,
    rows,
    firstXMm: (-(columns - 1) * sizeMm) / 2,
    firstYMm: (-(rows - 1) * sizeMm) / 2,
    cells: Uint32Array.from({ length: columns * rows }, (_, i) => i),
  };
}
