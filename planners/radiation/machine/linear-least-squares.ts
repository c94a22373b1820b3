import { IsocenterError } from '../../../engine/core/errors.ts';

/** The upper triangle of a QR factorisation with the rotated right-hand side: min |A x - b| is R x = q. */
export interface TriangularSystem {
  readonly unknowns: number;
  /** unknowns * unknowns, row-major, zero below the diagonal. */
  readonly r: Float64Array;
  /** unknowns: the first rows of Q' b. */
  readonly q: Float64Array;
  /** |A x - b| at the minimum. */
  readonly residualNorm: number;
}

/**
 * Reduces the dense least-squares problem min |A x - b| to its triangle, by Householder reflections.
 *
 * @param a rows * unknowns, row-major; overwritten
 * @param b rows; overwritten
 */
export function triangularise(a: Float64Array, b: Float64Array, unknowns: number): TriangularSystem {
  const n = unknowns;
  const rows = b.length;
  if (rows < n || a.length !== rows * n) {
    throw internalError('machine/least-squares-shape', `matrix of ${a.length} values for ${rows} rows, ${n} unknowns`);
  }
  const dots = new Float64Array(n + 1);
  for (let k = 0; k < n; k++) {
    let norm = 0;
    for (let i = k; i < rows; i++) norm += a[i * n + k] ** 2;
    norm = Math.sqrt(norm);
    if (norm === 0) continue;
    const alpha = a[k * n + k] > 0 ? -norm : norm;
    const head = a[k * n + k] - alpha;
    // reflection I - v v' / (norm * |head|), with v = (head, a[k+1..])
    a[k * n + k] = head;
    dots.fill(0);
    for (let i = k; i < rows; i++) {
      const v = a[i * n + k];
      for (let j = k + 1; j < n; j++) dots[j] += v * a[i * n + j];
      dots[n] += v * b[i];
    }
    const scale = 1 / (norm * Math.abs(head));
    for (let i = k; i < rows; i++) {
      const v = a[i * n + k] * scale;
      for (let j = k + 1; j < n; j++) a[i * n + j] -= v * dots[j];
      b[i] -= v * dots[n];
    }
    a[k * n + k] = alpha;
    for (let i = k + 1; i < rows; i++) a[i * n + k] = 0;
  }
  let residual = 0;
  for (let i = n; i < rows; i++) residual += b[i] ** 2;
  return { unknowns: n, r: a.slice(0, n * n), q: b.slice(0, n), residualNorm: Math.sqrt(residual) };
}

/** Solves R x = rhs by back substitution. */
export function solveUpper(r: Float64Array, rhs: ArrayLike<number>, unknowns: number): Float64Array {
  const x = new Float64Array(unknowns);
  for (let i = unknowns - 1; i >= 0; i--) {
    let sum = rhs[i];
    for (let j = i + 1; j < unknowns; j++) sum -= r[i * unknowns + j] * x[j];
    if (Math.abs(r[i * unknowns + i]) < 1e-300) {
      throw internalError(
        'machine/least-squares-singular',
        `unknown ${i} of ${unknowns} is not determined by the data`,
      );
    }
    x[i] = sum / r[i * unknowns + i];
  }
  return x;
}

/** Solves R' x = rhs by forward substitution. */
export function solveUpperTransposed(r: Float64Array, rhs: ArrayLike<number>, unknowns: number): Float64Array {
  const x = new Float64Array(unknowns);
  for (let i = 0; i < unknowns; i++) {
    let sum = rhs[i];
    for (let j = 0; j < i; j++) sum -= r[j * unknowns + i] * x[j];
    x[i] = sum / r[i * unknowns + i];
  }
  return x;
}

/** x of min |A x - b|; the inputs are left as they are. @see triangularise for the shapes */
export function leastSquares(a: Float64Array, b: Float64Array, unknowns: number): Float64Array {
  const { r, q } = triangularise(a.slice(), b.slice(), unknowns);
  return solveUpper(r, q, unknowns);
}

function internalError(code: string, message: string): IsocenterError {
  return new IsocenterError({
    code,
    message,
    hint: 'This is a fault of isocenter; please report it.',
    origin: 'internal',
  });
}
