import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type MotionProblem, readMotionBenchmark } from '../../../../app/inputs/motion-benchmark.ts';
import { timedShortcut } from '../../../../bench/motion/timed-shortcut.ts';
import { openStepModule } from '../../../../engine/compute/wasm/step-module.ts';
import { activeLimits } from '../../../../engine/core/robot.ts';
import { kernelModule, openDevice } from '../../../../kernels/device.ts';
import { closestContact } from '../../../../planners/motion/collision/reference.ts';
import { openMotionSpace } from '../../../../planners/motion/path/space.ts';
import { optimizeTrajectory } from '../../../../planners/motion/trajectory/optimize.ts';
import { dataFolder } from '../../../support/data.ts';
import { dense } from './support/arm.ts';

const data = dataFolder();
describe.skipIf(data === undefined)('trajectory optimisation on MotionBenchMaker', async () => {
  if (data === undefined) return;
  const { model, problems } = readMotionBenchmark(join(data, 'mbm', 'panda'));
  const module = await openStepModule(kernelModule());
  const device = await openDevice({ prefer: 'wasm', threads: 2 });
  afterAll(() => device.close());
  const limits = activeLimits(model);

  // One of each set; `npm run validate -- trajectory` takes them all.
  for (const set of [...new Set(problems.map((p) => p.set))]) {
    it(`${set}: cheaper than the timed shortcut, inside all limits, free by the float64 reference`, async () => {
      const problem = problems.find((p) => p.set === set && p.number === 17) as MotionProblem;
      const { scene } = problem;
      const space = openMotionSpace(module, model, scene, { cylindersAsCapsules: true });
      const shortcut = timedShortcut(space, problem, 3);
      expect(shortcut).toBeDefined();
      const baseline = (shortcut as NonNullable<typeof shortcut>).trajectory;
      const result = await optimizeTrajectory(device, { model, scene, baseline }, { seeds: 4, iterations: 40 });
      expect(result.source).toBe('optimized');
      expect(result.cost.total).toBeLessThan(result.baselineCost.total);
      for (const { q, v, a, j } of dense(result.trajectory, 10)) {
        limits.forEach((limit, i) => {
          expect(q[i]).toBeGreaterThanOrEqual(limit.lower);
          expect(q[i]).toBeLessThanOrEqual(limit.upper);
          // By the exact time step, to rounding.
          expect(Math.abs(v[i]) / limit.velocity).toBeLessThanOrEqual(1 + 1e-9);
          expect(Math.abs(a[i]) / limit.acceleration).toBeLessThanOrEqual(1 + 1e-9);
          expect(Math.abs(j[i]) / limit.jerk).toBeLessThanOrEqual(1 + 1e-9);
        });
        expect(closestContact(space.check, q)?.clearanceM ?? 1).toBeGreaterThan(0);
      }
      space.close();
    });
  }
});
