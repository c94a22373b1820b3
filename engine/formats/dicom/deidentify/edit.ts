import { tagName } from '../dictionary.ts';
import type { Encoding } from '../walk.ts';
import { encodeElement, encodeItems, encodeText, joined } from './encode.ts';
import { elementTells, mayTell, tells } from './identity.ts';
import type { DeidentifyOptions } from './options.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { isProtocolName } from './roi-names.ts';
import { type Action, actionFor } from './rules.ts';
import { type Element, textIn } from './tree.ts';
import { dummyValue, shiftedDates } from './values.ts';

/** What happened to values of an attribute. */
export type Change = 'removed' | 'emptied' | 'replaced' | 'dates shifted' | 'UIDs replaced';

/** How often, by attribute as `(0010,0010) PatientName`; private ones are one. */
export type Changes = Map<string, Partial<Record<Change, number>>>;

export const PRIVATE = 'private attributes';

export interface EditContext {
  readonly body: Uint8Array;
  readonly sopClass: string;
  readonly options: DeidentifyOptions;
  readonly pseudonyms: Pseudonyms;
  readonly patient: string;
  readonly daysBack: number;
  readonly words: ReadonlySet<string>;
  readonly changes: Changes;
}

/** Does to a data set, at every level, what the rules say; what is kept is copied as it is. */
export function editElements(
  elements: readonly Element[],
  context: EditContext,
  isWithinDummy = false,
): { tag: string; bytes: Uint8Array }[] {
  const { body, sopClass, options } = context;
  let roiNumber = '';
  return elements.flatMap((element) => {
    const { tag, vr, items, start, valueStart, valueEnd, encoding } = element;
    if (tag === '30060022') roiNumber = textIn(body, element).replace(/\D/g, '');
    let action = actionFor(tag, vr, sopClass, options);
    if (isWithinDummy && action === 'keep' && items === undefined && mayTell(element)) action = 'dummy';
    if (action === 'own') return [];
    const name = tagName(tag);
    const count = (change: Change): void => add(context.changes, isPrivate(tag) ? PRIVATE : name, change);
    const written = (value: Uint8Array) => [{ tag, bytes: encodeElement(tag, writtenVr(element), value, encoding) }];
    const isEmpty = items === undefined ? valueEnd === valueStart : items.length === 0;
    if (action === 'remove') {
      count('removed');
      return [];
    }
    if (isEmpty && action !== 'patient') return [{ tag, bytes: body.subarray(start, valueEnd) }];
    if (items !== undefined) {
      if (action === 'empty') {
        count('emptied');
        return written(new Uint8Array(0));
      }
      const inner = isWithinDummy || action === 'dummy';
      const edited = items.map((item) => joined(editElements(item, context, inner).map(({ bytes }) => bytes)));
      return written(encodeItems(edited, element.innerEncoding));
    }
    const [change, value] = newValue(element, action, context, roiNumber);
    if (value === undefined) return [{ tag, bytes: body.subarray(start, valueEnd) }];
    if (change !== undefined) count(change);
    return written(value);
  });
}

/** The value that an action makes, and what that is called; undefined where it stays. */
function newValue(
  element: Element,
  action: Action,
  context: EditContext,
  roiNumber: string,
): [Change | undefined, Uint8Array | undefined] {
  const { body, pseudonyms, daysBack, words, patient } = context;
  const { vr } = element;
  switch (action) {
    case 'empty':
      return ['emptied', new Uint8Array(0)];
    case 'dummy':
      return ['replaced', vr === 'UI' ? uids(textIn(body, element), pseudonyms) : dummyValue(vr)];
    case 'uid':
      return ['UIDs replaced', uids(textIn(body, element), pseudonyms)];
    case 'patient':
      return ['replaced', encodeText(patient, vr)];
    case 'date': {
      const text = textIn(body, element);
      if (vr !== 'DA' && vr !== 'DT') return isTime(text) ? [undefined, undefined] : ['emptied', new Uint8Array(0)];
      const shifted = shiftedDates(text, daysBack);
      return shifted === undefined ? ['emptied', new Uint8Array(0)] : ['dates shifted', encodeText(shifted, vr)];
    }
    case 'roi-name': {
      const name = textIn(body, element);
      if (isProtocolName(name) && !tells(name, words)) return [undefined, undefined];
      return ['replaced', encodeText(`ROI_${roiNumber}`, vr)];
    }
    default:
      if (elementTells(element, body, words)) return ['replaced', dummyValue(vr)];
      if (/^(DA|DT|TM)$/.test(vr) && !isTime(textIn(body, element))) return ['emptied', new Uint8Array(0)];
      return [undefined, undefined];
  }
}

/** Dates, times and offsets are digits and signs; anything else in them may be anything. */
function isTime(text: string): boolean {
  return /^[\d .:+\\-]*$/.test(text);
}

function uids(text: string, pseudonyms: Pseudonyms): Uint8Array {
  const mapped = text.split('\\').map((uid) => {
    const plain = uid.trim();
    return plain === '' || isStandardUid(plain) ? plain : pseudonyms.uid(plain);
  });
  return encodeText(mapped.join('\\'), 'UI');
}

/** A UID of the standard itself: classes, transfer syntaxes, well-known frames of reference. */
export function isStandardUid(uid: string): boolean {
  return uid.startsWith('1.2.840.10008.');
}

export function isPrivate(tag: string): boolean {
  return Number.parseInt(tag.slice(3, 4), 16) % 2 === 1;
}

function writtenVr({ writtenVr: written, vr, encoding }: Element): string {
  return encoding.explicit ? written : vr;
}

function add(changes: Changes, name: string, change: Change): void {
  const counts = changes.get(name) ?? {};
  counts[change] = (counts[change] ?? 0) + 1;
  changes.set(name, counts);
}

/** A new element of a data set. */
export function newElement(tag: string, vr: string, value: string | Uint8Array, encoding: Encoding) {
  const bytes = typeof value === 'string' ? encodeText(value, vr) : value;
  return { tag, bytes: encodeElement(tag, vr, bytes, encoding) };
}
