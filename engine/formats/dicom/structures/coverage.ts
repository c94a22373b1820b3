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
  const { columns, rows, x0Mm, y0Mm, dxMm, dyMm } = plane;
  // In pixels: pixel i reaches from i to i + 1.
  const toX = (mm: number): number => (mm - x0Mm) / dxMm + 0.5;
  const toY = (mm: number): number => ((mm - y0Mm) / dyMm + 0.5) * LINES - 0.5;
  const crossings = new Map<number, number[]>();
  for (const { points } of contours) {
    const count = points.length / 2;
    for (let n = 0; n < count; n++) {
      const m = (n + 1) % count;
      addEdge(
        crossings,
        rows * LINES,
        toX(points[2 * n]),
        toY(points[2 * n + 1]),
        toX(points[2 * m]),
        toY(points[2 * m + 1]),
      );
    }
  }
  for (const [line, xs] of crossings) {
    xs.sort((a, b) => a - b);
    const row = Math.floor(line / LINES) * columns;
    for (let n = 0; n + 1 < xs.length; n += 2) addSpan(cover, row, columns, xs[n], xs[n + 1]);
  }
}

/** Where an edge crosses the lines, which lie at whole numbers of y; an end on a line counts for the upper edge alone. */
function addEdge(
  crossings: Map<number, number[]>,
  lines: number,
  xa: number,
  ya: number,
  xb: number,
  yb: number,
): void {
  if (ya === yb) return;
  const [lowY, highY] = ya < yb ? [ya, yb] : [yb, ya];
  const slope = (xb - xa) / (yb - ya);
  const last = Math.min(lines - 1, Math.ceil(highY) - 1);
  for (let line = Math.max(0, Math.ceil(lowY)); line <= last; line++) {
    const x = xa + (line - ya) * slope;
    const known = crossings.get(line);
    if (known === undefined) crossings.set(line, [x]);
    else known.push(x);
  }
}

function addSpan(cover: Float32Array, row: number, columns: number, from: number, to: number): void {
  const a = Math.max(0, from);
  const b = Math.min(columns, to);
  if (!(b > a)) return;
  const first = Math.floor(a);
  const last = Math.min(columns - 1, Math.floor(b));
  if (first === last) {
    cover[row + first] += (b - a) / LINES;
    return;
  }
  cover[row + first] += (first + 1 - a) / LINES;
  for (let i = first + 1; i < last; i++) cover[row + i] += 1 / LINES;
  cover[row + last] += (b - last) / LINES;
}
