/**
 * The L-BFGS direction -H g as coefficients of the rows of a history matrix, from the inner products of its rows alone
 * (Nocedal's two-loop recursion in the vector-free form of Chen, Wang and Zhou 2014).
 *
 * @param gram lower triangle of the inner products, entry (a, b <= a) at a (a + 1) / 2 + b; rows 0..m-1 are the steps s,
 * m..2m-1 the gradient changes y, 2m the gradient g
 * @param slots slots of the pairs to use, oldest first; pairs without positive curvature are passed over
 * @param m pairs that the matrix has room for
 * @param out [2m + 1], overwritten
 */
export function twoLoopCoefficients(gram: Float64Array, slots: readonly number[], m: number, out: Float32Array): void {
  const at = (a: number, b: number): number => (a >= b ? gram[(a * (a + 1)) / 2 + b] : gram[(b * (b + 1)) / 2 + a]);
  const g = 2 * m;
  const rows = 2 * m + 1;
  const c = new Float64Array(rows);
  c[g] = -1;
  // Product of the combination so far with row `r`.
  const along = (r: number): number => {
    let sum = 0;
    for (let k = 0; k < rows; k++) if (c[k] !== 0) sum += c[k] * at(k, r);
    return sum;
  };
  const usable = slots.filter((s) => {
    const curvature = at(s, m + s);
    return curvature > 1e-8 * Math.sqrt(at(s, s) * at(m + s, m + s)) && Number.isFinite(curvature);
  });
  const alpha = new Float64Array(m);
  for (let i = usable.length - 1; i >= 0; i--) {
    const s = usable[i];
    alpha[s] = along(s) / at(s, m + s);
    c[m + s] -= alpha[s];
  }
  if (usable.length > 0) {
    const newest = usable[usable.length - 1];
    const scale = at(newest, m + newest) / at(m + newest, m + newest);
    for (let k = 0; k < rows; k++) c[k] *= scale;
  }
  for (const s of usable) {
    const beta = along(m + s) / at(s, m + s);
    c[s] += alpha[s] - beta;
  }
  out.set(c);
}
