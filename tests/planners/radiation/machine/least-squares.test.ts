import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../../../engine/core/random.ts';
import {
  constrainedLeastSquares,
  nonNegativeResidual,
} from '../../../../planners/radiation/machine/constrained-least-squares.ts';
import { leadingEigenvectors } from '../../../../planners/radiation/machine/depth-basis.ts';
import {
  leastSquares,
  solveUpper,
  triangularise,
} from '../../../../planners/radiation/machine/linear-least-squares.ts';
import { monotoneInterpolant } from '../../../../planners/radiation/machine/monotone-interpolation.ts';

function randomMatrix(rows: number, columns: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: rows * columns }, () => normal(random));
}

describe('least squares', () => {
  it('finds the straight line through four points', () => {
    // normal equations by hand: y = 3.5 + 1.4 x for x = 1..4, y = 6, 5, 7, 10
    const a = Float64Array.from([1, 1, 1, 2, 1, 3, 1, 4]);
    const x = leastSquares(a, Float64Array.from([6, 5, 7, 10]), 2);
    expect(x[0]).toBeCloseTo(3.5, 12);
    expect(x[1]).toBeCloseTo(1.4, 12);
  });

  it.each([1, 2, 3])('leaves a residual at right angles to the columns (seed %d)', (seed) => {
    const [rows, n] = [40, 7];
    const a = randomMatrix(rows, n, seed);
    const b = randomMatrix(rows, 1, seed + 100);
    const system = triangularise(a.slice(), b.slice(), n);
    const x = solveUpper(system.r, system.q, n);
    const residual = b.map((v, i) => v - x.reduce((sum, c, j) => sum + c * a[i * n + j], 0));
    for (let j = 0; j < n; j++) {
      const dot = residual.reduce((sum, v, i) => sum + v * a[i * n + j], 0);
      expect(Math.abs(dot)).toBeLessThan(1e-12);
    }
    expect(system.residualNorm).toBeCloseTo(Math.hypot(...residual), 12);
  });

  it('refuses a problem that does not determine its unknowns', () => {
    const a = Float64Array.from([1, 0, 2, 0, 3, 0]);
    expect(() => leastSquares(a, new Float64Array(3), 2)).toThrow(/unknown 1 of 2 is not determined/);
  });
});

describe('constrained least squares', () => {
  it('solves the example of Lawson and Hanson, chapter 23', () => {
    // fit x1 + t x2 to (t, w) with slope >= 0, value >= 0 at t = 0 and value <= 1 at t = 1; published: 0.621, 0.379
    const t = [0.25, 0.5, 0.5, 0.8];
    const a = Float64Array.from(t.flatMap((v) => [v, 1]));
    const system = triangularise(a, Float64Array.from([0.5, 0.6, 0.7, 1.2]), 2);
    const x = constrainedLeastSquares(system, Float64Array.from([1, 0, 0, 1, -1, -1]), Float64Array.from([0, 0, -1]));
    expect(x[0]).toBeCloseTo(0.621, 3);
    expect(x[1]).toBeCloseTo(0.379, 3);
  });

  it.each([11, 12, 13, 14])('meets the conditions of Kuhn and Tucker (seed %d)', (seed) => {
    const [rows, n, count] = [30, 6, 50];
    const a = randomMatrix(rows, n, seed);
    const b = randomMatrix(rows, 1, seed + 1000);
    const g = randomMatrix(count, n, seed + 2000);
    const h = new Float64Array(count).fill(-0.02);
    const x = constrainedLeastSquares(triangularise(a.slice(), b.slice(), n), g, h);
    const slack = h.map((v, i) => x.reduce((sum, c, j) => sum + c * g[i * n + j], 0) - v);
    expect(Math.min(...slack)).toBeGreaterThan(-1e-10);
    // the gradient is a non-negative combination of the active constraints
    const residual = b.map((v, i) => x.reduce((sum, c, j) => sum + c * a[i * n + j], 0) - v);
    const gradient = Float64Array.from({ length: n }, (_, j) => residual.reduce((s, v, i) => s + v * a[i * n + j], 0));
    const active = Array.from({ length: count }, (_, i) => i).filter((i) => slack[i] < 1e-8);
    expect(active.length).toBeGreaterThan(0);
    const columns = Float64Array.from(active.flatMap((i) => [...g.subarray(i * n, (i + 1) * n)]));
    expect(Math.hypot(...nonNegativeResidual(columns, gradient))).toBeLessThan(1e-8);
  });

  it('says when nothing satisfies the constraints', () => {
    const system = triangularise(Float64Array.from([1, 1]), Float64Array.from([1, 2]), 1);
    const solve = () => constrainedLeastSquares(system, Float64Array.from([1, -1]), Float64Array.from([1, 1]));
    expect(solve).toThrow(/no beam kernel satisfies/);
  });
});

describe('leading eigenvectors', () => {
  it('rebuilds a symmetric matrix of known spectrum', () => {
    const n = 5;
    const m = randomMatrix(n, n, 5);
    const gram = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) gram[i * n + j] += m[i * n + k] * m[j * n + k];
    }
    let last = Number.POSITIVE_INFINITY;
    for (const v of leadingEigenvectors(gram, n, n)) {
      const mapped = v.map((_, i) => v.reduce((sum, c, j) => sum + c * gram[i * n + j], 0));
      const value = mapped.reduce((sum, c, i) => sum + c * v[i], 0);
      mapped.forEach((c, i) => {
        expect(c).toBeCloseTo(value * v[i], 10);
      });
      expect(value).toBeLessThanOrEqual(last);
      last = value;
    }
  });
});

describe('monotone interpolation', () => {
  it('meets its points, keeps their order and holds the ends', () => {
    const x = [0, 1, 2, 5, 6];
    const y = [0, 0.1, 2, 2.1, 9];
    const f = monotoneInterpolant(x, y);
    x.forEach((v, i) => {
      expect(f(v)).toBe(y[i]);
    });
    for (let v = 0; v < 6; v += 0.01) expect(f(v + 0.01)).toBeGreaterThanOrEqual(f(v));
    expect(f(-3)).toBe(0);
    expect(f(99)).toBe(9);
  });

  it('follows a straight line exactly', () => {
    const f = monotoneInterpolant([1, 2, 4], [2, 4, 8]);
    expect(f(3.3)).toBeCloseTo(6.6, 12);
  });
});
