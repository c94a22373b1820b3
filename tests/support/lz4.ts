/** An LZ4 frame: one size of block, no checksums; the packages only unpack. Greedy, for tests. */
export function lz4Frame(bytes: Uint8Array): Uint8Array {
  const out: number[] = [...HEADER];
  for (let from = 0; from < bytes.length; from += BLOCK) {
    const block = packBlock(bytes.subarray(from, from + BLOCK));
    out.push(...littleEndian(block.length));
    for (const byte of block) out.push(byte);
  }
  out.push(...littleEndian(0));
  return Uint8Array.from(out);
}

/** Magic number; version 1 with independent blocks; 4 MiB a block; second byte of the header's xxHash. */
const HEADER = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73];
const BLOCK = 1 << 20;
const LEAST_MATCH = 4;
/** A match begins no nearer to the end of a block, and ends no nearer than that. */
const LAST_MATCH = 12;
const LAST_LITERALS = 5;

function packBlock(bytes: Uint8Array): number[] {
  const out: number[] = [];
  const seen = new Map<number, number>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let done = 0;
  for (let at = 0; at + LAST_MATCH < bytes.length; ) {
    const word = view.getUint32(at);
    const before = seen.get(word);
    seen.set(word, at);
    if (before === undefined || at - before > 0xffff) {
      at++;
      continue;
    }
    let length = LEAST_MATCH;
    while (at + length < bytes.length - LAST_LITERALS && bytes[before + length] === bytes[at + length]) length++;
    sequence(out, bytes.subarray(done, at), { offset: at - before, length });
    at += length;
    done = at;
  }
  sequence(out, bytes.subarray(done));
  return out;
}

function sequence(out: number[], literals: Uint8Array, match?: { readonly offset: number; readonly length: number }) {
  const more = match === undefined ? 0 : match.length - LEAST_MATCH;
  out.push((Math.min(15, literals.length) << 4) | Math.min(15, more));
  extend(out, literals.length);
  for (const byte of literals) out.push(byte);
  if (match === undefined) return;
  out.push(match.offset & 255, match.offset >> 8);
  extend(out, more);
}

function extend(out: number[], length: number): void {
  if (length < 15) return;
  let left = length - 15;
  for (; left >= 255; left -= 255) out.push(255);
  out.push(left);
}

function littleEndian(n: number): number[] {
  return [n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24];
}
