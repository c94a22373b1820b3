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

/** Stops of the dose colours, from cold to hot. */
const stops: readonly (readonly [number, Rgb])[] = [
  [0, [20, 40, 150]],
  [0.25, [0, 130, 220]],
  [0.5, [40, 190, 90]],
  [0.75, [250, 220, 40]],
  [0.95, [240, 90, 20]],
  [1, [190, 0, 30]],
];

/** Colour of a dose as a share of the largest one that is shown, 0 to 1. */
export function doseColor(share: number): Rgb {
  const t = Math.min(1, Math.max(0, share));
  const n = stops.findIndex(([at], i) => i > 0 && t <= at);
  const [a, from] = stops[n - 1];
  const [b, to] = stops[n];
  const part = (t - a) / (b - a);
  return [0, 1, 2].map((c) => Math.round(from[c] + part * (to[c] - from[c]))) as unknown as Rgb;
}

/** The dose colours as 256 pixels RGBA. */
export function doseTable(): Uint8Array {
  const table = new Uint8Array(4 * 256);
  for (let n = 0; n < 256; n++) table.set([...doseColor(n / 255), 255], 4 * n);
  return table;
}
