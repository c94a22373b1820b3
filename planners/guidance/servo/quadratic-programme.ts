export const QP_SOLVED = 0;
/** No point meets all inequalities. */
export const QP_INFEASIBLE = 1;
/** Rounding keeps the active set from settling. */
export const QP_UNSETTLED = 2;
/** The matrix is not positive definite, or a value is not finite. */
export const QP_BAD_INPUT = 3;

/**
 * A small dense strictly convex quadratic programme, preallocated:
 *
 *   minimise x' H x / 2 - g' x   subject to   rows[i] . x >= bounds[i]
 *
 * for up to `capacity` inequalities.
 */
export interface QuadraticProgramme {
  readonly n: number;
  readonly capacity: number;
  /** [n][n], row by row; the lower triangle is read. Overwritten by its Cholesky factor. */
  readonly h: Float64Array;
  readonly g: Float64Array;
  readonly rows: Float64Array;
  readonly bounds: Float64Array;
  /** Inequalities that count; set it before solving. */
  count: number;
  /** The solution; after {@link QP_INFEASIBLE} the last iterate. */
  readonly x: Float64Array;
  /** Inequalities that hold with equality at the solution, and their multipliers. */
  readonly active: Int32Array;
  readonly multipliers: Float64Array;
  activeCount: number;
  iterations: number;
  readonly basis: Float64Array;
  readonly triangle: Float64Array;
  readonly direction: Float64Array;
  readonly step: Float64Array;
  readonly dual: Float64Array;
  readonly isActive: Uint8Array;
}

export function createQuadraticProgramme(n: number, capacity: number): QuadraticProgramme {
  return {
    n,
    capacity,
    h: new Float64Array(n * n),
    g: new Float64Array(n),
    rows: new Float64Array(capacity * n),
    bounds: new Float64Array(capacity),
    count: 0,
    x: new Float64Array(n),
    active: new Int32Array(n),
    multipliers: new Float64Array(n + 1),
    activeCount: 0,
    iterations: 0,
    basis: new Float64Array(n * n),
    triangle: new Float64Array(n * n),
    direction: new Float64Array(n),
    step: new Float64Array(n),
    dual: new Float64Array(n),
    isActive: new Uint8Array(capacity),
  };
}

/** A row is met where it misses its bound by less than this share of its own size. */
const TOLERANCE = 1e-11;
const MOST_STEPS = 200;

/**
 * Solves it by the dual active-set method of Goldfarb and Idnani (Mathematical Programming 27, 1983): from the unconstrained
 * minimum the most violated inequality joins, others leave, until all are met. No allocation, no throw.
 *
 * @returns QP_SOLVED or what stands against it
 */
export function solveQuadraticProgramme(qp: QuadraticProgramme): number {
  qp.activeCount = 0;
  qp.iterations = 0;
  qp.isActive.fill(0, 0, qp.count);
  if (!minimise(qp)) return QP_BAD_INPUT;
  const { n, rows, bounds, x, isActive, multipliers } = qp;
  for (;;) {
    let worst = -1;
    let violation = 0;
    for (let i = 0; i < qp.count; i++) {
      if (isActive[i]) continue;
      let slack = -bounds[i];
      let size = Math.abs(bounds[i]);
      for (let c = 0; c < n; c++) {
        const term = rows[i * n + c] * x[c];
        slack += term;
        size += Math.abs(term);
      }
      if (!(slack >= -TOLERANCE * size) && !(slack >= violation)) {
        worst = i;
        violation = slack;
      }
    }
    if (worst < 0) return QP_SOLVED;
    multipliers[qp.activeCount] = 0;
    const code = enforce(qp, worst, violation);
    if (code !== QP_SOLVED) return code;
  }
}

/** Factor of H, the inverse of its transpose as the basis, and the unconstrained minimum. */
function minimise({ n, h, g, x, basis }: QuadraticProgramme): boolean {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = h[i * n + j];
      for (let k = 0; k < j; k++) sum -= h[i * n + k] * h[j * n + k];
      if (i > j) h[i * n + j] = sum / h[j * n + j];
      else if (sum > 0 && sum < Number.POSITIVE_INFINITY) h[i * n + i] = Math.sqrt(sum);
      else return false;
    }
  }
  // basis = L^-T, upper triangular.
  for (let c = 0; c < n; c++) {
    for (let r = n - 1; r > c; r--) basis[r * n + c] = 0;
    basis[c * n + c] = 1 / h[c * n + c];
    for (let r = c - 1; r >= 0; r--) {
      let sum = 0;
      for (let k = r + 1; k <= c; k++) sum += h[k * n + r] * basis[k * n + c];
      basis[r * n + c] = -sum / h[r * n + r];
    }
  }
  let total = 0;
  for (let r = 0; r < n; r++) x[r] = 0;
  for (let c = 0; c < n; c++) {
    let dot = 0;
    for (let r = 0; r <= c; r++) dot += basis[r * n + c] * g[r];
    for (let r = 0; r <= c; r++) x[r] += basis[r * n + c] * dot;
  }
  for (let r = 0; r < n; r++) total += x[r];
  return Number.isFinite(total);
}

/** Moves until inequality p is met, dropping others on the way. */
function enforce(qp: QuadraticProgramme, p: number, violation: number): number {
  const { n, rows, bounds, x, basis, triangle, direction, step, dual, multipliers, active, isActive } = qp;
  let slack = violation;
  for (;;) {
    if (qp.iterations++ > MOST_STEPS) return QP_UNSETTLED;
    const q = qp.activeCount;
    // direction = basis' * row; step = basis2 * direction2; dual = triangle^-1 * direction1.
    for (let c = 0; c < n; c++) {
      let dot = 0;
      for (let r = 0; r < n; r++) dot += basis[r * n + c] * rows[p * n + r];
      direction[c] = dot;
    }
    let along = 0;
    let scale = 0;
    for (let c = 0; c < n; c++) scale += direction[c] * direction[c];
    for (let c = q; c < n; c++) along += direction[c] * direction[c];
    for (let r = 0; r < n; r++) {
      let sum = 0;
      for (let c = q; c < n; c++) sum += basis[r * n + c] * direction[c];
      step[r] = sum;
    }
    for (let i = q - 1; i >= 0; i--) {
      let sum = direction[i];
      for (let k = i + 1; k < q; k++) sum -= triangle[i * n + k] * dual[k];
      dual[i] = sum / triangle[i * n + i];
    }
    let partial = Number.POSITIVE_INFINITY;
    let leaving = -1;
    for (let i = 0; i < q; i++) {
      if (!(dual[i] > 1e-14)) continue;
      const t = multipliers[i] / dual[i];
      if (t < partial) {
        partial = t;
        leaving = i;
      }
    }
    const full = along > 1e-20 * scale && along > 0 ? -slack / along : Number.POSITIVE_INFINITY;
    const t = Math.min(partial, full);
    if (t === Number.POSITIVE_INFINITY) return QP_INFEASIBLE;
    if (!(t >= 0)) return QP_BAD_INPUT;
    for (let i = 0; i < q; i++) multipliers[i] -= t * dual[i];
    multipliers[q] += t;
    if (full !== Number.POSITIVE_INFINITY) for (let r = 0; r < n; r++) x[r] += t * step[r];
    if (full <= partial) {
      admit(qp);
      active[q] = p;
      isActive[p] = 1;
      qp.activeCount = q + 1;
      return QP_SOLVED;
    }
    isActive[active[leaving]] = 0;
    release(qp, leaving);
    slack = -bounds[p];
    for (let c = 0; c < n; c++) slack += rows[p * n + c] * x[c];
  }
}

/** `direction` becomes the next column of the triangle; the basis is turned so that only its first entries count. */
function admit({ n, basis, triangle, direction, activeCount: q }: QuadraticProgramme): void {
  for (let c = n - 1; c > q; c--) {
    const a = direction[c - 1];
    const b = direction[c];
    if (b === 0) continue;
    const norm = Math.sqrt(a * a + b * b);
    const cos = a / norm;
    const sin = b / norm;
    direction[c - 1] = norm;
    direction[c] = 0;
    turnColumns(basis, n, c - 1, c, cos, sin);
  }
  for (let r = 0; r <= q; r++) triangle[r * n + q] = direction[r];
}

/** Takes an inequality out of the active set and makes the triangle one again. */
function release(qp: QuadraticProgramme, leaving: number): void {
  const { n, basis, triangle, multipliers, active } = qp;
  const q = qp.activeCount;
  const own = multipliers[q];
  for (let k = leaving; k < q - 1; k++) {
    active[k] = active[k + 1];
    multipliers[k] = multipliers[k + 1];
    for (let r = 0; r <= k + 1; r++) triangle[r * n + k] = triangle[r * n + k + 1];
  }
  multipliers[q - 1] = own;
  for (let k = leaving; k < q - 1; k++) {
    const a = triangle[k * n + k];
    const b = triangle[(k + 1) * n + k];
    if (b === 0) continue;
    const norm = Math.sqrt(a * a + b * b);
    const cos = a / norm;
    const sin = b / norm;
    for (let c = k; c < q - 1; c++) {
      const upper = triangle[k * n + c];
      const lower = triangle[(k + 1) * n + c];
      triangle[k * n + c] = cos * upper + sin * lower;
      triangle[(k + 1) * n + c] = cos * lower - sin * upper;
    }
    turnColumns(basis, n, k, k + 1, cos, sin);
  }
  qp.activeCount = q - 1;
}

function turnColumns(m: Float64Array, n: number, a: number, b: number, cos: number, sin: number): void {
  for (let r = 0; r < n; r++) {
    const left = m[r * n + a];
    const right = m[r * n + b];
    m[r * n + a] = cos * left + sin * right;
    m[r * n + b] = cos * right - sin * left;
  }
}
