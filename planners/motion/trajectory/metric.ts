import type { JointLimits } from '../../../engine/core/robot.ts';

/** Share of the variables' terms that are taken to press on their limits: only the scale of the first steps hangs on it. */
const PRESSING = 0.3;
/** Curvature of all else, as a share of that of the stiffest direction: keeps the metric's inverse bounded. */
const FLOOR = 1e-5;

/**
 * The metric of the optimiser's first steps: an estimate of the inverse Hessian over the free control points of a joint,
 * from the penalties on velocity, acceleration and jerk, whose Hessians are D1'D1, D2'D2 and D3'D3 of the differences (the
 * covariant gradient of CHOMP, Ratliff et al. 2009). [free][free], then a scale for each joint and for ln(segment time).
 */
export function trajectoryMetric(
  free: number,
  limits: readonly JointLimits[],
  segmentSec: number,
  limitsWeight: number,
  durationSec: number,
): Float32Array {
  const mean = (of: (l: JointLimits) => number): number =>
    Math.exp(limits.reduce((sum, l) => sum + Math.log(of(l)), 0) / limits.length);
  const h = segmentSec;
  const scale = (2 * PRESSING * limitsWeight) / (free + 3);
  const hessian = new Float64Array(free * free);
  const differences: readonly (readonly [readonly number[], number])[] = [
    [[-1, 1], mean((l) => l.velocity) * h],
    [[1, -2, 1], mean((l) => l.acceleration) * h ** 2],
    [[-1, 3, -3, 1], mean((l) => l.jerk) * h ** 3],
  ];
  for (const [coefficients, limit] of differences) {
    const weight = scale / limit ** 2;
    // Differences that reach over the ends touch fixed points there.
    for (let first = -coefficients.length + 1; first < free; first++) {
      coefficients.forEach((a, i) => {
        coefficients.forEach((b, k) => {
          const [r, c] = [first + i, first + k];
          if (r >= 0 && r < free && c >= 0 && c < free) hessian[r * free + c] += weight * a * b;
        });
      });
    }
  }
  let stiffest = 0;
  for (let i = 0; i < free; i++) stiffest = Math.max(stiffest, hessian[i * free + i]);
  for (let i = 0; i < free; i++) hessian[i * free + i] += FLOOR * stiffest;
  const out = new Float32Array(free * free + limits.length + 1);
  out.set(inverseOf(hessian, free));
  limits.forEach((l, j) => {
    out[free * free + j] = (l.acceleration / mean((m) => m.acceleration)) ** 2;
  });
  out[out.length - 1] = 1 / (durationSec + 8 * PRESSING * limitsWeight);
  return out;
}

/** Inverse of a symmetric positive definite matrix by Cholesky's decomposition. */
function inverseOf(matrix: Float64Array, n: number): Float64Array {
  const l = matrix.slice();
  for (let c = 0; c < n; c++) {
    for (let k = 0; k < c; k++) {
      for (let r = c; r < n; r++) l[r * n + c] -= l[r * n + k] * l[c * n + k];
    }
    const root = Math.sqrt(l[c * n + c]);
    for (let r = c; r < n; r++) l[r * n + c] /= root;
  }
  const out = new Float64Array(n * n);
  const v = new Float64Array(n);
  for (let unit = 0; unit < n; unit++) {
    v.fill(0);
    v[unit] = 1;
    for (let r = 0; r < n; r++) {
      for (let k = 0; k < r; k++) v[r] -= l[r * n + k] * v[k];
      v[r] /= l[r * n + r];
    }
    for (let r = n - 1; r >= 0; r--) {
      for (let k = r + 1; k < n; k++) v[r] -= l[k * n + r] * v[k];
      v[r] /= l[r * n + r];
    }
    out.set(v, unit * n);
  }
  return out;
}
