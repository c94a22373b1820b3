import { inputError } from '../../core/errors.ts';
import { tagName } from './dictionary.ts';

/** Where an element of a data set lies in its bytes. */
export interface ElementPlace {
  /** Eight hexadecimal digits. */
  readonly tag: string;
  readonly vr: string;
  /** First byte of the tag. */
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  /** Of encapsulated pixel data: the offset table, and each fragment after it. */
  readonly fragments?: readonly (readonly [start: number, end: number])[];
}

export interface Encoding {
  readonly explicit: boolean;
  readonly little: boolean;
}

const UNDEFINED = 0xffffffff;
const DEEPEST = 32;
const MOST_ELEMENTS = 2_000_000;
/** VRs whose length takes four bytes, after two that are reserved. */
const LONG = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const ITEM = 'FFFEE000';
const ITEM_END = 'FFFEE00D';
const SEQUENCE_END = 'FFFEE0DD';

/**
 * Walks a data set without decoding it, and proves that every length fits into what is there: what comes after can trust
 * them. Nesting and the number of elements are bounded.
 */
export class Walker {
  readonly #file: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #elements = 0;

  constructor(file: string, bytes: Uint8Array) {
    this.#file = file;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * The elements from `start` to `end`, or until `until` says that the next one is not of them.
   *
   * @throws IsocenterError `dicom/truncated`, `dicom/malformed`
   */
  elements(start: number, end: number, encoding: Encoding, until?: (tag: string) => boolean): ElementPlace[] {
    const found: ElementPlace[] = [];
    let at = start;
    while (at < end) {
      if (end - at < 8) {
        // Padding of the file to a whole block.
        if (this.#bytes.subarray(at, end).every((byte) => byte === 0)) break;
        throw this.#truncated(at, `${end - at} bytes are left where an element begins`);
      }
      if (until?.(this.#tag(at, encoding.little))) break;
      const place = this.#element(at, end, encoding, 0);
      found.push(place);
      at = place.valueEnd;
    }
    return found;
  }

  #tag(at: number, little: boolean): string {
    const group = this.#view.getUint16(at, little);
    const element = this.#view.getUint16(at + 2, little);
    return (group.toString(16).padStart(4, '0') + element.toString(16).padStart(4, '0')).toUpperCase();
  }

  #element(start: number, end: number, encoding: Encoding, depth: number): ElementPlace {
    if (++this.#elements > MOST_ELEMENTS) throw this.#malformed(start, `there are more than ${MOST_ELEMENTS} elements`);
    const tag = this.#tag(start, encoding.little);
    if (tag.startsWith('FFFE')) throw this.#malformed(start, `${tagName(tag)} stands where an element should`);
    let vr = '';
    let length: number;
    let at = start + 8;
    if (!encoding.explicit) length = this.#view.getUint32(start + 4, encoding.little);
    else {
      vr = String.fromCharCode(this.#bytes[start + 4], this.#bytes[start + 5]);
      if (!/^[A-Z]{2}$/.test(vr)) {
        throw this.#malformed(start, `${tagName(tag)} has no value representation (found ${JSON.stringify(vr)})`);
      }
      if (LONG.has(vr)) {
        if (end - start < 12) throw this.#truncated(start, `${tagName(tag)} is cut off`);
        length = this.#view.getUint32(start + 8, encoding.little);
        at = start + 12;
      } else length = this.#view.getUint16(start + 6, encoding.little);
    }
    if (length === UNDEFINED) {
      if (tag === '7FE00010') return this.#encapsulated(tag, vr, start, at, end);
      // A sequence of unknown VR is coded implicitly (PS3.5 6.2.2).
      const inner = vr === 'UN' ? { explicit: false, little: true } : encoding;
      return { tag, vr, start, valueStart: at, valueEnd: this.#items(tag, at, end, inner, depth, true) };
    }
    if (length > end - at) {
      throw this.#truncated(start, `${tagName(tag)} has ${length} bytes, of which ${end - at} are there`);
    }
    if (vr === 'SQ') this.#items(tag, at, at + length, encoding, depth, false);
    return { tag, vr, start, valueStart: at, valueEnd: at + length };
  }

  /** @returns the end of the items, their delimiter included */
  #items(tag: string, start: number, end: number, encoding: Encoding, depth: number, delimited: boolean): number {
    if (depth >= DEEPEST) throw this.#malformed(start, `${tagName(tag)} lies more than ${DEEPEST} sequences deep`);
    let at = start;
    while (at < end || delimited) {
      if (end - at < 8) throw this.#truncated(at, `${tagName(tag)} is cut off within its items`);
      const mark = this.#tag(at, encoding.little);
      const length = this.#view.getUint32(at + 4, encoding.little);
      at += 8;
      if (mark === SEQUENCE_END && delimited) return at;
      if (mark !== ITEM) throw this.#malformed(at - 8, `${tagName(tag)} has ${tagName(mark)} where an item begins`);
      if (length !== UNDEFINED && length > end - at) {
        throw this.#truncated(at - 8, `an item of ${tagName(tag)} has ${length} bytes, of which ${end - at} are there`);
      }
      const itemEnd = length === UNDEFINED ? end : at + length;
      for (;;) {
        if (length !== UNDEFINED && at >= itemEnd) break;
        if (itemEnd - at < 8) throw this.#truncated(at, `an item of ${tagName(tag)} is cut off`);
        if (length === UNDEFINED && this.#tag(at, encoding.little) === ITEM_END) {
          at += 8;
          break;
        }
        at = this.#element(at, itemEnd, encoding, depth + 1).valueEnd;
      }
    }
    return at;
  }

  #encapsulated(tag: string, vr: string, start: number, valueStart: number, end: number): ElementPlace {
    const fragments: [number, number][] = [];
    let at = valueStart;
    for (;;) {
      if (end - at < 8) throw this.#truncated(at, `${tagName(tag)} is cut off within its fragments`);
      const mark = this.#tag(at, true);
      const length = this.#view.getUint32(at + 4, true);
      at += 8;
      if (mark === SEQUENCE_END) return { tag, vr, start, valueStart, valueEnd: at, fragments };
      if (mark !== ITEM) throw this.#malformed(at - 8, `${tagName(tag)} has ${tagName(mark)} where a fragment begins`);
      if (length > end - at) {
        throw this.#truncated(
          at - 8,
          `a fragment of ${tagName(tag)} has ${length} bytes, of which ${end - at} are there`,
        );
      }
      fragments.push([at, at + length]);
      at += length;
    }
  }

  #truncated(at: number, what: string) {
    const hint = 'the file was cut off, probably while it was copied: take a fresh copy';
    return inputError('dicom/truncated', `${this.#file}: ${what} (byte ${at})`, hint);
  }

  #malformed(at: number, what: string) {
    const hint = 'the file is damaged, or no DICOM file: take a fresh copy, or export it again';
    return inputError('dicom/malformed', `${this.#file}: ${what} (byte ${at})`, hint);
  }
}
