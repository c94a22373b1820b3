import { leastSquares, solveUpper, triangularise } from './linear-least-squares.ts';
import { COMPONENTS } from './model.ts';

/**
 * Attenuations of the exponentials that depth curves are made of [1/mm]. Fixed: the first three span the attenuation
 * and scatter of megavoltage beams, the others build-up; the nine follow both measured 6 MV machines to 0.15 %
 * (root mean square beyond 12 mm), and below the last measured depth the curves go on as the first ones fall off.
 */
export const ATTENUATION_PER_MM = [0.003, 0.0045, 0.008, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8] as const;

/** Small pull of every exponential to zero, relative to its column: it keeps the fit of few depths determined. */
const RIDGE = 1e-5;

/** Weight of a depth: like a table whose spacing grows with depth, whatever the table's own. */
export function depthWeights(depthMm: ArrayLike<number>): Float64Array {
  const last = depthMm.length - 1;
  return Float64Array.from({ length: last + 1 }, (_, i) => {
    const d = depthMm[i];
    const above = depthMm[Math.max(0, i - 1)];
    const below = depthMm[Math.min(last, i + 1)];
    const spacing = (below - above) / (i === 0 || i === last ? 1 : 2);
    return importance(d) * Math.sqrt(spacing / (5 + d / 10));
  });
}

/** The peak normalises every depth dose; the first millimetres are the least certain (contamination, chamber size). */
function importance(depthMm: number): number {
  if (depthMm < 5) return 0.2;
  if (depthMm < 9) return 0.6;
  return depthMm < 26 ? 2 : 1;
}

/** Strengths of the exponentials in one measured depth curve; errors count relative to the curve. */
export function fitExponentials(depthMm: ArrayLike<number>, curve: ArrayLike<number>): Float64Array {
  const weight = depthWeights(depthMm).map((w, i) => w / Math.max(curve[i], 0.05));
  const { matrix, scale } = weightedExponentials(depthMm, weight);
  const rhs = new Float64Array(matrix.length / scale.length);
  for (let i = 0; i < depthMm.length; i++) rhs[i] = curve[i] * weight[i];
  return leastSquares(matrix, rhs, scale.length).map((c, m) => c / scale[m]);
}

export function sumOfExponentials(strengths: ArrayLike<number>, depthMm: number): number {
  let sum = 0;
  for (let m = 0; m < ATTENUATION_PER_MM.length; m++) sum += strengths[m] * Math.exp(-ATTENUATION_PER_MM[m] * depthMm);
  return sum;
}

/**
 * The four combinations of the exponentials that together follow all the given depth curves best: the leading left
 * singular vectors of the curves' fits, errors counted relative to the mean curve. Each is scaled to a largest value
 * of 1 at the given depths, and its sign chosen so that this value is positive.
 *
 * @returns how much of exponential m makes component i, at `i * M + m`
 */
export function reduceToComponents(depthMm: Float64Array, curves: readonly Float64Array[]): number[] {
  const terms = ATTENUATION_PER_MM.length;
  const mean = depthMm.map((_, i) => curves.reduce((sum, curve) => sum + curve[i], 0) / curves.length);
  const weight = depthWeights(depthMm).map((w, i) => w / mean[i]);
  const { matrix, scale } = weightedExponentials(depthMm, weight);
  const rows = matrix.length / terms;
  const triangle = triangularise(matrix.slice(), new Float64Array(rows), terms).r;
  // Gram matrix of the fitted curves in the orthonormal basis of the triangle.
  const gram = new Float64Array(terms * terms);
  for (const curve of curves) {
    const rhs = new Float64Array(rows);
    for (let i = 0; i < depthMm.length; i++) rhs[i] = curve[i] * weight[i];
    const { q } = triangularise(matrix.slice(), rhs, terms);
    for (let i = 0; i < terms; i++) for (let j = 0; j < terms; j++) gram[i * terms + j] += q[i] * q[j];
  }
  const mixing: number[] = [];
  for (const vector of leadingEigenvectors(gram, terms, COMPONENTS)) {
    const strengths = solveUpper(triangle, vector, terms).map((c, m) => c / scale[m]);
    let peak = 0;
    for (const d of depthMm) {
      const value = sumOfExponentials(strengths, d);
      if (Math.abs(value) > Math.abs(peak)) peak = value;
    }
    for (const c of strengths) mixing.push(c / peak);
  }
  return mixing;
}

/** Exponentials at the depths times the weights, columns scaled to length 1, with the ridge below. */
function weightedExponentials(
  depthMm: ArrayLike<number>,
  weight: Float64Array,
): { matrix: Float64Array; scale: Float64Array } {
  const terms = ATTENUATION_PER_MM.length;
  const n = depthMm.length;
  const matrix = new Float64Array((n + terms) * terms);
  const scale = new Float64Array(terms);
  for (let m = 0; m < terms; m++) {
    for (let i = 0; i < n; i++) {
      matrix[i * terms + m] = weight[i] * Math.exp(-ATTENUATION_PER_MM[m] * depthMm[i]);
      scale[m] += matrix[i * terms + m] ** 2;
    }
    scale[m] = Math.sqrt(scale[m]);
    for (let i = 0; i < n; i++) matrix[i * terms + m] /= scale[m];
    matrix[(n + m) * terms + m] = RIDGE;
  }
  return { matrix, scale };
}

/** Eigenvectors of the largest eigenvalues of a symmetric matrix, by cyclic Jacobi rotations. */
export function leadingEigenvectors(symmetric: Float64Array, n: number, count: number): Float64Array[] {
  const a = symmetric.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q];
        if (Math.abs(apq) <= 1e-16 * Math.sqrt(Math.abs(a[p * n + p] * a[q * n + q]))) continue;
        rotated = true;
        const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const cos = 1 / Math.hypot(t, 1);
        const sin = t * cos;
        for (let k = 0; k < n; k++) rotate(a, k * n + p, k * n + q, cos, sin);
        for (let k = 0; k < n; k++) rotate(a, p * n + k, q * n + k, cos, sin);
        for (let k = 0; k < n; k++) rotate(v, k * n + p, k * n + q, cos, sin);
      }
    }
    if (!rotated) break;
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j] - a[i * n + i]);
  return order.slice(0, count).map((column) => Float64Array.from({ length: n }, (_, i) => v[i * n + column]));
}

function rotate(m: Float64Array, i: number, j: number, cos: number, sin: number): void {
  const x = m[i];
  const y = m[j];
  m[i] = cos * x - sin * y;
  m[j] = sin * x + cos * y;
}
