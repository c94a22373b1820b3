import { zlibSync } from 'fflate';

/**
 * An 8-bit grey picture as a PNG file (PNG specification, third edition: signature, IHDR, IDAT, IEND).
 *
 * @param grey width * height values, top row first
 */
export function greyPng(width: number, height: number, grey: Uint8Array): Uint8Array {
  const rows = new Uint8Array(height * (1 + width));
  // Filter 1 (difference to the pixel on the left) makes soft pictures a third smaller.
  for (let j = 0; j < height; j++) {
    const to = j * (1 + width);
    rows[to] = 1;
    for (let i = 0; i < width; i++) {
      const at = j * width + i;
      rows[to + 1 + i] = i === 0 ? grey[at] : grey[at] - grey[at - 1];
    }
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 0, 0, 0, 0], 8);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(rows, { level: 6 })),
    chunk('IEND', new Uint8Array(0)),
  ];
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A `data:` address, for a picture inside a page. */
export function pngAddress(png: Uint8Array): string {
  let text = '';
  for (let at = 0; at < png.length; at += 8192) text += String.fromCharCode(...png.subarray(at, at + 8192));
  return `data:image/png;base64,${btoa(text)}`;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  for (let n = 0; n < 4; n++) out[4 + n] = type.charCodeAt(n);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
  return out;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (let n = 0; n < data.length; n++) crc = crcTable[(crc ^ data[n]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}
