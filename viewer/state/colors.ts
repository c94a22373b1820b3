import { fromHue, HUE_STEP, type Rgb } from '../../engine/core/color.ts';

/** Colours that stay apart on grey images, for structures by their place in the list. */
export function structureColor(n: number, role: 'target' | 'organ' | 'external'): Rgb {
  if (role === 'external') return [150, 160, 170];
  const hue = role === 'target' ? (350 + 35 * n) % 360 : (190 + HUE_STEP * n) % 360;
  return fromHue(hue, role === 'target' ? 1 : 0.85);
}

export function css([r, g, b]: Rgb, alpha = 1): string {
  return `rgb(${r} ${g} ${b} / ${alpha})`;
}

type Stops = readonly (readonly [number, Rgb])[];

/** From cold to hot. */
const doseStops: Stops = [
  [0, [20, 40, 150]],
  [0.25, [0, 130, 220]],
  [0.5, [40, 190, 90]],
  [0.75, [250, 220, 40]],
  [0.95, [240, 90, 20]],
  [1, [190, 0, 30]],
];

/** From less through equal to more: light in the middle, so that blue and red differ without their hues from it. */
const differenceStops: Stops = [
  [0, [10, 40, 150]],
  [0.25, [80, 150, 220]],
  [0.5, [245, 245, 245]],
  [0.75, [240, 140, 90]],
  [1, [160, 0, 30]],
];

/** Gamma from 0 to 2: dark where doses agree, a jump to bright at 1. */
const gammaStops: Stops = [
  [0, [20, 50, 90]],
  [0.4999, [60, 170, 160]],
  [0.5, [255, 210, 60]],
  [1, [200, 0, 30]],
];

function between(stops: Stops, share: number): Rgb {
  const t = Math.min(1, Math.max(0, share));
  const n = stops.findIndex(([at], i) => i > 0 && t <= at);
  const [a, from] = stops[n - 1];
  const [b, to] = stops[n];
  const part = (t - a) / (b - a);
  return [0, 1, 2].map((c) => Math.round(from[c] + part * (to[c] - from[c]))) as unknown as Rgb;
}

/** Colour of a dose as a share of the largest one that is shown, 0 to 1. */
export const doseColor = (share: number): Rgb => between(doseStops, share);

/** Colour of a difference of doses as a share of the largest one that is shown, -1 to 1. */
export const differenceColor = (share: number): Rgb => between(differenceStops, (share + 1) / 2);

/** Gamma of the last colour. */
export const MOST_GAMMA = 2;

export const gammaColor = (gamma: number): Rgb => between(gammaStops, gamma / MOST_GAMMA);

/** A scale of colours as 256 pixels RGBA. @param colorAt of 0 to 1 */
export function colorTable(colorAt: (t: number) => Rgb): Uint8Array {
  const table = new Uint8Array(4 * 256);
  for (let n = 0; n < 256; n++) table.set([...colorAt(n / 255), 255], 4 * n);
  return table;
}
