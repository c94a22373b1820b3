import { normal, type Random } from '../../engine/core/random.ts';

/** `length` uniform numbers in [low, high). */
export function uniformArray(random: Random, length: number, low: number, high: number): Float32Array {
  return Float32Array.from({ length }, () => low + (high - low) * random());
}

/** `length` standard normal numbers. */
export function normalArray(random: Random, length: number): Float32Array {
  return Float32Array.from({ length }, () => normal(random));
}

/** `length` whole numbers in [0, limit). */
export function indexArray(random: Random, length: number, limit: number): Uint32Array {
  return Uint32Array.from({ length }, () => Math.floor(random() * limit));
}

/** A copy with one element replaced, for cases with NaN. */
export function withValue(data: Float32Array, index: number, value: number): Float32Array {
  const copy = data.slice();
  copy[index] = value;
  return copy;
}

/** Whole numbers from 0 to length - 1 in random order (Fisher and Yates). */
export function shuffledIndices(random: Random, length: number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
