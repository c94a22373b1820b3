/**
 * Histograms by definition: a value falls into bin floor((value - low) / binWidth), the first or last where it lies below or
 * above all of them, and NaN into one more bin behind the last.
 */
export function doseHistogramReference(
  s: { readonly bins: number; readonly low: number; readonly binWidth: number },
  values: ArrayLike<number>,
  table: Uint32Array,
  indices: Uint32Array,
): Float64Array {
  const lists = table.length / 4;
  const counts = new Float64Array(lists * (s.bins + 1));
  for (let list = 0; list < lists; list++) {
    for (const i of indices.subarray(table[4 * list], table[4 * list + 1])) {
      const bin = Math.max(0, Math.min(s.bins - 1, Math.floor((values[i] - s.low) / s.binWidth)));
      counts[list * (s.bins + 1) + (Number.isNaN(bin) ? s.bins : bin)]++;
    }
  }
  return counts;
}
