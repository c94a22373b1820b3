import { describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../../../../engine/core/random.ts';
import { activeLimits } from '../../../../engine/core/robot.ts';
import { courseAt } from '../../../../planners/motion/rcm/moving-course.ts';
import { addSpline, type JointPieces, limitUse, piecesStateAt } from '../../../../planners/motion/rcm/moving-pieces.ts';
import { movingBound } from '../../../../planners/motion/rcm/moving-proof.ts';
import { fitSpline } from '../../../../planners/motion/rcm/moving-spline.ts';
import { createShaft, insertionM, setShaft, shaftErrorM } from '../../../../planners/motion/rcm/shaft.ts';
import { breathing } from '../support/breathing.ts';
import { toolMotion, trocarArm } from '../support/trocar.ts';

const seed = 53;

/** A motion of pieces of random jerk and length, smooth to the second derivative, from `start` on. */
function randomPieces(start: ArrayLike<number>, random: Random, pieceCount: number, jerk: number): JointPieces {
  const joints = start.length;
  const pieceStart = new Float64Array(pieceCount + 1);
  const pieceStates = new Float64Array(4 * joints * pieceCount);
  for (let n = 0; n < pieceCount; n++) {
    pieceStart[n + 1] = pieceStart[n] + 0.02 + 0.2 * random();
    const o = 4 * joints * n;
    const t = n === 0 ? 0 : pieceStart[n] - pieceStart[n - 1];
    for (let i = 0; i < joints; i++) {
      const from = o - 4 * joints + i;
      const [q, v, a, j] =
        n === 0 ? [start[i], 0, 0, 0] : [0, 1, 2, 3].map((part) => pieceStates[from + part * joints]);
      pieceStates[o + i] = q + t * (v + t * (a / 2 + (t * j) / 6));
      pieceStates[o + joints + i] = v + t * (a + (t * j) / 2);
      pieceStates[o + 2 * joints + i] = a + t * j;
      // Back to rest on the whole, so that the arm does not run away.
      pieceStates[o + 3 * joints + i] = jerk * (2 * random() - 1) - 8 * (a + t * j) - 20 * (v + t * a);
    }
  }
  return { joints, pieceCount, pieceStart, pieceStates };
}

describe('motions of pieces', () => {
  it(`use their limits as dense samples say (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const arm = trocarArm('panda');
    const limits = activeLimits(arm.model);
    const all = {
      velocity: limits.map((l) => l.velocity),
      acceleration: limits.map((l) => l.acceleration),
      jerk: limits.map((l) => l.jerk),
    };
    for (let round = 0; round < 20; round++) {
      const motion = randomPieces(toolMotion(arm, round).start, random, 12, 60);
      const use = limitUse(motion, all, limits);
      const end = motion.pieceStart[motion.pieceCount];
      const [q, v, a] = [0, 1, 2].map(() => new Float64Array(7));
      let [velocity, acceleration, outside] = [0, 0, 0];
      for (let k = 0; k <= 20_000; k++) {
        piecesStateAt(motion, (end * k) / 20_000, q, v, a);
        limits.forEach((limit, i) => {
          velocity = Math.max(velocity, Math.abs(v[i]) / limit.velocity);
          acceleration = Math.max(acceleration, Math.abs(a[i]) / limit.acceleration);
          outside = Math.max(outside, limit.lower - q[i], q[i] - limit.upper);
        });
      }
      // Between samples 0.1 ms apart an extremum is missed by little, and never exceeded.
      for (const [exact, seen] of [
        [use.ratios[0], velocity],
        [use.ratios[1], acceleration],
        [use.outside, outside],
      ]) {
        expect(seen).toBeLessThanOrEqual(exact + 1e-12);
        expect(seen).toBeGreaterThan(0.99 * exact - 1e-6);
      }
    }
  });

  it(`slowed down and with a spline added are the sum of both (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const motion = randomPieces([0.1, -0.2, 0.3], random, 9, 5);
    const slowdown = 1.37;
    const arrival = slowdown * motion.pieceStart[9];
    const end = arrival + 0.5;
    const time = Float64Array.from({ length: 31 }, (_, k) => (end * k) / 30);
    const values = Float64Array.from({ length: 62 }, () => 0.1 * random());
    const spline = fitSpline(time, values, 2, { kind: 'clamped', first: [0.1, 0], last: [0, -0.2] });
    // The motion stops at its end; its last state is made one of rest.
    const rest = motion.pieceStates.subarray(4 * 3 * 8);
    rest.fill(0, 3);
    const sum = addSpline(motion, slowdown, spline, [2, 0]);
    const [q, v, a, p, w, b] = [0, 1, 2, 3, 4, 5].map(() => new Float64Array(3));
    for (let k = 0; k < 5000; k++) {
      const t = (end * (k + 0.5)) / 5000;
      piecesStateAt(sum, t, q, v, a);
      piecesStateAt(motion, Math.min(t, arrival) / slowdown, p, w, b);
      const piece = Math.min(29, Math.floor((30 * t) / end));
      const u = t - time[piece];
      [2, 0].forEach((joint, c) => {
        const [y, d, dd, ddd] = [0, 1, 2, 3].map((part) => spline.pieces[8 * piece + 2 * part + c]);
        p[joint] += y + u * (d + u * (dd / 2 + (u * ddd) / 6));
        w[joint] += slowdown * (d + u * (dd + (u * ddd) / 2));
        b[joint] += slowdown ** 2 * (dd + u * ddd);
      });
      for (let i = 0; i < 3; i++) {
        expect(q[i]).toBeCloseTo(p[i], 10);
        expect(v[i]).toBeCloseTo(w[i] / slowdown, 9);
        expect(a[i]).toBeCloseTo(b[i] / slowdown ** 2, 8);
      }
    }
  });

  it(`have a bound of the remote-centre error that no sample exceeds, and that is tight (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const course = breathing([0.005, 0.003, 0.014], 0.7, 3);
    const offset = new Float64Array(3);
    for (const name of ['panda', 'kuka'] as const) {
      const arm = trocarArm(name);
      const shaft = createShaft(arm.model, arm.tool);
      for (let round = 0; round < 6; round++) {
        // Motions that do not care about the trocar, slow and fast.
        const motion = randomPieces(toolMotion(arm, round).start, random, 8, 2 ** round);
        const bound = movingBound(shaft, motion, arm.trocarM, course);
        const end = motion.pieceStart[motion.pieceCount];
        const [q, v, a] = [0, 1, 2].map(() => new Float64Array(7));
        let [error, through] = [0, Number.POSITIVE_INFINITY];
        for (let k = 0; k <= 10_000; k++) {
          const t = (end * k) / 10_000;
          piecesStateAt(motion, t, q, v, a);
          courseAt(course, t, offset);
          shaft.trocar.set(arm.trocarM.map((c, r) => c + offset[r]));
          setShaft(shaft, q);
          error = Math.max(error, shaftErrorM(shaft));
          through = Math.min(through, insertionM(shaft));
        }
        expect(error).toBeLessThanOrEqual(bound.errorM);
        expect(through).toBeGreaterThanOrEqual(bound.insertionM);
        // The bound adds 4 micrometres at most to places that are less than a few milliseconds apart.
        expect(bound.errorM).toBeLessThan(error + 2e-5);
        expect(bound.insertionM).toBeGreaterThan(through - 2e-5);
      }
    }
  });
});
