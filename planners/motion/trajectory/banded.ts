/**
 * A symmetric positive definite matrix with a band, the lower triangle row by row: entry (r, r - d) at r * (band + 1) + band - d,
 * for d from 0 to `band`.
 */
export interface BandedMatrix {
  readonly size: number;
  readonly band: number;
  readonly values: Float64Array;
}

export function createBanded(size: number, band: number): BandedMatrix {
  return { size, band, values: new Float64Array(size * (band + 1)) };
}

/** Adds to the entry of row `a` and column `b` and to its mirror image, which is the same; |a - b| is at most the band. */
export function addBanded({ band, values }: BandedMatrix, a: number, b: number, value: number): void {
  const row = Math.max(a, b);
  values[row * (band + 1) + band - Math.abs(a - b)] += value;
}

/** Solves A x = b by Cholesky's decomposition within the band; A is overwritten, x replaces b. False where A is not definite. */
export function solveBanded({ size, band, values }: BandedMatrix, b: Float64Array): boolean {
  const width = band + 1;
  for (let r = 0; r < size; r++) {
    const first = Math.max(0, r - band);
    const row = r * width + band - r;
    for (let c = first; c <= r; c++) {
      const other = c * width + band - c;
      let sum = values[row + c];
      for (let k = Math.max(first, c - band); k < c; k++) sum -= values[row + k] * values[other + k];
      if (c < r) values[row + c] = sum * values[other + c];
      else {
        if (!(sum > 0)) return false;
        // The reciprocal of the diagonal is kept.
        values[row + r] = 1 / Math.sqrt(sum);
      }
    }
  }
  for (let r = 0; r < size; r++) {
    const row = r * width + band - r;
    let sum = b[r];
    for (let k = Math.max(0, r - band); k < r; k++) sum -= values[row + k] * b[k];
    b[r] = sum * values[row + r];
  }
  for (let r = size - 1; r >= 0; r--) {
    const row = r * width + band - r;
    b[r] *= values[row + r];
    for (let k = Math.max(0, r - band); k < r; k++) b[k] -= values[row + k] * b[r];
  }
  return true;
}
