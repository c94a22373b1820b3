/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Colours that lie so far apart in hue [deg] stay apart, however many there are: the golden angle. */
export const HUE_STEP = 137.508;

/**
 * A bright colour (its value is 1) of a hue and a saturation.
 *
 * @param hue [deg], not negative
 * @param saturation 0 (white) to 1
 */
export function fromHue(hue: number, saturation: number): Rgb {
  const channel = (offset: number): number => {
    const t = (offset + hue / 60) % 6;
    return Math.round(255 * (1 - saturation * Math.max(0, Math.min(1, Math.min(t, 4 - t)))));
  };
  return [channel(5), channel(3), channel(1)];
}

/** As pages write it: #rrggbb. */
export function toHex(color: Rgb): string {
  return `#${color.map((c) => c.toString(16).padStart(2, '0')).join('')}`;
}

export function fromHex(text: string): Rgb {
  const value = Number.parseInt(text.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
