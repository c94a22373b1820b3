import {
  encodeElement,
  encodeItems,
  encodeText,
  joined,
} from '../../../../../engine/formats/dicom/deidentify/encode.ts';
import { ACTIONS } from '../../../../../engine/formats/dicom/deidentify/table.ts';
import { elementTree } from '../../../../../engine/formats/dicom/deidentify/tree.ts';
import { knownVr } from '../../../../../engine/formats/dicom/dictionary.ts';
import { dataSetOf } from '../../../../../engine/formats/dicom/read.ts';

const CODED = { explicit: true, little: true };

/** Texts that must not be found in what comes out. */
export const MARK = 'Zqxplant';
export const DATE = '19471113';
export const TIME = '114713';
export const UID = '1.2.3.4711';
export const NUMBER = '47114711';

/** A value of the VR that would tell. */
export function plantedValue(vr: string): Uint8Array {
  const text: Readonly<Record<string, string>> = {
    DA: DATE,
    TM: TIME,
    DT: DATE + TIME,
    UI: `${UID}.1`,
    AS: '047Y',
    IS: NUMBER,
    DS: NUMBER,
    PN: `${MARK}^${MARK}`,
    CS: MARK.toUpperCase(),
  };
  if (vr === 'SQ') return new Uint8Array(0);
  if (/^(US|SS|UL|SL|FL|FD|xs|AT)$/.test(vr)) return new Uint8Array(8).fill(0x47);
  return encodeText(text[vr] ?? MARK, vr);
}

/** Elements that tell: of the whole table, unknown and private ones, an overlay, a curve; at every level. */
function plants(depth: number): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  let nested = 0;
  const put = (tag: string, vr: string, value: Uint8Array): void => {
    found.set(tag, encodeElement(tag, vr, value, CODED));
  };
  for (const tag of ACTIONS.keys()) {
    if (/^000[02]|^FFF/.test(tag)) continue;
    const known = knownVr(tag) ?? 'LO';
    const vr = known === 'ox' ? 'OB' : known === 'xs' ? 'US' : known;
    if (vr !== 'SQ') put(tag, vr, plantedValue(vr));
    else {
      // All of them within each would make a file of megabytes.
      const inner =
        depth > 0 && nested++ % 8 === 0
          ? [...plants(depth - 1).values()]
          : [encodeElement('00100010', 'PN', plantedValue('PN'), CODED)];
      put(tag, 'SQ', encodeItems([joined(inner)], CODED));
    }
  }
  put('00080058', 'UI', encodeText(`${UID}.1\\${UID}.2`, 'UI'));
  put('00090010', 'LO', encodeText(MARK, 'LO'));
  put('00091001', 'UN', encodeText(MARK, 'UN'));
  put('00150010', 'LO', encodeText(MARK, 'LO'));
  put('00103999', 'LO', encodeText(MARK, 'LO'));
  put('50000005', 'US', plantedValue('US'));
  put('50003000', 'OW', encodeText(MARK, 'OW'));
  put('60003000', 'OW', encodeText(MARK, 'OW'));
  put('60000022', 'LO', encodeText(MARK, 'LO'));
  // Not of the table, but names of persons, dates and texts are looked at wherever they stand.
  put('00400506', 'LO', encodeText(`of ${MARK}`, 'LO'));
  put('00081070', 'PN', encodeText(`${MARK}^A`, 'PN'));
  put('00185100', 'CS', encodeText('HFS', 'CS'));
  put('00180015', 'CS', encodeText('HEAD', 'CS'));
  put('00081250', 'SQ', encodeItems([encodeElement('00080104', 'LO', encodeText(MARK, 'LO'), CODED)], CODED));
  return found;
}

/** A file with all of these beside what it has; its class and its pixels stay. */
export function planted(file: Uint8Array, depth: number): Uint8Array {
  const { body } = dataSetOf('base', file);
  const own = elementTree('base', body, CODED).map(
    ({ tag, start, valueEnd }) => [tag, body.subarray(start, valueEnd)] as const,
  );
  const all = new Map([...own, ...plants(depth)]);
  const sorted = [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, bytes]) => bytes);
  const head = file.slice(0, file.length - body.length);
  head.set(encodeText(MARK, 'LO'), 0);
  return joined([head, ...sorted]);
}
