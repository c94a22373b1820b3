import type { Encoding } from '../walk.ts';

const LONG = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

/** An element as bytes. `value` has an even length, and for VRs with a short length at most 65534 bytes. */
export function encodeElement(tag: string, vr: string, value: Uint8Array, encoding: Encoding): Uint8Array {
  const isLong = encoding.explicit && LONG.has(vr);
  const out = new Uint8Array((isLong ? 12 : 8) + value.length);
  const view = new DataView(out.buffer);
  view.setUint16(0, Number.parseInt(tag.slice(0, 4), 16), encoding.little);
  view.setUint16(2, Number.parseInt(tag.slice(4), 16), encoding.little);
  if (!encoding.explicit) view.setUint32(4, value.length, encoding.little);
  else {
    out[4] = vr.charCodeAt(0);
    out[5] = vr.charCodeAt(1);
    if (isLong) view.setUint32(8, value.length, encoding.little);
    else view.setUint16(6, value.length, encoding.little);
  }
  out.set(value, isLong ? 12 : 8);
  return out;
}

/** Items of a sequence, each with its length. */
export function encodeItems(items: readonly Uint8Array[], encoding: Encoding): Uint8Array {
  return joined(
    items.flatMap((item) => {
      const mark = new Uint8Array(8);
      const view = new DataView(mark.buffer);
      view.setUint16(0, 0xfffe, encoding.little);
      view.setUint16(2, 0xe000, encoding.little);
      view.setUint32(4, item.length, encoding.little);
      return [mark, item];
    }),
  );
}

/** Text padded to an even length: UIDs by a zero, all else by a blank. */
export function encodeText(text: string, vr: string): Uint8Array {
  const padded = text.length % 2 === 0 ? text : text + (vr === 'UI' ? '\0' : ' ');
  return Uint8Array.from(padded, (character) => character.charCodeAt(0));
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
