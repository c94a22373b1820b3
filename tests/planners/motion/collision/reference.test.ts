import { describe, expect, it } from 'vitest';
import { inverse, transformPoint } from '../../../../engine/core/frames.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import type { DistanceField, Obstacle } from '../../../../engine/core/scene.ts';
import { closestContact, createCollisionReference, isFree } from '../../../../planners/motion/collision/reference.ts';
import {
  boxDistance,
  capsuleDistance,
  cylinderDistance,
  obstacleDistance,
} from '../../../../planners/motion/collision/shapes.ts';
import { boxMesh, oddArm, planarArm, poseAt, randomConfiguration, robotOf } from '../support/models.ts';

/** Least distance to the surface among points sampled densely on it; the solid's inside test gives the sign. */
function sampledDistance(
  p: readonly number[],
  surface: (u: number, v: number) => readonly number[],
  inside: boolean,
): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= 300; i++) {
    for (let j = 0; j <= 300; j++) {
      const s = surface(i / 300, j / 300);
      least = Math.min(least, Math.hypot(p[0] - s[0], p[1] - s[1], p[2] - s[2]));
    }
  }
  return inside ? -least : least;
}

describe('distance to a shape', () => {
  it('of a box, by closed form', () => {
    const d = boxDistance(1, 2, 3);
    expect(d(4, 2, 3)).toBe(3);
    expect(d(4, 6, 3)).toBe(5);
    expect(d(3, 4, 4)).toBe(3);
    expect(d(0.5, 0, 0)).toBe(-0.5);
    expect(d(0, 1.9, -2.5)).toBeCloseTo(-0.1, 14);
  });

  it('of a capsule, by closed form', () => {
    const d = capsuleDistance(0.5, 2);
    expect(d(2, 0, 0.3)).toBe(1.5);
    expect(d(0, 0, 2)).toBe(0.5);
    expect(d(3, 0, 5)).toBe(4.5);
    expect(d(0, 0, 0)).toBe(-0.5);
  });

  const seed = 71;
  it(`of a cylinder, against points sampled on it (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const [radius, length] = [0.3, 0.8];
    const d = cylinderDistance(radius, length);
    for (let trial = 0; trial < 12; trial++) {
      const p = [1.4 * random() - 0.7, 1.4 * random() - 0.7, 1.4 * random() - 0.7];
      const inside = Math.hypot(p[0], p[1]) < radius && Math.abs(p[2]) < length / 2;
      const wall = (u: number, v: number) => [
        radius * Math.cos(2 * Math.PI * u),
        radius * Math.sin(2 * Math.PI * u),
        (v - 0.5) * length,
      ];
      const cap = (side: number) => (u: number, v: number) => [
        radius * v * Math.cos(2 * Math.PI * u),
        radius * v * Math.sin(2 * Math.PI * u),
        (side * length) / 2,
      ];
      const all = [wall, cap(1), cap(-1)].map((surface) => Math.abs(sampledDistance(p, surface, inside)));
      const expected = Math.min(...all) * (inside ? -1 : 1);
      // Samples lie up to 4 mm from the closest point; across a flat surface that is 0.1 mm at these distances.
      expect(d(p[0], p[1], p[2])).toBeCloseTo(expected, 3);
    }
  });

  const meshSeed = 72;
  it(`of a closed mesh is that of the box it describes (seed ${meshSeed})`, () => {
    const random = seededRandom(meshSeed);
    const mesh = boxMesh(0.25, 0.5, 0.125);
    const d = obstacleDistance(
      { name: 'm', shape: { kind: 'mesh', uri: 'm.stl', scale: [2, -1, 2], mesh }, pose: poseAt(0, 0, 0) },
      false,
    );
    const box = boxDistance(0.5, 0.5, 0.25);
    for (let trial = 0; trial < 300; trial++) {
      const p = [2 * random() - 1, 2 * random() - 1, 2 * random() - 1];
      expect(d(p[0], p[1], p[2])).toBeCloseTo(box(p[0], p[1], p[2]), 12);
    }
  });

  it('of a field is trilinear between its samples', () => {
    const size = [9, 7, 5] as const;
    const spacingM = [0.1, 0.125, 0.25] as const;
    const plane: DistanceField = { size, spacingM, distance: new Float32Array(9 * 7 * 5) };
    for (let k = 0, at = 0; k < 5; k++)
      for (let j = 0; j < 7; j++) for (let i = 0; i < 9; i++) plane.distance[at++] = 0.25 + i / 16 - j / 32 + k / 8;
    const d = obstacleDistance({ name: 'f', shape: { kind: 'field', field: plane }, pose: poseAt(0, 0, 0) }, false);
    const linear = (x: number, y: number, z: number): number => 0.25 + x / 1.6 - y / 4 + z / 2;
    expect(d(0.33, 0.41, 0.77)).toBeCloseTo(linear(0.33, 0.41, 0.77), 12);
    expect(d(0.8, 0.75, 1)).toBeCloseTo(linear(0.8, 0.75, 1), 12);
  });

  it('of a mesh without triangles is refused with the name of its file', () => {
    const obstacle: Obstacle = {
      name: 'liver',
      shape: { kind: 'mesh', uri: 'liver.stl', scale: [1, 1, 1] },
      pose: poseAt(0, 0, 0),
    };
    expect(() => createCollisionReference(planarArm, { obstacles: [obstacle] })).toThrow(/liver\.stl.*liver/);
  });
});

describe('closest contact', () => {
  const ball = (x: number, y: number, marginM?: number): Obstacle => ({
    name: `ball at ${x}`,
    shape: { kind: 'sphere', radiusM: 0.1 },
    pose: poseAt(x, y, 0),
    ...(marginM === undefined ? {} : { marginM }),
  });

  it('names link, sphere, obstacle and clearance, by closed form', () => {
    const check = createCollisionReference(planarArm, { obstacles: [ball(0.5, 0.6), ball(0.35, 0.3)] });
    const contact = closestContact(check, [0, 0, 0]);
    expect(contact).toMatchObject({
      linkName: 'link2',
      sphere: 5,
      with: { kind: 'obstacle', obstacle: 1, name: 'ball at 0.35' },
    });
    expect(contact?.clearanceM).toBeCloseTo(0.3 - 0.1 - 0.04, 15);
    expect(isFree(check, [0, 0, 0])).toBe(true);
    expect(isFree(check, [0, 0, 0], 0.17)).toBe(false);
  });

  it('counts the margin of an obstacle', () => {
    const check = createCollisionReference(planarArm, { obstacles: [ball(0.35, 0.3, 0.2)] });
    expect(closestContact(check, [0, 0, 0])?.clearanceM).toBeCloseTo(-0.04, 15);
    expect(isFree(check, [0, 0, 0])).toBe(false);
  });

  it('finds links that meet, except neighbours', () => {
    const check = createCollisionReference(planarArm, { obstacles: [] });
    const contact = closestContact(check, [0, 2.6, 2.6]);
    expect(contact).toMatchObject({ linkName: 'link1', with: { kind: 'link', name: 'link3' } });
    expect(contact?.clearanceM).toBeLessThan(0);
    expect(isFree(check, [0, 1, -1])).toBe(true);
  });

  it('is undefined where there is nothing to meet, and NaN is not free', () => {
    const lone = robotOf([{ origin: poseAt(0, 0, 0), spheres: [[0.1, 0, 0, 0.05]] }]);
    expect(closestContact(createCollisionReference(lone, { obstacles: [] }), [0])).toBeUndefined();
    const check = createCollisionReference(planarArm, { obstacles: [ball(9, 9)] });
    expect(isFree(check, [Number.NaN, 0, 0])).toBe(false);
    expect(closestContact(check, [Number.NaN, 0, 0])?.clearanceM).toBeNaN();
  });

  const seed = 73;
  it(`is the minimum over all spheres, in turned frames (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const pose = poseAt(0.3, -0.2, 0.5, 0.8, [0.6, 0, 0.8]);
    const box: Obstacle = { name: 'box', shape: { kind: 'box', sizeM: [0.2, 0.3, 0.4] }, pose };
    const check = createCollisionReference(oddArm, { obstacles: [box] });
    const d = boxDistance(0.1, 0.15, 0.2);
    for (let trial = 0; trial < 50; trial++) {
      const contact = closestContact(check, randomConfiguration(oddArm, random));
      let least = Number.POSITIVE_INFINITY;
      for (let s = 0; s < oddArm.spheres.link.length; s++) {
        const c = check.centres;
        const [x, y, z] = transformPoint(inverse(pose), [c[3 * s], c[3 * s + 1], c[3 * s + 2]]);
        least = Math.min(least, d(x, y, z) - oddArm.spheres.sphere[4 * s + 3]);
      }
      if (contact?.with.kind === 'obstacle') expect(contact.clearanceM).toBeCloseTo(least, 12);
      else expect(contact?.clearanceM).toBeLessThan(least);
    }
  });
});
