import { tagName } from '../dictionary.ts';
import { dataSetOf } from '../read.ts';
import { Walker } from '../walk.ts';
import { isPrivate, isStandardUid, PRIVATE } from './edit.ts';
import { elementTells, type Identity } from './identity.ts';
import { type DeidentifyOptions, optionsOfCodes } from './options.ts';
import { isPatientPseudonym } from './pseudonyms.ts';
import { refusalOf } from './refuse.ts';
import { isProtocolName } from './roi-names.ts';
import { actionFor, isRetained, OWN } from './rules.ts';
import { type Element, elementTree, textIn, visit } from './tree.ts';
import { dummyValue } from './values.ts';

/** Where identity may remain; the value itself is never told. */
export interface Finding {
  readonly attribute: string;
  readonly problem: string;
}

/** Elements of the file meta information that say nothing about anyone. */
const PLAIN_META = /^0002(0000|0001|0002|0003|0010|0012|0013)$/;
const PIXEL_DATA = '7FE00010';
const LONGEST_BYTES = 2 ** 16;
const NOTHING = /^(|REMOVED|ANONYMOUS|ANONYMIZED|NONE|UNKNOWN|0+)$/i;

/**
 * Looks for identity in a file that should have none: attributes that the profile removes, by the options the file says
 * were used, and, with the identity of the originals, their names, identifiers and UIDs anywhere in text.
 *
 * @throws IsocenterError `dicom/...` for a damaged file
 */
export function remainingIdentity(name: string, bytes: Uint8Array, original?: Identity): Finding[] {
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { encoding, body } = dataSetOf(name, plain);
  const tree = elementTree(name, body, encoding);
  const text = (tag: string): string => {
    const element = tree.find((one) => one.tag === tag);
    return element === undefined ? '' : textIn(body, element);
  };
  const findings: Finding[] = metaFindings(name, plain);
  const find = (attribute: string, problem: string): void => {
    findings.push({ attribute, problem });
  };
  if (text(OWN.identityRemoved) !== 'YES') find(tagName(OWN.identityRemoved), 'it does not say YES');
  const codes = tree.find(({ tag }) => tag === OWN.methodCodes)?.items ?? [];
  const values = codes.flatMap((item) => item.filter(({ tag }) => tag === '00080100').map((one) => textIn(body, one)));
  const options = optionsOfCodes(values);
  const refusal = refusalOf(tree, body);
  if (refusal !== undefined) find('the object', refusal.reason);
  const sopClass = text('00080016');
  visit(tree, (element) => {
    const problem = problemOf(element, body, sopClass, options, original);
    if (problem !== undefined) find(isPrivate(element.tag) ? PRIVATE : tagName(element.tag), problem);
  });
  return findings;
}

function problemOf(
  element: Element,
  body: Uint8Array,
  sopClass: string,
  options: DeidentifyOptions,
  original: Identity | undefined,
): string | undefined {
  const { tag, vr, items, valueStart, valueEnd } = element;
  const isEmpty = items === undefined ? valueEnd === valueStart : items.length === 0;
  if (isEmpty) return undefined;
  // Pixels and tables are no text.
  const isText = items === undefined && (!/^O[BDFLVW]$/.test(vr) || valueEnd - valueStart <= LONGEST_BYTES);
  const text = isText && tag !== PIXEL_DATA ? textIn(body, element) : '';
  if (original !== undefined) {
    if (!isRetained(tag, options) && elementTells(element, body, original.words))
      return 'it repeats identity of the originals';
    if (vr === 'UI' && !options.keepUids && text.split('\\').some((uid) => !isGeneral(uid) && original.uids.has(uid))) {
      return 'it has a UID of the originals';
    }
  }
  switch (actionFor(tag, vr, sopClass, options)) {
    case 'remove':
      return 'it should not be there';
    case 'empty':
      return items === undefined && NOTHING.test(text) ? undefined : 'it has a value';
    case 'dummy':
      if (items !== undefined || vr === 'UI' || NOTHING.test(text)) return undefined;
      return isSame(body.subarray(valueStart, valueEnd), dummyValue(vr)) ? undefined : 'its value is no dummy';
    case 'uid':
      return text.split('\\').every((uid) => isGeneral(uid) || uid.startsWith('2.25.'))
        ? undefined
        : 'it has a UID that is no pseudonym';
    case 'patient':
      return isPatientPseudonym(text) || NOTHING.test(text) ? undefined : 'it is no pseudonym';
    case 'roi-name':
      return isProtocolName(text) || /^ROI_\d*$/.test(text) ? undefined : 'it is no name of anatomy or planning';
    default:
      return undefined;
  }
}

function isGeneral(uid: string): boolean {
  return uid === '' || isStandardUid(uid);
}

function metaFindings(name: string, bytes: Uint8Array): Finding[] {
  if (String.fromCharCode(...bytes.subarray(128, 132)) !== 'DICM') return [];
  const findings: Finding[] = [];
  if (bytes.subarray(0, 128).some((byte) => byte !== 0)) {
    findings.push({ attribute: 'preamble', problem: 'it is not empty' });
  }
  const isMeta = (tag: string): boolean => tag.startsWith('0002');
  const places = new Walker(name, bytes).elements(
    132,
    bytes.length,
    { explicit: true, little: true },
    (t) => !isMeta(t),
  );
  for (const { tag } of places) {
    if (!PLAIN_META.test(tag)) findings.push({ attribute: tagName(tag), problem: 'it should not be there' });
  }
  return findings;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, n) => byte === b[n]);
}
