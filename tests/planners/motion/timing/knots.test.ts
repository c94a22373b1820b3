import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../engine/core/random.ts';
import { BAD_LIMIT, BAD_PATH, NOT_FINITE, OK } from '../../../../planners/motion/timing/codes.ts';
import { layKnots, staysWithin, stretchOfPieces } from '../../../../planners/motion/timing/knots.ts';
import {
  calculate,
  createOtg,
  durationSec,
  setLimits,
  setState,
  setTarget,
} from '../../../../planners/motion/timing/otg.ts';
import { pace } from '../../../../planners/motion/timing/pace.ts';
import { createPathTiming } from '../../../../planners/motion/timing/path.ts';
import {
  greatestRatios,
  type PathLimits,
  pathDurationSec,
  pathStateAt,
} from '../../../../planners/motion/timing/path-timing.ts';

const LIMITS: PathLimits = { velocity: [1.5, 2, 2.3], acceleration: [5, 5, 8], jerk: [50, 50, 80] };
const JOINTS = 3;

/** Spaced as a motion is that speeds up and slows down smoothly. */
const eased = (t: number): number => t * t * t * (10 + t * (6 * t - 15));

/** Sums of three waves a joint, along an eased course. */
function randomRows(count: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const waves = Array.from({ length: JOINTS }, () =>
    Array.from({ length: 3 }, (_, k) => [(random() - 0.5) / (k + 1), 1 + 2 * k, 6 * random()]),
  );
  return Float64Array.from({ length: count * JOINTS }, (_, at) => {
    const s = eased(Math.floor(at / JOINTS) / (count - 1));
    return waves[at % JOINTS].reduce((sum, [size, rate, phase]) => sum + size * Math.sin(rate * s + phase), 0);
  });
}

describe('a motion through knots', () => {
  it('rests at its ends, passes the rows without a jump of position, velocity or acceleration, and keeps all limits (seeds 1 to 40)', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const count = 8 + 3 * seed;
      const rows = randomRows(count, seed);
      const path = createPathTiming(JOINTS, count);
      expect(layKnots(path, rows, pace(rows, JOINTS, LIMITS), LIMITS)).toBe(OK);
      const [q, v, a, j] = [0, 1, 2, 3].map(() => new Float64Array(JOINTS));
      const [p, w, b] = [0, 1, 2].map(() => new Float64Array(JOINTS));
      for (let k = 0; k < path.pieceCount; k++) {
        const start = path.pieceStart[k];
        pathStateAt(path, start, q, v, a, j);
        if (k !== 1 && k !== count - 2) {
          for (let i = 0; i < JOINTS; i++) expect(q[i]).toBeCloseTo(rows[k * JOINTS + i], 12);
        }
        if (k === 0) continue;
        // The end of the piece before, by its own polynomial.
        const before = path.pieceStart[k - 1];
        const t = start - before;
        pathStateAt(path, before, p, w, b, j);
        for (let i = 0; i < JOINTS; i++) {
          // Rounding of the products with the pieces' accelerations and jerks.
          expect(p[i] + t * (w[i] + t * (b[i] / 2 + (t * j[i]) / 6))).toBeCloseTo(q[i], 11);
          expect(w[i] + t * (b[i] + (t * j[i]) / 2)).toBeCloseTo(v[i], 10);
          expect(b[i] + t * j[i]).toBeCloseTo(a[i], 9);
        }
      }
      for (const time of [0, pathDurationSec(path)]) {
        pathStateAt(path, time * (1 - 1e-15), q, v, a, j);
        for (let i = 0; i < JOINTS; i++) {
          expect(q[i]).toBeCloseTo(rows[time === 0 ? i : rows.length - JOINTS + i], 12);
          expect(v[i]).toBeCloseTo(0, 10);
          expect(a[i]).toBeCloseTo(0, 9);
        }
      }
      const ratios = new Float64Array(3);
      greatestRatios(path, ratios);
      expect(Math.max(...ratios)).toBeLessThan(1 + 1e-9);
      // One limit is used up somewhere: the motion is stretched no more than it must be.
      expect(Math.max(...ratios)).toBeGreaterThan(1 - 1e-9);
      const needs = new Float64Array(path.pieceCount);
      stretchOfPieces(path, needs);
      expect(Math.max(...needs)).toBeLessThan(1 + 1e-9);
    }
  });

  it('of one joint is hardly longer than the quickest motion, and never shorter', () => {
    for (const distance of [0.01, 0.1, 0.5, 2, 8]) {
      const limits = { velocity: [1.5], acceleration: [5], jerk: [50] };
      const rows = Float64Array.from({ length: 60 }, (_, k) => distance * eased(k / 59));
      const path = createPathTiming(1, 60);
      expect(layKnots(path, rows, pace(rows, 1, limits), limits)).toBe(OK);
      const otg = createOtg(1);
      setLimits(otg, limits);
      setState(otg, [0], [0], [0]);
      setTarget(otg, [distance], [0], [0]);
      calculate(otg);
      expect(pathDurationSec(path)).toBeGreaterThan(durationSec(otg) - 1e-9);
      // Knots are where the course has them, not where the jerk switches.
      expect(pathDurationSec(path)).toBeLessThan(1.35 * durationSec(otg));
    }
  });

  it('leaves a smooth course by what falls with the fourth power of the spacing', () => {
    const off = (count: number): number => {
      const at = (t: number): number => Math.sin(3 * t + 0.2);
      const rows = Float64Array.from({ length: count }, (_, k) => at(k / (count - 1)));
      const path = createPathTiming(1, count);
      const seconds = new Float64Array(count - 1).fill(1 / (count - 1));
      layKnots(path, rows, seconds, { velocity: [1e6], acceleration: [1e6], jerk: [1e9] });
      const [q, v, a, j] = [0, 1, 2, 3].map(() => new Float64Array(1));
      let worst = 0;
      const whole = pathDurationSec(path);
      // The course does not rest at its ends; in the middle that is forgotten.
      for (let t = 0.4; t <= 0.6; t += 1e-3) {
        pathStateAt(path, t * whole, q, v, a, j);
        worst = Math.max(worst, Math.abs(q[0] - at(t)));
      }
      return worst;
    };
    expect(off(81) / off(161)).toBeGreaterThan(13);
    expect(off(81)).toBeLessThan(1e-7);
  });

  it('stays within limits where a fine sampling says so (seeds 1 to 30)', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const rows = randomRows(20, seed);
      const path = createPathTiming(JOINTS, 20);
      layKnots(path, rows, pace(rows, JOINTS, LIMITS), LIMITS);
      const lower = new Float64Array(JOINTS).fill(Infinity);
      const upper = new Float64Array(JOINTS).fill(-Infinity);
      const [q, v, a, j] = [0, 1, 2, 3].map(() => new Float64Array(JOINTS));
      for (let k = 0; k <= 20_000; k++) {
        pathStateAt(path, (pathDurationSec(path) * k) / 20_000, q, v, a, j);
        for (let i = 0; i < JOINTS; i++) {
          lower[i] = Math.min(lower[i], q[i]);
          upper[i] = Math.max(upper[i], q[i]);
        }
      }
      // Between two samples an extremum is missed by less than a dt^2 / 8.
      const room = 1e-7;
      expect(
        staysWithin(
          path,
          lower.map((l) => l - room),
          upper.map((u) => u + room),
        ),
      ).toBe(true);
      for (let i = 0; i < JOINTS; i++) {
        expect(
          staysWithin(
            path,
            lower.map((l, c) => (c === i ? l + room : l - room)),
            upper.map((u) => u + room),
          ),
        ).toBe(false);
        expect(
          staysWithin(
            path,
            lower.map((l) => l - room),
            upper.map((u, c) => (c === i ? u - room : u + room)),
          ),
        ).toBe(false);
      }
    }
  });

  it('what cannot be laid is refused by code', () => {
    const rows = randomRows(10, 1);
    const path = createPathTiming(JOINTS, 10);
    const seconds = new Float64Array(9).fill(0.1);
    expect(layKnots(path, rows.subarray(0, 5 * JOINTS), seconds.subarray(0, 4), LIMITS)).toBe(BAD_PATH);
    expect(layKnots(path, randomRows(11, 1), new Float64Array(10).fill(0.1), LIMITS)).toBe(BAD_PATH);
    expect(layKnots(path, rows, seconds.subarray(1), LIMITS)).toBe(BAD_PATH);
    expect(
      layKnots(
        path,
        rows.map((v, k) => (k === 7 ? Number.NaN : v)),
        seconds,
        LIMITS,
      ),
    ).toBe(NOT_FINITE);
    expect(
      layKnots(
        path,
        rows,
        seconds.map((h, k) => (k === 3 ? 0 : h)),
        LIMITS,
      ),
    ).toBe(NOT_FINITE);
    expect(layKnots(path, rows, seconds, { ...LIMITS, jerk: [1, 0, 1] })).toBe(BAD_LIMIT);
    expect(pathDurationSec(path)).toBe(0);
  });
});
