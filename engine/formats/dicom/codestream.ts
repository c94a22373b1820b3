/** What the header of a compressed image says of itself. */
export interface CodestreamHeader {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  /** Of JPEG 2000; 1 otherwise. */
  readonly tiles: number;
}

/**
 * Headers of a JPEG or JPEG-LS image before its first scan. Several frame headers are one too many, but only a decoder that
 * sees all of them can say so.
 *
 * Source: ISO/IEC 10918-1 B.2.2, ISO/IEC 14495-1 C.2.2 (SOF55).
 */
export function jpegHeaders(bytes: Uint8Array): CodestreamHeader[] {
  const found: CodestreamHeader[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return found;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return found;
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xda) return found;
    const isTable = marker === 0xc4 || marker === 0xc8 || marker === 0xcc;
    if (((marker >= 0xc0 && marker <= 0xcf && !isTable) || marker === 0xf7) && at + 10 <= bytes.length) {
      found.push({
        rows: view.getUint16(at + 5),
        columns: view.getUint16(at + 7),
        components: bytes[at + 9],
        tiles: 1,
      });
    }
    at += 2 + view.getUint16(at + 2);
  }
  return found;
}

/** JPEG 2000 begins with this; files that wrap the codestream in boxes have it after them. */
const SOC_SIZ = [0xff, 0x4f, 0xff, 0x51];
const FARTHEST_BYTE = 4096;

/** Header of a JPEG 2000 codestream. Source: ISO/IEC 15444-1 A.5.1. */
export function jpeg2000Headers(bytes: Uint8Array): CodestreamHeader[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 42 <= Math.min(bytes.length, FARTHEST_BYTE); at++) {
    if (!SOC_SIZ.every((byte, n) => bytes[at + n] === byte)) continue;
    const word = (n: number): number => view.getUint32(at + 8 + 4 * n);
    const [right, bottom, left, top, tileWidth, tileHeight, tileLeft, tileTop] = [0, 1, 2, 3, 4, 5, 6, 7].map(word);
    const tilesAcross = Math.ceil((right - tileLeft) / tileWidth);
    const tilesDown = Math.ceil((bottom - tileTop) / tileHeight);
    const components = view.getUint16(at + 40);
    return [{ rows: bottom - top, columns: right - left, components, tiles: tilesAcross * tilesDown }];
  }
  return [];
}
