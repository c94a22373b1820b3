import type { Encoding } from './walk.ts';

export const EXPLICIT_LITTLE: Encoding = { explicit: true, little: true };
export const IMPLICIT_LITTLE: Encoding = { explicit: false, little: true };

/** Whether it has the preamble of a DICOM file, or begins as a data set without one would; the first 512 bytes tell. */
export function looksLikeDicom(bytes: Uint8Array): boolean {
  return hasPreamble(bytes) || bareEncoding(bytes) !== undefined;
}

export function hasPreamble(bytes: Uint8Array): boolean {
  return bytes.length >= 132 && String.fromCharCode(...bytes.subarray(128, 132)) === 'DICM';
}

/** How a data set without preamble is coded: it begins with a small element of group 0002 or 0008. */
export function bareEncoding(bytes: Uint8Array): Encoding | undefined {
  if (bytes.length < 16 || (bytes[0] !== 8 && bytes[0] !== 2) || bytes[1] !== 0 || bytes[3] !== 0) return undefined;
  const vr = String.fromCharCode(bytes[4], bytes[5]);
  if (/^(CS|UI|DA|TM|SH|LO|PN|UL|AE|IS|DS|US|OB)$/.test(vr)) return EXPLICIT_LITTLE;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  return length <= 256 && length <= bytes.length - 8 ? IMPLICIT_LITTLE : undefined;
}
