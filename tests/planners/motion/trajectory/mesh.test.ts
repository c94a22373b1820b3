import { afterAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../engine/core/random.ts';
import type { TriangleMesh } from '../../../../engine/core/robot.ts';
import type { Obstacle, Scene } from '../../../../engine/core/scene.ts';
import { openDevice } from '../../../../kernels/device.ts';
import { fieldDistance } from '../../../../planners/motion/collision/distance-field.ts';
import { meshDistance, meshInside, scaledMesh } from '../../../../planners/motion/collision/mesh.ts';
import { triangleDistanceSquared } from '../../../../planners/motion/collision/triangle.ts';
import { nearestTriangle } from '../../../../planners/motion/collision/triangle-tree.ts';
import { meshField } from '../../../../planners/motion/trajectory/mesh-field.ts';
import { optimizeTrajectory } from '../../../../planners/motion/trajectory/optimize.ts';
import { boxMesh } from '../support/models.ts';
import { at, dense, fourJointArm, plainClearance, post, stopAndGo } from './support/arm.ts';

/** A ring of `around` x `across` quads about z, its tube of that radius round a circle of the other. */
function ringMesh(circleM: number, tubeM: number, around: number, across: number): TriangleMesh {
  const vertices = new Float32Array(3 * around * across);
  const triangles: number[] = [];
  for (let a = 0; a < around; a++) {
    for (let b = 0; b < across; b++) {
      const [u, v] = [(2 * Math.PI * a) / around, (2 * Math.PI * b) / across];
      const r = circleM + tubeM * Math.cos(v);
      vertices.set([r * Math.cos(u), r * Math.sin(u), tubeM * Math.sin(v)], 3 * (a * across + b));
      const corner = (i: number, k: number): number => ((a + i) % around) * across + ((b + k) % across);
      triangles.push(corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 0), corner(1, 1), corner(0, 1));
    }
  }
  return { vertices, triangles: Uint32Array.from(triangles) };
}

const corners = (mesh: TriangleMesh): Float64Array => scaledMesh(mesh, [1, 1, 1]);
const ring = corners(ringMesh(0.2, 0.05, 40, 16));

describe('distance to many triangles', () => {
  const seed = 541;
  it(`is that of trying them all, bit by bit (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const soup = Float64Array.from({ length: 9 * 200 }, () => random() - 0.5);
    // Some of no area, and some twice.
    soup.copyWithin(9 * 20, 0, 9 * 10);
    for (let t = 30; t < 40; t++) soup.copyWithin(9 * t + 3, 9 * t, 9 * t + 3);
    for (const all of [soup, ring, soup.subarray(0, 9), soup.subarray(0, 9 * 5)]) {
      const nearest = nearestTriangle(all);
      for (let trial = 0; trial < 300; trial++) {
        const [x, y, z] = [2 * random() - 1, 2 * random() - 1, 2 * random() - 1];
        let least = Number.POSITIVE_INFINITY;
        for (let i = 0; i < all.length; i += 9) least = Math.min(least, triangleDistanceSquared(all, i, x, y, z));
        expect(nearest(x, y, z)).toBe(least);
      }
    }
    expect(nearestTriangle(ring)(Number.NaN, 0, 0)).toBeNaN();
    expect(nearestTriangle(new Float64Array(0))(0, 0, 0)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a mesh as a distance field', () => {
  const seed = 542;
  for (const [name, of] of [
    ['a ring', ring],
    ['a box whose sides lie on the grid', corners(boxMesh(0.1, 0.2, 0.05))],
    ['a plate thinner than the grid', corners(boxMesh(0.2, 0.2, 0.001))],
  ] as const) {
    it(`${name}: exact at every sample, on the right side (seed ${seed})`, () => {
      const { field, originM } = meshField(of);
      const exact = meshDistance(of);
      const inside = meshInside(of);
      const random = seededRandom(seed);
      const [nx, ny] = field.size;
      let within = 0;
      for (let trial = 0; trial < 1500; trial++) {
        const n = Math.floor(random() * field.distance.length);
        const index = [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))];
        const p = index.map((i, r) => originM[r] + i * field.spacingM[r]);
        const expected = exact(p[0], p[1], p[2]);
        // On the surface either side is right; the samples are float32.
        expect(Math.abs(Math.abs(field.distance[n]) - Math.abs(expected))).toBeLessThan(1e-7);
        if (Math.abs(expected) > 1e-8) expect(field.distance[n] < 0).toBe(inside(p[0], p[1], p[2]));
        if (expected < 0) within++;
        // Between samples the field is off by half the diagonal of a cell at most.
        const q = [0, 1, 2].map((r) => originM[r] + random() * (field.size[r] - 1) * field.spacingM[r]);
        const local = [q[0] - originM[0], q[1] - originM[1], q[2] - originM[2]] as const;
        const off = Math.abs(fieldDistance(field, local) - exact(q[0], q[1], q[2]));
        // Across a plate that no sample is inside of, the sign is lost as well.
        const thin = name.startsWith('a plate') ? 0.001 : 0;
        expect(off).toBeLessThan((Math.sqrt(3) / 2) * field.spacingM[0] + 2 * thin);
      }
      if (!name.startsWith('a plate')) expect(within).toBeGreaterThan(0);
    });
  }
});

describe('trajectory optimisation among meshes', () => {
  const model = fourJointArm();
  const waypoints = [
    [-0.8, 0.1, 0.2, 0.1],
    [-0.6, -1.2, 0.4, 0.2],
    [0.6, -1.2, 0.4, 0.2],
    [0.8, 0.1, 0.1, 0.2],
  ];
  const quick = { seeds: 4, iterations: 40 };
  const [solid] = post.obstacles;
  const mesh: Obstacle = {
    name: 'post',
    shape: { kind: 'mesh', uri: 'post.stl', scale: [1, 1, 2], mesh: boxMesh(0.05, 0.05, 0.25) },
    pose: solid.pose,
  };
  const scene: Scene = { obstacles: [mesh] };
  const baseline = stopAndGo(model, waypoints);

  it('goes round a post given by its triangles as it goes round the same box, and farther where that is weighed', async () => {
    const device = await openDevice({ prefer: 'wasm', threads: 2 });
    afterAll(() => device.close());
    const box = await optimizeTrajectory(device, { model, scene: post, baseline }, quick);
    const result = await optimizeTrajectory(device, { model, scene, baseline }, quick);
    expect(result.source).toBe('optimized');
    for (const { q } of dense(result.trajectory, 25)) expect(plainClearance(model, post, q)).toBeGreaterThan(0);
    // The field rounds the post's edges by a part of its spacing of 2 cm.
    expect(Math.abs(result.cost.total - box.cost.total)).toBeLessThan(0.05 * box.cost.total);
    const clearance = [{ name: 'post', distanceM: 0.2, weight: 5 }];
    const away = await optimizeTrajectory(device, { model, scene, baseline }, { ...quick, objective: { clearance } });
    const least = (t: typeof result): number =>
      Math.min(...[...dense(t.trajectory, 10)].map(({ q }) => plainClearance(model, post, q)));
    expect(least(away)).toBeGreaterThan(least(result));
  });

  it('turned and moved it stays where it is', async () => {
    const device = await openDevice({ prefer: 'wasm', threads: 1 });
    const tilted = at(0.8, 0, 0.25);
    const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
    tilted.set([c, s, 0, 0, -s, c, 0, 0], 0);
    const turned = { obstacles: [{ ...mesh, pose: tilted }] };
    const same = { obstacles: [{ ...solid, pose: tilted }] };
    const result = await optimizeTrajectory(device, { model, scene: turned, baseline }, quick);
    await device.close();
    expect(result.source).toBe('optimized');
    for (const { q } of dense(result.trajectory, 25)) expect(plainClearance(model, same, q)).toBeGreaterThan(0);
  });
});
