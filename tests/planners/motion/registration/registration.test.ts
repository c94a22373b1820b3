import { mat4 } from 'gl-matrix';
import { describe, expect, it } from 'vitest';
import { type Transform, transformPoint } from '../../../../engine/core/frames.ts';
import type { Vec3 } from '../../../../engine/core/grid.ts';
import { normal, type Random, seededRandom } from '../../../../engine/core/random.ts';
import { localisationError, targetError } from '../../../../planners/motion/registration/errors.ts';
import { principalAxes } from '../../../../planners/motion/registration/point-set.ts';
import { type RegistrationRequest, registerPatient } from '../../../../planners/motion/registration/register.ts';
import { rigidFit } from '../../../../planners/motion/registration/rigid-fit.ts';
import { symmetricEigen } from '../../../../planners/motion/registration/symmetric-eigen.ts';

function randomPoint(random: Random, half: number): Vec3 {
  return [half * (2 * random() - 1), half * (2 * random() - 1), half * (2 * random() - 1)];
}

function randomMotion(random: Random): Transform {
  const t = new Float64Array(16);
  mat4.fromRotation(t, 2 * Math.PI * random(), [normal(random), normal(random), normal(random)]);
  t.set(randomPoint(random, 2000), 12);
  return t;
}

const move = (t: Transform, points: readonly Vec3[]): Vec3[] => points.map((p) => transformPoint(t, p));
const jitter = (random: Random, p: Vec3, sigma: number): Vec3 => [
  p[0] + sigma * normal(random),
  p[1] + sigma * normal(random),
  p[2] + sigma * normal(random),
];
const distance = (a: Vec3, b: Vec3): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

const bodies: Readonly<Record<string, (random: Random) => Vec3[]>> = {
  'three points': (random) => [0, 1, 2].map(() => randomPoint(random, 100)),
  'four in a plane': (random) =>
    [0, 1, 2, 3].map(() => [...randomPoint(random, 100).slice(0, 2), 7] as unknown as Vec3),
  'a square (equal moments)': () => [
    [50, 50, 0],
    [-50, 50, 0],
    [-50, -50, 0],
    [50, -50, 0],
  ],
  'a cube (all moments equal)': () =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((n) => [n & 1 ? 40 : -40, n & 2 ? 40 : -40, n & 4 ? 40 : -40] as const),
  'ten points': (random) => Array.from({ length: 10 }, () => randomPoint(random, 150)),
};

describe('rigid fit', () => {
  for (const [name, make] of Object.entries(bodies)) {
    for (const seed of [211, 212, 213]) {
      it(`finds the motion of ${name} to 1e-9, seed ${seed}`, () => {
        const random = seededRandom(seed);
        const moving = make(random);
        const t = randomMotion(random);
        const { T_fixed_moving, rmsError } = rigidFit(move(t, moving), moving);
        expect(largestDifference(T_fixed_moving, t)).toBeLessThan(1e-9);
        expect(rmsError).toBeLessThan(1e-9);
      });
    }
  }

  it('finds half turns, where the quaternion has no real part', () => {
    const random = seededRandom(214);
    for (const axis of [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [1, 1, 1],
    ] as [number, number, number][]) {
      const t = new Float64Array(16);
      mat4.fromRotation(t, Math.PI, axis);
      const moving = [0, 1, 2, 3, 4].map(() => randomPoint(random, 80));
      expect(largestDifference(rigidFit(move(t, moving), moving).T_fixed_moving, t)).toBeLessThan(1e-9);
    }
  });

  it('no motion nearby is better: noisy points, seed 215', () => {
    const random = seededRandom(215);
    const moving = Array.from({ length: 6 }, () => randomPoint(random, 100));
    const fixed = move(randomMotion(random), moving).map((p) => jitter(random, p, 2));
    const { T_fixed_moving, rmsError } = rigidFit(fixed, moving);
    const rms = (t: Transform): number =>
      Math.sqrt(moving.reduce((sum, m, n) => sum + distance(transformPoint(t, m), fixed[n]) ** 2, 0) / moving.length);
    expect(rms(T_fixed_moving)).toBeCloseTo(rmsError, 12);
    for (let n = 0; n < 300; n++) {
      const nudged = new Float64Array(16);
      mat4.fromRotation(nudged, 0.01 * random(), [normal(random), normal(random), normal(random)]);
      nudged.set(
        randomPoint(random, 0.5).map((c) => c),
        12,
      );
      mat4.multiply(nudged, nudged, T_fixed_moving);
      expect(rms(nudged)).toBeGreaterThan(rmsError);
    }
  });

  it('is a rotation also for a mirror image, and knows how well the mirror image would fit; seed 216', () => {
    const random = seededRandom(216);
    const moving = Array.from({ length: 5 }, () => randomPoint(random, 100));
    const fixed = move(
      randomMotion(random),
      moving.map(([x, y, z]) => [x, y, -z]),
    );
    const { T_fixed_moving, rmsError, mirroredRmsError } = rigidFit(fixed, moving);
    expect(mat4.determinant(T_fixed_moving)).toBeCloseTo(1, 12);
    expect(rmsError).toBeGreaterThan(10);
    // A difference of sums of 1e5 mm^2, and its square root.
    expect(mirroredRmsError).toBeLessThan(1e-4);
  });
});

it('eigenvectors are those of the matrix, seed 217', () => {
  const random = seededRandom(217);
  for (const n of [2, 3, 4, 5]) {
    const half = Array.from({ length: n }, () => Array.from({ length: n }, () => normal(random)));
    const matrix = half.map((row, i) => row.map((value, j) => value + half[j][i]));
    const { values, vectors } = symmetricEigen(matrix);
    for (const [i, vector] of vectors.entries()) {
      const product = matrix.map((row) => row.reduce((sum, value, j) => sum + value * vector[j], 0));
      for (let j = 0; j < n; j++) expect(product[j]).toBeCloseTo(values[i] * vector[j], 12);
      if (i > 0) expect(values[i]).toBeLessThanOrEqual(values[i - 1]);
    }
  }
});

/** Simulated registrations: root mean square errors at the target and at the fiducials. */
function simulate(random: Random, fiducials: Vec3[], target: Vec3, fle: number, runs: number) {
  const t = randomMotion(random);
  const [exact, exactTarget] = [move(t, fiducials), transformPoint(t, target)];
  let tre = 0;
  let estimated = 0;
  for (let run = 0; run < runs; run++) {
    const fixed = exact.map((p) => jitter(random, p, fle / Math.sqrt(3)));
    const { T_fixed_moving, rmsError } = rigidFit(fixed, fiducials);
    tre += distance(transformPoint(T_fixed_moving, target), exactTarget) ** 2;
    estimated += localisationError(rmsError, fiducials.length) ** 2;
  }
  return { tre: Math.sqrt(tre / runs), fle: Math.sqrt(estimated / runs) };
}

describe('predicted errors', () => {
  for (const [seed, count] of [
    [221, 3],
    [222, 4],
    [223, 6],
    [224, 10],
  ]) {
    it(`agree with simulation within 10 %, ${count} fiducials, seed ${seed}`, () => {
      const random = seededRandom(seed);
      let fiducials = Array.from({ length: count }, () => randomPoint(random, 80));
      // Well spread: the formula is of first order in the error over the spread.
      while (principalAxes(fiducials).variances[1] < 400) {
        fiducials = Array.from({ length: count }, () => randomPoint(random, 80));
      }
      for (const target of [principalAxes(fiducials).centroid, randomPoint(random, 60), randomPoint(random, 200)]) {
        const fle = 0.3 + random();
        // 4000 runs: a root mean square is known to 1.5 % or better.
        const found = simulate(random, fiducials, target, fle, 4000);
        const predicted = targetError(fiducials, target, fle);
        expect(Math.abs(predicted / found.tre - 1)).toBeLessThan(0.1);
        expect(Math.abs(found.fle / fle - 1)).toBeLessThan(0.1);
      }
    });
  }

  it('at the centroid are FLE over the root of the number', () => {
    const fiducials = bodies['a cube (all moments equal)'](seededRandom(1));
    expect(targetError(fiducials, [0, 0, 0], 1)).toBeCloseTo(1 / Math.sqrt(8), 12);
    // On the axis at 100 mm: d = 0, 100, 100 and f^2 = 3200 for all axes.
    expect(targetError(fiducials, [100, 0, 0], 1)).toBeCloseTo(Math.sqrt((1 + 20000 / 3200 / 3) / 8), 12);
  });
});

describe('registration of a patient', () => {
  const random = seededRandom(231);
  const movingMm = Array.from({ length: 5 }, () => randomPoint(random, 100));
  const t = randomMotion(random);
  const fixedMm = move(t, movingMm);

  it('gives metres, and figures in mm', () => {
    const noisy = fixedMm.map((p) => jitter(random, p, 0.5));
    const found = registerPatient({ fixedMm: noisy, movingMm, targetMm: [10, 20, 30] });
    const metres = transformPoint(found.T_base_patient, [0.01, 0.02, 0.03]);
    const wanted = transformPoint(t, [10, 20, 30]);
    expect(distance(metres, wanted.map((c) => c / 1000) as unknown as Vec3)).toBeLessThan(0.002);
    expect(found.residualsMm).toHaveLength(5);
    expect(found.fiducialRegistrationErrorMm).toBeCloseTo(
      Math.sqrt(found.residualsMm.reduce((sum, r) => sum + r * r, 0) / 5),
      12,
    );
    expect(found.fiducialLocalisationErrorMm).toBeCloseTo(found.fiducialRegistrationErrorMm / Math.sqrt(0.6), 12);
    expect(found.targetRegistrationErrorMm).toBeGreaterThan(0.1);
    expect(found.warnings).toEqual([]);
  });

  it('is exact on exact points, and leaves out what was not asked for', () => {
    const found = registerPatient({ fixedMm, movingMm });
    expect(largestDifference(found.T_base_patient.subarray(0, 12), t.subarray(0, 12))).toBeLessThan(1e-9);
    expect(
      largestDifference(
        found.T_base_patient.subarray(12, 15),
        t.subarray(12, 15).map((c) => c / 1000),
      ),
    ).toBeLessThan(1e-9);
    expect(found.targetRegistrationErrorMm).toBeUndefined();
  });

  it('warns of a mirror image', () => {
    const mirrored = movingMm.map(([x, y, z]) => [-x, y, z] as const);
    expect(registerPatient({ fixedMm, movingMm: mirrored }).warnings).toEqual([expect.stringMatching(/mirror image/)]);
  });

  const line = (n: number, off = 0): Vec3[] =>
    Array.from({ length: n }, (_, i) => [10 * i, 20 * i + 3, -5 * i + off * (i % 2)]);
  it.each<[string, Partial<RegistrationRequest>, RegExp]>([
    ['two pairs', { fixedMm: fixedMm.slice(0, 2), movingMm: movingMm.slice(0, 2) }, /2 pairs .* needs 3/],
    ['no pairs', { fixedMm: [], movingMm: [] }, /0 pairs/],
    ['counts that differ', { movingMm: movingMm.slice(1) }, /5 fixed fiducials and 4 moving/],
    ['three on one line', { fixedMm: line(3), movingMm: line(3) }, /on one line/],
    ['ten nearly on one line', { fixedMm: line(10), movingMm: line(10, 0.05) }, /on one line/],
    ['one set on a line', { movingMm: line(5) }, /moving fiducials lie on one line/],
    ['all in one place', { fixedMm: fixedMm.map(() => [1, 2, 3] as const) }, /spread over 0.00 mm only/],
    ['NaN', { fixedMm: [[Number.NaN, 0, 0], ...fixedMm.slice(1)] }, /fixed fiducial 1 is at NaN/],
    [
      'an infinite coordinate',
      { movingMm: [...movingMm.slice(1), [0, Number.POSITIVE_INFINITY, 0]] },
      /moving fiducial 5/,
    ],
    ['metres', { fixedMm: fixedMm.map((p) => p.map((c) => c / 1000) as unknown as Vec3) }, /spread over 0.* mm only/],
    ['inches', { movingMm: movingMm.map((p) => p.map((c) => c / 25.4) as unknown as Vec3) }, /no rigid motion/],
    ['a target that is NaN', { targetMm: [0, Number.NaN, 0] }, /target .* no point/],
  ])('refuses %s', (_, changes, message) => {
    expect(() => registerPatient({ fixedMm, movingMm, ...changes })).toThrow(message);
  });
});
