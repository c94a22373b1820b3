import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../../../engine/core/random.ts';
import { BAD_LIMIT, BAD_PATH, NOT_FINITE, OK } from '../../../../planners/motion/timing/codes.ts';
import {
  calculate,
  createOtg,
  durationSec,
  setLimits,
  setState,
  setTarget,
} from '../../../../planners/motion/timing/otg.ts';
import { createPathTiming, type PathTiming } from '../../../../planners/motion/timing/path.ts';
import {
  greatestRatios,
  type PathLimits,
  pathDurationSec,
  pathStateAt,
  timePath,
  waypointsAt,
} from '../../../../planners/motion/timing/path-timing.ts';
import { sampleMotion } from '../../../../planners/motion/timing/sampling.ts';

/** The Panda's velocities; accelerations and jerks as cuRobo has them. */
const PANDA: PathLimits = {
  velocity: [2.175, 2.175, 2.175, 2.175, 2.61, 2.61, 2.61],
  acceleration: Array.from({ length: 7 }, () => 15),
  jerk: Array.from({ length: 7 }, () => 500),
};

const path7 = createPathTiming(7, 200);

function limitsOf(joints: number, v: number, a: number, j: number): PathLimits {
  const all = (x: number): number[] => Array.from({ length: joints }, () => x);
  return { velocity: all(v), acceleration: all(a), jerk: all(j) };
}

/** Largest jump of position, velocity and acceleration between pieces. */
function gaps(path: PathTiming): [number, number, number] {
  const n = path.joints;
  const gap: [number, number, number] = [0, 0, 0];
  for (let m = 0; m + 1 < path.pieceCount; m++) {
    const t = path.pieceStart[m + 1] - path.pieceStart[m];
    for (let i = 0; i < n; i++) {
      const [p, v, a, j] = [0, 1, 2, 3].map((c) => path.pieceStates[n * (4 * m + c) + i]);
      const end = [p + t * (v + t * (a / 2 + (t * j) / 6)), v + t * (a + (t * j) / 2), a + t * j];
      for (let c = 0; c < 3; c++) {
        gap[c] = Math.max(gap[c], Math.abs(end[c] - path.pieceStates[n * (4 * (m + 1) + c) + i]));
      }
    }
  }
  return gap;
}

function distanceToPolyline(q: ArrayLike<number>, points: ArrayLike<number>, joints: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let k = 0; (k + 1) * joints < points.length; k++) {
    let along = 0;
    let whole = 0;
    for (let i = 0; i < joints; i++) {
      const d = points[(k + 1) * joints + i] - points[k * joints + i];
      along += d * (q[i] - points[k * joints + i]);
      whole += d * d;
    }
    const share = whole > 0 ? Math.min(1, Math.max(0, along / whole)) : 0;
    let square = 0;
    for (let i = 0; i < joints; i++) {
      const d = points[(k + 1) * joints + i] - points[k * joints + i];
      square += (q[i] - points[k * joints + i] - share * d) ** 2;
    }
    best = Math.min(best, Math.sqrt(square));
  }
  return best;
}

/** A random walk: `turn` 1 turns anywhere, small ones keep the direction. */
function randomPath(random: () => number, joints: number, count: number, step: number, turn: number): number[] {
  let q = Array.from({ length: joints }, () => normal(random));
  let d = Array.from({ length: joints }, () => normal(random));
  const points = [...q];
  for (let k = 1; k < count; k++) {
    d = d.map((x) => (1 - turn) * x + turn * normal(random));
    const length = (step * (0.3 + 1.4 * random())) / Math.hypot(...d);
    q = q.map((x, i) => x + length * d[i]);
    points.push(...q);
  }
  return points;
}

const vectors = (n: number): [Float64Array, Float64Array, Float64Array, Float64Array] => [
  new Float64Array(n),
  new Float64Array(n),
  new Float64Array(n),
  new Float64Array(n),
];

function farthestOff(path: PathTiming, points: ArrayLike<number>, samples: number): number {
  const [p, v, a, j] = vectors(path.joints);
  let worst = 0;
  for (let n = 0; n <= samples; n++) {
    pathStateAt(path, (pathDurationSec(path) * n) / samples, p, v, a, j);
    worst = Math.max(worst, distanceToPolyline(p, points, path.joints));
  }
  return worst;
}

describe('a path of one segment', () => {
  it('takes as long as the slowest joint', () => {
    const path = createPathTiming(2, 4);
    expect(timePath(path, [0, 0, 3, -1], 2, limitsOf(2, 1, 2, 8), 0.1)).toBe(OK);
    const otg = createOtg(1);
    setState(otg, [0], [0], [0]);
    setTarget(otg, [3], [0], [0]);
    setLimits(otg, { velocity: [1], acceleration: [2], jerk: [8] });
    calculate(otg);
    expect(pathDurationSec(path)).toBeCloseTo(durationSec(otg), 13);
  });

  it.each([1e-7, 1e-4, 0.03, 0.5])('of length %s from rest to rest', (length) => {
    const path = createPathTiming(1, 2);
    const otg = createOtg(1);
    timePath(path, [0, length], 2, limitsOf(1, 1, 2, 8), 0);
    setState(otg, [0], [0], [0]);
    setTarget(otg, [length], [0], [0]);
    setLimits(otg, { velocity: [1], acceleration: [2], jerk: [8] });
    calculate(otg);
    expect(pathDurationSec(path) / durationSec(otg)).toBeCloseTo(1, 9);
  });
});

const SEED = 11;

describe(`random paths, seed ${SEED}`, () => {
  const random = seededRandom(SEED);
  const cases = [
    ['few far waypoints', 10, 0.6, 1],
    ['many waypoints, any turn', 30, 0.4, 1],
    ['dense and smooth', 60, 0.08, 0.1],
    ['dense and rough', 40, 0.05, 0.5],
  ] as const;
  for (const [name, count, step, turn] of cases) {
    it(`${name}: inside the limits and the deviation, quicker than with stops`, () => {
      const ratios = new Float64Array(3);
      for (let n = 0; n < 25; n++) {
        const points = randomPath(random, 7, count, step, turn);
        expect(timePath(path7, points, count, PANDA, 0)).toBe(OK);
        const stops = pathDurationSec(path7);
        expect(farthestOff(path7, points, 300)).toBeLessThan(1e-9);
        for (const deviation of [0.003, 0.02, 0.1]) {
          expect(timePath(path7, points, count, PANDA, deviation)).toBe(OK);
          greatestRatios(path7, ratios);
          // Rounding of some ten operations; the requirement is 1e-6.
          expect(Math.max(...ratios)).toBeLessThan(1 + 1e-12);
          const [p, v, a] = gaps(path7);
          expect(p).toBeLessThan(1e-12);
          expect(v).toBeLessThan(1e-12);
          // At most 500 rad/s^3 times the rounding of the time of a piece.
          expect(a).toBeLessThan(1e-11);
          expect(farthestOff(path7, points, 500)).toBeLessThan(deviation * (1 + 1e-9));
          expect(pathDurationSec(path7)).toBeLessThan(stops);
          if (deviation === 0.1) expect(pathDurationSec(path7)).toBeLessThan(0.85 * stops);
        }
      }
    });
  }

  it('with few and many joints, long and tiny segments, tight and wide limits', () => {
    const ratios = new Float64Array(3);
    for (let n = 0; n < 400; n++) {
      const joints = 1 + Math.floor(8 * random());
      const count = 2 + Math.floor(12 * random());
      const path = createPathTiming(joints, 20);
      const points = randomPath(random, joints, count, 10 ** (2 - 6 * random()), random());
      const limit = (): number[] => Array.from({ length: joints }, () => 10 ** (3 * random() - 1));
      const limits = { velocity: limit(), acceleration: limit(), jerk: limit() };
      const deviation = 10 ** (-1 - 4 * random());
      expect(timePath(path, points, count, limits, deviation)).toBe(OK);
      greatestRatios(path, ratios);
      expect(Math.max(...ratios)).toBeLessThan(1 + 1e-10);
      expect(farthestOff(path, points, 200)).toBeLessThan(deviation * (1 + 1e-9));
      expect(gaps(path)[0]).toBeLessThan(1e-11 * (1 + Math.max(...points.map(Math.abs))));
      const [p, v, a, j] = vectors(joints);
      pathStateAt(path, pathDurationSec(path), p, v, a, j);
      expect([...p]).toEqual(points.slice((count - 1) * joints));
    }
  });
});

describe('a deviation for each waypoint', () => {
  it('passes through waypoints that allow none, and tells which ones shape the motion', () => {
    const random = seededRandom(5);
    const count = 24;
    const points = randomPath(random, 7, count, 0.2, 0.4);
    const tight = [5, 6, 7, 13];
    const allowed = Array.from({ length: count }, (_, k) => (tight.includes(k) ? 0 : 0.08));
    expect(timePath(path7, points, count, PANDA, 0.08)).toBe(OK);
    const free = pathDurationSec(path7);
    expect(timePath(path7, points, count, PANDA, allowed)).toBe(OK);
    expect(pathDurationSec(path7)).toBeGreaterThan(free);
    const [p, v, a, j] = vectors(7);
    const span = new Int32Array(2);
    const nearest = tight.map(() => Number.POSITIVE_INFINITY);
    let previous = 0;
    const samples = 20000;
    for (let n = 0; n <= samples; n++) {
      const time = (pathDurationSec(path7) * n) / samples;
      pathStateAt(path7, time, p, v, a, j);
      tight.forEach((k, i) => {
        const off = Math.hypot(...p.map((x, c) => x - points[7 * k + c]));
        nearest[i] = Math.min(nearest[i], off);
      });
      waypointsAt(path7, time, span);
      expect(span[0]).toBeGreaterThanOrEqual(previous);
      expect(span[1]).toBeGreaterThan(span[0]);
      previous = span[0];
      const part = points.slice(7 * span[0], 7 * span[1] + 7);
      expect(distanceToPolyline(p, part, 7)).toBeLessThan(0.08 * (1 + 1e-9));
    }
    // A stop is passed slowly: between samples 1e-4 s apart it moves less than j t^3.
    expect(Math.max(...nearest)).toBeLessThan(1e-6);
    expect(span[1]).toBe(count - 1);
  });
});

describe('odd paths', () => {
  it('passes repeated and collinear waypoints without stopping', () => {
    const path = createPathTiming(2, 8);
    const limits = limitsOf(2, 1, 5, 50);
    timePath(path, [0, 0, 4, 2], 2, limits, 0);
    const direct = pathDurationSec(path);
    timePath(path, [0, 0, 0, 0, 1, 0.5, 1, 0.5, 2, 1, 4, 2, 4, 2], 7, limits, 0);
    expect(pathDurationSec(path)).toBeCloseTo(direct, 12);
  });

  it('turns back', () => {
    const path = createPathTiming(1, 3);
    const limits = limitsOf(1, 1, 5, 50);
    expect(timePath(path, [0, 1, -1], 3, limits, 0)).toBe(OK);
    const stops = pathDurationSec(path);
    expect(timePath(path, [0, 1, -1], 3, limits, 0.05)).toBe(OK);
    expect(pathDurationSec(path)).toBeLessThan(stops);
    const ratios = new Float64Array(3);
    greatestRatios(path, ratios);
    expect(Math.max(...ratios)).toBeLessThan(1 + 1e-12);
  });

  it('stays where all waypoints are one', () => {
    const path = createPathTiming(2, 3);
    expect(timePath(path, [1, 2, 1, 2, 1, 2], 3, limitsOf(2, 1, 1, 1), 0.1)).toBe(OK);
    expect(pathDurationSec(path)).toBe(0);
    const [p, v, a, j] = vectors(2);
    pathStateAt(path, 0, p, v, a, j);
    expect([...p]).toEqual([1, 2]);
  });

  it('refuses with a code', () => {
    const path = createPathTiming(2, 3);
    const limits = limitsOf(2, 1, 1, 1);
    expect(timePath(path, [0, 0], 1, limits, 0.1)).toBe(BAD_PATH);
    expect(timePath(path, new Float64Array(8), 4, limits, 0.1)).toBe(BAD_PATH);
    expect(timePath(path, [0, 0, 1, Number.NaN], 2, limits, 0.1)).toBe(NOT_FINITE);
    expect(timePath(path, [0, 0, 1, 1], 2, limits, Number.NaN)).toBe(NOT_FINITE);
    expect(timePath(path, [0, 0, 1, 1], 2, limits, -1)).toBe(NOT_FINITE);
    expect(timePath(path, [0, 0, 1, 1], 2, limitsOf(2, 0, 1, 1), 0.1)).toBe(BAD_LIMIT);
    expect(timePath(path, [0, 0, 1, 1], 2, limitsOf(2, 1, 1, Number.POSITIVE_INFINITY), 0.1)).toBe(BAD_LIMIT);
    expect(pathDurationSec(path)).toBe(0);
  });
});

describe('sampling', () => {
  it('gives a joint trajectory that ends where the motion ends', () => {
    timePath(path7, randomPath(seededRandom(1), 7, 5, 0.5, 1), 5, PANDA, 0.05);
    const duration = pathDurationSec(path7);
    const jerk = new Float64Array(7);
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const t = sampleMotion(names, duration, 0.01, (time, p, v, a) => pathStateAt(path7, time, p, v, a, jerk));
    expect(t.timeSec.length).toBe(Math.ceil(duration / 0.01) + 1);
    expect(t.timeSec[t.timeSec.length - 1]).toBe(duration);
    expect([...t.velocities.slice(-7)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(t.positions.length).toBe(7 * t.timeSec.length);
  });
});
