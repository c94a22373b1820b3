import { inputError } from '../../core/errors.ts';

/** A part of a multipart message; `body` is a view into the message. */
export interface Part {
  /** Lower case; empty where the part has none. */
  readonly contentType: string;
  readonly body: Uint8Array;
}

const MOST_PARTS = 100_000;
const LONGEST_HEADER = 8192;

/**
 * Splits a multipart/related message (RFC 2046, RFC 2387). Strict: a message that does not end with its closing boundary was
 * cut off, and none of it is given out.
 *
 * @param contentType of the message, which names the boundary
 * @param where what the message answers, for errors
 * @throws IsocenterError `dicomweb/multipart`
 */
export function parseMultipart(contentType: string, message: Uint8Array, where: string): Part[] {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) throw malformed(where, 'its content type names no boundary of 1 to 70 characters');
  const delimiter = latin1(`--${boundary}`);
  const parts: Part[] = [];
  let at = startsWith(message, delimiter, 0) ? 0 : find(message, latin1(`\r\n--${boundary}`), 0) + 2;
  if (at < 2 && !startsWith(message, delimiter, 0)) throw malformed(where, 'its boundary is not in it');
  const between = latin1(`\r\n--${boundary}`);
  for (;;) {
    at += delimiter.length;
    if (message[at] === 0x2d && message[at + 1] === 0x2d) return parts;
    while (message[at] === 0x20 || message[at] === 0x09) at++;
    if (message[at] !== 0x0d || message[at + 1] !== 0x0a) throw malformed(where, `a boundary is damaged (byte ${at})`);
    if (parts.length === MOST_PARTS) throw malformed(where, `it has more than ${MOST_PARTS} parts`);
    // From the line end of the boundary, so that a part without headers is found too.
    const headerEnd = find(message.subarray(0, at + LONGEST_HEADER), BLANK_LINE, at);
    if (headerEnd < 0) throw malformed(where, `part ${parts.length + 1} has no end of its header`);
    const header = text(message.subarray(at + 2, Math.max(at + 2, headerEnd)));
    const start = headerEnd + BLANK_LINE.length;
    const end = find(message, between, start - 2);
    if (end < 0) throw malformed(where, `it is cut off in part ${parts.length + 1}`);
    parts.push({
      contentType: headerValue(header, 'content-type'),
      body: message.subarray(start, Math.max(start, end)),
    });
    at = end + 2;
  }
}

const BLANK_LINE = latin1('\r\n\r\n');

function boundaryOf(contentType: string): string | undefined {
  const found = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))\s*(?:;|$)/i.exec(contentType);
  return found?.[1] ?? found?.[2];
}

function headerValue(header: string, name: string): string {
  const line = header.split('\r\n').find((one) => one.toLowerCase().startsWith(`${name}:`));
  return line === undefined
    ? ''
    : line
        .slice(name.length + 1)
        .trim()
        .toLowerCase();
}

function find(bytes: Uint8Array, token: Uint8Array, from: number): number {
  const last = bytes.length - token.length;
  for (let at = bytes.indexOf(token[0], from); at >= 0 && at <= last; at = bytes.indexOf(token[0], at + 1)) {
    if (startsWith(bytes, token, at)) return at;
  }
  return -1;
}

function startsWith(bytes: Uint8Array, token: Uint8Array, at: number): boolean {
  for (let n = 0; n < token.length; n++) if (bytes[at + n] !== token[n]) return false;
  return true;
}

function latin1(string: string): Uint8Array {
  return Uint8Array.from(string, (character) => character.charCodeAt(0));
}

function text(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}

function malformed(where: string, what: string) {
  const hint = 'the answer was cut off or damaged on its way: run the command again';
  return inputError('dicomweb/multipart', `the answer of ${where} is no multipart message: ${what}`, hint);
}
