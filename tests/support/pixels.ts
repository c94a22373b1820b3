import type { Page } from 'playwright-core';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** RGBA, row by row from the top. */
  readonly data: Uint8Array;
}

/** The pixels of one view of the page, as they are on the screen. */
export async function pixelsOf(page: Page, selector: string): Promise<Pixels> {
  const clip = await page.locator(selector).boundingBox();
  if (clip === null) throw new Error(`there is no ${selector}`);
  const png = await page.screenshot({ clip });
  const shown = await page.evaluate(async (base64) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
    const { width, height } = image;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context?.drawImage(image, 0, 0);
    const { data } = context?.getImageData(0, 0, width, height) ?? { data: new Uint8ClampedArray(0) };
    // As text: millions of numbers, one by one, would take seconds to cross.
    const reader = new FileReader();
    await new Promise((resolve) => {
      reader.onload = resolve;
      reader.readAsDataURL(new Blob([data]));
    });
    return { width, height, text: String(reader.result).split(',')[1] };
  }, png.toString('base64'));
  return { width: shown.width, height: shown.height, data: Buffer.from(shown.text, 'base64') };
}

export function pixelAt({ width, data }: Pixels, x: number, y: number): readonly [number, number, number] {
  const at = 4 * (x + width * y);
  return [data[at], data[at + 1], data[at + 2]];
}

/** Waits until the page has drawn what was asked of it. */
export async function drawn(page: Page): Promise<void> {
  for (let n = 0; n < 3; n++) {
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 30))));
  }
}
