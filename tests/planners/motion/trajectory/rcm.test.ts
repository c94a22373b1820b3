import { afterAll, describe, expect, it } from 'vitest';
import { openStepModule } from '../../../../engine/compute/wasm/step-module.ts';
import { activeLimits } from '../../../../engine/core/robot.ts';
import type { Scene } from '../../../../engine/core/scene.ts';
import { kernelModule, openDevice } from '../../../../kernels/device.ts';
import { closestContact, createCollisionReference } from '../../../../planners/motion/collision/reference.ts';
import { type MotionSpace, openMotionSpace } from '../../../../planners/motion/path/space.ts';
import { type OptimizedMotion, optimizeMotion } from '../../../../planners/motion/planning/optimize-motion.ts';
import type { MotionPlan } from '../../../../planners/motion/planning/plan-motion.ts';
import { planMotionThroughTrocar } from '../../../../planners/motion/planning/plan-rcm.ts';
import { pathTrajectory } from '../../../../planners/motion/timing/sampling.ts';
import { optimizeTrajectory } from '../../../../planners/motion/trajectory/optimize.ts';
import { type TrocarArm, toolMotion, trocarArm } from '../support/trocar.ts';
import { dense } from './support/arm.ts';
import { atTheTrocar, ballOnTheWay } from './support/trocar.ts';

const PROBLEMS = 6;
/** States at which an error is looked for. */
const STATES = 20_000;
const quick = { iterations: 40 };

const device = await openDevice({ prefer: 'wasm', threads: 2 });
const module = await openStepModule(kernelModule());
afterAll(() => device.close());

const configuration = (q: Float64Array) => ({ kind: 'joints' as const, q });

/** Checks an optimised motion by its states alone: limits, ends, trocar, and collisions at twelfths of each piece. */
function expectKept(arm: TrocarArm, scene: Scene, motion: OptimizedMotion, ends: readonly Float64Array[]): void {
  const { trajectory, figures } = motion.plan;
  if (trajectory === undefined || figures === undefined) throw new Error('an optimised motion has a trajectory');
  const bound = figures.maxRcmErrorM ?? Number.NaN;
  const { errorM, insertedM } = atTheTrocar(arm, trajectory, STATES);
  expect(bound).toBeLessThanOrEqual(1e-4);
  expect(errorM).toBeLessThanOrEqual(bound);
  // 5 mm, less what the shaft may be off by.
  expect(insertedM).toBeGreaterThanOrEqual(0.005 - 1e-4);
  const limits = activeLimits(arm.model);
  const check = createCollisionReference(arm.model, scene);
  for (const { q, v, a, j } of dense(trajectory, 12)) {
    limits.forEach((limit, i) => {
      expect(q[i]).toBeGreaterThanOrEqual(limit.lower - 1e-9);
      expect(q[i]).toBeLessThanOrEqual(limit.upper + 1e-9);
      // The exact time keeps them to rounding.
      expect(Math.abs(v[i])).toBeLessThanOrEqual(limit.velocity * (1 + 1e-9));
      expect(Math.abs(a[i])).toBeLessThanOrEqual(limit.acceleration * (1 + 1e-9));
      expect(Math.abs(j[i])).toBeLessThanOrEqual(limit.jerk * (1 + 1e-9));
    });
    expect(closestContact(check, q)?.clearanceM ?? 1).toBeGreaterThan(0);
  }
  const { positions } = trajectory;
  const n = limits.length;
  for (let i = 0; i < n; i++) {
    // Points of a spline whose control points are alike: rounding only.
    expect(positions[i]).toBeCloseTo(ends[0][i], 12);
    expect(positions[positions.length - n + i]).toBeCloseTo(ends[1][i], 12);
  }
}

function planned(arm: TrocarArm, space: MotionSpace, start: Float64Array, q: Float64Array): MotionPlan {
  return planMotionThroughTrocar(space, arm.tool, arm.trocarM, { start, goal: configuration(q) });
}

describe('trajectories through a trocar', () => {
  for (const name of ['panda', 'kuka'] as const) {
    const arm = trocarArm(name);
    const terms = { rcm: { tool: arm.tool, trocarM: arm.trocarM } };

    it(`${name}: cheaper than the timed path, on the trocar and inside all limits (seeds 1000 to ${1000 + PROBLEMS - 1})`, async () => {
      const scene = { obstacles: [] };
      const space = openMotionSpace(module, arm.model, scene);
      let [solved, cheaper] = [0, 0];
      for (let i = 0; i < PROBLEMS; i++) {
        const { start, goalQ } = toolMotion(arm, i);
        const plan = planned(arm, space, start, goalQ);
        if (!plan.solved) continue;
        solved++;
        const motion = await optimizeMotion(device, space, plan, quick, terms);
        if (motion.source === 'baseline') continue;
        cheaper++;
        expect(motion.cost.optimized, `problem ${i}`).toBeLessThan(motion.cost.baseline);
        expectKept(arm, scene, motion, [start, goalQ]);
      }
      expect(solved).toBeGreaterThan(2);
      // All are when the validation was made; a timed path that is better than today's would leave less to gain.
      expect(2 * cheaper).toBeGreaterThan(solved);
      space.close();
    });

    it(`${name}: round a ball that stands in the way (the same seeds)`, async () => {
      const open = openMotionSpace(module, arm.model, { obstacles: [] });
      let [solved, cheaper] = [0, 0];
      for (let i = 4; i < 30 && cheaper < 2; i++) {
        const { start, goalQ } = toolMotion(arm, i);
        const without = planned(arm, open, start, goalQ);
        if (!without.solved) continue;
        const direct = await optimizeMotion(device, open, without, quick, terms);
        if (direct.plan.trajectory === undefined) throw new Error('a solved motion has a trajectory');
        const scene = ballOnTheWay(arm, direct.plan.trajectory);
        const space = openMotionSpace(module, arm.model, scene);
        const plan = planned(arm, space, start, goalQ);
        if (plan.solved) {
          solved++;
          const motion = await optimizeMotion(device, space, plan, quick, terms);
          if (motion.source === 'optimized') {
            cheaper++;
            expectKept(arm, scene, motion, [start, goalQ]);
          } else expect(motion.plan).toBe(plan);
        }
        space.close();
      }
      open.close();
      expect(solved).toBeGreaterThan(0);
      expect(cheaper).toBeGreaterThanOrEqual(solved - 1);
    });
  }

  const arm = trocarArm('panda');
  const { start, goalQ } = toolMotion(arm, 2);
  const space = openMotionSpace(module, arm.model, { obstacles: [] });
  afterAll(() => space.close());
  const plan = planned(arm, space, start, goalQ);
  const problem = () => {
    if (plan.timing === undefined) throw new Error('the motion is solved');
    return { model: arm.model, scene: space.scene, baseline: pathTrajectory(space.names, plan.timing) };
  };

  it('keeps the shares of the limits that the motion was planned with', async () => {
    const slow = { velocityScale: 0.3, accelerationScale: 0.1 };
    const task = { start, goal: configuration(goalQ), ...slow };
    const timed = planMotionThroughTrocar(space, arm.tool, arm.trocarM, task);
    const terms = { ...slow, rcm: { tool: arm.tool, trocarM: arm.trocarM } };
    const { plan: best, source } = await optimizeMotion(device, space, timed, quick, terms);
    expect(source).toBe('optimized');
    const { maxVelocityRatio = 1, maxAccelerationRatio = 1, maxJerkRatio = 1 } = best.figures ?? {};
    expect(maxVelocityRatio).toBeLessThanOrEqual(0.3 * (1 + 1e-9));
    expect(Math.max(maxAccelerationRatio, maxJerkRatio)).toBeLessThanOrEqual(0.1 * (1 + 1e-9));
  });

  it('without the trocar it would leave it by far: the constraint is what holds it', async () => {
    const free = await optimizeTrajectory(device, problem(), quick);
    expect(atTheTrocar(arm, free.trajectory, STATES).errorM).toBeGreaterThan(1e-3);
  });

  it('gives the same bits again', async () => {
    const rcm = { tool: arm.tool, trocarM: arm.trocarM };
    const [a, b] = [
      await optimizeTrajectory(device, { ...problem(), rcm }, quick),
      await optimizeTrajectory(device, { ...problem(), rcm }, quick),
    ];
    expect(a.source).toBe('optimized');
    expect([...a.trajectory.positions]).toEqual([...b.trajectory.positions]);
    expect([...a.trajectory.timeSec]).toEqual([...b.trajectory.timeSec]);
  });

  it('returns the given path, and says why, where the tolerance cannot be proven', async () => {
    const given = problem();
    const rcm = { tool: arm.tool, trocarM: arm.trocarM, toleranceM: 1e-7 };
    const result = await optimizeTrajectory(device, { ...given, rcm }, quick);
    expect(result.source).toBe('baseline');
    expect(result.trajectory).toBe(given.baseline);
    expect(result.reason).toMatch(/within 0.0001 mm of the trocar/);
  });

  it.each([
    ['no tolerance', { toleranceM: 0 }],
    ['more insertion than shaft', { insertionM: 0.3 }],
    ['a trocar that is no point', { trocarM: [0, Number.NaN, 0] as const }],
  ])('refuses %s', async (_, wrong) => {
    const rcm = { tool: arm.tool, trocarM: arm.trocarM, ...wrong };
    await expect(optimizeTrajectory(device, { ...problem(), rcm }, quick)).rejects.toThrow(/trocar/);
  });
});
