/**
 * Solves A x = b for a symmetric positive definite A of [n][n], row by row, whose lower triangle is read and overwritten by
 * its Cholesky factor; x replaces b. No allocation.
 *
 * @returns false where A is not positive definite (or not finite); b is then meaningless
 */
export function choleskySolve(a: Float64Array, n: number, b: Float64Array): boolean {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j < i; j++) {
      let sum = a[row + j];
      for (let k = 0; k < j; k++) sum -= a[row + k] * a[j * n + k];
      a[row + j] = sum * a[j * n + j];
    }
    let pivot = a[row + i];
    for (let k = 0; k < i; k++) pivot -= a[row + k] * a[row + k];
    if (!(pivot > 0)) return false;
    // The reciprocal of the diagonal is kept: n divisions instead of n * n.
    a[row + i] = 1 / Math.sqrt(pivot);
  }
  for (let i = 0; i < n; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= a[i * n + k] * b[k];
    b[i] = sum * a[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i];
    for (let k = i + 1; k < n; k++) sum -= a[k * n + i] * b[k];
    b[i] = sum * a[i * n + i];
  }
  return true;
}
