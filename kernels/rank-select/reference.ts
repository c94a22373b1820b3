/**
 * The value of given rank by sorting the whole list in descending order; rank 0 is the largest, an empty list selects 0.
 * NaN (of positive sign, as arithmetic makes it) counts as larger than any number.
 */
export function rankSelectReference(values: ArrayLike<number>, table: Uint32Array, indices: Uint32Array): Float64Array {
  const selected = new Float64Array(table.length / 4);
  for (let list = 0; list < selected.length; list++) {
    const [first, end, rank] = table.subarray(4 * list, 4 * list + 3);
    if (first >= end) continue;
    const sorted = Array.from(indices.subarray(first, end), (i) => values[i]).sort((a, b) => {
      if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
      return b - a;
    });
    selected[list] = sorted[rank];
  }
  return selected;
}
