import { afterAll, describe, expect, it } from 'vitest';
import { type Vec3, voxelCentreMm } from '../../../../engine/core/grid.ts';
import { type Random, seededRandom } from '../../../../engine/core/random.ts';
import { openDevice } from '../../../../kernels/device.ts';
import { clearanceMm, guardOf, proveClear } from '../../../../planners/motion/entry/clearance.ts';
import { followShaft, type Shaft } from '../../../../planners/motion/entry/shaft.ts';
import { bodyOf, skinNormals, skinVoxels, thinOut } from '../../../../planners/motion/entry/skin.ts';
import { boxDistanceSquared, segmentDistance, voxelTree } from '../../../../planners/motion/entry/voxel-tree.ts';
import { gridAround, patientOf } from '../collision/scenes.ts';

const device = await openDevice({ prefer: 'wasm', threads: 1 });
afterAll(() => device.close());

const pointIn = (random: Random, half: number): Vec3 => [
  half * (2 * random() - 1),
  half * (2 * random() - 1),
  half * (2 * random() - 1),
];

/** Distance from a segment to a box by sampling the convex function along it, ever finer around its least value. */
function sampledDistance(low: Vec3, high: Vec3, a: Vec3, b: Vec3): number {
  const at = (t: number): number =>
    Math.hypot(
      ...a.map((c, axis) => {
        const x = c + t * (b[axis] - c);
        return Math.max(low[axis] - x, 0, x - high[axis]);
      }),
    );
  let [from, to] = [0, 1];
  let best = Number.POSITIVE_INFINITY;
  let least = 0;
  for (let round = 0; round < 30; round++) {
    const step = (to - from) / 20;
    for (let n = 0; n <= 20; n++) {
      const t = from + n * step;
      if (at(t) < best) {
        best = at(t);
        least = t;
      }
    }
    from = Math.max(0, least - step);
    to = Math.min(1, least + step);
  }
  return best;
}

describe('distance of a segment', () => {
  it('from a box, against sampling, seed 241', () => {
    const random = seededRandom(241);
    for (let n = 0; n < 500; n++) {
      const low = pointIn(random, 5);
      const high = low.map((c) => c + 0.1 + 4 * random()) as unknown as Vec3;
      const a = pointIn(random, 12);
      const b = pointIn(random, 12);
      // Axis-parallel ones too, for which two of the directions vanish.
      const end: Vec3 = n % 5 === 0 ? [a[0], b[1], a[2]] : n % 7 === 0 ? a : b;
      const got = Math.sqrt(boxDistanceSquared(Float64Array.of(...low, ...high), 0, a, end));
      // The sampling brackets the minimum to 1e-10 of the segment.
      expect(got).toBeCloseTo(sampledDistance(low, high, a, end), 7);
    }
  });

  const grid = gridAround([30, 24, 20], [1.5, 2, 3]);
  const patient = patientOf(grid, {
    Ball: (x, y, z) => Math.hypot(x - 4, y + 3, z) < 9,
    Twins: (x, y, z) => Math.hypot(Math.abs(x) - 14, y, z) < 4,
    Grain: (x, y, z) => x > 0 && x < 1.5 && y > 0 && y < 2 && z > 0 && z < 3,
  });
  const voxelsOf = (name: string): Uint32Array =>
    patient.structureSet.structures.find((s) => s.name === name)?.voxels as Uint32Array;

  it.each(['Ball', 'Twins', 'Grain'])('from the cells of %s: tree against all cells one by one, seed 242', (name) => {
    const random = seededRandom(242);
    const voxels = voxelsOf(name);
    const tree = voxelTree(grid, voxels);
    const boxes = Float64Array.from(
      [...voxels].flatMap((voxel) => {
        const c = [0, 0, 0];
        voxelCentreMm(grid, voxel, c);
        const half = grid.spacingMm.map((h) => h / 2);
        return [...c.map((x, axis) => x - half[axis]), ...c.map((x, axis) => x + half[axis])];
      }),
    );
    for (let n = 0; n < 200; n++) {
      const [a, b] = [pointIn(random, 40), pointIn(random, 40)];
      let wanted = Number.POSITIVE_INFINITY;
      for (let box = 0; box < voxels.length; box++) wanted = Math.min(wanted, boxDistanceSquared(boxes, 6 * box, a, b));
      const found = segmentDistance(tree, a, b);
      // Inside a region the surface is met by every segment that reaches in from outside.
      expect(found).toBe(Math.sqrt(wanted));
      expect(segmentDistance(tree, a, b, found + 1e-6)).toBe(found);
      if (found > 2) expect(segmentDistance(tree, a, b, Number.POSITIVE_INFINITY, 1)).toBe(found);
    }
  });

  it('what the field proves clear is clear, and its bound is one; seed 243', async () => {
    const random = seededRandom(243);
    for (const name of ['Ball', 'Twins', 'Grain']) {
      const guard = await guardOf(device, patient, { name, marginMm: 2 }, 5);
      let proven = 0;
      let possible = 0;
      for (let n = 0; n < 1000; n++) {
        const [a, b] = [pointIn(random, 60), pointIn(random, 60)];
        const exact = segmentDistance(guard.tree, a, b);
        const upper = proveClear(guard, a, b, 7);
        if (upper === 0) expect(exact).toBeGreaterThanOrEqual(7);
        else expect(upper).toBeGreaterThanOrEqual(exact - 1e-9);
        if (exact >= 7) possible++;
        if (upper === 0) proven++;
        const clearance = clearanceMm(guard, a, b, 7);
        if (exact >= 7) expect([exact, Number.POSITIVE_INFINITY]).toContain(clearance);
        else if (exact >= 2) expect(clearance).toBe(exact);
        else expect(clearance).toBeLessThan(2);
      }
      // It would be of no use if it proved little.
      expect(proven / possible).toBeGreaterThan(0.8);
    }
  });
});

describe('skin', () => {
  const grid = gridAround([21, 21, 15], [2, 2, 3]);
  const hollow = (x: number, y: number, z: number): boolean =>
    Math.hypot(x, y) < 15 && Math.abs(z) < 16 && Math.hypot(x - 3, y, z) > 5;
  const patient = patientOf(grid, { Body: hollow });
  const voxels = patient.structureSet.structures[0].voxels;
  const body = bodyOf(grid, voxels);
  const skin = skinVoxels(body);

  it('is outside only, and not where the image ends', () => {
    expect(skin.length).toBeGreaterThan(100);
    for (const voxel of skin) {
      const c = [0, 0, 0];
      voxelCentreMm(grid, voxel, c);
      // A voxel at the curved side: its centre is within a voxel's diagonal of the surface.
      expect(Math.hypot(c[0], c[1])).toBeGreaterThan(15 - 2 * Math.SQRT2);
    }
  });

  it('that touches the border of the grid ends there', () => {
    const full = bodyOf(
      grid,
      Uint32Array.from({ length: 21 * 21 * 15 }, (_, voxel) => voxel),
    );
    expect(skinVoxels(full)).toHaveLength(0);
  });

  it('has normals that point outward, also at the ends of the image', () => {
    const normals = skinNormals(body, skin, 8);
    for (const [n, voxel] of skin.entries()) {
      const c = [0, 0, 0];
      voxelCentreMm(grid, voxel, c);
      const [x, y, z] = normals.subarray(3 * n, 3 * n + 3);
      expect((x * c[0] + y * c[1]) / Math.hypot(c[0], c[1])).toBeGreaterThan(0.9);
      // The hole inside may tilt it a little; the ends do not.
      expect(Math.abs(z)).toBeLessThan(0.4);
    }
  });

  it('of a voxel that stands alone has no normal', () => {
    expect([...skinNormals(bodyOf(grid, Uint32Array.of(3000)), Uint32Array.of(3000), 8)]).toEqual([0, 0, 0]);
  });

  it('is thinned out to one voxel a cube, the nearest to its centre', () => {
    const thin = thinOut(grid, skin, 7);
    const cubes = new Set<string>();
    const cubeOf = (voxel: number): [string, number] => {
      const c = [0, 0, 0];
      voxelCentreMm(grid, voxel, c);
      const at = c.map((x, axis) => (x - grid.originMm[axis]) / 7);
      return [at.map(Math.floor).join(), Math.hypot(...at.map((x) => x - Math.floor(x) - 0.5))];
    };
    for (const voxel of thin) {
      const [cube, far] = cubeOf(voxel);
      expect(cubes.has(cube)).toBe(false);
      cubes.add(cube);
      for (const other of skin) {
        const [there, itsFar] = cubeOf(other);
        if (there === cube) expect(itsFar).toBeGreaterThan(far - 1e-9);
      }
    }
    expect(new Set([...skin].map((voxel) => cubeOf(voxel)[0])).size).toBe(thin.length);
    expect([...thinOut(grid, skin, 0.1)]).toEqual([...skin]);
  });
});

describe('a shaft', () => {
  const grid = gridAround([41, 41, 21], [2, 2, 3]);
  const patient = patientOf(grid, {
    // A slab from y = -21 to 21 with a gap at 9 to 15, and an arm that stands out in front of it.
    Body: (x, y, z) =>
      Math.abs(x) < 20 &&
      Math.abs(z) < 29 &&
      ((Math.abs(y) < 21 && !(y > 9 && y < 15)) || (y < -30 && y > -35 && x > 0)),
  });
  const body = bodyOf(grid, patient.structureSet.structures[0].voxels);
  const out: Shaft = { skinMm: 0, tissueMm: 0, blocked: false };
  const follow = (from: Vec3, to: Vec3, lengthMm: number): Shaft => {
    const d = to.map((c, axis) => c - from[axis]);
    const length = Math.hypot(...d);
    followShaft(body, from, d.map((c) => c / length) as unknown as Vec3, length, lengthMm, out);
    return { ...out };
  };

  it('leaves the body at the face of the last voxel', () => {
    const shaft = follow([-6, 1, 0.5], [-6, -20, 0.5], 200);
    expect(shaft.skinMm).toBeCloseTo(22, 9);
    expect(shaft.tissueMm).toBeCloseTo(22, 9);
    expect(shaft.blocked).toBe(false);
  });

  it('counts tissue only, along a slanted line too', () => {
    const straight = follow([-6, 1, 0.5], [-6, 20, 0.5], 200);
    expect(straight.skinMm).toBeCloseTo(20, 9);
    expect(straight.tissueMm).toBeCloseTo(14, 9);
    const slanted = follow([-6, 1, 0.5], [-1, 20, 3.5], 200);
    const slope = Math.hypot(5, 19, 3) / 19;
    expect(slanted.skinMm).toBeCloseTo(20 * slope, 9);
    expect(slanted.tissueMm).toBeCloseTo(14 * slope, 9);
  });

  it('is blocked by the body before the skin, as far as it is long', () => {
    expect(follow([8, 1, 0.5], [8, -20, 0.5], 200).blocked).toBe(true);
    expect(follow([8, 1, 0.5], [8, -20, 0.5], 33).blocked).toBe(true);
    expect(follow([8, 1, 0.5], [8, -20, 0.5], 31).blocked).toBe(false);
  });

  it('through an end of the image has no skin', () => {
    expect(follow([-6, 1, 0.5], [-6, -18, 28], 200).skinMm).toBe(Number.POSITIVE_INFINITY);
    expect(follow([-6, 1, 0.5], [-6, 1, 27], 200).skinMm).toBe(Number.POSITIVE_INFINITY);
  });
});
