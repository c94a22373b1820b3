import type { Grid, Vec3 } from '../../engine/core/grid.ts';
import { seededRandom } from '../../engine/core/random.ts';
import type { SliceAxis } from '../../viewer/engine/messages.ts';
import { fromView, looks, toView, wholeSlice } from '../../viewer/slices/slice-geometry.ts';
import { doseColor } from '../../viewer/state/colors.ts';
import { type Pixels, pixelAt } from './pixels.ts';

/** The share of the scale whose colour is nearest: along the table that the page draws with. */
export function shareOf(rgb: readonly number[]): number {
  let [first, last] = [0, 0];
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n <= 2000; n++) {
    const color = doseColor(n / 2000);
    const away = (color[0] - rgb[0]) ** 2 + (color[1] - rgb[1]) ** 2 + (color[2] - rgb[2]) ** 2;
    if (away < least) [least, first] = [away, n];
    if (away === least) last = n;
  }
  return (first + last) / 4000;
}

/** Random points of a slice whose pixels are no overlay: away from crosshair, letters, scale and caption. */
export function pointsOn(pixels: Pixels, axis: SliceAxis, on: Grid, crosshairMm: Vec3, count: number, seed: number) {
  const random = seededRandom(seed);
  const look = looks[axis];
  const { width, height } = pixels;
  const framing = wholeSlice(on, look, width, height);
  const cross = toView(look, framing, width, height, crosshairMm[look.across], crosshairMm[look.up]);
  const points: { p: Vec3; rgb: readonly number[] }[] = [];
  for (let tries = 0; points.length < count && tries < 100 * count; tries++) {
    const x = 25 + Math.floor(random() * (width - 50));
    const y = 30 + Math.floor(random() * (height - 75));
    if (Math.abs(x - cross.x) < 3 || Math.abs(y - cross.y) < 3) continue;
    const at = fromView(look, framing, width, height, x + 0.5, y + 0.5);
    const p: [number, number, number] = [...crosshairMm];
    p[look.across] = at.acrossMm;
    p[look.up] = at.upMm;
    const isInside = p.every((mm, a) => {
      const voxel = (mm - on.originMm[a]) / on.spacingMm[a];
      return voxel >= 0 && voxel <= on.size[a] - 1;
    });
    if (isInside) points.push({ p, rgb: pixelAt(pixels, x, y) });
  }
  return points;
}
