import { describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../../../engine/core/random.ts';
import {
  createQuadraticProgramme,
  QP_BAD_INPUT,
  QP_INFEASIBLE,
  QP_SOLVED,
  type QuadraticProgramme,
  solveQuadraticProgramme,
} from '../../../planners/guidance/servo/quadratic-programme.ts';

const SEED = 20261127;

interface Problem {
  readonly h: Float64Array;
  readonly qp: QuadraticProgramme;
}

/** A random strictly convex problem of n unknowns; its rows hold at `inside` with `room` to spare, which may be negative. */
function randomProblem(random: Random, n: number, count: number, room: number): Problem {
  const qp = createQuadraticProgramme(n, count);
  const normal = () => random() + random() + random() + random() - 2;
  const root = Array.from({ length: n * n }, normal);
  const h = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) h[i * n + j] += root[i * n + k] * root[j * n + k];
    }
    h[i * n + i] += 1e-2;
    qp.g[i] = 5 * normal();
  }
  qp.h.set(h);
  const inside = Array.from({ length: n }, normal);
  qp.count = count;
  for (let i = 0; i < count; i++) {
    let at = 0;
    for (let c = 0; c < n; c++) {
      // Some rows are bounds of one unknown, as in a servo.
      qp.rows[i * n + c] = i % 2 === 0 ? normal() : c === i % n ? 1 : 0;
      at += qp.rows[i * n + c] * inside[c];
    }
    qp.bounds[i] = at - room * random();
  }
  return { h, qp };
}

function dot(a: Float64Array, at: number, x: Float64Array): number {
  return x.reduce((sum, value, c) => sum + value * a[at + c], 0);
}

describe('a small quadratic programme', () => {
  it(`meets the conditions of Karush, Kuhn and Tucker on 20000 random problems (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    for (let k = 0; k < 20_000; k++) {
      const n = 1 + Math.floor(9 * random());
      const count = Math.floor(30 * random());
      const { h, qp } = randomProblem(random, n, count, random() < 0.3 ? 0 : 2);
      expect(solveQuadraticProgramme(qp), `problem ${k}`).toBe(QP_SOLVED);
      const gradient = Float64Array.from(qp.x, (_, r) => dot(h, r * n, qp.x) - qp.g[r]);
      let scale = 1;
      for (let a = 0; a < qp.activeCount; a++) {
        const i = qp.active[a];
        expect(qp.multipliers[a]).toBeGreaterThanOrEqual(-1e-12);
        // Active rows hold with equality.
        expect(Math.abs(dot(qp.rows, i * n, qp.x) - qp.bounds[i]), `problem ${k}`).toBeLessThan(1e-8);
        scale += qp.multipliers[a];
        for (let r = 0; r < n; r++) gradient[r] -= qp.multipliers[a] * qp.rows[i * n + r];
      }
      for (let i = 0; i < count; i++) {
        expect(dot(qp.rows, i * n, qp.x) - qp.bounds[i], `problem ${k}, row ${i}`).toBeGreaterThan(-1e-8);
      }
      // The smallest eigenvalue is at least 1e-2, the largest some 100: 1e-16 of rounding becomes 1e-12, times the multipliers.
      for (const g of gradient) expect(Math.abs(g) / scale, `problem ${k}`).toBeLessThan(1e-8);
    }
  });

  it('says that nothing meets rows that exclude each other', () => {
    const random = seededRandom(SEED + 1);
    for (let k = 0; k < 2000; k++) {
      const n = 1 + Math.floor(8 * random());
      const { qp } = randomProblem(random, n, 6, 1);
      for (let c = 0; c < n; c++) qp.rows[4 * n + c] = -qp.rows[c];
      qp.bounds[4] = -qp.bounds[0] + 0.1 + random();
      expect(solveQuadraticProgramme(qp), `problem ${k}`).toBe(QP_INFEASIBLE);
    }
  });

  it('refuses what is not convex or not finite', () => {
    const qp = createQuadraticProgramme(2, 1);
    qp.h.set([1, 0, 2, 1]);
    expect(solveQuadraticProgramme(qp)).toBe(QP_BAD_INPUT);
    qp.h.set([1, 0, 0, 1]);
    qp.g.set([Number.NaN, 0]);
    expect(solveQuadraticProgramme(qp)).toBe(QP_BAD_INPUT);
  });
});
