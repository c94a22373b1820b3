import { IsocenterError, inputError } from '../../../engine/core/errors.ts';
import { leastSquares, solveUpper, solveUpperTransposed, type TriangularSystem } from './linear-least-squares.ts';

/**
 * min |R x - q| subject to G x >= h: the problem LSI of Lawson and Hanson, Solving Least Squares Problems (1974),
 * chapter 23. It is changed to a least-distance problem by z = R x - q, and that is solved by its non-negative dual.
 *
 * @param system from `triangularise`
 * @param g constraints * unknowns, row-major
 * @param h constraints
 */
export function constrainedLeastSquares(system: TriangularSystem, g: Float64Array, h: Float64Array): Float64Array {
  const { unknowns: n, r, q } = system;
  const count = h.length;
  // Rows (G R^-1, h - G R^-1 q): the columns of the dual problem.
  const dual = new Float64Array(count * (n + 1));
  for (let i = 0; i < count; i++) {
    const row = solveUpperTransposed(r, g.subarray(i * n, (i + 1) * n), n);
    let gq = 0;
    for (let j = 0; j < n; j++) gq += row[j] * q[j];
    dual.set(row, i * (n + 1));
    dual[i * (n + 1) + n] = h[i] - gq;
  }
  const target = new Float64Array(n + 1);
  target[n] = 1;
  const residual = nonNegativeResidual(dual, target);
  if (!(residual[n] > 1e-12)) {
    throw inputError(
      'machine/fit-infeasible',
      `no beam kernel satisfies the ${count} positivity constraints`,
      'Check the tables for values out of order (a factor 100, mm against cm).',
    );
  }
  const z = new Float64Array(n);
  for (let j = 0; j < n; j++) z[j] = q[j] - residual[j] / residual[n];
  return solveUpper(r, z, n);
}

/**
 * The residual f - E u of min |E u - f| with u >= 0, by the active-set method NNLS of Lawson and Hanson.
 *
 * @param columns the columns of E one after the other, each as long as `f`
 */
export function nonNegativeResidual(columns: Float64Array, f: Float64Array): Float64Array {
  const m = f.length;
  const count = columns.length / m;
  const norms = new Float64Array(count);
  for (let c = 0; c < count; c++) norms[c] = Math.hypot(...columns.subarray(c * m, (c + 1) * m)) || 1;
  let passive: number[] = [];
  let u: number[] = [];
  let residual = f.slice();
  const blocked = new Set<number>();
  for (let step = 0; step < 20 * m; step++) {
    const entering = steepest(columns, norms, residual, (c) => passive.includes(c) || blocked.has(c));
    if (entering < 0) return residual;
    if (leastSquares(gather(columns, [...passive, entering], m), f, passive.length + 1)[passive.length] <= 0) {
      blocked.add(entering); // its slope is rounding: it would leave at once
      continue;
    }
    blocked.clear();
    passive.push(entering);
    u.push(0);
    for (;;) {
      const trial = leastSquares(gather(columns, passive, m), f, passive.length);
      let fraction = 1;
      for (let k = 0; k < u.length; k++) if (trial[k] <= 0) fraction = Math.min(fraction, u[k] / (u[k] - trial[k]));
      u = u.map((value, k) => value + fraction * (trial[k] - value));
      if (fraction === 1) break;
      const keep = u.map((value, k) => value > 1e-14 || trial[k] > 0);
      passive = passive.filter((_, k) => keep[k]);
      u = u.filter((_, k) => keep[k]);
    }
    residual = f.slice();
    for (let k = 0; k < passive.length; k++) {
      for (let i = 0; i < m; i++) residual[i] -= u[k] * columns[passive[k] * m + i];
    }
  }
  throw new IsocenterError({
    code: 'machine/fit-not-converged',
    message: `non-negative least squares did not end within ${20 * m} steps (${count} columns)`,
    hint: 'This is a fault of isocenter; please report it with the measured tables.',
    origin: 'internal',
  });
}

/** The column with the largest cosine to the residual, or -1 where none is positive. */
function steepest(
  columns: Float64Array,
  norms: Float64Array,
  residual: Float64Array,
  skip: (c: number) => boolean,
): number {
  const m = residual.length;
  let best = -1;
  let slope = 1e-12;
  for (let c = 0; c < norms.length; c++) {
    let dot = 0;
    for (let i = 0; i < m; i++) dot += columns[c * m + i] * residual[i];
    if (dot / norms[c] > slope && !skip(c)) {
      slope = dot / norms[c];
      best = c;
    }
  }
  return best;
}

/** The chosen columns as a row-major matrix of m rows. */
function gather(columns: Float64Array, chosen: readonly number[], m: number): Float64Array {
  const out = new Float64Array(m * chosen.length);
  chosen.forEach((c, k) => {
    for (let i = 0; i < m; i++) out[i * chosen.length + k] = columns[c * m + i];
  });
  return out;
}
