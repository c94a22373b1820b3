import type { Contour } from './contour.ts';

/** Lines of sight through each row of pixels: along a line spans are exact, across them this many are summed. */
const LINES = 16;

/** A plane of pixels: columns x rows, the centre of the first, and the distance of neighbours [mm]. */
export interface PixelPlane {
  readonly columns: number;
  readonly rows: number;
  readonly x0Mm: number;
  readonly y0Mm: number;
  readonly dxMm: number;
  readonly dyMm: number;
}

/**
 * Adds to `cover` f32[rows][columns] how much of each pixel the polygons of one plane cover, 0 to 1. What an odd number of
 * edges encloses is inside (even-odd): a polygon within another is a hole, and so is what a keyhole cuts out.
 */
export function addCoverage(contours: readonly Contour[], plane: PixelPlane, cover: Float32Array): void {
  const { columns, rows } = plane;
  const { firstLine, starts, xs } = crossingsOf(contours, plane);
  const lines = starts.length - 1;
  // What changes from one pixel to the next; summed up along the row it is the coverage.
  const change = new Float64Array(columns + 2);
  const firstRow = Math.floor(firstLine / LINES);
  for (let row = firstRow; row < rows && row * LINES < firstLine + lines; row++) {
    change.fill(0);
    const from = Math.max(0, row * LINES - firstLine);
    const to = Math.min(lines, (row + 1) * LINES - firstLine);
    for (let line = from; line < to; line++) {
      for (let n = starts[line]; n + 1 < starts[line + 1]; n += 2) {
        addEnd(change, columns, xs[n], 1);
        addEnd(change, columns, xs[n + 1], -1);
      }
    }
    let sum = 0;
    for (let i = 0, at = row * columns; i < columns; i++, at++) {
      sum += change[i];
      cover[at] += sum / LINES;
    }
  }
}

/** All pixels to the right of x, and the part of its own that lies to the right. */
function addEnd(change: Float64Array, columns: number, x: number, sign: number): void {
  const at = Math.min(columns, Math.max(0, x));
  const pixel = Math.floor(at);
  const part = at - pixel;
  change[pixel] += sign * (1 - part);
  change[pixel + 1] += sign * part;
}

/** Where the polygons cross each line, ascending; those of line `firstLine + n` are xs[starts[n]] to xs[starts[n + 1]]. */
interface Crossings {
  readonly firstLine: number;
  readonly starts: Int32Array;
  /** [pixels]; pixel i reaches from i to i + 1. */
  readonly xs: Float64Array;
}

function crossingsOf(contours: readonly Contour[], plane: PixelPlane): Crossings {
  const { rows, x0Mm, y0Mm, dxMm, dyMm } = plane;
  // Lines lie at whole numbers; an end on a line counts for the upper edge alone.
  const toLine = (mm: number): number => ((mm - y0Mm) / dyMm + 0.5) * LINES - 0.5;
  const firstAbove = (y: number): number => Math.min(rows * LINES, Math.max(0, Math.ceil(y)));
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { points } of contours) {
    for (let n = 1; n < points.length; n += 2) {
      low = Math.min(low, points[n]);
      high = Math.max(high, points[n]);
    }
  }
  const firstLine = firstAbove(toLine(low));
  const lines = Math.max(0, firstAbove(toLine(high)) - firstLine);
  const starts = new Int32Array(lines + 1);
  eachEdge(contours, (_xa, ya, _xb, yb) => {
    const [from, to] = [firstAbove(toLine(Math.min(ya, yb))), firstAbove(toLine(Math.max(ya, yb)))];
    for (let line = from; line < to; line++) starts[line - firstLine + 1]++;
  });
  for (let n = 0; n < lines; n++) starts[n + 1] += starts[n];
  const xs = new Float64Array(starts[lines]);
  const next = starts.slice();
  eachEdge(contours, (xa, ya, xb, yb) => {
    const [from, to] = [firstAbove(toLine(Math.min(ya, yb))), firstAbove(toLine(Math.max(ya, yb)))];
    const [a, b] = [toLine(ya), toLine(yb)];
    for (let line = from; line < to; line++) {
      const x = xa + ((line - a) / (b - a)) * (xb - xa);
      xs[next[line - firstLine]++] = (x - x0Mm) / dxMm + 0.5;
    }
  });
  for (let n = 0; n < lines; n++) sortRange(xs, starts[n], starts[n + 1]);
  return { firstLine, starts, xs };
}

function eachEdge(contours: readonly Contour[], use: (xa: number, ya: number, xb: number, yb: number) => void): void {
  for (const { points } of contours) {
    for (let n = 0, m = points.length - 2; n < points.length; m = n, n += 2) {
      use(points[m], points[m + 1], points[n], points[n + 1]);
    }
  }
}

/** Few numbers are quicker sorted by insertion than by the library. */
const FEW = 24;

function sortRange(values: Float64Array, from: number, to: number): void {
  if (to - from > FEW) {
    values.subarray(from, to).sort();
    return;
  }
  for (let n = from + 1; n < to; n++) {
    const value = values[n];
    let at = n;
    for (; at > from && values[at - 1] > value; at--) values[at] = values[at - 1];
    values[at] = value;
  }
}
