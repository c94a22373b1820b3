const base = new Uint16Array(512);
const shift = new Uint8Array(512);
const word = new Float32Array(1);
const bits = new Uint32Array(word.buffer);

for (let i = 0; i < 256; i++) {
  const e = i - 127;
  let b = 0x7c00;
  let s = 24;
  if (e < -24) b = 0;
  else if (e < -14) [b, s] = [0x0400 >> (-e - 14), -e - 1];
  else if (e <= 15) [b, s] = [(e + 15) << 10, 13];
  else if (e === 128) s = 13;
  base[i] = b;
  shift[i] = s;
  base[i | 0x100] = b | 0x8000;
  shift[i | 0x100] = s;
}

/** Converts to IEEE half floats, rounding towards zero: 11 bits hold 0.05 % of a dose and 2 HU up to 4096. */
export function toHalfFloats(values: Float32Array, out: Uint16Array): void {
  for (let i = 0; i < values.length; i++) {
    word[0] = values[i];
    const b = bits[0];
    const e = (b >>> 23) & 0x1ff;
    out[i] = base[e] + ((b & 0x007fffff) >>> shift[e]);
  }
}
