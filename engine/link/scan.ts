import { DEEPEST_RECORD } from './limits.ts';

/**
 * Whether bytes are exactly one MessagePack value of the kinds that records are made of: nil, booleans, numbers, text, bytes,
 * lists, and maps with text as keys. Every length is checked against the bytes that are there before anything is made of it,
 * so that a short frame cannot ask for gigabytes, nor a nest of lists for the stack.
 *
 * @returns what is wrong
 */
export function scanRecord(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length;
  /** Values still to come on each level; on levels of a map twice its size, keys being the even ones. */
  const left = new Float64Array(DEEPEST_RECORD + 1);
  const isMap = new Uint8Array(DEEPEST_RECORD + 1);
  left[0] = 1;
  let depth = 0;
  let at = 0;
  for (;;) {
    while (left[depth] === 0) {
      if (depth === 0) return at === end ? undefined : `${end - at} bytes follow the record`;
      depth--;
    }
    if (at >= end) return 'the record ends too early';
    const isKey = isMap[depth] === 1 && left[depth] % 2 === 0;
    left[depth]--;
    const lead = bytes[at++];
    let skip = 0;
    let entries = -1;
    let map = 0;
    let isText = false;
    if (lead < 0x80 || lead >= 0xe0) skip = 0;
    else if (lead < 0x90) {
      entries = lead & 15;
      map = 1;
    } else if (lead < 0xa0) entries = lead & 15;
    else if (lead < 0xc0) {
      skip = lead & 31;
      isText = true;
    } else {
      const width = LENGTH_BYTES[lead - 0xc0];
      if (width < 0) return `the byte 0x${lead.toString(16)} leads no value that records have`;
      if (at + width > end) return 'the record ends too early';
      const length =
        width === 0 ? 0 : width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at) : view.getUint32(at);
      at += width;
      if (lead >= 0xdc) {
        entries = length;
        map = lead >= 0xde ? 1 : 0;
      } else if (width > 0) {
        skip = length;
        isText = lead >= 0xd9;
      } else skip = NUMBER_BYTES[lead - 0xc0];
    }
    if (isKey && !isText) return 'a key is no text';
    if (entries >= 0) {
      const values = map === 1 ? 2 * entries : entries;
      if (values > end - at) return `a list of ${entries} in ${end - at} bytes`;
      if (++depth > DEEPEST_RECORD) return `nested deeper than ${DEEPEST_RECORD}`;
      left[depth] = values;
      isMap[depth] = map;
    } else if (skip > end - at) return 'the record ends too early';
    at += Math.max(0, skip);
  }
}

/** Of the leads from 0xc0 on: bytes of a length that follows; -1 for what records do not have (extensions, 0xc1). */
const LENGTH_BYTES = Int8Array.from([
  0, -1, 0, 0, 1, 2, 4, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, 1, 2, 4, 2, 4, 2, 4,
]);
/** Of the same leads: bytes of the number itself. */
const NUMBER_BYTES = Int8Array.from([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);
