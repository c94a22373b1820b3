interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels of the screen in one of CSS. */
export const screenRatio = (): number => globalThis.devicePixelRatio || 1;

/** Pixels that canvases have for one of the screen: at most 2 in one of CSS are worth their time. */
export const drawnShare = (): number => Math.min(1, 2 / screenRatio());

/**
 * Where a box of the page is painted: layouts divide the window into fractions of pixels, and browsers paint from whole pixels of
 * the screen to whole ones. Image and overlay of a view have to agree on these.
 *
 * @param box [CSS px]
 * @param ratio pixels of the screen in one of CSS
 * @returns whole pixels of the screen
 */
export function paintedBox({ left, top, width, height }: Box, ratio = screenRatio()): Box {
  const [x, y] = [Math.round(left * ratio), Math.round(top * ratio)];
  return {
    left: x,
    top: y,
    width: Math.round((left + width) * ratio) - x,
    height: Math.round((top + height) * ratio) - y,
  };
}

/** Size of an element as it is painted [CSS px, fractions where the screen's pixels are]. */
export function paintedSize(element: HTMLElement): { readonly width: number; readonly height: number } {
  const ratio = screenRatio();
  const { width, height } = paintedBox(element.getBoundingClientRect(), ratio);
  return { width: width / ratio, height: height / ratio };
}
