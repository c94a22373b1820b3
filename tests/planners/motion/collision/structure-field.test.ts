import { mat4 } from 'gl-matrix';
import { afterAll, describe, expect, it } from 'vitest';
import { inverse, type Transform, transformPoint } from '../../../../engine/core/frames.ts';
import type { Vec3 } from '../../../../engine/core/grid.ts';
import { type Random, seededRandom } from '../../../../engine/core/random.ts';
import { openDevice } from '../../../../kernels/device.ts';
import {
  fieldBounds,
  fieldDistance,
  fieldDistanceGradient,
} from '../../../../planners/motion/collision/distance-field.ts';
import {
  type FieldObstacle,
  type StructureFieldOptions,
  structureField,
} from '../../../../planners/motion/collision/structure-field.ts';
import { exactDistanceMm, gridAround, patientOf } from './scenes.ts';

const device = await openDevice({ prefer: 'wasm', threads: 1 });
afterAll(() => device.close());

const identity = new Float64Array(mat4.create());
const tilted: Transform = new Float64Array(16);
mat4.fromRotation(tilted, 0.7, [1, -2, 0.5]);
tilted.set([0.4, -0.2, 0.9], 12);

const spacingMm: Vec3 = [2, 2.5, 3];
const halfDiagonalMm = Math.hypot(...spacingMm) / 2;
const grid = gridAround([30, 26, 24], spacingMm);
const radiusMm = 14;
/** Half sides [mm] that fall on faces between voxels: the voxels fill the box exactly. */
const halfMm: Vec3 = [10, 15, 9];
const patient = patientOf(grid, {
  ball: (x, y, z) => Math.hypot(x, y, z) < radiusMm,
  box: (x, y, z) => Math.abs(x) < halfMm[0] && Math.abs(y) < halfMm[1] && Math.abs(z) < halfMm[2],
  left: (x, y, z) => Math.hypot(x - 22, y, z) < 5,
  right: (x, y, z) => Math.hypot(x + 22, y, z) < 5,
  grain: (x, y, z) => Math.hypot(x, y, z - 1.5) < 2,
  hollow: () => false,
});
const voxelsOf = (name: string): Uint32Array =>
  patient.structureSet.structures.find((s) => s.name === name)?.voxels as Uint32Array;

const field = (names: string[], options: Partial<StructureFieldOptions> = {}): Promise<FieldObstacle> =>
  structureField(device, patient, names, { marginM: 0.002, T_base_patient: identity, ...options });

/** Distance [mm] at a point of the patient frame [mm]. */
function distanceMm(obstacle: FieldObstacle, T_base_patient: Transform, pointMm: Vec3): number {
  const base = transformPoint(T_base_patient, pointMm.map((c) => c / 1000) as unknown as Vec3);
  return 1000 * fieldDistance(obstacle.shape.field, transformPoint(inverse(obstacle.pose), base));
}

function pointIn(random: Random, half: number): Vec3 {
  return [half * (2 * random() - 1), half * (2 * random() - 1), half * (2 * random() - 1)];
}

function boxDistanceMm(p: Vec3): number {
  const q = p.map((c, axis) => Math.abs(c) - halfMm[axis]);
  const outside = Math.hypot(...q.map((value) => Math.max(0, value)));
  return outside > 0 ? outside : Math.max(...q);
}

describe('a structure as a field', () => {
  it('is off by half a diagonal at most from a box of whole voxels, seed 201', async () => {
    const obstacle = await field(['box'], { T_base_patient: tilted });
    const random = seededRandom(201);
    let worst = 0;
    for (let n = 0; n < 5000; n++) {
      const p = pointIn(random, 40);
      const exact = boxDistanceMm(p);
      const error = distanceMm(obstacle, tilted, p) - exact;
      worst = Math.max(worst, Math.abs(error));
    }
    // float32 samples add a millionth.
    expect(worst).toBeLessThan(halfDiagonalMm + 1e-4);
  });

  it('is exact beside a plane face, where the distance is linear', async () => {
    const obstacle = await field(['box']);
    for (const x of [3, 7, 9.5, 10, 12.3, 24]) {
      expect(distanceMm(obstacle, identity, [x, 0.3, -0.2])).toBeCloseTo(boxDistanceMm([x, 0.3, -0.2]), 4);
    }
  });

  it('is off by a diagonal at most from a ball: half for its voxels, half for the interpolation; seed 202', async () => {
    const obstacle = await field(['ball'], { T_base_patient: tilted });
    const random = seededRandom(202);
    let worst = 0;
    for (let n = 0; n < 5000; n++) {
      const p = pointIn(random, 40);
      worst = Math.max(worst, Math.abs(distanceMm(obstacle, tilted, p) - (Math.hypot(...p) - radiusMm)));
    }
    expect(worst).toBeLessThan(2 * halfDiagonalMm);
    // And far better than that on the whole: the samples are exact.
    expect(worst).toBeGreaterThan(0.1);
  });

  it('carries its name and margin, and several structures as one', async () => {
    const both = await field(['left', 'right'], { marginM: 0.01 });
    expect([both.name, both.marginM]).toEqual(['left + right', 0.01]);
    for (const x of [-22, 22]) expect(distanceMm(both, identity, [x, 0, 0])).toBeLessThan(-1);
    expect(distanceMm(both, identity, [0, 0, 0])).toBeGreaterThan(14);
  });

  it('reaches beyond the edge of the CT where the padding does', async () => {
    const obstacle = await field(['left'], { paddingMm: 60 });
    expect(Math.abs(distanceMm(obstacle, identity, [70, 0, 0]) - (48 - 5))).toBeLessThan(2 * halfDiagonalMm);
  });
});

describe('resolution', () => {
  it('never gives more than the distance to the voxels themselves, seed 203', async () => {
    const random = seededRandom(203);
    const voxels = voxelsOf('left');
    for (const resolutionMm of [0.7, 1.9, 4]) {
      const obstacle = await field(['left'], { resolutionMm });
      const out = new Float64Array(2);
      const { field: samples } = obstacle.shape;
      for (let n = 0; n < 20; n++) {
        const p = pointIn(random, 40);
        const local = transformPoint(inverse(obstacle.pose), p.map((c) => c / 1000) as unknown as Vec3);
        fieldBounds(samples, ...local, out);
        const exact = exactDistanceMm(grid, voxels, p);
        expect(1000 * out[0]).toBeLessThanOrEqual(exact + 1e-6);
        // Cubes that touch the voxels stick out of them by less than a diagonal of theirs.
        expect(1000 * out[1]).toBeGreaterThan(exact - Math.sqrt(3) * resolutionMm);
      }
    }
  });

  it('that divides the voxels keeps the region as it is', async () => {
    const fine = await field(['box'], { resolutionMm: 0.5 });
    const random = seededRandom(204);
    for (let n = 0; n < 200; n++) {
      const p = pointIn(random, 25);
      expect(Math.abs(distanceMm(fine, identity, p) - boxDistanceMm(p))).toBeLessThan((Math.sqrt(3) / 2) * 0.5 + 1e-4);
    }
  });
});

describe('bounds', () => {
  it.each(['ball', 'left', 'grain'])(
    'hold the exact distance to %s, within and outside the samples, seed 205',
    async (name) => {
      const obstacle = await field([name], { paddingMm: 5 });
      const random = seededRandom(205);
      const out = new Float64Array(2);
      const { field: samples } = obstacle.shape;
      const T_field_patient = inverse(obstacle.pose);
      for (let n = 0; n < 120; n++) {
        const p = pointIn(random, n % 2 === 0 ? 25 : 90);
        const local = transformPoint(T_field_patient, p.map((c) => c / 1000) as unknown as Vec3);
        const exact = exactDistanceMm(grid, voxelsOf(name), p);
        fieldBounds(samples, ...local, out);
        // 1e-9 mm for the rounding of the transforms.
        expect(1000 * out[0]).toBeLessThanOrEqual(exact + 1e-9);
        expect(1000 * out[1]).toBeGreaterThanOrEqual(exact - 1e-9);
        const outside = local.some((c, axis) => c < 0 || c > (samples.size[axis] - 1) * samples.spacingM[axis]);
        if (outside) expect(1000 * fieldDistance(samples, local)).toBeLessThanOrEqual(exact + 1e-9);
      }
    },
  );

  it('far outside are never below the distance over sqrt 2: away + d(c) is an upper bound', async () => {
    const obstacle = await field(['ball'], { paddingMm: 30 });
    for (const p of [
      [200, 0, 0],
      [0, -300, 0],
      [150, 150, 150],
    ] as const) {
      const exact = Math.hypot(...p) - radiusMm;
      const got = distanceMm(obstacle, identity, p);
      expect(got).toBeLessThanOrEqual(exact + halfDiagonalMm);
      expect(got).toBeGreaterThan(exact / Math.SQRT2 - halfDiagonalMm);
    }
  });
});

describe('gradient', () => {
  it('is that of the interpolated distance, within and outside, seed 206', async () => {
    const { field: samples } = (await field(['ball'])).shape;
    const random = seededRandom(206);
    const gradient = new Float64Array(3);
    const step = 1e-7;
    const extent = samples.size.map((n, axis) => (n - 1) * samples.spacingM[axis]);
    for (let n = 0; n < 300; n++) {
      const p = extent.map((length) => (2 * random() - 0.5) * length) as unknown as Vec3;
      const value = fieldDistanceGradient(samples, p, gradient);
      expect(value).toBe(fieldDistance(samples, p));
      const outside = p.some((c, axis) => c < 0 || c > extent[axis]);
      for (let axis = 0; axis < 3; axis++) {
        const at = p[axis] / samples.spacingM[axis];
        if (Math.abs(at - Math.round(at)) < 1e-3) continue;
        const shifted = p.map((c, a) => c + (a === axis ? step : 0)) as unknown as Vec3;
        const numeric = (fieldDistance(samples, shifted) - value) / step;
        // Differences of 1e-7 m: a millionth of curvature and rounding; outside, what the error's own change adds.
        expect(Math.abs(numeric - gradient[axis])).toBeLessThan(outside ? 0.05 : 2e-5);
      }
    }
  });

  it('points away from a ball', async () => {
    const obstacle = await field(['ball']);
    const gradient = new Float64Array(3);
    const p: Vec3 = [0.018, 0.011, -0.009];
    fieldDistanceGradient(obstacle.shape.field, transformPoint(inverse(obstacle.pose), p), gradient);
    const cosine = p.reduce((sum, c, axis) => sum + c * gradient[axis], 0) / Math.hypot(...p) / Math.hypot(...gradient);
    // The voxels' corners turn it by a few degrees.
    expect(cosine).toBeGreaterThan(0.97);
  });

  it('NaN in is NaN out', async () => {
    const { field: samples } = (await field(['ball'])).shape;
    expect(fieldDistance(samples, [Number.NaN, 0, 0])).toBeNaN();
  });
});

describe('refuses', () => {
  const notRigid = identity.map((v, i) => (i === 0 ? 1000 : v));
  it.each<[string, string[], Partial<StructureFieldOptions>, RegExp]>([
    ['no names', [], {}, /no structure was named/],
    ['an unknown structure', ['heart'], {}, /no structure "heart"/],
    ['an empty structure', ['hollow'], {}, /hollow .* has no voxels/],
    ['a negative margin', ['ball'], { marginM: -0.001 }, /margin of -0.001 m is outside/],
    ['a margin in mm', ['ball'], { marginM: 5 }, /margin of 5 m is outside/],
    ['NaN', ['ball'], { marginM: Number.NaN }, /margin of NaN m/],
    ['too fine a resolution', ['ball'], { resolutionMm: 0 }, /resolution of 0 mm is outside/],
    ['too large a field', ['ball'], { resolutionMm: 0.1 }, /above the limit/],
    ['a transform in mm', ['ball'], { T_base_patient: notRigid }, /not rigid/],
    ['a transform with NaN', ['ball'], { T_base_patient: identity.map(() => Number.NaN) }, /not rigid/],
    ['a mirror', ['ball'], { T_base_patient: identity.map((v, i) => (i === 0 ? -v : v)) }, /not rigid/],
  ])('%s', async (_, names, options, message) => {
    await expect(field(names, options)).rejects.toThrow(message);
  });
});
