import { inputError } from '../../../core/errors.ts';
import { knownVr } from '../dictionary.ts';
import { type ElementPlace, type Encoding, Walker } from '../walk.ts';

/** An element where it lies in its file, with its items where it is a sequence. */
export interface Element {
  readonly tag: string;
  /** As the file has it; as the dictionary has it where the file is implicit or says UN. */
  readonly vr: string;
  /** As the file has it; empty where it is implicit. */
  readonly writtenVr: string;
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  /** How it is coded; items of a sequence of unknown VR are coded on their own terms. */
  readonly encoding: Encoding;
  readonly items: readonly (readonly Element[])[] | undefined;
  readonly innerEncoding: Encoding;
}

const IMPLICIT_LITTLE: Encoding = { explicit: false, little: true };
const UNDEFINED = 0xffffffff;
const DEEPEST = 32;
const ITEM_END = 'FFFEE00D';

/**
 * All elements of a data set, at every level, as places in its bytes: what is kept can be copied as it is.
 *
 * @throws IsocenterError `dicom/truncated`, `dicom/malformed`
 */
export function elementTree(file: string, body: Uint8Array, encoding: Encoding): Element[] {
  const walker = new Walker(file, body);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);

  const elementOf = (place: ElementPlace, coded: Encoding, depth: number): Element => {
    const { tag, valueStart, valueEnd } = place;
    const isVague = !coded.explicit || place.vr === 'UN';
    const vr = isVague ? (knownVr(tag) ?? 'UN') : place.vr;
    const isUndefined =
      place.fragments === undefined &&
      valueStart - place.start >= 8 &&
      (!coded.explicit || valueStart - place.start === 12) &&
      view.getUint32(valueStart - 4, coded.little) === UNDEFINED;
    const isSequence = vr === 'SQ' || isUndefined;
    const innerEncoding = coded.explicit && place.vr === 'UN' ? IMPLICIT_LITTLE : coded;
    const items = isSequence ? itemsOf(valueStart, valueEnd, innerEncoding, depth + 1) : undefined;
    const { start } = place;
    return { tag, vr, writtenVr: place.vr, start, valueStart, valueEnd, encoding: coded, items, innerEncoding };
  };

  const itemsOf = (start: number, end: number, coded: Encoding, depth: number): Element[][] => {
    if (depth > DEEPEST) {
      const hint = 'the file is damaged, or meant to do harm: take a fresh copy';
      throw inputError('dicom/malformed', `${file}: sequences lie more than ${DEEPEST} deep (byte ${start})`, hint);
    }
    const items: Element[][] = [];
    let at = start;
    while (end - at >= 8) {
      const mark = view.getUint16(at + 2, coded.little);
      const length = view.getUint32(at + 4, coded.little);
      if (view.getUint16(at, coded.little) !== 0xfffe || (mark !== 0xe000 && mark !== 0xe0dd)) {
        const hint = 'the file is damaged: take a fresh copy, or export it again';
        throw inputError('dicom/malformed', `${file}: an item of a sequence is damaged (byte ${at})`, hint);
      }
      at += 8;
      if (mark === 0xe0dd) break;
      if (length !== UNDEFINED && length > end - at) {
        const hint = 'the file was cut off, probably while it was copied: take a fresh copy';
        throw inputError('dicom/truncated', `${file}: an item of a sequence is cut off (byte ${at})`, hint);
      }
      const isUndefined = length === UNDEFINED;
      const places = walker.elements(
        at,
        isUndefined ? end : at + length,
        coded,
        (tag) => isUndefined && tag === ITEM_END,
      );
      items.push(places.map((place) => elementOf(place, coded, depth)));
      at = isUndefined ? (places.at(-1)?.valueEnd ?? at) + 8 : at + length;
    }
    return items;
  };

  return walker.elements(0, body.length, encoding).map((place) => elementOf(place, encoding, 0));
}

/** Visits elements in their order, those within sequences after their sequence. */
export function visit(elements: readonly Element[], use: (element: Element) => void): void {
  for (const element of elements) {
    use(element);
    for (const item of element.items ?? []) visit(item, use);
  }
}

/** The value as Latin-1 text without padding; several values are parted by backslashes. */
export function textIn(body: Uint8Array, { valueStart, valueEnd }: Element): string {
  let text = '';
  for (let at = valueStart; at < valueEnd; at++) text += String.fromCharCode(body[at]);
  return text.replace(/^ +|[ \0]+$/g, '');
}
