import { type Element, textIn, visit } from './tree.ts';

/** What says who a patient is, as the original files have it: lower case, never shown. */
export interface Identity {
  readonly words: ReadonlySet<string>;
  readonly uids: ReadonlySet<string>;
}

/** Attributes, besides all names of persons, whose values are looked for wherever there is text. */
const TELLING = new Set([
  '00080050',
  '00080080',
  '00080081',
  '00080092',
  '00080094',
  '00081010',
  '00081040',
  '00100020',
  '00100030',
  '00101000',
  '00101005',
  '00101040',
  '00101060',
  '00101090',
  '00102154',
  '00102155',
  '00200010',
  '00380010',
  '00380300',
  '00380500',
  '00400253',
  '00401001',
  '00402016',
  '00402017',
  '00120040',
  '00120042',
]); // prettier-ignore
const SHORTEST = 3;
/** Shorter ones count where they stand alone; in the middle of words they are chance. */
const SHORTEST_WITHIN = 5;
/** Words that stand in such attributes and say nothing. */
const COMMON = new Set([
  'the',
  'and',
  'for',
  'removed',
  'unknown',
  'none',
  'anonymous',
  'anonymized',
  'hospital',
  'ct',
  'dr',
  'med',
]);

/**
 * Adds the identity that a file holds to what is known.
 *
 * @param isKept tells which attributes may stay, so that their values are no secret
 */
export function addIdentity(
  tree: readonly Element[],
  body: Uint8Array,
  words: Set<string>,
  uids: Set<string>,
  isKept: (tag: string) => boolean = () => false,
): void {
  visit(tree, (element) => {
    const { tag, vr } = element;
    if (element.items !== undefined || isKept(tag)) return;
    if (vr === 'UI') for (const uid of textIn(body, element).split('\\')) uids.add(uid);
    if (vr !== 'PN' && !TELLING.has(tag)) return;
    const text = textIn(body, element).toLowerCase();
    const pieces = vr === 'PN' ? text.split(/[\\^= ,]+/) : text.split('\\');
    for (const piece of [...pieces, ...(vr === 'PN' ? text.split(/[\\=]/) : [])]) {
      const word = piece.trim();
      const isNumber = /^\d+$/.test(word);
      if (word.length >= (isNumber ? SHORTEST_WITHIN : SHORTEST) && !COMMON.has(word)) words.add(word);
    }
  });
}

const TEXT = new Set(['AE', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT', 'UN', 'OB']);
/** Longer values of bytes are pixels or tables. */
const LONGEST_BYTES = 2 ** 20;

/** Whether a value is text, or bytes that may be, in which identity could stand. */
export function mayTell({ vr, valueStart, valueEnd, tag, items }: Element): boolean {
  const isBytes = vr === 'UN' || vr === 'OB';
  return (
    items === undefined && TEXT.has(vr) && tag !== '7FE00010' && (!isBytes || valueEnd - valueStart <= LONGEST_BYTES)
  );
}

/** Whether the value of an element holds a word of an identity; a code only where it is one. */
export function elementTells(element: Element, body: Uint8Array, words: ReadonlySet<string>): boolean {
  if (element.vr === 'CS') {
    const values = textIn(body, element).toLowerCase().split('\\');
    return values.some((value) => value.length >= SHORTEST_WITHIN && words.has(value.trim()));
  }
  return mayTell(element) && tells(textIn(body, element), words);
}

/** Whether a text holds a word of an identity. */
export function tells(text: string, words: ReadonlySet<string>): boolean {
  const lower = text.toLowerCase();
  for (const word of words) {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) {
      if (word.length >= SHORTEST_WITHIN) return true;
      const isLetter = (index: number): boolean => /[a-z0-9\x80-\xff]/.test(lower[index] ?? '');
      if (!isLetter(at - 1) && !isLetter(at + word.length)) return true;
    }
  }
  return false;
}
