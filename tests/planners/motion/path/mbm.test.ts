import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMotionBenchmark } from '../../../../app/inputs/motion-benchmark.ts';
import { openStepModule } from '../../../../engine/compute/wasm/step-module.ts';
import { kernelModule } from '../../../../kernels/device.ts';
import { createCollisionReference, isFree } from '../../../../planners/motion/collision/reference.ts';
import { planPath } from '../../../../planners/motion/path/plan.ts';
import { openMotionSpace } from '../../../../planners/motion/path/space.ts';
import { dataFolder } from '../../../support/data.ts';

const data = dataFolder();
describe.skipIf(data === undefined)('MotionBenchMaker, Panda', async () => {
  const { model, problems } =
    data === undefined ? { model: undefined!, problems: [] } : readMotionBenchmark(join(data, 'mbm', 'panda'));
  const module = await openStepModule(kernelModule());

  it('699 of 700 problems are valid, all but table_pick 41, whether cylinders are capsules or exact', () => {
    for (const cylindersAsCapsules of [true, false]) {
      const invalid = problems.filter(({ scene, start, goal }) => {
        const check = createCollisionReference(model, scene, { cylindersAsCapsules });
        return !isFree(check, start) || !isFree(check, goal);
      });
      expect(invalid.map(({ set, number }) => `${set} ${number}`)).toEqual(['table_pick 41']);
    }
  });

  const seed = 31;
  it(`every valid problem is solved, and paths are free at 1/1000 rad by the float64 reference (seed ${seed})`, () => {
    let [solved, length] = [0, 0];
    for (const [i, { set, number, scene, start, goal }] of problems.entries()) {
      const space = openMotionSpace(module, model, scene, { cylindersAsCapsules: true });
      const result = planPath(space, { start, goal, seed });
      space.close();
      if (!result.solved) {
        expect(result).toMatchObject({
          reason: 'goal-in-collision',
          contact: { linkName: 'panda_hand', with: { name: 'Object3' } },
        });
        expect(`${set} ${number}`).toBe('table_pick 41');
        continue;
      }
      solved++;
      length += result.length;
      // A sweep of all paths takes minutes; bench/motion/mbm.ts --validate does it.
      if (i % 50 !== 0) continue;
      const path = result.waypoints;
      const q = new Float64Array(7);
      for (let v = 7; v < path.length; v += 7) {
        const parts = Math.ceil(1000 * Math.hypot(...q.map((_, k) => path[v + k] - path[v - 7 + k])));
        for (let p = 0; p <= parts; p++) {
          for (let k = 0; k < 7; k++) q[k] = path[v - 7 + k] + ((path[v + k] - path[v - 7 + k]) * p) / parts;
          if (!isFree(space.check, q)) expect.fail(`${set} ${number} collides at ${q.join(', ')}`);
        }
      }
    }
    expect(solved).toBe(699);
    // The target; the published peer has 5.17 rad.
    expect(length / solved).toBeLessThan(5.3);
  });
});
