import type { Contour } from './contour.ts';

/** Lines of sight through each row of pixels: along a line spans are exact, across them this many are summed. */
const LINES = 16;
const FEW = 32;

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
  const { starts, xs } = crossingsOf(contours, plane);
  // Pixels within spans are counted where spans begin and end, and summed up once: exact, as counts are whole.
  const changes = new Int32Array(rows * (columns + 1));
  for (let line = 0; line < rows * LINES; line++) {
    sortRange(xs, starts[line], starts[line + 1]);
    const row = Math.floor(line / LINES);
    for (let n = starts[line]; n + 1 < starts[line + 1]; n += 2) {
      addSpan(cover, changes, row, columns, xs[n], xs[n + 1]);
    }
  }
  for (let j = 0, n = 0, c = 0; j < rows; j++, c++) {
    for (let i = 0, lines = 0; i < columns; i++, n++, c++) {
      lines += changes[c];
      cover[n] += lines / LINES;
    }
  }
}

/** Where edges cross each line, in pixels (pixel i reaches from i to i + 1): those of line n are xs[starts[n]] to xs[starts[n + 1] - 1]. */
function crossingsOf(contours: readonly Contour[], plane: PixelPlane): { starts: Int32Array; xs: Float64Array } {
  const starts = new Int32Array(plane.rows * LINES + 1);
  eachCrossing(contours, plane, (line) => starts[line + 1]++);
  for (let line = 0; line + 1 < starts.length; line++) starts[line + 1] += starts[line];
  const xs = new Float64Array(starts[starts.length - 1]);
  const next = starts.slice();
  eachCrossing(contours, plane, (line, x) => {
    xs[next[line]++] = x;
  });
  return { starts, xs };
}

/** Lines lie at whole numbers of y; an end of an edge on a line counts for the upper edge alone. */
function eachCrossing(
  contours: readonly Contour[],
  { rows, x0Mm, y0Mm, dxMm, dyMm }: PixelPlane,
  visit: (line: number, x: number) => void,
): void {
  const toX = (mm: number): number => (mm - x0Mm) / dxMm + 0.5;
  const toY = (mm: number): number => ((mm - y0Mm) / dyMm + 0.5) * LINES - 0.5;
  for (const { points } of contours) {
    const count = points.length;
    let xa = toX(points[count - 2]);
    let ya = toY(points[count - 1]);
    for (let n = 0; n < count; n += 2) {
      const xb = toX(points[n]);
      const yb = toY(points[n + 1]);
      const slope = (xb - xa) / (yb - ya);
      const last = Math.min(rows * LINES - 1, Math.ceil(Math.max(ya, yb)) - 1);
      for (let line = Math.max(0, Math.ceil(Math.min(ya, yb))); line <= last; line++) {
        visit(line, xa + (line - ya) * slope);
      }
      xa = xb;
      ya = yb;
    }
  }
}

/** By insertion: a line crosses a contour a few times. */
function sortRange(values: Float64Array, begin: number, end: number): void {
  if (end - begin > FEW) {
    values.subarray(begin, end).sort();
    return;
  }
  for (let n = begin + 1; n < end; n++) {
    const value = values[n];
    let m = n;
    for (; m > begin && values[m - 1] > value; m--) values[m] = values[m - 1];
    values[m] = value;
  }
}

/** Adds the ends of a span to `cover`, and what lies between them to `changes`, of which each row has one more. */
function addSpan(
  cover: Float32Array,
  changes: Int32Array,
  row: number,
  columns: number,
  from: number,
  to: number,
): void {
  const a = Math.max(0, from);
  const b = Math.min(columns, to);
  if (!(b > a)) return;
  const first = Math.floor(a);
  const last = Math.min(columns - 1, Math.floor(b));
  const at = row * columns;
  if (first === last) {
    cover[at + first] += (b - a) / LINES;
    return;
  }
  cover[at + first] += (first + 1 - a) / LINES;
  cover[at + last] += (b - last) / LINES;
  changes[row * (columns + 1) + first + 1]++;
  changes[row * (columns + 1) + last]--;
}
