import { decodePixels } from '../codecs.ts';
import type { DicomFile } from '../read.ts';

const AIR_HU = -1000;

/** Why values may be no Hounsfield units; densities come from them, and so does the dose. */
export function doubtsOfHu(name: string, files: readonly DicomFile[]): string[] {
  const said: string[] = [];
  const bare = files.filter(({ dataset }) => !dataset.has('RescaleIntercept')).length;
  if (bare > 0) said.push(`${name}: ${bare} images have no RescaleIntercept: stored values count as HU.`);
  const types = new Set(files.map(({ dataset }) => dataset.text('RescaleType') ?? 'HU'));
  types.delete('HU');
  if (types.size > 0)
    said.push(`${name}: RescaleType is ${[...types].join(', ')}: its values count as HU all the same.`);
  return said;
}

/** Hounsfield units of one image; padding is air. */
export async function readHu(file: DicomFile, out: Float32Array): Promise<void> {
  const { dataset } = file;
  // MONOCHROME1 changes how an image is shown, not its HU; what a palette colours has none.
  const photometric = dataset.text('PhotometricInterpretation') ?? 'MONOCHROME2';
  if (!photometric.startsWith('MONOCHROME')) {
    throw dataset.bad('PhotometricInterpretation', `${photometric} is not of CT`);
  }
  const stored = await decodePixels(file);
  const slope = dataset.number('RescaleSlope') ?? 1;
  const intercept = dataset.number('RescaleIntercept') ?? 0;
  if (slope === 0) throw dataset.bad('RescaleSlope', '0: all values would be alike');
  const padding = dataset.number('PixelPaddingValue');
  const limit = dataset.number('PixelPaddingRangeLimit') ?? padding;
  const [low, high] =
    padding === undefined || limit === undefined
      ? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
      : [Math.min(padding, limit), Math.max(padding, limit)];
  for (let n = 0; n < out.length; n++) {
    const value = stored[n];
    out[n] = value >= low && value <= high ? AIR_HU : slope * value + intercept;
  }
}
