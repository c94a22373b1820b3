import { afterAll, describe, expect, it } from 'vitest';
import { activeLimits } from '../../../../engine/core/robot.ts';
import type { DistanceField, Scene } from '../../../../engine/core/scene.ts';
import { openDevice } from '../../../../kernels/device.ts';
import { createWorkspace, pointOf, setConfiguration } from '../../../../planners/motion/robot/workspace.ts';
import {
  optimizeTrajectory,
  type TrajectoryProblem,
  type TrajectoryResult,
} from '../../../../planners/motion/trajectory/optimize.ts';
import { at, box, dense, fourJointArm, plainClearance, post, stopAndGo } from './support/arm.ts';

const model = fourJointArm();
/** Over the post by lifting the shoulder. */
const waypoints = [
  [-0.8, 0.1, 0.2, 0.1],
  [-0.6, -1.2, 0.4, 0.2],
  [0.6, -1.2, 0.4, 0.2],
  [0.8, 0.1, 0.1, 0.2],
];
const problem: TrajectoryProblem = { model, scene: post, baseline: stopAndGo(model, waypoints) };
const quick = { seeds: 4, iterations: 40 };

const device = await openDevice({ prefer: 'wasm', threads: 2 });
afterAll(() => device.close());

function expectInsideLimits({ trajectory }: TrajectoryResult): void {
  const limits = activeLimits(model);
  for (const { q, v, a, j } of dense(trajectory, 20)) {
    limits.forEach((limit, i) => {
      expect(q[i]).toBeGreaterThanOrEqual(limit.lower - 1e-9);
      expect(q[i]).toBeLessThanOrEqual(limit.upper + 1e-9);
      // The aim is 1e-6; the exact time keeps them to rounding.
      expect(Math.abs(v[i])).toBeLessThanOrEqual(limit.velocity * (1 + 1e-9));
      expect(Math.abs(a[i])).toBeLessThanOrEqual(limit.acceleration * (1 + 1e-9));
      expect(Math.abs(j[i])).toBeLessThanOrEqual(limit.jerk * (1 + 1e-9));
    });
  }
}

function leastClearance(scene: Scene, result: TrajectoryResult): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { q } of dense(result.trajectory, 25)) least = Math.min(least, plainClearance(model, scene, q));
  return least;
}

describe('trajectory optimisation', () => {
  it('finds a cheaper motion over a post that is inside all limits, free, and from start to goal at rest', async () => {
    const result = await optimizeTrajectory(device, problem, quick);
    expect(result.source).toBe('optimized');
    expect(result.cost.total).toBeLessThan(0.8 * result.baselineCost.total);
    expectInsideLimits(result);
    expect(leastClearance(post, result)).toBeGreaterThan(0);
    const { positions, velocities, accelerations } = result.trajectory;
    for (let j = 0; j < 4; j++) {
      expect(positions[j]).toBeCloseTo(waypoints[0][j], 12);
      expect(positions[positions.length - 4 + j]).toBeCloseTo(waypoints[3][j], 12);
      for (const rate of [velocities, accelerations]) {
        expect(Math.abs(rate[j])).toBeLessThan(1e-9);
        expect(Math.abs(rate[rate.length - 4 + j])).toBeLessThan(1e-9);
      }
    }
  });

  it('without obstacles it comes within 3 % of the time-optimal straight line', async () => {
    const ends = [waypoints[0], waypoints[3]];
    const free = { model, scene: { obstacles: [] }, baseline: stopAndGo(model, ends) };
    // Almost no weight on jerk: the line's duration is then the least that its slowest joint can have.
    const result = await optimizeTrajectory(device, free, { ...quick, objective: { jerk: 0.001 } });
    const fastest = result.baselineCost.durationSec;
    const best = Math.min(...result.seeds.map((seed) => seed.cost.durationSec));
    expect(best).toBeGreaterThan(0.999 * fastest);
    // Jerk changes only at knots 0.03 s apart, which the optimum's phases do not meet.
    expect(best).toBeLessThan(1.03 * fastest);
  });

  it('gives the same bits on one, two and three threads', async () => {
    const results: TrajectoryResult[] = [];
    for (const threads of [1, 2, 3]) {
      const other = await openDevice({ prefer: 'wasm', threads });
      results.push(await optimizeTrajectory(other, problem, { ...quick, iterations: 15 }));
      await other.close();
    }
    for (const result of results) {
      expect([...result.trajectory.positions]).toEqual([...results[0].trajectory.positions]);
      expect([...result.trajectory.timeSec]).toEqual([...results[0].trajectory.timeSec]);
    }
    const reseeded = await optimizeTrajectory(device, problem, { ...quick, iterations: 15, seed: 2 });
    expect(reseeded.seeds.map((s) => s.cost.total)).not.toEqual(results[0].seeds.map((s) => s.cost.total));
  });

  it('returns the given path, and says so, where nothing is proven free', async () => {
    const asked: number[] = [];
    const result = await optimizeTrajectory(
      device,
      {
        ...problem,
        proveFree: async (trajectory) => {
          asked.push(trajectory.timeSec.length);
          return false;
        },
      },
      quick,
    );
    expect(result.source).toBe('baseline');
    expect(result.trajectory).toBe(problem.baseline);
    expect(result.reason).toMatch(/none of them was proven free/);
    expect(asked.length).toBeGreaterThan(0);
    expect(result.seeds.filter((s) => s.proven === false).length).toBe(asked.length);
  });

  it('returns the given path where none is cheaper: its cost without jerk is already the least', async () => {
    const ends = [waypoints[0], waypoints[3]];
    const free = { model, scene: { obstacles: [] }, baseline: stopAndGo(model, ends) };
    const result = await optimizeTrajectory(device, free, { seeds: 2, iterations: 5, objective: { jerk: 0 } });
    expect(result.source).toBe('baseline');
    expect(result.reason).toMatch(/cost/);
  });

  it('keeps farther from an obstacle by name when its clearance is weighed', async () => {
    const indifferent = await optimizeTrajectory(device, problem, quick);
    const clearance = [{ name: 'post', distanceM: 0.1, weight: 20 }];
    const careful = await optimizeTrajectory(device, problem, { ...quick, objective: { clearance } });
    expect(careful.source).toBe('optimized');
    expect(leastClearance(post, careful)).toBeGreaterThan(leastClearance(post, indifferent) + 0.02);
    expect(careful.cost.durationSec).toBeGreaterThan(indifferent.cost.durationSec);
    expectInsideLimits(careful);
  });

  it('travels less tissue when it is weighed', async () => {
    // A ball across the straight way of the tip.
    const size = [41, 41, 41] as const;
    const distance = new Float32Array(41 ** 3);
    for (let i = 0; i < distance.length; i++) {
      const cell = [i % 41, Math.floor(i / 41) % 41, Math.floor(i / 1681)];
      distance[i] = Math.hypot(...cell.map((c) => 0.02 * (c - 20))) - 0.2;
    }
    const field: DistanceField = { size, spacingM: [0.02, 0.02, 0.02], distance };
    const tissues: Scene = {
      obstacles: [{ name: 'liver', shape: { kind: 'field', field }, pose: at(1.15 - 0.4, -0.4, 0.17 - 0.4) }],
    };
    const tip = { link: 'link4', pointM: [0.3, 0, 0] as const };
    const ends = [waypoints[0], waypoints[3]];
    const soft = { model, scene: { obstacles: [] }, tissues, tip, baseline: stopAndGo(model, ends) };
    const inside = (result: TrajectoryResult): number => {
      const space = createWorkspace(model);
      let length = 0;
      let before: Float64Array | undefined;
      for (const { q } of dense(result.trajectory, 20)) {
        const p = new Float64Array(3);
        setConfiguration(space, q);
        pointOf(space, 4, tip.pointM, p);
        const deep = Math.hypot(p[0] - 1.15, p[1], p[2] - 0.17) < 0.2;
        if (before !== undefined && deep) length += Math.hypot(p[0] - before[0], p[1] - before[1], p[2] - before[2]);
        before = p;
      }
      return length;
    };
    const through = await optimizeTrajectory(device, soft, { ...quick, objective: { duration: 1 } });
    const around = await optimizeTrajectory(device, soft, {
      ...quick,
      objective: { tissue: [{ name: 'liver', weight: 5 }] },
    });
    expect(inside(through)).toBeGreaterThan(0.1);
    expect(inside(around)).toBeLessThan(0.5 * inside(through));
    expect(around.cost.tissue).toBeLessThan(around.baselineCost.tissue);
    // The reported length is the one that plain sampling finds; the step at the surface blurs some millimetres.
    expect(around.baselineCost.tissue / 5).toBeGreaterThan(0.1);
  });

  it('does not touch itself: the same post, now a part of the base', async () => {
    const mast = Array.from({ length: 13 }, (_, i) => [0.8, 0, 0.05 * i, 0.06]);
    const { link, sphere } = model.spheres;
    const masted = {
      ...model,
      spheres: {
        link: Uint16Array.from([...mast.map(() => 0), ...link]),
        sphere: Float64Array.from([...mast.flat(), ...sphere]),
      },
    };
    const nothing = { obstacles: [] };
    const result = await optimizeTrajectory(device, { ...problem, model: masted, scene: nothing }, quick);
    expect(result.source).toBe('optimized');
    expectInsideLimits(result);
    for (const { q } of dense(result.trajectory, 25)) expect(plainClearance(masted, nothing, q)).toBeGreaterThan(0);
  });
});

describe('bad input', () => {
  const fails = (changed: Partial<TrajectoryProblem>, config = {}): Promise<unknown> =>
    optimizeTrajectory(device, { ...problem, ...changed }, config).then(
      () => undefined,
      (error: unknown) => error,
    );

  it('is refused with a code and a hint', async () => {
    const { baseline } = problem;
    const nan = { ...baseline, positions: baseline.positions.map((q, i) => (i === 5 ? Number.NaN : q)) };
    const short = { ...baseline, positions: baseline.positions.subarray(4) };
    const outside = { ...baseline, positions: baseline.positions.map((q, i) => (i === 0 ? 3.5 : q)) };
    const moving = { ...baseline, velocities: baseline.velocities.map((v, i) => (i === 2 ? 0.1 : v)) };
    const backward = { ...baseline, timeSec: baseline.timeSec.map((t, i) => (i === 3 ? 0 : t)) };
    const mesh: Scene = {
      obstacles: [{ name: 'bone', shape: { kind: 'mesh', uri: 'bone.stl', scale: [1, 1, 1] }, pose: at(0, 0, 0) }],
    };
    const still = {
      ...model,
      joints: model.joints.map((joint) =>
        joint.limits === undefined ? joint : { ...joint, limits: { ...joint.limits, jerk: 0 } },
      ),
    };
    for (const [changed, config, code] of [
      [{ baseline: nan }, {}, 'trajectory/not-finite'],
      [{ baseline: short }, {}, 'trajectory/baseline-shape'],
      [{ baseline: outside }, {}, 'trajectory/out-of-limits'],
      [{ baseline: moving }, {}, 'trajectory/not-at-rest'],
      [{ baseline: backward }, {}, 'trajectory/baseline-shape'],
      [{ scene: mesh }, {}, 'collision/mesh-not-loaded'],
      [{ model: still }, {}, 'trajectory/limits'],
      [{ tip: { link: 'hook', pointM: [0, 0, 0] } }, {}, 'trajectory/unknown-link'],
      [{}, { seeds: 0 }, 'trajectory/config'],
      [{}, { bufferM: Number.NaN }, 'trajectory/config'],
      [{}, { objective: { clearance: [{ name: 'pots', distanceM: 1, weight: 1 }] } }, 'trajectory/unknown-name'],
      [{}, { objective: { tissue: [{ name: 'liver', weight: 1 }] } }, 'trajectory/unknown-name'],
    ] as const) {
      expect(await fails(changed, config)).toMatchObject({ code, hint: expect.stringMatching(/\w/) });
    }
  });

  it('a path that goes nowhere is returned as it is', async () => {
    const still = stopAndGo(model, [waypoints[0], waypoints[0]]);
    const nowhere = { ...still, timeSec: Float64Array.of(0, 0) };
    for (const key of ['positions', 'velocities', 'accelerations'] as const) {
      nowhere[key] = Float64Array.from([...still[key].subarray(0, 4), ...still[key].subarray(0, 4)]);
    }
    const result = await optimizeTrajectory(device, { ...problem, baseline: nowhere }, quick);
    expect(result.source).toBe('baseline');
    expect(result.cost.total).toBe(0);
  });

  it('a goal inside an obstacle leaves the given path, which the caller vouches for', async () => {
    const crate = { obstacles: [box('crate', 0.8, 0.83, 0.2, [0.3, 0.3, 0.3])] };
    const result = await optimizeTrajectory(device, { ...problem, scene: crate }, quick);
    expect(result.source).toBe('baseline');
    expect(result.reason).toMatch(/proven free|costs less/);
    expect(result.trajectory).toBe(problem.baseline);
  });
});
