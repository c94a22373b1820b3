import { SOP_CLASS } from '../uids.ts';
import { type Element, textIn } from './tree.ts';

const CLASS = '1.2.840.10008.5.1.4.1.1.';
/** Objects whose attributes are known well enough: CT, MR and PET images, radiotherapy, registrations, segmentations. */
const TAKEN = new Set(
  [
    '2',
    '2.1',
    '2.2',
    '4',
    '4.1',
    '4.4',
    '128',
    '128.1',
    '130',
    '481.1',
    '481.2',
    '481.3',
    '481.4',
    '481.5',
    '481.6',
    '481.7',
    '481.8',
    '481.9',
    '66.1',
    '66.3',
    '66.4',
  ].map((end) => CLASS + end),
); // prettier-ignore
/** Secondary captures and images of screens or films. */
const PICTURE = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(7(\.[1-4])?|481\.1)$/;
const SCREEN = /SCREEN|CAPTURE|REPORT|DOSE.?INFO|PROTOCOL/i;

/** Why a file is left out: `class` always, `pixels` unless they are allowed. */
export interface Refusal {
  readonly kind: 'class' | 'pixels';
  readonly reason: string;
}

/** What speaks against de-identifying a file; undefined where nothing does. */
export function refusalOf(tree: readonly Element[], body: Uint8Array): Refusal | undefined {
  const text = (tag: string): string => {
    const element = tree.find((one) => one.tag === tag);
    return element === undefined ? '' : textIn(body, element);
  };
  const sopClass = text('00080016');
  const pixels = (reason: string): Refusal => ({ kind: 'pixels', reason });
  if (sopClass === SOP_CLASS.detachedStudyManagement || sopClass === '1.2.840.10008.1.3.10') {
    return { kind: 'class', reason: 'it is no object of a patient (a directory or a management object)' };
  }
  if (PICTURE.test(sopClass)) return pixels('it is a capture, whose pixels may show identity');
  if (!TAKEN.has(sopClass)) {
    const shown = /^[\d.]{1,64}$/.test(sopClass) ? sopClass : 'unknown';
    return { kind: 'class', reason: `objects of SOP class ${shown} may hold identity in text or graphics` };
  }
  if (text('00280301').toUpperCase() === 'YES')
    return pixels('its pixels show annotations (BurnedInAnnotation is YES)');
  if (SCREEN.test(text('00080008'))) return pixels('it is an image of a screen or a report (ImageType)');
  if (text('00080064') !== '') return pixels('it was converted from something else (ConversionType)');
  if (/RGB|YBR|PALETTE/.test(text('00280004'))) return pixels('it is in colour, as captures are');
  if (hasOverlayInPixels(tree, body)) return pixels('an overlay lies in unused bits of its pixels');
  return undefined;
}

/** Overlays of old lie above the stored bits: no OverlayData, but a bit position. */
function hasOverlayInPixels(tree: readonly Element[], body: Uint8Array): boolean {
  return tree.some(({ tag, valueStart, valueEnd }) => {
    if (!/^60..0102$/.test(tag) || valueEnd - valueStart < 2) return false;
    const isStored = tree.some((one) => one.tag === `${tag.slice(0, 4)}3000`);
    return !isStored && body[valueStart] + body[valueStart + 1] > 0;
  });
}
