/** The first entry of a session's zip. */
export const MANIFEST = 'isocenter-session.json';

/** Whether a file begins as a session does: as a zip whose first entry is {@link MANIFEST}. */
export function looksLikeSession(bytes: Uint8Array): boolean {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
  return isZip && new TextDecoder('latin1').decode(bytes.subarray(30, 30 + MANIFEST.length)) === MANIFEST;
}
