import { contours } from 'd3-contour';
import type { Raster } from './planes.ts';

/** A line of equal value: u, v, u, v, .. [mm]. */
export interface Isoline {
  readonly points: Float64Array;
  /** Whether its end meets its beginning; open lines end at the border of the raster. */
  readonly closed: boolean;
}

/**
 * Lines along which a raster has a value, linear between the centres of its pixels (marching squares). Where the region above the
 * value reaches the border the line ends there: nothing is known beyond.
 */
export function isolines(raster: Raster, level: number): Isoline[] {
  const area = around(raster, level);
  if (area === undefined) return [];
  const { width, height, values, originMm, stepMm } = area;
  const polygons = contours().size([width, height]).contour(Array.from(values), level).coordinates;
  const lines: Isoline[] = [];
  // d3-contour puts the centre of pixel (0, 0) at (0.5, 0.5) and closes regions along the outer edges of the pixels.
  const onEdge = ([x, y]: number[]): boolean => x <= 0 || y <= 0 || x >= width || y >= height;
  const toMm = (points: number[][]): Float64Array =>
    Float64Array.from(
      points.flatMap(([x, y]) => [originMm[0] + (x - 0.5) * stepMm[0], originMm[1] + (y - 0.5) * stepMm[1]]),
    );
  for (const ring of polygons.flat()) {
    const first = ring.findIndex(onEdge);
    if (first < 0) {
      lines.push({ points: toMm(ring), closed: true });
      continue;
    }
    const open = ring.slice(0, -1);
    let run: number[][] = [];
    for (let n = 1; n <= open.length; n++) {
      const point = open[(first + n) % open.length];
      if (!onEdge(point)) run.push(point);
      else {
        if (run.length > 1) lines.push({ points: toMm(run), closed: false });
        run = [];
      }
    }
  }
  return lines;
}

/** The outline of a mask of 0 and 1; closed also where it meets the border. */
export function outlines(mask: Raster): Isoline[] {
  const { width, height, values, originMm, stepMm } = mask;
  const wide = new Float32Array((width + 2) * (height + 2));
  for (let j = 0; j < height; j++) wide.set(values.subarray(j * width, (j + 1) * width), 1 + (j + 1) * (width + 2));
  return isolines(
    {
      width: width + 2,
      height: height + 2,
      values: wide,
      originMm: [originMm[0] - stepMm[0], originMm[1] - stepMm[1]],
      stepMm,
    },
    0.5,
  );
}

/** The part of a raster that holds every pixel at or above the level, and one more on each side. */
function around(raster: Raster, level: number): Raster | undefined {
  const { width, height, values, originMm, stepMm } = raster;
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < width; i++) {
      if (values[i + width * j] < level) continue;
      if (i < left) left = i;
      if (i > right) right = i;
      if (j < top) top = j;
      bottom = j;
    }
  }
  if (right < 0) return undefined;
  left = Math.max(0, left - 1);
  top = Math.max(0, top - 1);
  right = Math.min(width - 1, right + 1);
  bottom = Math.min(height - 1, bottom + 1);
  const size = [right - left + 1, bottom - top + 1];
  const part = new Float32Array(size[0] * size[1]);
  for (let j = 0; j < size[1]; j++) {
    const from = left + width * (top + j);
    part.set(values.subarray(from, from + size[0]), j * size[0]);
  }
  return {
    width: size[0],
    height: size[1],
    values: part,
    originMm: [originMm[0] + left * stepMm[0], originMm[1] + top * stepMm[1]],
    stepMm,
  };
}
