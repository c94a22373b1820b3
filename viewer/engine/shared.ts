import { toHalfFloat } from 'three/src/extras/DataUtils.js';

/** Memory that workers and the page share where the page is isolated. */
function memory(bytes: number): ArrayBufferLike {
  return globalThis.crossOriginIsolated ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}

/** Whether workers see what is written there. */
export function isShared({ buffer }: Float32Array): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
}

export function sharedFloats(length: number): Float32Array {
  return new Float32Array(memory(4 * length));
}

export function sharedCopy(values: Float32Array): Float32Array {
  const out = sharedFloats(values.length);
  out.set(values);
  return out;
}

export function sharedHalves(length: number): Uint16Array {
  return new Uint16Array(memory(2 * length));
}

export function sharedIndices(values: Uint32Array): Uint32Array {
  const out = new Uint32Array(memory(values.byteLength));
  out.set(values);
  return out;
}

/** Rounds towards zero: 11 bits hold 0.05 % of a dose and 2 HU up to 4096. */
export function writeHalves(values: Float32Array, out: Uint16Array): void {
  for (let n = 0; n < values.length; n++) out[n] = toHalfFloat(values[n]);
}
