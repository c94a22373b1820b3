import { niceStep } from './dvh-figure.ts';
import type { PlaneView } from './planes.ts';

export function cross(x: number, y: number): string {
  const d = `M${round(x - 8)} ${round(y)}h16M${round(x)} ${round(y - 8)}v16`;
  return `<path d="${d}" stroke="#000" stroke-width="3.4"/><path class="isocentre" d="${d}" stroke="#fff" stroke-width="1.4"/>`;
}

export function triangle(x: number, y: number): string {
  return `<path class="maximum" d="M${round(x)} ${round(y - 6)}l5.2 9h-10.4Z" fill="#fff" stroke="#000" stroke-width="1.3"/>`;
}

export function scaleBar(width: number, height: number, scale: number): { left: number; length: number; svg: string } {
  const mm = niceStep((width * 0.14) / scale);
  const length = mm * scale;
  const left = width - length - 20;
  const y = round(height - 8);
  const bar = `M${round(left)} ${y}h${round(length)}m0 -3v6M${round(left)} ${round(height - 11)}v6`;
  const svg = `<g fill="none"><path d="${bar}" stroke="#000" stroke-width="3.6"/><path class="scale" d="${bar}" stroke="#fff" stroke-width="1.4"/></g><text x="${round(left + length / 2)}" y="${round(height - 13)}" font-size="9" text-anchor="middle" fill="#fff" stroke="#000" stroke-width="2.6" paint-order="stroke">${mm} mm</text>`;
  return { left, length, svg };
}

export function letters({ left, right, top, bottom }: PlaneView['letters'], w: number, h: number): string {
  const at = (x: number, y: number, text: string): string =>
    `<text class="orientation" x="${round(x)}" y="${round(y)}" text-anchor="middle" font-size="12" font-weight="700" fill="#fff" stroke="#000" stroke-width="3" paint-order="stroke">${text}</text>`;
  return at(9, h / 2 + 4, left) + at(w - 9, h / 2 + 4, right) + at(w / 2, 13, top) + at(w / 2, h - 5, bottom);
}

/** Where the orientation letters stand. */
export function cornersOf(w: number, h: number): [number, number][] {
  return [
    [2, h / 2 - 8],
    [w - 16, h / 2 - 8],
    [w / 2 - 7, 2],
    [w / 2 - 7, h - 18],
  ];
}

/** To a tenth of a pixel. */
export function round(px: number): number {
  return Math.round(px * 10) / 10;
}
