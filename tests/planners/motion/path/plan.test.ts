import { describe, expect, it } from 'vitest';
import { openStepModule } from '../../../../engine/compute/wasm/step-module.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import type { RobotModel } from '../../../../engine/core/robot.ts';
import type { Obstacle, Scene } from '../../../../engine/core/scene.ts';
import { kernelModule } from '../../../../kernels/device.ts';
import { createCollisionReference, isFree } from '../../../../planners/motion/collision/reference.ts';
import { type PathRequest, planPath } from '../../../../planners/motion/path/plan.ts';
import { pathLength } from '../../../../planners/motion/path/result.ts';
import { type MotionSpaceOptions, openMotionSpace } from '../../../../planners/motion/path/space.ts';
import { failsWith } from '../../../support/errors.ts';
import { boxMesh, oddArm, planarArm, poseAt, randomConfiguration, robotOf } from '../support/models.ts';

const module = await openStepModule(kernelModule());
const box = (name: string, x: number, y: number, size: readonly [number, number, number]): Obstacle => ({
  name,
  shape: { kind: 'box', sizeM: size },
  pose: poseAt(x, y, 0),
});
/** Between the left and the right of the planar arm's workspace, so that the arm must fold to pass. */
const wall: Scene = { obstacles: [box('wall', 0.65, 0, [0.3, 0.05, 0.5])] };
const open = (scene: Scene, model: RobotModel = planarArm, options: MotionSpaceOptions = {}) =>
  openMotionSpace(module, model, scene, options);

/** Every configuration along the path, `perRad` to a radian, is free by the float64 reference. */
function expectFree(model: RobotModel, scene: Scene, path: Float64Array, perRad = 1000): void {
  const check = createCollisionReference(model, scene);
  const dim = model.active.length;
  for (let i = dim; i < path.length; i += dim) {
    const [a, b] = [path.subarray(i - dim, i), path.subarray(i, i + dim)];
    const parts = Math.ceil(pathLength(path.subarray(i - dim, i + dim), dim) * perRad);
    for (let p = 0; p <= parts; p++) {
      const q = a.map((v, k) => v + ((b[k] - v) * p) / Math.max(1, parts));
      if (!isFree(check, q)) expect.fail(`in collision at ${q.join(', ')}`);
    }
  }
}

describe('a path', () => {
  const ends = { start: [0.8, 0, 0], goal: [-0.8, 0.1, 0.2] };

  it('leads from the exact start to the exact goal, free at any resolution', () => {
    const space = open(wall);
    const result = planPath(space, ends);
    expect(result).toMatchObject({ solved: true, reason: 'solved', valid: { start: true, goal: true } });
    expect([...result.waypoints.subarray(0, 3)]).toEqual(ends.start);
    expect([...result.waypoints.subarray(-3)]).toEqual(ends.goal);
    expectFree(planarArm, wall, result.waypoints);
    expectFree(planarArm, wall, result.rawWaypoints);
    expect(result.length).toBeCloseTo(pathLength(result.waypoints, 3), 12);
    expect(result.length).toBeLessThanOrEqual(result.rawLength);
    expect(result.progress.iterations).toBeGreaterThan(0);
    expect(result.timesUs.total).toBeGreaterThanOrEqual(result.timesUs.plan + result.timesUs.simplify);
    space.close();
  });

  it('is the same, bit by bit, for the same seed', () => {
    const [one, two] = [open(wall), open(wall)];
    const first = planPath(one, { ...ends, seed: 5 });
    planPath(one, { ...ends, seed: 6 });
    const again = planPath(one, { ...ends, seed: 5 });
    const elsewhere = planPath(two, { ...ends, seed: 5 });
    expect(again.waypoints).toEqual(first.waypoints);
    expect(elsewhere.waypoints).toEqual(first.waypoints);
    expect(again.progress).toEqual(first.progress);
    expect(planPath(one, { ...ends, seed: 6 }).waypoints).not.toEqual(first.waypoints);
  });

  it('is the straight edge where nothing is in the way, and a point where start is goal', () => {
    const space = open({ obstacles: [] });
    const result = planPath(space, ends);
    expect(result.waypoints).toEqual(Float64Array.of(...ends.start, ...ends.goal));
    expect(result.progress.iterations).toBe(0);
    const still = planPath(space, { start: ends.start, goal: ends.start });
    expect(still).toMatchObject({ solved: true, length: 0 });
  });

  const seed = 120;
  it(`of an odd arm among all kinds of obstacles is free for any seed (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const scene: Scene = {
      obstacles: [
        box('box', 0.5, 0.3, [0.2, 0.2, 0.6]),
        { name: 'can', shape: { kind: 'cylinder', radiusM: 0.08, lengthM: 0.6 }, pose: poseAt(-0.5, 0.2, 0.1) },
        { name: 'rod', shape: { kind: 'capsule', radiusM: 0.05, lengthM: 0.6 }, pose: poseAt(0, -0.6, 0.3) },
        { name: 'ball', shape: { kind: 'sphere', radiusM: 0.1 }, pose: poseAt(0.1, 0.5, 0.6), marginM: 0.02 },
        {
          name: 'mesh',
          shape: { kind: 'mesh', uri: 'm', scale: [1, 1, 1], mesh: boxMesh(0.1, 0.1, 0.1) },
          pose: poseAt(-0.4, -0.4, 0.3, 0.5),
        },
      ],
    };
    const space = open(scene, oddArm);
    const ask: PathRequest[] = [];
    while (ask.length < 8) {
      const [start, goal] = [randomConfiguration(oddArm, random), randomConfiguration(oddArm, random)];
      if (isFree(space.check, start, 1e-4) && isFree(space.check, goal, 1e-4)) ask.push({ start, goal });
    }
    let solved = 0;
    for (const [i, request] of ask.entries()) {
      const result = planPath(space, { ...request, seed: i, maxIterations: 20000 });
      if (!result.solved) continue;
      solved++;
      expectFree(oddArm, scene, result.waypoints, 250);
    }
    expect(solved).toBeGreaterThan(5);
  });
});

describe('a refusal', () => {
  it('names the joint, its value and its limits', () => {
    const result = planPath(open(wall), { start: [0.8, 0, 0], goal: [-0.8, 2.9, 0] });
    expect(result).toMatchObject({
      solved: false,
      reason: 'goal-outside-limits',
      valid: { start: true, goal: false },
      violation: { joint: 'joint1', value: 2.9, lower: -2.8, upper: 2.8 },
    });
    expect(result.message).toMatch(/goal: joint joint1 is at 2\.9, its limits are -2\.8 to 2\.8/);
    expect(result.waypoints.length).toBe(0);
  });

  it('names the link, the obstacle and the depth', () => {
    const result = planPath(open(wall), { start: [0, 0, 0], goal: [0.8, 0, 0] });
    expect(result).toMatchObject({
      reason: 'start-in-collision',
      valid: { start: false, goal: true },
      contact: { linkName: 'link3', with: { kind: 'obstacle', name: 'wall' } },
    });
    // A sphere of 30 mm with its centre in the middle of the wall, whose closest side is 25 mm away.
    expect(result.contact?.clearanceM).toBeCloseTo(-0.055, 12);
    expect(result.message).toMatch(/^start: link link3 \(sphere \d+\) is 55\.00 mm deep in wall$/);
  });

  it('names links that meet each other', () => {
    const result = planPath(open({ obstacles: [] }), { start: [0, 2.6, 2.6], goal: [0, 0, 0] });
    expect(result).toMatchObject({ reason: 'start-in-collision', contact: { with: { kind: 'link' } } });
    expect(result.message).toMatch(/deep in link link/);
  });

  it('tells a start inside a mesh, whose surface is nowhere near', () => {
    const mesh: Obstacle = {
      name: 'hall',
      shape: { kind: 'mesh', uri: 'm', scale: [1, 1, 1], mesh: boxMesh(5, 5, 5) },
      pose: poseAt(0, 0, 0),
    };
    const result = planPath(open({ obstacles: [mesh] }), { start: [0, 0, 0], goal: [1, 0, 0] });
    expect(result).toMatchObject({ reason: 'start-in-collision', contact: { with: { name: 'hall' } } });
  });

  it('tells a base that stands in an obstacle', () => {
    const model = robotOf([{ origin: poseAt(0, 0, 0), spheres: [[0.5, 0, 0, 0.05]] }], [[0, 0, 0, 0.1]]);
    const result = planPath(open({ obstacles: [box('table', 0, 0, [0.1, 0.1, 0.1])] }, model), {
      start: [0],
      goal: [1],
    });
    expect(result).toMatchObject({
      reason: 'start-in-collision',
      contact: { linkName: 'link0', with: { name: 'table' } },
    });
  });

  it('tells a start that is free by less than float32 can tell', () => {
    const ball: Obstacle = {
      name: 'ball',
      shape: { kind: 'sphere', radiusM: 0.1 },
      pose: poseAt(0.35, 0.14 + 2e-6, 0),
    };
    const result = planPath(open({ obstacles: [ball] }), { start: [0, 0, 0], goal: [-1, 0, 0] });
    expect(result).toMatchObject({ reason: 'start-too-close', valid: { start: true, goal: true } });
  });

  it('tells how far the search came', () => {
    // Rings of spheres all around: no way out of the half it starts in.
    const cage: Scene = { obstacles: [box('slab', 0, 0, [4, 0.06, 4])] };
    const model = robotOf([{ origin: poseAt(0, 0, 0), spheres: [[0.5, 0, 0, 0.05]] }]);
    const result = planPath(open(cage, model), { start: [1], goal: [-1], maxIterations: 25000 });
    expect(result).toMatchObject({
      solved: false,
      reason: 'out-of-iterations',
      valid: { start: true, goal: true },
      progress: { iterations: 25000, attempts: 2 },
    });
    // The two ends of the gap around the slab: 0.08 m from its middle at radius 0.5 on each side.
    expect(result.progress.closest).toBeGreaterThan(2 * Math.asin(0.16));
    expect(result.progress.closest).toBeLessThan(2 * Math.asin(0.16) + 0.05);
    expect(result.progress.treeSizes[0]).toBeGreaterThan(10);
    expect(result.message).toMatch(/no path after 25000 samples in 2 attempts/);
  });
});

describe('bad input', () => {
  const space = open(wall);
  it.each([
    [
      'a configuration that is too short',
      { start: [0, 0], goal: [0, 0, 0] },
      'path/configuration-length',
      'start has 2',
    ],
    ['NaN', { start: [0.8, 0, 0], goal: [0, Number.NaN, 0] }, 'path/configuration', 'joint1 is at NaN in the goal'],
    ['infinity', { start: [Number.POSITIVE_INFINITY, 0, 0], goal: [0, 0, 0] }, 'path/configuration', 'Infinity'],
    ['a broken seed', { start: [0.8, 0, 0], goal: [-0.8, 0, 0], seed: 1.5 }, 'path/settings', 'seed is 1.5'],
    [
      'no iterations',
      { start: [0.8, 0, 0], goal: [-0.8, 0, 0], maxIterations: 0 },
      'path/settings',
      'maxIterations is 0',
    ],
  ] as const)('%s is refused', (_, request, code, message) => {
    failsWith(() => planPath(space, request), code, message);
  });

  it('robots and scenes that cannot be planned with are refused', () => {
    const bare = robotOf([{ origin: poseAt(0, 0, 0) }]);
    failsWith(() => open({ obstacles: [] }, bare), 'path/no-spheres', 'no collision spheres');
    const inverted = robotOf([{ origin: poseAt(0, 0, 0), spheres: [[0, 0, 0, 1]], limits: { lower: 1, upper: -1 } }]);
    failsWith(() => open({ obstacles: [] }, inverted), 'path/limits', 'limits 1 to -1');
    const flat = { obstacles: [box('bad', 1, 1, [1, -2, 1])] };
    failsWith(() => open(flat), 'search/bad-obstacle', 'obstacle bad has the size -2');
    const nowhere = { obstacles: [box('lost', Number.NaN, 1, [1, 1, 1])] };
    failsWith(() => open(nowhere), 'search/bad-obstacle', 'obstacle lost has a pose with the entry NaN');
    failsWith(() => open(wall, planarArm, { range: 0 }), 'path/options', 'range is 0');
  });
});
