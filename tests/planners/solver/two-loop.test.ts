import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../../engine/core/random.ts';
import { twoLoopCoefficients } from '../../../planners/solver/two-loop.ts';

type Vector = number[];
const dot = (a: Vector, b: Vector): number => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** The inverse Hessian after BFGS updates with the pairs, oldest first, from `gamma` times the identity; dense. */
function denseInverse(pairs: readonly { s: Vector; y: Vector }[], gamma: number, n: number): Vector[] {
  const identity = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
  const times = (a: Vector[], b: Vector[]): Vector[] =>
    a.map((row) => Array.from({ length: n }, (_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0)));
  let h = identity.map((row) => row.map((x) => gamma * x));
  for (const { s, y } of pairs) {
    // Nocedal and Wright, Numerical Optimization, eq. 6.17
    const rho = 1 / dot(y, s);
    const left = identity.map((row, i) => row.map((x, j) => x - rho * s[i] * y[j]));
    const right = identity.map((row, i) => row.map((x, j) => x - rho * y[i] * s[j]));
    h = times(times(left, h), right).map((row, i) => row.map((x, j) => x + rho * s[i] * s[j]));
  }
  return h;
}

/** Lower triangle of the products of the rows. */
function gram(rows: readonly Vector[]): Float64Array {
  return Float64Array.from(rows.flatMap((a, i) => rows.slice(0, i + 1).map((b) => dot(a, b))));
}

function combination(coefficients: Float32Array, rows: readonly Vector[]): Vector {
  return rows[0].map((_, i) => rows.reduce((sum, row, r) => sum + coefficients[r] * row[i], 0));
}

/** Rows s, y, g of a history of `m` pairs; the pairs have the curvature of one convex quadratic. */
function history(n: number, m: number, seed: number): { rows: Vector[]; pairs: { s: Vector; y: Vector }[] } {
  const random = seededRandom(seed);
  const vector = (): Vector => Array.from({ length: n }, () => normal(random));
  const factor = Array.from({ length: n }, vector);
  const hessian = (s: Vector): Vector => {
    const fs = factor.map((row) => dot(row, s));
    return s.map((x, i) => 0.5 * x + factor.reduce((sum, row, k) => sum + row[i] * fs[k], 0));
  };
  const pairs = Array.from({ length: m }, () => {
    const s = vector();
    return { s, y: hessian(s) };
  });
  return { rows: [...pairs.map(({ s }) => s), ...pairs.map(({ y }) => y), vector()], pairs };
}

const scaleOf = ({ s, y }: { s: Vector; y: Vector }): number => dot(s, y) / dot(y, y);

function expectDirection(found: Vector, wanted: Vector): void {
  // coefficients are rounded to float32; they cancel by one digit or two
  const size = Math.sqrt(dot(wanted, wanted));
  found.forEach((x, i) => {
    expect(Math.abs(x - wanted[i])).toBeLessThan(1e-4 * size);
  });
}

describe('two-loop recursion', () => {
  it.each([
    [5, 1, 1],
    [8, 3, 2],
    [20, 12, 3],
    [6, 12, 4],
  ])('is the dense BFGS direction: %d variables, %d pairs (seed %d)', (n, m, seed) => {
    const { rows, pairs } = history(n, m, seed);
    const out = new Float32Array(2 * m + 1);
    twoLoopCoefficients(
      gram(rows),
      Array.from({ length: m }, (_, i) => i),
      m,
      out,
    );
    const h = denseInverse(pairs, scaleOf(pairs[m - 1]), n);
    expectDirection(
      combination(out, rows),
      h.map((row) => -dot(row, rows[2 * m])),
    );
  });

  it('takes the slots in their order and only those in use (seed 5)', () => {
    const [n, m] = [7, 5];
    const { rows, pairs } = history(n, m, 5);
    const slots = [3, 4, 0];
    const out = new Float32Array(2 * m + 1);
    twoLoopCoefficients(gram(rows), slots, m, out);
    const h = denseInverse(
      slots.map((s) => pairs[s]),
      scaleOf(pairs[0]),
      n,
    );
    expectDirection(
      combination(out, rows),
      h.map((row) => -dot(row, rows[2 * m])),
    );
    for (const slot of [1, 2]) expect([out[slot], out[m + slot]]).toEqual([0, 0]);
  });

  it('passes over a pair without positive curvature (seed 6)', () => {
    const [n, m] = [6, 3];
    const { rows, pairs } = history(n, m, 6);
    rows[m + 1] = rows[m + 1].map((x) => -x);
    const out = new Float32Array(2 * m + 1).fill(9);
    twoLoopCoefficients(gram(rows), [0, 1, 2], m, out);
    const h = denseInverse([pairs[0], pairs[2]], scaleOf(pairs[2]), n);
    expectDirection(
      combination(out, rows),
      h.map((row) => -dot(row, rows[2 * m])),
    );
    expect([out[1], out[m + 1]]).toEqual([0, 0]);
  });

  it('is steepest descent without pairs, and downhill with them', () => {
    const { rows } = history(9, 4, 7);
    const out = new Float32Array(9).fill(9);
    twoLoopCoefficients(gram(rows), [], 4, out);
    expect([...out]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, -1]);
    twoLoopCoefficients(gram(rows), [0, 1, 2, 3], 4, out);
    expect(dot(combination(out, rows), rows[8])).toBeLessThan(0);
  });

  it('solves a quadratic exactly once the pairs span it (seed 8)', () => {
    // with n conjugate steps BFGS knows the Hessian; -H g is then Newton's step and its image the negative gradient
    const n = 3;
    const diagonal = [2, 5, 11];
    const s = [0, 1, 2].map((k) => diagonal.map((_, i) => (i === k ? 1 + k : 0)));
    const y = s.map((v) => v.map((x, i) => diagonal[i] * x));
    const g = [1, -2, 3];
    const out = new Float32Array(2 * n + 1);
    twoLoopCoefficients(gram([...s, ...y, g]), [0, 1, 2], n, out);
    combination(out, [...s, ...y, g]).forEach((x, i) => {
      expect(x).toBeCloseTo(-g[i] / diagonal[i], 6);
    });
  });
});
