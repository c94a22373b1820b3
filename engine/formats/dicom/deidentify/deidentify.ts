import { deflateSync } from 'fflate';
import { dataSetOf } from '../read.ts';
import { TRANSFER_SYNTAX } from '../uids.ts';
import type { Encoding } from '../walk.ts';
import { IMPLEMENTATION_CLASS_UID } from '../write.ts';
import { type Changes, editElements, newElement } from './edit.ts';
import { encodeItems, joined } from './encode.ts';
import { addIdentity } from './identity.ts';
import { type DeidentifyOptions, methodCodes } from './options.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { type Refusal, refusalOf } from './refuse.ts';
import { isRetained, OWN } from './rules.ts';
import { elementTree, textIn } from './tree.ts';

/** A file without identity. */
export interface Deidentified {
  readonly bytes: Uint8Array;
  /** Patient's pseudonym. */
  readonly patient: string;
  /** As `CT`, for names of files. */
  readonly modality: string;
  readonly sopInstanceUid: string;
}

const EXPLICIT_LITTLE: Encoding = { explicit: true, little: true };

/**
 * Removes identity from a file: the Basic Application Level Confidentiality Profile of DICOM PS3.15 E.2, with the options
 * given. Besides the attributes of its table: private ones, those that the dictionary does not have, overlays and curves,
 * all other names of persons and UIDs of objects, and whatever text repeats the patient's identity. Every other byte, pixels
 * and contours among them, stays as it is.
 *
 * @param name for messages
 * @param changes what was done is added to it
 * @throws IsocenterError `dicom/...` for a damaged file
 */
export function deidentify(
  name: string,
  bytes: Uint8Array,
  options: DeidentifyOptions,
  pseudonyms: Pseudonyms,
  changes: Changes,
): Deidentified | Refusal {
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { transferSyntaxUid, encoding, body } = dataSetOf(name, plain);
  const tree = elementTree(name, body, encoding);
  const refusal = refusalOf(tree, body);
  if (refusal !== undefined && !(refusal.kind === 'pixels' && options.allowBurnedIn)) return refusal;
  const text = (tag: string): string => {
    const element = tree.find((one) => one.tag === tag);
    return element === undefined ? '' : textIn(body, element);
  };
  const sopClass = text('00080016');
  const sopUid = text('00080018');
  if (!/^[\d.]+$/.test(sopUid)) return { kind: 'class', reason: 'its SOPInstanceUID is missing or no UID' };
  const key = text('00100020') || `study ${text('0020000D')}`;
  const words = new Set<string>();
  addIdentity(tree, body, words, new Set(), (tag) => isRetained(tag, options));
  const patient = pseudonyms.patient(key);
  const daysBack = pseudonyms.daysBack(key);
  const edited = editElements(tree, { body, sopClass, options, pseudonyms, patient, daysBack, words, changes });
  const set = [...edited, ...statement(options, encoding)].sort((a, b) => (a.tag < b.tag ? -1 : 1));
  const out = joined(set.map((element) => element.bytes));
  const sopInstanceUid = options.keepUids ? sopUid : pseudonyms.uid(sopUid);
  const isDeflated = transferSyntaxUid === TRANSFER_SYNTAX.deflated;
  const modality = /^[A-Z]{2,16}$/.exec(text('00080060'))?.[0] ?? 'DICOM';
  return {
    bytes: joined([fileMeta(sopClass, sopInstanceUid, transferSyntaxUid), isDeflated ? even(deflateSync(out)) : out]),
    patient,
    modality,
    sopInstanceUid,
  };
}

/** Says that identity was removed, and how (PS3.15 E.1.1). */
function statement(options: DeidentifyOptions, encoding: Encoding) {
  const code = (value: string, meaning: string): Uint8Array =>
    joined(
      [
        newElement('00080100', 'SH', value, encoding),
        newElement('00080102', 'SH', 'DCM', encoding),
        newElement('00080104', 'LO', meaning, encoding),
      ].map(({ bytes }) => bytes),
    );
  const codes = methodCodes(options).map(({ value, meaning }) => code(value, meaning));
  const longitudinal = { shift: 'MODIFIED', keep: 'UNMODIFIED', remove: 'REMOVED' }[options.dates];
  return [
    newElement(OWN.identityRemoved, 'CS', 'YES', encoding),
    newElement(OWN.method, 'LO', 'isocenter: DICOM PS3.15 Table E.1-1 (2023e)', encoding),
    newElement(OWN.methodCodes, 'SQ', encodeItems(codes, encoding), encoding),
    newElement(OWN.longitudinal, 'CS', longitudinal, encoding),
  ];
}

function fileMeta(sopClass: string, sopInstanceUid: string, transferSyntaxUid: string): Uint8Array {
  const group = joined(
    [
      newElement('00020001', 'OB', Uint8Array.of(0, 1), EXPLICIT_LITTLE),
      newElement('00020002', 'UI', sopClass, EXPLICIT_LITTLE),
      newElement('00020003', 'UI', sopInstanceUid, EXPLICIT_LITTLE),
      newElement('00020010', 'UI', transferSyntaxUid, EXPLICIT_LITTLE),
      newElement('00020012', 'UI', IMPLEMENTATION_CLASS_UID, EXPLICIT_LITTLE),
      newElement('00020013', 'SH', 'ISOCENTER', EXPLICIT_LITTLE),
    ].map(({ bytes }) => bytes),
  );
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, group.length, true);
  const preamble = new Uint8Array(132);
  preamble.set(new TextEncoder().encode('DICM'), 128);
  return joined([preamble, newElement('00020000', 'UL', length, EXPLICIT_LITTLE).bytes, group]);
}

function even(bytes: Uint8Array): Uint8Array {
  return bytes.length % 2 === 0 ? bytes : joined([bytes, new Uint8Array(1)]);
}
