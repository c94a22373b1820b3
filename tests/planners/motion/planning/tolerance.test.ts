import { beforeAll, describe, expect, it } from 'vitest';
import { openStepModule } from '../../../../engine/compute/wasm/step-module.ts';
import {
  compose,
  identity,
  inverse,
  type Transform,
  transformFromRpy,
  transformPoint,
} from '../../../../engine/core/frames.ts';
import type { Vec3 } from '../../../../engine/core/grid.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import type { Shape } from '../../../../engine/core/robot.ts';
import type { Scene } from '../../../../engine/core/scene.ts';
import { kernelModule } from '../../../../kernels/device.ts';
import { type MotionSpace, openMotionSpace } from '../../../../planners/motion/path/space.ts';
import type { MotionTarget } from '../../../../planners/motion/planning/goals.ts';
import { type MotionPlan, planMotion } from '../../../../planners/motion/planning/plan-motion.ts';
import { poseWithin } from '../../../../planners/motion/planning/tolerance.ts';
import { builtinRobot } from '../../../../planners/motion/robot/registry.ts';
import { createWorkspace, setConfiguration } from '../../../../planners/motion/robot/workspace.ts';
import { linkNumber } from '../support/robots.ts';

const seed = 9;

/** Angles about x, the new y and the newest z of a rotation. */
function eulerOf(t: Transform): number[] {
  return [Math.atan2(-t[9], t[10]), Math.asin(Math.min(1, Math.max(-1, t[8]))), Math.atan2(-t[4], t[0])];
}

/** The rotation vector, for less than half a turn. */
function vectorOf(t: Transform): number[] {
  const v = [(t[6] - t[9]) / 2, (t[8] - t[2]) / 2, (t[1] - t[4]) / 2];
  const sin = Math.hypot(...v);
  const angle = Math.atan2(sin, (t[0] + t[5] + t[10] - 1) / 2);
  return v.map((value) => (sin > 0 ? (angle / sin) * value : 0));
}

describe('poses within tolerances', () => {
  const pose = transformFromRpy([0.4, -0.1, 0.5], [0.3, -0.8, 2]);
  const place = transformFromRpy([0.4, -0.1, 0.5], [1, 0.2, -0.4]);
  const far = transformFromRpy([0.2, 0.3, 0.1], [0, 0, 0]);

  it.each<[string, Shape, (p: Vec3) => number]>([
    [
      'a box',
      { kind: 'box', sizeM: [0.02, 0.1, 0.04] },
      ([x, y, z]) => Math.max(Math.abs(x) / 0.01, Math.abs(y) / 0.05, Math.abs(z) / 0.02),
    ],
    ['a ball', { kind: 'sphere', radiusM: 0.03 }, (p) => Math.hypot(...p) / 0.03],
    [
      'a cylinder',
      { kind: 'cylinder', radiusM: 0.02, lengthM: 0.1 },
      ([x, y, z]) => Math.max(Math.hypot(x, y) / 0.02, Math.abs(z) / 0.05),
    ],
  ])(`are in %s, all of it in the end (seed ${seed})`, (_, shape, size) => {
    const random = seededRandom(seed);
    for (const share of [0.25, 1]) {
      let largest = 0;
      for (let i = 0; i < 2000; i++) {
        const found = poseWithin(pose, { regions: [{ shape, pose: place }] }, share, random);
        largest = Math.max(largest, size(transformPoint(inverse(place), [found[12], found[13], found[14]])));
        expect([...found.subarray(0, 12)]).toEqual([...pose.subarray(0, 12)]);
      }
      expect(largest).toBeLessThan(share);
      expect(largest).toBeGreaterThan(0.97 * share);
    }
    // Of several solids each has its part.
    const regions = [place, far].map((at) => ({ shape, pose: at }));
    const near = Array.from({ length: 100 }, () => poseWithin(pose, { regions }, 1, random)[12] > 0.32);
    expect(near.filter(Boolean).length).toBeGreaterThan(25);
    expect(near.filter(Boolean).length).toBeLessThan(75);
  });

  it.each<['euler' | 'vector', (t: Transform) => number[]]>([
    ['euler', eulerOf],
    ['vector', vectorOf],
  ])(`are turned about the goal's axes by no more than each allows, as %s (seed ${seed})`, (as, anglesOf) => {
    const random = seededRandom(seed);
    const rad: Vec3 = [0.4, 0, 0.9];
    const largest = [0, 0, 0];
    for (let i = 0; i < 2000; i++) {
      const found = poseWithin(pose, { regions: [], rotation: { rad, as } }, 1, random);
      expect([...found.subarray(12, 15)]).toEqual([...pose.subarray(12, 15)]);
      anglesOf(compose(inverse(pose), found)).forEach((angle, axis) => {
        largest[axis] = Math.max(largest[axis], Math.abs(angle));
      });
    }
    rad.forEach((most, axis) => {
      expect(largest[axis]).toBeLessThanOrEqual(most + 1e-9);
      expect(largest[axis]).toBeGreaterThanOrEqual(0.98 * most);
    });
    // All the way round, too, stays a rotation.
    const free = poseWithin(pose, { regions: [], rotation: { rad: [9, 9, 9], as } }, 1, random);
    const unit = compose(inverse(free), free);
    unit.forEach((value, i) => {
      expect(value).toBeCloseTo(identity()[i], 12);
    });
  });
});

const panda = builtinRobot('panda');
const hand = linkNumber(panda, 'panda_hand');
const start = [0, -0.785, 0, -2.356, 0, 1.571, 0.785];
const placed = (x: number, y: number, z: number): Float64Array =>
  Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1);

function handAt(q: ArrayLike<number>): Transform {
  const space = createWorkspace(panda);
  setConfiguration(space, q);
  return space.linkPoses.slice(16 * hand, 16 * hand + 16);
}

function endOf({ path }: MotionPlan): Transform {
  return handAt(path?.waypoints.slice(-7) ?? []);
}

describe('pose goals with tolerances', () => {
  let open: (scene: Scene) => MotionSpace;
  beforeAll(async () => {
    const module = await openStepModule(kernelModule());
    open = (scene) => openMotionSpace(module, panda, scene);
  });
  const target = (x: number, more: object): MotionTarget => ({
    kind: 'pose',
    link: hand,
    pose: placed(x, 0, 0.4),
    orientation: false,
    ...more,
  });

  it('out of reach: the part of the region that the arm reaches', () => {
    const space = open({ obstacles: [] });
    // The arm is 0.855 m + hand long at most.
    const exact = planMotion(space, { start, goal: target(0.95, {}) });
    expect(exact).toMatchObject({ solved: false, reason: 'goal-unreachable' });
    const shape: Shape = { kind: 'sphere', radiusM: 0.15 };
    const regions = [{ shape, pose: placed(0.95, 0, 0.4) }];
    const goal = target(0.95, { tolerance: { regions } });
    const near = planMotion(space, { start, goal });
    expect(near.reason).toBe('solved');
    const end = endOf(near);
    const off = Math.hypot(end[12] - 0.95, end[13], end[14] - 0.4);
    expect(off).toBeLessThan(0.15);
    // Inverse kinematics is as good as 1e-7 m, the search counts in float32.
    expect(near.goalDeviation?.positionM).toBeCloseTo(off, 5);
    expect(planMotion(space, { start, goal }).path?.waypoints).toEqual(near.path?.waypoints);
    const small = target(1.4, { tolerance: { regions: [{ shape, pose: placed(1.4, 0, 0.4) }] } });
    expect(planMotion(space, { start, goal: small }).message).toMatch(/nor is any pose that its tolerances allow/);
  });

  it('in collision: turned as far as its axes allow', () => {
    const q = [0.4, -0.4, 0.2, -2, 0.1, 1.8, 0.4];
    const pose = handAt(q);
    // Beside the hand, where its broad side is: turned about its axis it has room.
    const side = transformPoint(pose, [0, 0.1, 0.03]);
    const post = { name: 'post', shape: { kind: 'sphere' as const, radiusM: 0.02 }, pose: placed(...side) };
    const space = open({ obstacles: [post] });
    const goal: MotionTarget = { kind: 'pose', link: hand, pose, orientation: true };
    expect(planMotion(space, { start, goal })).toMatchObject({ solved: false, reason: 'goal-in-collision' });
    const tolerance = { regions: [], rotation: { rad: [0, 0, 1.2] as Vec3, as: 'euler' as const } };
    const near = planMotion(space, { start, goal: { ...goal, tolerance } });
    expect(near.reason).toBe('solved');
    const [x, y, z] = eulerOf(compose(inverse(pose), endOf(near)));
    expect(Math.abs(x)).toBeLessThan(1e-5);
    expect(Math.abs(y)).toBeLessThan(1e-5);
    expect(Math.abs(z)).toBeLessThan(1.2);
    expect(near.goalDeviation?.angleRad).toBeCloseTo(Math.abs(z), 5);
    expect(near.goalDeviation?.positionM).toBeLessThan(1e-6);
  });

  it('a point of the link comes to the place, with an orientation or without', () => {
    const space = open({ obstacles: [] });
    const pointM: Vec3 = [0.02, 0.05, 0.1];
    const there = target(0.5, { pointM });
    const plain = planMotion(space, { start, goal: there });
    const turned = planMotion(space, {
      start,
      goal: { ...there, pose: transformFromRpy([0.5, 0, 0.4], [Math.PI, 0, 0.3]), orientation: true } as MotionTarget,
    });
    for (const plan of [plain, turned]) {
      expect(plan.reason).toBe('solved');
      expect(plan.goalDeviation).toBeUndefined();
      transformPoint(endOf(plan), pointM).forEach((value, r) => {
        expect(value).toBeCloseTo([0.5, 0, 0.4][r], 5);
      });
    }
  });
});
