import dcmjs, { type Dict } from 'dcmjs';
import { tagOf, vrOf } from './dictionary.ts';
import { derivedUid, TRANSFER_SYNTAX } from './uids.ts';

/** A value of an attribute; an empty array writes the attribute without a value (type 2). */
export type DicomValue = string | number | Uint8Array | readonly string[] | readonly number[] | readonly DicomRecord[];

/** A data set by keyword; a sequence is an array of such records, an empty one too where the attribute is a sequence. */
export interface DicomRecord {
  readonly [keyword: string]: DicomValue | undefined;
}

/** Names this implementation in the files it writes. */
export const IMPLEMENTATION_CLASS_UID = derivedUid('isocenter', 'implementation class');

/** VRs that the data set decides, as they are in what is written here. */
const decided: Readonly<Record<string, (record: DicomRecord) => string>> = {
  ox: () => 'OW',
  xs: ({ PixelRepresentation }) => (PixelRepresentation === 1 ? 'SS' : 'US'),
};

/**
 * A file in Part 10 form; class and instance of the file meta information come from `SOPClassUID` and
 * `SOPInstanceUID`. Attributes of which the value is undefined are left out.
 *
 * @param isImplicit implicit instead of explicit VR little endian, for text longer than 64 KiB: an explicit length of a decimal
 * string has 16 bits
 */
export function writeDicom(record: DicomRecord, isImplicit = false): Uint8Array {
  const { explicitLittle, implicitLittle } = TRANSFER_SYNTAX;
  const meta: Dict = {
    '00020001': { vr: 'OB', Value: [new Uint8Array([0, 1]).buffer] },
    '00020002': { vr: 'UI', Value: [record.SOPClassUID] },
    '00020003': { vr: 'UI', Value: [record.SOPInstanceUID] },
    '00020010': { vr: 'UI', Value: [isImplicit ? implicitLittle : explicitLittle] },
    '00020012': { vr: 'UI', Value: [IMPLEMENTATION_CLASS_UID] },
    '00020013': { vr: 'SH', Value: ['ISOCENTER'] },
  };
  const file = new dcmjs.data.DicomDict(meta);
  file.dict = dictOf({ SpecificCharacterSet: 'ISO_IR 192', ...record });
  return new Uint8Array(file.write());
}

function dictOf(record: DicomRecord): Dict {
  const entries = Object.entries(record).flatMap(([keyword, value]) => {
    if (value === undefined) return [];
    const known = vrOf(keyword);
    const vr = decided[known]?.(record) ?? known;
    return [[tagOf(keyword), { vr, Value: valuesOf(value, vr) }] as const];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function valuesOf(value: DicomValue, vr: string): unknown[] {
  if (value instanceof Uint8Array) return [Uint8Array.from(value).buffer];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (vr === 'SQ') return values.map((item) => dictOf(item as DicomRecord));
  if (vr === 'DS') return values.map((one) => (typeof one === 'number' ? decimalString(one) : one));
  if (vr === 'PN') return values.map((one) => ({ Alphabetic: one }));
  return [...values];
}

/** A number as a decimal string (DS): 16 characters at most, with as many digits as fit. */
export function decimalString(value: number): string {
  const plain = String(value);
  if (plain.length <= 16) return plain;
  for (let digits = 15; digits > 0; digits--) {
    const rounded = Number(value.toPrecision(digits));
    const text = [String(rounded), rounded.toExponential()].find(({ length }) => length <= 16);
    if (text !== undefined) return text;
  }
  return '0';
}
