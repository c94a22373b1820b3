import { inputError } from '../../core/errors.ts';
import { tagOf } from '../dicom/dictionary.ts';

/** A data set in the DICOM JSON model (PS3.18 F), read by keyword; what is not of the expected form reads as absent. */
export class JsonDataset {
  readonly #elements: Readonly<Record<string, unknown>>;

  constructor(elements: Readonly<Record<string, unknown>>) {
    this.#elements = elements;
  }

  /** All values as text; of a person's name the alphabetic form. */
  texts(keyword: string): string[] {
    return this.#values(keyword).flatMap((value) => {
      if (typeof value === 'string' || typeof value === 'number') return [String(value)];
      const name = isRecord(value) ? value.Alphabetic : undefined;
      return typeof name === 'string' ? [name] : [];
    });
  }

  text(keyword: string): string {
    return this.texts(keyword)[0] ?? '';
  }

  items(keyword: string): JsonDataset[] {
    return this.#values(keyword)
      .filter(isRecord)
      .map((value) => new JsonDataset(value));
  }

  #values(keyword: string): readonly unknown[] {
    const element = this.#elements[tagOf(keyword)];
    return isRecord(element) && Array.isArray(element.Value) ? element.Value : [];
  }
}

/**
 * The data sets of an answer, which is an array, or one of them.
 *
 * @param where what was asked, for errors
 * @throws IsocenterError `dicomweb/answer`
 */
export function jsonDatasets(answer: unknown, where: string): JsonDataset[] {
  const list = Array.isArray(answer) ? answer : [answer];
  if (list.every(isRecord)) return list.map((one) => new JsonDataset(one));
  throw inputError(
    'dicomweb/answer',
    `the answer of ${where} is not in the DICOM JSON model`,
    'check that --url is the root of a DICOMweb service, such as http://host:8042/dicom-web',
  );
}

const UID = /^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/;

/** Whether a text is a UID (PS3.5 9.1): also what makes it safe as the name of a file. Leading zeros, which some write, too. */
export function isUid(text: string): boolean {
  return text.length <= 64 && (UID.test(text) || /^\d+(\.\d+)+$/.test(text));
}

/** One object of an archive. */
export interface InstanceReference {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopUid: string;
}

/** @throws IsocenterError `dicomweb/answer` for UIDs that are none */
export function instanceReference(row: JsonDataset, studyUid: string, where: string): InstanceReference {
  const seriesUid = row.text('SeriesInstanceUID');
  const sopUid = row.text('SOPInstanceUID');
  for (const [name, uid] of Object.entries({ SeriesInstanceUID: seriesUid, SOPInstanceUID: sopUid })) {
    if (isUid(uid)) continue;
    throw inputError(
      'dicomweb/answer',
      `${where} lists an object whose ${name} ${JSON.stringify(uid.slice(0, 70))} is no UID`,
      'the archive does not answer as DICOMweb does: report this to who runs it',
    );
  }
  return { studyUid, seriesUid, sopUid };
}

/** An object that an archive did not take. */
export interface StoreFailure {
  readonly sopUid: string;
  readonly reason: string;
}

/** Reasons of PS3.4 B.2.3 and PS3.18 I.2.2, in hundreds where the standard leaves the rest open. */
const REASONS: readonly (readonly [mask: number, value: number, words: string])[] = [
  [0xff00, 0xa700, 'the archive is out of resources'],
  [0xff00, 0xa900, 'the data set does not fit its SOP class'],
  [0xf000, 0xc000, 'the archive cannot understand it'],
  [0xffff, 0x0110, 'the archive failed to process it'],
  [0xffff, 0x0111, 'the archive has it already, and it differs'],
  [0xffff, 0x0122, 'the archive does not take its SOP class'],
  [0xffff, 0x0124, 'the archive does not allow it'],
  [0xffff, 0x0272, 'the archive does not take its transfer syntax'],
];

/** What a store response (PS3.18 10.5.3) says was not stored; an empty list where all was. */
export function storeFailures(response: JsonDataset): StoreFailure[] {
  return [...response.items('FailedSOPSequence'), ...response.items('OtherFailuresSequence')].map((item) => {
    const code = Number(item.text('FailureReason'));
    const words = REASONS.find(([mask, value]) => (code & mask) === value)?.[2] ?? 'no reason is known for this code';
    const number = Number.isInteger(code) ? `0x${code.toString(16).toUpperCase().padStart(4, '0')}` : 'none';
    return { sopUid: item.text('ReferencedSOPInstanceUID'), reason: `${words} (reason ${number})` };
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
