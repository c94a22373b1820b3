import { describe, expect, it } from 'vitest';
import { identity } from '../../../../engine/core/frames.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import type { PlacedShape, RobotModel, Shape, TriangleMesh } from '../../../../engine/core/robot.ts';
import {
  boxCover,
  boxCuts,
  capsuleCover,
  cylinderCover,
  cylinderCuts,
} from '../../../../planners/motion/robot/cover.ts';
import { fitBuiltinRobots } from '../../../../planners/motion/robot/fit-builtin.ts';
import { meshDistance, meshIndex } from '../../../../planners/motion/robot/mesh-distance.ts';
import { builtinGeometry, builtinRobot, builtinRobotNames } from '../../../../planners/motion/robot/registry.ts';
import { distanceTo, surfaceSample } from '../../../../planners/motion/robot/solids.ts';
import { fitSpheres } from '../../../../planners/motion/robot/spheres.ts';
import { depths } from '../../../../planners/motion/robot/voxels.ts';

const seed = 77;

function single(...collision: PlacedShape[]): RobotModel {
  return {
    name: 'one link',
    links: [{ name: 'link', visual: [], collision }],
    joints: [],
    active: [],
    spheres: { link: new Uint16Array(0), sphere: new Float64Array(0) },
    ignoredPairs: new Set(),
  };
}

/** Points inside or on the solid that no sphere holds, of `points` drawn from its box. */
function uncovered(shape: Shape, spheres: readonly number[], span: number, points: number): number {
  const random = seededRandom(seed);
  let missing = 0;
  for (let i = 0; i < points; i++) {
    const p = i % 2 === 0 ? surfaceSample(shape, random, i) : [0, 1, 2].map(() => span * (2 * random() - 1));
    if (distanceTo(shape, p[0], p[1], p[2]) > 0 && i % 2 === 1) continue;
    let held = false;
    for (let s = 0; s < spheres.length && !held; s += 4) {
      held = Math.hypot(p[0] - spheres[s], p[1] - spheres[s + 1], p[2] - spheres[s + 2]) <= spheres[s + 3] + 1e-12;
    }
    if (!held) missing++;
  }
  return missing;
}

/** A cube of edge 2 a, outward triangles. */
function cube(a: number): TriangleMesh {
  const vertices = Float32Array.from(
    [0, 1, 2, 3, 4, 5, 6, 7].flatMap((i) => [i & 1, (i >> 1) & 1, i >> 2].map((b) => a * (2 * b - 1))),
  );
  const triangles = Uint32Array.from([
    0, 2, 1, 1, 2, 3, 4, 5, 6, 5, 7, 6, 0, 1, 4, 1, 5, 4, 2, 6, 3, 3, 6, 7, 0, 4, 2, 2, 4, 6, 1, 3, 5, 3, 7, 5,
  ]);
  return { vertices, triangles };
}

/** A ring about z, outward triangles. */
function ring(major: number, minor: number, around: number, across: number): TriangleMesh {
  const vertices: number[] = [];
  const triangles: number[] = [];
  for (let i = 0; i < around; i++) {
    for (let j = 0; j < across; j++) {
      const [a, b] = [(2 * Math.PI * i) / around, (2 * Math.PI * j) / across];
      const out = major + minor * Math.cos(b);
      vertices.push(out * Math.cos(a), out * Math.sin(a), minor * Math.sin(b));
      const at = (p: number, q: number): number => (p % around) * across + (q % across);
      triangles.push(at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j), at(i + 1, j + 1), at(i, j + 1));
    }
  }
  return { vertices: Float32Array.from(vertices), triangles: Uint32Array.from(triangles) };
}

describe('covers of simple solids', () => {
  it(`hold every point of surface and inside (seed ${seed})`, () => {
    for (let count = 1; count < 8; count++) {
      expect(
        uncovered({ kind: 'capsule', radiusM: 0.06, lengthM: 0.3 }, capsuleCover(0.06, 0.3, count), 0.25, 4000),
      ).toBe(0);
    }
    for (const cut of cylinderCuts(0.1, 0.14, 40)) {
      expect(
        uncovered({ kind: 'cylinder', radiusM: 0.1, lengthM: 0.14 }, cylinderCover(0.1, 0.14, cut), 0.1, 2000),
      ).toBe(0);
    }
    for (const cut of boxCuts([0.2, 0.1, 0.3], 150)) {
      expect(uncovered({ kind: 'box', sizeM: [0.2, 0.1, 0.3] }, boxCover([0.2, 0.1, 0.3], cut), 0.15, 2000)).toBe(0);
    }
  });

  it('one sphere for a sphere', () => expect(capsuleCover(0.05, 0, 1)).toEqual([0, 0, 0, 0.05]));
});

describe('fitted spheres', () => {
  for (const name of builtinRobotNames) {
    it(`${name}: cover its shapes, mean overestimate at most 10 mm, tens a link`, () => {
      for (const fit of fitSpheres(builtinGeometry(name)).report) {
        expect(fit.covered, fit.link).toBe(fit.samples);
        expect(fit.meanOverestimateMm, fit.link).toBeLessThanOrEqual(10);
        expect(fit.met, fit.link).toBe(true);
        expect(fit.spheres, fit.link).toBeLessThanOrEqual(96);
      }
    });
  }

  it('the file that ships is what the fit gives today', () => {
    const { fitted } = fitBuiltinRobots(['ur5e']);
    const model = builtinRobot('ur5e');
    const rows = Object.values(fitted.ur5e.spheres).flat(2);
    expect(rows).toEqual([...model.spheres.sphere]);
    for (const [a, b] of fitted.ur5e.ignored) {
      const [i, j] = [a, b].map((name) => model.links.findIndex((link) => link.name === name));
      expect(model.ignoredPairs.has(Math.min(i, j) * model.links.length + Math.max(i, j))).toBe(true);
    }
  });

  it('cover meshes, surface and inside', () => {
    const shape: Shape = { kind: 'mesh', uri: 'cube.stl', scale: [1, 1, 1], mesh: cube(0.06) };
    const { model, report } = fitSpheres(single({ shape, pose: identity() }));
    expect(report[0]).toMatchObject({ covered: report[0].samples, met: true });
    expect(uncovered(shape, [...model.spheres.sphere], 0.06, 6000)).toBe(0);
  });

  it(`cover a ring, whose middle stays free, by few spheres (seed ${seed})`, () => {
    const [major, minor] = [0.1, 0.04];
    const shape: Shape = { kind: 'mesh', uri: 'ring.stl', scale: [1, 1, 1], mesh: ring(major, minor, 60, 30) };
    const { model, report } = fitSpheres(single({ shape, pose: identity() }));
    expect(report[0]).toMatchObject({ covered: report[0].samples, met: true });
    expect(report[0].spheres).toBeLessThan(48);
    const spheres = model.spheres.sphere;
    const held = (x: number, y: number, z: number): boolean => {
      for (let s = 0; s < spheres.length; s += 4) {
        if (Math.hypot(x - spheres[s], y - spheres[s + 1], z - spheres[s + 2]) <= spheres[s + 3]) return true;
      }
      return false;
    };
    const random = seededRandom(seed);
    let missing = 0;
    for (let i = 0; i < 5000; i++) {
      const [turn, round] = [2 * Math.PI * random(), 2 * Math.PI * random()];
      // The triangles are chords: a percent inside the round ring.
      const out = 0.985 * minor * Math.sqrt(random());
      const across = major + out * Math.cos(round);
      if (!held(across * Math.cos(turn), across * Math.sin(turn), out * Math.sin(round))) missing++;
    }
    expect(missing).toBe(0);
    expect(held(0, 0, 0)).toBe(false);
  });

  it(`depths of cubes are the distances to the nearest empty one, by brute force (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const size = [9, 7, 8] as const;
    const kind = Uint8Array.from({ length: 504 }, () => (random() < 0.9 ? 1 : 0));
    const found = depths({ edge: 0.5, low: [0, 0, 0], size, kind });
    const place = (at: number): number[] => [at % 9, Math.floor(at / 9) % 7, Math.floor(at / 63)];
    for (let a = 0; a < 504; a++) {
      let least = Number.POSITIVE_INFINITY;
      for (let b = 0; b < 504; b++) {
        if (kind[b] === 0) least = Math.min(least, Math.hypot(...place(a).map((v, axis) => v - place(b)[axis])));
      }
      expect(found[a]).toBeCloseTo(0.5 * least, 12);
    }
  });

  it(`distance to a mesh is that to its nearest triangle, searched in rings (seed ${seed})`, () => {
    const mesh = cube(0.06);
    const random = seededRandom(seed);
    for (let i = 0; i < 500; i++) {
      const p = [0, 1, 2].map(() => 0.5 * (random() - 0.5));
      const outside = Math.hypot(...p.map((v) => Math.max(0, Math.abs(v) - 0.06)));
      const inside = Math.min(...p.map((v) => 0.06 - Math.abs(v)));
      const found = meshDistance(meshIndex(mesh), p[0], p[1], p[2]);
      // Deep inside counts as 0, near below the surface as the depth.
      if (outside > 0) expect(found).toBeCloseTo(outside, 7);
      else expect(found === 0 || Math.abs(found - inside) < 1e-7).toBe(true);
    }
  });

  it('finer where it is asked for', () => {
    const shape: Shape = { kind: 'capsule', radiusM: 0.05, lengthM: 0.4 };
    const fitted = (meanOverestimateMm: number) =>
      fitSpheres(single({ shape, pose: identity() }), { meanOverestimateMm }).report[0];
    expect(fitted(3).spheres).toBeGreaterThan(fitted(10).spheres);
    expect(fitted(3).meanOverestimateMm).toBeLessThanOrEqual(3);
  });

  it('the mean overestimate of one sphere around a cube is the closed form', () => {
    // Mean of |p - box| over the sphere of radius a sqrt(3) around a cube of half edge a, by quadrature over one octant.
    const a = 0.05;
    const box: Shape = { kind: 'box', sizeM: [2 * a, 2 * a, 2 * a] };
    const { report } = fitSpheres(single({ shape: box, pose: identity() }), { spheresPerLink: 1 });
    let sum = 0;
    const n = 400;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const z = (i + 0.5) / n;
        const turn = ((j + 0.5) / n) * (Math.PI / 2);
        const ring = Math.sqrt(1 - z * z);
        const p = [ring * Math.cos(turn), ring * Math.sin(turn), z].map((v) => Math.max(0, Math.sqrt(3) * a * v - a));
        sum += Math.hypot(p[0], p[1], p[2]);
      }
    }
    // 400 points a sphere: a percent.
    expect(report[0].meanOverestimateMm / ((1000 * sum) / (n * n))).toBeCloseTo(1, 1);
    expect(report[0].met).toBe(false);
  });

  it('a mesh that is not loaded is refused by name', () => {
    const shape: Shape = { kind: 'mesh', uri: 'package://arm/link.stl', scale: [1, 1, 1] };
    expect(() => fitSpheres(single({ shape, pose: identity() }))).toThrow(/package:\/\/arm\/link.stl/);
  });
});
